"""What people wish: whether they are asked first; and their own rows, page by page."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, exists, func, insert, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.store.ledger import delivery_of_row
from orcid_connect.store.listings import Page, Position
from orcid_connect.store.people import VALUES_PER_QUERY
from orcid_connect.store.schema import attempts, deliveries, wishes


async def asking(connection: AsyncConnection, tenant: str, keys: Sequence[str]) -> set[str]:
    """Return who of these people wants to be asked before anything new is put on their record."""
    found: set[str] = set()
    for start in range(0, len(keys), VALUES_PER_QUERY):
        query = select(wishes.c.person_key).where(
            wishes.c.tenant == tenant,
            wishes.c.person_key.in_(keys[start : start + VALUES_PER_QUERY]),
            wishes.c.ask_first.is_(True),
        )
        found.update((await connection.execute(query)).scalars())
    return found


async def keep_ask_first(
    connection: AsyncConnection, tenant: str, person_key: str, ask: bool, now: float
) -> None:
    """Keep whether somebody wants to be asked first."""
    wish = {"ask_first": ask, "changed_at": now}
    known = await connection.execute(
        update(wishes)
        .where(wishes.c.tenant == tenant, wishes.c.person_key == person_key)
        .values(**wish)
    )
    if known.rowcount == 0:
        await connection.execute(
            insert(wishes).values(tenant=tenant, person_key=person_key, **wish)
        )


async def ask_of_what_is_due(
    connection: AsyncConnection, tenant: str, people: Sequence[str], sentence: str, now: float
) -> None:
    """Let what is due, and new on these people's records, wait for their yes.

    What has a request under way stays due, so that the record is read; then it waits too.
    """
    new = (
        *_of(tenant, people),
        deliveries.c.state == "due",
        deliveries.c.desired_hash.is_not(None),
        deliveries.c.put_code.is_(None),
        deliveries.c.held.is_(None),
    )
    asked = {"wish": "ask", "wished_at": now, "changed_at": now}
    await connection.execute(
        update(deliveries).where(*new, deliveries.c.wish.is_(None)).values(**asked)
    )
    under_way = exists().where(
        attempts.c.delivery_id == deliveries.c.id, attempts.c.finished_at.is_(None)
    )
    resting = {"state": "waiting", "due_at": None, "tries": 0, "sentence": sentence}
    await connection.execute(
        update(deliveries).where(*new, deliveries.c.wish == "ask", ~under_way).values(**resting)
    )


async def ask_no_more(
    connection: AsyncConnection, tenant: str, people: Sequence[str], now: float
) -> None:
    """Forget that these people were to be asked; what they decided by hand stays."""
    await connection.execute(
        update(deliveries)
        .where(*_of(tenant, people), deliveries.c.wish == "ask")
        .values(wish=None, wished_at=None, changed_at=now)
    )


async def page_of(
    connection: AsyncConnection,
    tenant: str,
    people: Sequence[str],
    after: Position | None,
    size: int,
) -> Page:
    """Return a page of these people's rows, last changed first."""
    query = select(deliveries).where(*_of(tenant, people))
    if after is not None:
        query = query.where(_behind(after))
    query = query.order_by(deliveries.c.changed_at.desc(), deliveries.c.id.desc()).limit(size + 1)
    rows = [delivery_of_row(row) for row in await connection.execute(query)]
    if len(rows) <= size:
        return Page(tuple(rows), None)
    last = rows[size - 1]
    return Page(tuple(rows[:size]), Position(last.changed_at, last.id))


def _behind(place: Position) -> ColumnElement[bool]:
    found: ColumnElement[bool] = tuple_(deliveries.c.changed_at, deliveries.c.id) < tuple_(
        place.changed_at, place.id
    )
    return found


def _of(tenant: str, people: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return deliveries.c.tenant == tenant, or_(*(deliveries.c.person == one for one in people))


async def count_asked(connection: AsyncConnection) -> int:
    """Return how many rows wait for their persons' yes: along the index of what was wished."""
    query = select(func.count()).where(deliveries.c.wish == "ask", deliveries.c.state == "waiting")
    return int((await connection.execute(query)).scalar_one())
