"""Putting declarations into the database, on whatever connection: ours, or a host's own.

Everything here is synchronous, so that it works with and without an event loop, and nothing is
ever committed: that is for whoever opened the transaction.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import Connection, Insert, case, func, literal, null

from orcid_connect.declarations import AnyDeclaration, PartialDate, Role, Withdrawal
from orcid_connect.errors import InputError
from orcid_connect.journeys.expecting import expect_policy_holds
from orcid_connect.settings import Settings
from orcid_connect.store import declared, known
from orcid_connect.store.declared import Entry, Subject, entry_of, intake_statement

SomeDate = PartialDate | date | str
"""A date as a host may give it: one of ours, Python's own, or `2026`, `2026-05`, `2026-05-09`."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What was put in, under which event, and whether nothing newer was known of it."""

    event_id: str
    declaration: AnyDeclaration
    holds: bool


@dataclass(frozen=True, slots=True)
class Intake:
    """How declarations enter under these settings, as of a moment."""

    settings: Settings
    now: float

    def enter(self, connection: Connection, declaration: AnyDeclaration) -> Entered:
        """Record a declaration; raises `InputError` for what no policy would hold for."""
        return self._enter(connection, declaration, self._entry(connection, declaration))

    def withdraw(
        self, connection: Connection, subject: Subject, reason: str, as_of: datetime | None
    ) -> Entered:
        """Record that something is no longer true; without `as_of`, later than all known of it."""
        entry = declared.entry_of_key_now(connection, subject)
        newest = known.newest_as_of_entry(connection, entry)
        gone = Withdrawal(
            tenant=subject.tenant,
            key=subject.key,
            as_of=as_of or after(newest, self.now),
            of=subject.kind,
            reason=reason,
        )
        return self._enter(connection, gone, entry)

    def end_role(
        self, connection: Connection, tenant: str, key: str, end: SomeDate, as_of: datetime | None
    ) -> Entered:
        """Record the newest known role of a key with its end; raises `InputError` if none is."""
        subject = Subject(tenant, "role", key)
        newest = known.newest_of(connection, subject)
        if newest is None:
            raise InputError(
                f"no role {key!r} of tenant {tenant!r} was ever declared: declare it with its "
                "start and its end by role_started"
            )
        role = declared.declaration_in(newest.body)
        if not isinstance(role, Role):
            raise InputError(
                f"the role {key!r} of tenant {tenant!r} was retracted: declare it again with its "
                "start and its end by role_started"
            )
        values = role.model_dump() | {"end": end, "as_of": as_of or after(newest.as_of, self.now)}
        return self._enter(connection, Role.model_validate(values), Entry(subject))

    def insertion(self, declaration: AnyDeclaration) -> Insert:
        """Return the one INSERT that records a declaration, whatever is known of its key.

        Raises `InputError` for what no policy would hold for.
        """
        statement = intake_statement(declaration, uuid4().hex, self.now, self._stated(declaration))
        if not isinstance(declaration, Withdrawal):
            return statement
        # A version's own key is withdrawn where it is known: looked up by the INSERT itself.
        key = declaration.key
        lineage = func.nullif(
            declared.lineage_statement(
                Subject(declaration.tenant, declaration.of, key)
            ).scalar_subquery(),
            key,
        )
        return statement.values(
            key=func.coalesce(lineage, key),
            member=case((lineage.is_not(None), literal(key)), else_=null()),
        )

    def _enter(self, connection: Connection, declaration: AnyDeclaration, entry: Entry) -> Entered:
        event_id = uuid4().hex
        newest = known.newest_as_of_entry(connection, entry)
        values = declared.intake_values(declaration, event_id, self.now, entry)
        connection.execute(declared.INTAKE, values)
        holds = newest is None or declaration.as_of.timestamp() >= newest
        return Entered(event_id, declaration, holds)

    def _entry(self, connection: Connection, declaration: AnyDeclaration) -> Entry:
        entry = self._stated(declaration)
        if isinstance(declaration, Withdrawal):
            return declared.entry_of_key_now(connection, entry.subject)
        return entry

    def _stated(self, declaration: AnyDeclaration) -> Entry:
        expect_policy_holds(declaration)
        return entry_by(self.settings, declaration)


def entry_by(settings: Settings, declaration: AnyDeclaration) -> Entry:
    """Return where a declaration belongs by its tenant's policy on versions."""
    policy = settings.tree.policy(declaration.tenant)
    return entry_of(declaration, one_per_lineage=policy.works.versions == "one")


def after(newest: float | None, now: float) -> datetime:
    """Return a moment that is now, and later than all known."""
    moment = datetime.fromtimestamp(now, UTC)
    if newest is None:
        return moment
    return max(moment, datetime.fromtimestamp(newest, UTC) + timedelta(milliseconds=1))
