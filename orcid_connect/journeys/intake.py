"""Taking declarations in: one local transaction, first and alone, before anything else happens.

No plugin, no template and no ORCID has a part in it (DESIGN.md, promise 2).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.declarations import AnyDeclaration, Withdrawal
from orcid_connect.errors import Problem, SettingsError
from orcid_connect.journeys.contents import first_holding, leave_of, mapped_by
from orcid_connect.journeys.entering import Entered, Intake, SomeDate
from orcid_connect.journeys.host_transactions import lent, undoing
from orcid_connect.journeys.participants import Participant, Positive, named_in, participants
from orcid_connect.mapping import Mapped
from orcid_connect.observe import describe, log, where
from orcid_connect.policy import Leave, Never, NotYet
from orcid_connect.services import Services, realm_of
from orcid_connect.settings import Settings
from orcid_connect.store import bulk
from orcid_connect.store.declared import Subject, SubjectKind

Enter = Callable[[Intake, Connection], Entered]
Taken = tuple[Entered, tuple["Standing", ...]]

RECORDED: Final = "Recorded; it is delivered as soon as ORCID and the people allow."
GOING: Final = "Recorded; it is taken off the records as soon as ORCID allows."
OVERTAKEN = "Recorded, but something newer is known of this key already: nothing changes."


@dataclass(frozen=True, slots=True)
class Standing:
    """How one person of a declaration stands: their link's state, in a word and a sentence."""

    person: str
    name: str
    state: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a host gets back at once: the event id, and how everybody concerned stands."""

    event_id: str
    holds: bool
    sentence: str
    people: tuple[Standing, ...] = ()
    problems: tuple[Problem, ...] = ()


async def take_in(services: Services, declaration: AnyDeclaration) -> Receipt:
    """Record a declaration and return its receipt; raises `StoreError` if it cannot be kept."""
    return await take_in_by(services, lambda intake, at: intake.enter(at, declaration))


async def withdraw(
    services: Services,
    tenant: str,
    kind: SubjectKind,
    key: str,
    reason: str,
    as_of: datetime | None = None,
) -> Receipt:
    """Record that something is no longer true; without `as_of`, later than all known of it."""
    subject = Subject(tenant, kind, key)
    return await take_in_by(
        services, lambda intake, at: intake.withdraw(at, subject, reason, as_of)
    )


async def end_role(
    services: Services, tenant: str, key: str, end: SomeDate, as_of: datetime | None = None
) -> Receipt:
    """Record that a role is over; raises `InputError` if no role of that key is known."""
    return await take_in_by(
        services, lambda intake, at: intake.end_role(at, tenant, key, end, as_of)
    )


async def take_in_by(services: Services, enter: Enter) -> Receipt:
    """Record in one local transaction, however it is entered; raises `StoreError`."""
    intake = Intake(services.settings, services.clock())
    taken = await services.database.at_once("recording", lambda at: _take(intake, at, enter))
    return _receipt(intake, taken)


async def take_in_with(
    settings: Settings, now: float, connection: AsyncConnection, enter: Enter
) -> Receipt:
    """Record on a host's connection, in its transaction; it commits or rolls back.

    Raises `StoreError` if the declaration cannot be kept; the host's transaction can go on.
    """
    intake = Intake(settings, now)

    def undoable(at: Connection) -> Taken:
        with undoing(at):
            return _take(intake, at, enter)

    opened = connection.sync_connection
    if opened is None:
        raise SettingsError("connection= is not open: begin its transaction first")
    with lent(settings.database_place, opened):
        return _receipt(intake, await connection.run_sync(undoable))


def take_in_now(
    settings: Settings, now: float, connection: Connection, declaration: AnyDeclaration
) -> Receipt:
    """Do so without an event loop; of the people the receipt says nothing."""
    intake = Intake(settings, now)
    with lent(settings.database_place, connection), undoing(connection):
        entered = intake.enter(connection, declaration)
    return receipt_of(intake, entered)


def receipt_of(intake: Intake, entered: Entered) -> Receipt:
    """Return a receipt that says nothing of the people."""
    problems, sentence = _looked_at(intake, entered.declaration)
    return Receipt(
        entered.event_id,
        entered.holds,
        sentence if entered.holds else OVERTAKEN,
        problems=problems,
    )


def _take(intake: Intake, connection: Connection, enter: Enter) -> Taken:
    """Record, and see how everybody concerned stands."""
    entered = enter(intake, connection)
    return entered, _standings(intake.settings, connection, entered.declaration)


def _receipt(intake: Intake, taken: Taken) -> Receipt:
    """Return a receipt that says how everybody concerned stands."""
    entered, people = taken
    return replace(receipt_of(intake, entered), people=people)


def _looked_at(intake: Intake, declaration: AnyDeclaration) -> tuple[tuple[Problem, ...], str]:
    """Look at the content at once, so that the host hears of it; planning looks again."""
    if isinstance(declaration, Withdrawal):
        return (), GOING
    try:
        policy = intake.settings.tree.policy(declaration.tenant)
        mapped = mapped_by(declaration, policy, {})
        leave = leave_of(declaration, policy, datetime.fromtimestamp(intake.now, UTC))
    except Exception as error:
        log.error("content cannot be looked at: %s at %s", describe(error), where(error))
        return (), RECORDED
    return mapped.problems, _sentence(mapped, leave)


def _sentence(mapped: Mapped[Any], leave: Leave) -> str:
    if isinstance(leave, Never):
        return f"Recorded, but nothing of it is sent: {leave.sentence}"
    if mapped.skipped:
        return f"Recorded, but nothing of it is sent: {mapped.skipped}"
    held = first_holding(mapped.problems)
    if held:
        return f"Recorded, but it is held back until this is corrected: {held}"
    if isinstance(leave, NotYet):
        return f"Recorded. {leave.sentence}"
    return RECORDED


def _standings(
    settings: Settings, connection: Connection, declaration: AnyDeclaration
) -> tuple[Standing, ...]:
    if isinstance(declaration, Withdrawal):
        return ()
    try:
        credential = settings.credential_for(declaration.tenant)
    except SettingsError as error:
        return (Standing("", "", "unserved", f"Kept, but it cannot go anywhere yet: {error}."),)
    concerned = participants(declaration)
    linked = bulk.linked_orcids(
        connection,
        realm_of(credential),
        declaration.tenant,
        [someone.person_key for someone in concerned if someone.person_key],
    )
    known = [_standing(someone, linked) for someone in concerned]
    return (*known, *_strangers(declaration, concerned))


def _standing(someone: Participant, linked: dict[str, str]) -> Standing:
    if someone.person_key in linked:
        return Standing(someone.person, someone.name, "linked", "Connected an iD.")
    if someone.person_key is None:
        sentence = "Named by an authenticated iD; delivered if that iD is connected here."
        return Standing(someone.person, someone.name, "by-orcid", sentence)
    sentence = "Waits until this person connects an iD."
    return Standing(someone.person, someone.name, "waiting", sentence)


def _strangers(declaration: Positive, concerned: tuple[Participant, ...]) -> tuple[Standing, ...]:
    """Those of whom nothing says who they are: no name and no typed iD ever does."""
    known = {someone.contributor for someone in concerned}
    sentence = "Cannot be delivered: neither a person key nor an authenticated iD is given."
    return tuple(
        Standing("", one.name, "unknown", sentence)
        for one in named_in(declaration)
        if one not in known and not one.is_group
    )
