"""Listings of deliveries and walks over all of them, by filters: pages by position, along an index.

Nothing is changed here. Two million rows are as quick to page through as two.
"""

from dataclasses import dataclass, replace
from typing import Any, Final, get_args

from sqlalchemy import Column, ColumnElement, Select, func, or_, select, tuple_, union
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.identifiers import parse_orcid
from orcid_connect.store.ledger import Delivery, DeliveryState, delivery_of_row
from orcid_connect.store.schema import deliveries, queues

STATES: Final[tuple[DeliveryState, ...]] = get_args(DeliveryState)
SCAN_ROWS = 5_000
"""Rows of a state looked through for one page; what lies further back is asked for again."""
WALK_ROWS = 2_000
"""Rows looked through in one step of a walk."""
MOST_NAMES = 30_000
"""Tenants that may stand in for one that is not given: SQLite limits the words of a question."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which deliveries are meant; what is None does not matter.

    `person` is a person key, an iD, or what the ledger calls them; `text` is part of the sentence;
    `since` is the earliest change, in seconds since the epoch.
    """

    state: DeliveryState | None = None
    tenant: str | None = None
    kind: str | None = None
    key: str | None = None
    person: str | None = None
    activity: str | None = None
    credential: str | None = None
    text: str | None = None
    since: float | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Where a listing goes on: behind this row."""

    changed_at: float
    id: str


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, last changed first; `after` leads to the next page, if there may be one."""

    rows: tuple[Delivery, ...]
    after: Position | None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a walk: what matched, where to go on (None: done), how many were looked at."""

    rows: tuple[Delivery, ...]
    after: str | None
    looked_at: int


async def page(
    connection: AsyncConnection, filters: Filters, after: Position | None, size: int
) -> Page:
    """Return a page of a listing. It may be short, and yet have a next one: see `SCAN_ROWS`."""
    if filters.key is not None or filters.person is not None:
        return await _few(connection, filters, after, size)
    merged: list[Delivery] = []
    reached: list[Position] = []
    for state in STATES if filters.state is None else (filters.state,):
        rows, edge = await _latest(connection, filters, state, after, size)
        merged += rows
        reached += [] if edge is None else [edge]
    merged.sort(key=_order, reverse=True)
    # Behind the nearest edge a state may hold more: what lies further is for the next page.
    edge = max(reached, key=lambda one: (one.changed_at, one.id), default=None)
    if edge is not None:
        merged = [row for row in merged if _order(row) >= (edge.changed_at, edge.id)]
    if len(merged) > size:
        merged = merged[:size]
        edge = _position(merged[-1])
    return Page(tuple(merged), edge)


async def walk(connection: AsyncConnection, filters: Filters, after: str) -> Step:
    """Return one step through all that match, each once, in an order that no change disturbs."""
    if filters.key is not None or filters.person is not None:
        some = (await _selected(connection, filters)).subquery()
        query = select(some).where(some.c.id > after).order_by(some.c.id).limit(WALK_ROWS)
        few = await _rows(connection, query)
        return Step(tuple(few), few[-1].id if len(few) == WALK_ROWS else None, len(few))
    behind = select(deliveries.c.id).where(deliveries.c.id > after).order_by(deliveries.c.id)
    last = (await connection.execute(behind.offset(WALK_ROWS - 1).limit(1))).scalar_one_or_none()
    some = (
        select(deliveries)
        .where(deliveries.c.id > after)
        .order_by(deliveries.c.id)
        .limit(WALK_ROWS)
        .subquery()
    )
    rows = await _rows(connection, select(some).where(*_conditions(filters, some.c)))
    rows.sort(key=lambda row: row.id)
    if last is not None:
        return Step(tuple(rows), last, WALK_ROWS)
    left = select(func.count()).select_from(behind.subquery())
    return Step(tuple(rows), None, int((await connection.execute(left)).scalar_one()))


async def count(connection: AsyncConnection, filters: Filters, most: int | None = None) -> int:
    """Count what matches, if `most` is given only so far."""
    matching = select(deliveries.c.id).where(*_conditions(filters))
    if most is not None:
        matching = matching.limit(most)
    query = select(func.count()).select_from(matching.subquery())
    return int((await connection.execute(query)).scalar_one())


async def _few(
    connection: AsyncConnection, filters: Filters, after: Position | None, size: int
) -> Page:
    """Return a page of one article's or one person's rows: few enough to be sorted."""
    some = (await _selected(connection, filters)).subquery()
    query = select(some)
    if after is not None:
        query = query.where(_behind(some.c, after))
    query = query.order_by(some.c.changed_at.desc(), some.c.id.desc()).limit(size + 1)
    rows = await _rows(connection, query)
    more = len(rows) > size
    return Page(tuple(rows[:size]), _position(rows[size - 1]) if more else None)


async def _selected(connection: AsyncConnection, filters: Filters) -> Any:
    """Return the query for one article's or one person's rows, along the index that finds them.

    The indexes of people begin with the tenant, those of records with the credential: where they
    are not given, all there are stand in.
    """
    conditions = _conditions(filters)
    orcid = None if filters.person is None else parse_orcid(filters.person)
    if filters.key is not None or filters.person is None:
        return select(deliveries).where(*conditions)
    tenants = await _names(connection, queues.c.tenant) if filters.tenant is None else []
    here = [deliveries.c.tenant.in_(tenants)] if 0 < len(tenants) < MOST_NAMES else []
    if orcid is None:
        return select(deliveries).where(*conditions, *here)
    others = _conditions(replace(filters, person=None))
    on_record = select(deliveries).where(
        *others,
        deliveries.c.orcid == orcid,
        deliveries.c.credential.in_(await _names(connection, queues.c.credential)),
        deliveries.c.environment.in_(await _names(connection, queues.c.environment)),
    )
    named = select(deliveries).where(*others, *here, deliveries.c.person == f"orcid:{orcid}")
    return union(on_record, named)


async def _names(connection: AsyncConnection, column: Column[str]) -> list[str]:
    query = select(column).distinct().limit(MOST_NAMES)
    return list((await connection.execute(query)).scalars())


async def _latest(
    connection: AsyncConnection,
    filters: Filters,
    state: DeliveryState,
    after: Position | None,
    size: int,
) -> tuple[list[Delivery], Position | None]:
    """Return the last changed rows of one state that match, and how far was looked, if not all."""
    newest = [deliveries.c.changed_at.desc(), deliveries.c.id.desc()]
    span: list[ColumnElement[bool]] = [deliveries.c.state == state]
    if filters.tenant is not None:
        span.append(deliveries.c.tenant == filters.tenant)
    if filters.since is not None:
        span.append(deliveries.c.changed_at >= filters.since)
    if after is not None:
        span.append(_behind(deliveries.c, after))
    rest = _unordered(filters)
    if rest == Filters():
        query = select(deliveries).where(*span).order_by(*newest)
    else:
        some = select(deliveries).where(*span).order_by(*newest).limit(SCAN_ROWS).subquery()
        query = select(some).where(*_conditions(rest, some.c))
        query = query.order_by(some.c.changed_at.desc(), some.c.id.desc())
    rows = await _rows(connection, query.limit(size + 1))
    if len(rows) > size:
        return rows[:size], _position(rows[size - 1])
    return rows, None if rest == Filters() else await _edge(connection, span)


async def _edge(connection: AsyncConnection, span: list[ColumnElement[bool]]) -> Position | None:
    """Return the last row that a scan looks at, if there are more behind it."""
    query = (
        select(deliveries.c.changed_at, deliveries.c.id)
        .where(*span)
        .order_by(deliveries.c.changed_at.desc(), deliveries.c.id.desc())
        .offset(SCAN_ROWS - 1)
        .limit(1)
    )
    row = (await connection.execute(query)).first()
    return None if row is None else Position(row.changed_at, row.id)


def _unordered(filters: Filters) -> Filters:
    """Return the conditions that no index answers in the order of a listing."""
    return Filters(
        kind=filters.kind,
        activity=filters.activity,
        credential=filters.credential,
        text=filters.text,
    )


def _conditions(filters: Filters, columns: Any = deliveries.c) -> list[ColumnElement[bool]]:
    exact = {
        columns.state: filters.state,
        columns.tenant: filters.tenant,
        columns.subject_kind: filters.kind,
        columns.subject_key: filters.key,
        columns.activity: filters.activity,
        columns.credential: filters.credential,
    }
    found: list[ColumnElement[bool]] = [
        column == value for column, value in exact.items() if value is not None
    ]
    if filters.person is not None:
        found.append(_is_person(filters.person, columns))
    if filters.text is not None:
        found.append(columns.sentence.icontains(filters.text, autoescape=True))
    if filters.since is not None:
        found.append(columns.changed_at >= filters.since)
    return found


def _is_person(person: str, columns: Any) -> ColumnElement[bool]:
    orcid = parse_orcid(person)
    if orcid is not None:
        return or_(columns.orcid == orcid, columns.person == f"orcid:{orcid}")
    kind, _, _ = person.partition(":")
    known = kind in ("key", "orcid", "former")
    named: ColumnElement[bool] = columns.person == (person if known else f"key:{person}")
    return named


def _behind(columns: Any, after: Position) -> ColumnElement[bool]:
    behind: ColumnElement[bool] = tuple_(columns.changed_at, columns.id) < tuple_(
        after.changed_at, after.id
    )
    return behind


def _order(row: Delivery) -> tuple[float, str]:
    return row.changed_at, row.id


def _position(row: Delivery) -> Position:
    return Position(row.changed_at, row.id)


async def _rows(connection: AsyncConnection, query: Select[Any]) -> list[Delivery]:
    return [delivery_of_row(row) for row in await connection.execute(query)]
