"""Declarations as they came, and which subjects still have to be planned.

Intake is one INSERT; nothing is ever changed in a declaration but the notes on its planning.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    Row,
    Select,
    and_,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.declarations import (
    AnyDeclaration,
    Article,
    RecordItem,
    Review,
    Role,
    Withdrawal,
    subject_kind,
)
from orcid_connect.declarations import (
    SubjectKind as SubjectKind,
)
from orcid_connect.errors import Problem
from orcid_connect.store.schema import declarations

BODY_VERSION = 1
_SAID_IN_SHORT = frozenset({"article", "review", "withdrawal"})
"""Kinds of which only what differs from the defaults is stored: in a rolling upgrade, an older
version that does not know a newer field yet reads every declaration that does not use it."""

_NEWEST_FIRST = (declarations.c.as_of.desc(), declarations.c.sequence.desc())

_BY_ITSELF: Final = and_(declarations.c.member.is_(None), declarations.c.withdrawn.is_(False))

_BODIES: dict[str, TypeAdapter[AnyDeclaration]] = {
    "article": TypeAdapter(Article),
    "review": TypeAdapter(Review),
    "role": TypeAdapter(Role),
    "item": TypeAdapter(RecordItem),
    "withdrawal": TypeAdapter(Withdrawal),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What declarations are about: something of a tenant, of a kind, by its key."""

    tenant: str
    kind: SubjectKind
    key: str


@dataclass(frozen=True, slots=True)
class Seen:
    """Which declaration was seen, and how often its planning had been wished for by then."""

    sequence: int
    plan_wanted: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One declaration as stored, with the notes on its planning."""

    sequence: int
    event_id: str
    subject: Subject
    as_of: float
    received_at: float
    declaration: AnyDeclaration
    plan_wanted: int
    plan_tries: int
    planned_at: float | None
    problems: tuple[Problem, ...]
    member: str | None = None
    others: tuple[Article, ...] = ()
    """The other versions of its lineage, as they read now."""
    next_at: float | None = None
    """When a version of its lineage may leave that may not yet, and so does not count yet."""

    @property
    def withdrawn(self) -> bool:
        """Tell whether this snapshot says that the subject is gone."""
        return isinstance(self.declaration, Withdrawal)


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a declaration belongs: its subject, and which version of a lineage it is, if any."""

    subject: Subject
    member: str | None = None


def entry_of(declaration: AnyDeclaration, *, one_per_lineage: bool = True) -> Entry:
    """Return where a declaration belongs; versions of one lineage are one subject, by policy."""
    kind = subject_kind(declaration)
    if isinstance(declaration, Article) and declaration.lineage and one_per_lineage:
        return Entry(Subject(declaration.tenant, kind, declaration.lineage), declaration.key)
    return Entry(Subject(declaration.tenant, kind, declaration.key))


async def entry_of_key(connection: AsyncConnection, subject: Subject) -> Entry:
    """Return where a key belongs that may be a version's own: into the lineage it is known in."""
    return await connection.run_sync(entry_of_key_now, subject)


def entry_of_key_now(connection: Connection, subject: Subject) -> Entry:
    """Do so without an event loop."""
    found = connection.execute(lineage_statement(subject)).scalar_one_or_none()
    if found is None or found == subject.key:
        return Entry(subject)
    return Entry(Subject(subject.tenant, subject.kind, found), subject.key)


def lineage_statement(subject: Subject) -> Select[Any]:
    """Return the query for the lineage that a version's own key was last declared in; the key
    itself, if it left it since."""
    return (
        select(declarations.c.key)
        .where(
            or_(
                declarations.c.member == subject.key,
                and_(declarations.c.key == subject.key, _BY_ITSELF),
            ),
            declarations.c.tenant == subject.tenant,
            declarations.c.kind == subject.kind,
        )
        .order_by(declarations.c.sequence.desc())
        .limit(1)
    )


INTAKE: Final = insert(declarations)


def intake_statement(
    declaration: AnyDeclaration, event_id: str, now: float, entry: Entry | None = None
) -> Insert:
    """Return the one INSERT that takes a declaration in."""
    return INTAKE.values(intake_values(declaration, event_id, now, entry))


def intake_values(
    declaration: AnyDeclaration, event_id: str, now: float, entry: Entry | None = None
) -> dict[str, Any]:
    """Return what is kept of a declaration, by column."""
    entry = entry or entry_of(declaration)
    withdrawn = isinstance(declaration, Withdrawal)
    kind = "withdrawal" if withdrawn else entry.subject.kind
    value = declaration.model_dump(mode="json", exclude_defaults=kind in _SAID_IN_SHORT)
    body = {"version": BODY_VERSION, "kind": kind, "value": value}
    return {
        "event_id": event_id,
        "tenant": entry.subject.tenant,
        "kind": entry.subject.kind,
        "key": entry.subject.key,
        "member": entry.member,
        "as_of": declaration.as_of.timestamp(),
        "received_at": now,
        "withdrawn": withdrawn,
        "body": json.dumps(body),
        "plan_due_at": now,
    }


def declaration_in(body: str) -> AnyDeclaration:
    """Return the declaration that a stored body holds."""
    held = json.loads(body)
    return _BODIES[held["kind"]].validate_python(held["value"])


async def newest(connection: AsyncConnection, subject: Subject, now: float) -> Snapshot | None:
    """Return the declaration of a subject that holds; of a lineage, that of its newest version."""
    query = select(declarations).where(*_about(subject)).order_by(*_NEWEST_FIRST).limit(1)
    row = (await connection.execute(query)).first()
    if row is None:
        return None
    versions = select(func.count()).where(*_about(subject), declarations.c.member.is_not(None))
    if not (await connection.execute(versions)).scalar_one():
        return _snapshot(row)
    every = select(declarations).where(*_about(subject)).order_by(*_NEWEST_FIRST)
    snapshots = [_snapshot(one) for one in await connection.execute(every)]
    return standing_version(await _without_those_that_left(connection, subject, snapshots), now)


async def _without_those_that_left(
    connection: AsyncConnection, subject: Subject, snapshots: Sequence[Snapshot]
) -> list[Snapshot]:
    """Return what holds of a lineage once versions that are declared elsewhere by now are gone."""
    newest: dict[str, tuple[float, int]] = {}
    for one in snapshots:
        newest.setdefault(one.member or one.subject.key, (one.as_of, one.sequence))
    version = func.coalesce(declarations.c.member, declarations.c.key)
    query = select(version.label("version"), declarations.c.as_of, declarations.c.sequence).where(
        declarations.c.tenant == subject.tenant,
        declarations.c.kind == subject.kind,
        declarations.c.key != subject.key,
        or_(
            declarations.c.member.in_(newest),
            and_(declarations.c.key.in_(newest), _BY_ITSELF),
        ),
    )
    left = {
        row.version
        for row in await connection.execute(query)
        if (row.as_of, row.sequence) > newest[row.version]
    }
    return [_as_gone(one) if (one.member or one.subject.key) in left else one for one in snapshots]


def _as_gone(snapshot: Snapshot) -> Snapshot:
    gone = Withdrawal(
        tenant=snapshot.subject.tenant,
        key=snapshot.member or snapshot.subject.key,
        as_of=snapshot.declaration.as_of,
        of=snapshot.subject.kind,
        reason="it is no version of this any more",
    )
    return replace(snapshot, declaration=gone)


def standing_version(snapshots: Sequence[Snapshot], now: float) -> Snapshot:
    """Return what holds of a lineage: its newest version, with the others beside it.

    `snapshots` are all there are, newest first. A withdrawal of the lineage's own key ends every
    version that was declared as of before it. A version that may not leave yet neither stands nor
    is named, as long as another stands or one was withdrawn.
    """
    newest: dict[str, Snapshot] = {}
    first: dict[str, float] = {}
    for one in snapshots:
        member = one.member or one.subject.key
        newest.setdefault(member, one)
        first[member] = one.as_of
    whole = next((one for one in snapshots if one.member is None and one.withdrawn), None)
    standing = [
        one
        for one in newest.values()
        if isinstance(one.declaration, Article) and (whole is None or one.as_of > whole.as_of)
    ]
    if not standing:
        return snapshots[0] if snapshots[0].withdrawn else whole or snapshots[0]
    moments = [when for one in standing if (when := _not_before(one)) > now]
    next_at = min(moments, default=None)
    if next_at is not None:
        gone = next((one for one in snapshots if one.withdrawn), None)
        out = [one for one in standing if _not_before(one) <= now]
        if gone is not None and not out:
            return replace(gone, next_at=next_at)
        standing = out or standing
    dated = all(_published(one) for one in standing)
    best = max(
        standing,
        key=lambda one: (
            _published(one) if dated else (),
            first[one.member or one.subject.key],
        ),
    )
    others = [one.declaration for one in standing if one is not best]
    articles = tuple(one for one in others if isinstance(one, Article))
    return replace(best, others=articles, next_at=next_at)


def _not_before(snapshot: Snapshot) -> float:
    declaration = snapshot.declaration
    if isinstance(declaration, Withdrawal) or declaration.not_before is None:
        return 0.0
    return declaration.not_before.timestamp()


def _published(snapshot: Snapshot) -> tuple[int, ...]:
    declaration = snapshot.declaration
    if not isinstance(declaration, Article) or declaration.published is None:
        return ()
    date = declaration.published
    return date.year, date.month or 0, date.day or 0


async def last_article_or_review(connection: AsyncConnection, subject: Subject) -> Snapshot | None:
    """Return the newest declaration of a subject that is no withdrawal."""
    query = select(declarations).where(*_about(subject), declarations.c.withdrawn.is_(False))
    row = (await connection.execute(query.order_by(*_NEWEST_FIRST).limit(1))).first()
    return None if row is None else _snapshot(row)


async def seen_of(connection: AsyncConnection, subject: Subject) -> list[Seen]:
    """Return what there is of a subject to be planned, the one that holds first."""
    query = select(declarations.c.sequence, declarations.c.plan_wanted).where(*_about(subject))
    rows = await connection.execute(query.order_by(*_NEWEST_FIRST))
    return [Seen(row.sequence, row.plan_wanted) for row in rows]


async def subjects_to_plan(connection: AsyncConnection, now: float, limit: int) -> list[Subject]:
    """Return subjects whose planning is due, longest waiting first."""
    columns = (declarations.c.tenant, declarations.c.kind, declarations.c.key)
    query = (
        select(*columns)
        .where(declarations.c.plan_due_at <= now)
        .group_by(*columns)
        .order_by(func.min(declarations.c.plan_due_at), func.min(declarations.c.sequence))
        .limit(limit)
    )
    return [Subject(row.tenant, row.kind, row.key) for row in await connection.execute(query)]


async def note_planned(
    connection: AsyncConnection,
    seen: Sequence[Seen],
    problems: Sequence[Problem],
    now: float,
    again_at: float | None = None,
) -> None:
    """Note that a subject is planned as of these snapshots; what was wished since stays due.

    `again_at` is when it has to be planned again, because something may leave only then.
    """
    found = json.dumps([asdict(problem) for problem in problems])
    for place, one in enumerate(seen):
        await connection.execute(
            update(declarations)
            .where(
                declarations.c.sequence == one.sequence,
                declarations.c.plan_wanted == one.plan_wanted,
            )
            .values(
                plan_due_at=again_at if place == 0 else None,
                plan_tries=0,
                planned_at=now,
                problems=found,
            )
        )


async def postpone_planning(
    connection: AsyncConnection, subject: Subject, due_at: float, problem: Problem
) -> None:
    """Plan a subject again later, and keep what went wrong where it can be seen."""
    await connection.execute(
        update(declarations)
        .where(*_about(subject), declarations.c.plan_due_at.is_not(None))
        .values(
            plan_due_at=due_at,
            plan_tries=declarations.c.plan_tries + 1,
            problems=json.dumps([asdict(problem)]),
        )
    )


async def not_planned(connection: AsyncConnection, limit: int) -> list[Snapshot]:
    """Return declarations whose planning failed, with what went wrong."""
    query = select(declarations).where(
        declarations.c.plan_due_at.is_not(None), declarations.c.plan_tries > 0
    )
    rows = await connection.execute(query.order_by(*_NEWEST_FIRST).limit(limit))
    return [_snapshot(row) for row in rows]


def _about(subject: Subject) -> tuple[ColumnElement[bool], ...]:
    return (
        declarations.c.tenant == subject.tenant,
        declarations.c.kind == subject.kind,
        declarations.c.key == subject.key,
    )


def _snapshot(row: Row[Any]) -> Snapshot:
    problems = json.loads(row.problems) if row.problems else []
    return Snapshot(
        sequence=row.sequence,
        event_id=row.event_id,
        subject=Subject(row.tenant, row.kind, row.key),
        as_of=row.as_of,
        received_at=row.received_at,
        declaration=declaration_in(row.body),
        plan_wanted=row.plan_wanted,
        plan_tries=row.plan_tries,
        planned_at=row.planned_at,
        problems=tuple(Problem(**problem) for problem in problems),
        member=row.member,
    )
