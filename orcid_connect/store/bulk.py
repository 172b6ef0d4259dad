"""Many rows at once: what visits to several records read and write in one go."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, bindparam, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.store import ledger
from orcid_connect.store.leases import CredentialState, credential_state
from orcid_connect.store.ledger import Attempt, Delivery
from orcid_connect.store.people import VALUES_PER_QUERY, Link, Realm, link_of_row
from orcid_connect.store.schema import attempts, deliveries, links, payloads, queues
from orcid_connect.store.turns import Claim, Queue, queue_of_row
from orcid_connect.store.unplanned import is_unplanned

Value = TypeVar("Value")


async def due_of_records(
    connection: AsyncConnection, claims: Sequence[Claim], now: float, each: int
) -> dict[Claim, list[Delivery]]:
    """Return the due rows of records, at most `each`; withdrawals first, they make room."""
    found: dict[Claim, list[Delivery]] = {claim: [] for claim in claims}
    for realm in {claim.realm for claim in claims}:
        orcids = [claim.orcid for claim in claims if claim.realm == realm]
        query = _due_of(realm, orcids, now).limit(each * len(orcids))
        for row in await connection.execute(query):
            delivery = ledger.delivery_of_row(row)
            rows = found[Claim(realm, row.orcid)]
            if len(rows) < each:
                rows.append(delivery)
    return found


def _due_of(realm: Realm, orcids: Sequence[str], now: float) -> Any:
    paused = exists().where(
        queues.c.credential == deliveries.c.credential,
        queues.c.environment == deliveries.c.environment,
        queues.c.tenant == deliveries.c.tenant,
        queues.c.paused_at.is_not(None),
    )
    return (
        select(deliveries)
        .where(
            deliveries.c.credential == realm.credential,
            deliveries.c.environment == realm.environment,
            deliveries.c.orcid.in_(orcids),
            deliveries.c.state == "due",
            deliveries.c.due_at <= now,
            ~paused,
            ~is_unplanned(now),
        )
        .order_by(deliveries.c.desired_hash.is_not(None), deliveries.c.due_at, deliveries.c.id)
    )


async def deliveries_with(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, Delivery]:
    """Return rows by id."""
    rows = await _fetch(connection, deliveries, deliveries.c.id, ids)
    return {row.id: ledger.delivery_of_row(row) for row in rows}


async def links_with(connection: AsyncConnection, ids: Iterable[str | None]) -> dict[str, Link]:
    """Return links by id, in whatever state."""
    wanted = [one for one in ids if one is not None]
    rows = await _fetch(connection, links, links.c.id, wanted)
    return {row.id: link_of_row(row) for row in rows}


async def bodies_of(connection: AsyncConnection, digests: Iterable[str | None]) -> dict[str, str]:
    """Return payloads by their hash."""
    wanted = [one for one in digests if one is not None]
    rows = await _fetch(connection, payloads, payloads.c.hash, wanted)
    return {row.hash: row.body for row in rows}


async def open_attempts_of(
    connection: AsyncConnection, ids: Sequence[str]
) -> dict[str, list[Attempt]]:
    """Return the attempts of which nothing is known, by row, oldest first."""
    unknown = attempts.c.finished_at.is_(None)
    found: dict[str, list[Attempt]] = {}
    for row in await _fetch(connection, attempts, attempts.c.delivery_id, ids, unknown):
        found.setdefault(row.delivery_id, []).append(ledger.attempt_of_row(row))
    return {name: sorted(listed, key=lambda one: one.id) for name, listed in found.items()}


async def queues_of_tenants(
    connection: AsyncConnection, tenants: Iterable[str]
) -> dict[tuple[Realm, str], Queue]:
    """Return the queues of tenants, by realm and tenant."""
    rows = await _fetch(connection, queues, queues.c.tenant, tenants)
    found = [queue_of_row(row) for row in rows]
    return {(queue.realm, queue.tenant): queue for queue in found}


async def states_of(
    connection: AsyncConnection, realms: Iterable[Realm]
) -> dict[Realm, CredentialState]:
    """Return how credentials fare."""
    return {realm: await credential_state(connection, realm) for realm in set(realms)}


async def open_attempts(
    connection: AsyncConnection, sent: Sequence[tuple[Delivery, str]], now: float
) -> list[int]:
    """Note, before requests leave, that they are about to; return the attempts' ids in order."""
    if not sent:
        return []
    values = [
        {
            "delivery_id": row.id,
            "method": method,
            "put_code": row.put_code,
            "sent_hash": row.desired_hash,
            "started_at": now,
        }
        for row, method in sent
    ]
    statement = insert(attempts).returning(attempts.c.id, sort_by_parameter_order=True)
    return [int(row.id) for row in await connection.execute(statement, values)]


async def close_attempts(
    connection: AsyncConnection, closed: Sequence[tuple[Attempt, str]], now: float
) -> None:
    """Note what became of requests."""
    if not closed:
        return
    statement = (
        update(attempts)
        .where(attempts.c.id == bindparam("in_id"))
        .values(finished_at=now, outcome=bindparam("in_outcome"))
    )
    values = [{"in_id": attempt.id, "in_outcome": outcome} for attempt, outcome in closed]
    await connection.execute(statement, values)


async def save_all(connection: AsyncConnection, rows: Sequence[Delivery], now: float) -> None:
    """Store what changed in known rows."""
    if not rows:
        return
    names = [column.name for column in deliveries.columns if column.name not in ("id", "made_at")]
    statement = (
        update(deliveries)
        .where(deliveries.c.id == bindparam("in_id"))
        .values({name: bindparam(f"in_{name}") for name in names})
    )
    values = [ledger.values_of(row) | {"changed_at": now} for row in rows]
    named = [{f"in_{name}": row[name] for name in ("id", *names)} for row in values]
    await connection.execute(statement, named)


async def _fetch(
    connection: AsyncConnection,
    table: Any,
    column: ColumnElement[Any],
    values: Iterable[str],
    *conditions: ColumnElement[bool],
) -> list[Any]:
    """Return the rows that have one of these values; SQLite limits how many it takes at once."""
    found: list[Any] = []
    for part in _parts(list(dict.fromkeys(values))):
        query = select(table).where(column.in_(part), *conditions)
        found += (await connection.execute(query)).all()
    return found


def _parts(values: list[Value]) -> Iterator[list[Value]]:
    for start in range(0, len(values), VALUES_PER_QUERY):
        yield values[start : start + VALUES_PER_QUERY]
