"""Taking declarations in: one local transaction, first and alone, before anything else happens.

No plugin, no template and no ORCID has a part in it (DESIGN.md, promise 2).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from orcid_connect.declarations import (
    AnyDeclaration,
    Article,
    Review,
    Withdrawal,
)
from orcid_connect.errors import Problem, SettingsError
from orcid_connect.journeys.contents import first_holding
from orcid_connect.journeys.participants import Participant, Positive, named_in, participants
from orcid_connect.mapping import peer_review_from_review, work_from_article
from orcid_connect.observe import describe, log, where
from orcid_connect.services import Services, realm_of
from orcid_connect.store import declared, people
from orcid_connect.store.declared import Subject, SubjectKind

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
    event_id, now = uuid4().hex, services.clock()
    subject = declared.subject_of(declaration)
    async with services.database.writing() as connection:
        newest = await declared.newest_as_of(connection, subject)
        await connection.execute(declared.intake_statement(declaration, event_id, now))
    holds = newest is None or declaration.as_of.timestamp() >= newest
    problems = _problems(declaration)
    sentence = _sentence(declaration, problems) if holds else OVERTAKEN
    return Receipt(event_id, holds, sentence, await _standings(services, declaration), problems)


def _sentence(declaration: AnyDeclaration, problems: tuple[Problem, ...]) -> str:
    held = first_holding(problems)
    if held:
        return f"Recorded, but it is held back until this is corrected: {held}"
    if isinstance(declaration, Withdrawal):
        return "Recorded; it is taken off the records as soon as ORCID allows."
    return "Recorded; it is delivered as soon as ORCID and the people allow."


def _problems(declaration: AnyDeclaration) -> tuple[Problem, ...]:
    """Look at the content at once, so that the host hears of it; planning looks again."""
    try:
        if isinstance(declaration, Article):
            return work_from_article(declaration).problems
        if isinstance(declaration, Review):
            return peer_review_from_review(declaration).problems
    except Exception as error:
        log.error("content cannot be looked at: %s at %s", describe(error), where(error))
    return ()


async def withdraw(
    services: Services,
    tenant: str,
    kind: SubjectKind,
    key: str,
    reason: str,
    as_of: datetime | None = None,
) -> Receipt:
    """Record that an article or review is gone; without `as_of`, later than all known of it."""
    if as_of is not None:
        gone = Withdrawal(tenant=tenant, key=key, as_of=as_of, of=kind, reason=reason)
        return await take_in(services, gone)
    subject = Subject(tenant, kind, key)
    async with services.database.reading() as connection:
        newest = await declared.newest_as_of(connection, subject)
    return await take_in(services, withdrawal_after(subject, newest, reason, services.clock()))


def withdrawal_after(subject: Subject, newest: float | None, reason: str, now: float) -> Withdrawal:
    """Return a withdrawal that is true from now on, and later than all known of the subject."""
    as_of = datetime.fromtimestamp(now, UTC)
    if newest is not None:
        as_of = max(as_of, datetime.fromtimestamp(newest, UTC) + timedelta(milliseconds=1))
    return Withdrawal(
        tenant=subject.tenant, key=subject.key, as_of=as_of, of=subject.kind, reason=reason
    )


async def _standings(services: Services, declaration: AnyDeclaration) -> tuple[Standing, ...]:
    if isinstance(declaration, Withdrawal):
        return ()
    try:
        credential = services.settings.credential_for(declaration.tenant)
    except SettingsError as error:
        return (Standing("", "", "unserved", f"Kept, but it cannot go anywhere yet: {error}."),)
    concerned = participants(declaration)
    async with services.database.reading() as connection:
        linked = await people.linked_orcids(
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
