"""Declarations as they came, and which subjects still have to be planned.

Intake is one INSERT; nothing is ever changed in a declaration but the notes on its planning.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Insert, Row, Select, and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.declarations import (
    AnyDeclaration,
    Article,
    Review,
    Withdrawal,
    subject_kind,
)
from orcid_connect.declarations import (
    SubjectKind as SubjectKind,
)
from orcid_connect.errors import Problem
from orcid_connect.store.schema import declarations, deliveries

BODY_VERSION = 1

_NEWEST_FIRST = (declarations.c.as_of.desc(), declarations.c.sequence.desc())

_BODIES: dict[str, TypeAdapter[AnyDeclaration]] = {
    "article": TypeAdapter(Article),
    "review": TypeAdapter(Review),
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

    @property
    def withdrawn(self) -> bool:
        """Tell whether this snapshot says that the subject is gone."""
        return isinstance(self.declaration, Withdrawal)


def subject_of(declaration: AnyDeclaration) -> Subject:
    """Return what a declaration is about."""
    return Subject(declaration.tenant, subject_kind(declaration), declaration.key)


def intake_statement(declaration: AnyDeclaration, event_id: str, now: float) -> Insert:
    """Return the one INSERT that takes a declaration in."""
    subject = subject_of(declaration)
    withdrawn = isinstance(declaration, Withdrawal)
    kind = "withdrawal" if withdrawn else subject.kind
    body = {"version": BODY_VERSION, "kind": kind, "value": declaration.model_dump(mode="json")}
    return insert(declarations).values(
        event_id=event_id,
        tenant=subject.tenant,
        kind=subject.kind,
        key=subject.key,
        as_of=declaration.as_of.timestamp(),
        received_at=now,
        withdrawn=withdrawn,
        body=json.dumps(body),
        plan_due_at=now,
    )


async def newest_as_of(connection: AsyncConnection, subject: Subject) -> float | None:
    """Return the newest `as_of` known of a subject."""
    value = (await connection.execute(newest_as_of_statement(subject))).scalar_one()
    return None if value is None else float(value)


def newest_as_of_statement(subject: Subject) -> Select[Any]:
    """Return the query for the newest `as_of` known of a subject."""
    return select(func.max(declarations.c.as_of)).where(*_about(subject))


async def newest(connection: AsyncConnection, subject: Subject) -> Snapshot | None:
    """Return the declaration of a subject that holds."""
    query = select(declarations).where(*_about(subject)).order_by(*_NEWEST_FIRST).limit(1)
    row = (await connection.execute(query)).first()
    return None if row is None else _snapshot(row)


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


async def snapshot_of_event(connection: AsyncConnection, event_id: str) -> Snapshot | None:
    """Return the declaration of one event."""
    query = select(declarations).where(declarations.c.event_id == event_id)
    row = (await connection.execute(query)).first()
    return None if row is None else _snapshot(row)


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
) -> None:
    """Note that a subject is planned as of these snapshots; what was wished since stays due."""
    found = json.dumps([asdict(problem) for problem in problems])
    for one in seen:
        await connection.execute(
            update(declarations)
            .where(
                declarations.c.sequence == one.sequence,
                declarations.c.plan_wanted == one.plan_wanted,
            )
            .values(plan_due_at=None, plan_tries=0, planned_at=now, problems=found)
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


async def plan_tries(connection: AsyncConnection, subject: Subject) -> int:
    """Return how often the planning of a subject failed in a row."""
    query = select(func.max(declarations.c.plan_tries)).where(*_about(subject))
    return int((await connection.execute(query)).scalar_one() or 0)


async def replan_subject(connection: AsyncConnection, subject: Subject, now: float) -> None:
    """Have a subject planned again."""
    last = select(func.max(declarations.c.sequence)).where(*_about(subject)).scalar_subquery()
    await connection.execute(
        update(declarations)
        .where(*_about(subject), declarations.c.sequence == last)
        .values(plan_due_at=now, plan_wanted=declarations.c.plan_wanted + 1)
    )


async def replan_person(
    connection: AsyncConnection, tenant: str, person_key: str, orcid: str | None, now: float
) -> None:
    """Have everything planned again in which this person takes part."""
    people = [f"key:{person_key}"] + ([f"orcid:{orcid}"] if orcid else [])
    takes_part = (
        select(deliveries.c.id)
        .where(
            deliveries.c.tenant == declarations.c.tenant,
            deliveries.c.subject_kind == declarations.c.kind,
            deliveries.c.subject_key == declarations.c.key,
            deliveries.c.person.in_(people),
        )
        .exists()
    )
    others = declarations.alias("others")
    last = (
        select(func.max(others.c.sequence))
        .where(
            others.c.tenant == declarations.c.tenant,
            others.c.kind == declarations.c.kind,
            others.c.key == declarations.c.key,
        )
        .scalar_subquery()
    )
    await connection.execute(
        update(declarations)
        .where(declarations.c.tenant == tenant, takes_part, declarations.c.sequence == last)
        .values(plan_due_at=now, plan_wanted=declarations.c.plan_wanted + 1)
    )


async def count_unplanned(connection: AsyncConnection) -> int:
    """Return the number of declarations that wait for planning."""
    query = select(func.count()).where(
        or_(declarations.c.plan_due_at.is_not(None), and_(declarations.c.planned_at.is_(None)))
    )
    return int((await connection.execute(query)).scalar_one())


def _about(subject: Subject) -> tuple[ColumnElement[bool], ...]:
    return (
        declarations.c.tenant == subject.tenant,
        declarations.c.kind == subject.kind,
        declarations.c.key == subject.key,
    )


def _snapshot(row: Row[Any]) -> Snapshot:
    body = json.loads(row.body)
    problems = json.loads(row.problems) if row.problems else []
    return Snapshot(
        sequence=row.sequence,
        event_id=row.event_id,
        subject=Subject(row.tenant, row.kind, row.key),
        as_of=row.as_of,
        received_at=row.received_at,
        declaration=_BODIES[body["kind"]].validate_python(body["value"]),
        plan_wanted=row.plan_wanted,
        plan_tries=row.plan_tries,
        planned_at=row.planned_at,
        problems=tuple(Problem(**problem) for problem in problems),
    )
