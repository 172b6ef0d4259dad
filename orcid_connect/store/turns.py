"""Each tenant's turn: a queue of its own for each credential, which may stand still.

The queue served longest ago comes first, so that one backlog never starves another.
"""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    exists,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.store.people import Realm
from orcid_connect.store.schema import deliveries, queues


@dataclass(frozen=True, slots=True)
class Queue:
    """A tenant's deliveries with one credential; paused until a person looks, or a canary.

    `canary_left` is how many more deliveries may go before it pauses by itself.
    """

    realm: Realm
    tenant: str
    served_at: float = 0.0
    paused_at: float | None = None
    paused_sentence: str | None = None
    canary_left: int | None = None


async def ensure_queue(
    connection: AsyncConnection, realm: Realm, tenant: str, canary: int | None = None
) -> None:
    """Give a tenant its queue, unless it has one; new ones are served first."""
    known = exists().where(*_is(realm, tenant))
    values = select(
        literal(realm.credential),
        literal(realm.environment),
        literal(tenant),
        literal(0.0),
        literal(canary, Integer),
    ).where(~known)
    columns = ["credential", "environment", "tenant", "served_at", "canary_left"]
    await connection.execute(insert(queues).from_select(columns, values))


def paused(queue: Queue, sentence: str, now: float) -> Queue:
    """Return the queue as it stands still."""
    return replace(queue, paused_at=now, paused_sentence=sentence)


def resumed(queue: Queue, canary: int | None = None) -> Queue:
    """Return the queue as it goes on, until `canary` more deliveries have gone if that is given."""
    return replace(queue, paused_at=None, paused_sentence=None, canary_left=canary)


async def ensure_queues(connection: AsyncConnection) -> None:
    """Give every tenant of the ledger its queue: an older version, in a rolling upgrade, did not
    know of queues when it planned."""
    columns = (deliveries.c.credential, deliveries.c.environment, deliveries.c.tenant)
    known = exists().where(
        queues.c.credential == deliveries.c.credential,
        queues.c.environment == deliveries.c.environment,
        queues.c.tenant == deliveries.c.tenant,
    )
    missing = select(*columns, literal(0.0)).where(~known).distinct()
    names = ["credential", "environment", "tenant", "served_at"]
    await connection.execute(insert(queues).from_select(names, missing))


async def all_queues(connection: AsyncConnection) -> list[Queue]:
    """Return every tenant's queues, by tenant."""
    query = select(queues).order_by(queues.c.tenant, queues.c.credential)
    return [queue_of_row(row) for row in await connection.execute(query)]


async def paused_queues(connection: AsyncConnection) -> list[Queue]:
    """Return the queues that stand still, each with the sentence that says why."""
    return [queue for queue in await all_queues(connection) if queue.paused_at is not None]


async def queues_of(connection: AsyncConnection, tenant: str) -> list[Queue]:
    """Return a tenant's queues."""
    rows = await connection.execute(select(queues).where(queues.c.tenant == tenant))
    return [queue_of_row(row) for row in rows]


def save_queue(connection: Connection, queue: Queue) -> None:
    """Store whether a queue stands still, and its canary."""
    connection.execute(
        update(queues)
        .where(*_is(queue.realm, queue.tenant))
        .values(
            paused_at=queue.paused_at,
            paused_sentence=queue.paused_sentence,
            canary_left=queue.canary_left,
        )
    )


def _is(realm: Realm, tenant: str) -> tuple[ColumnElement[bool], ...]:
    return (
        queues.c.credential == realm.credential,
        queues.c.environment == realm.environment,
        queues.c.tenant == tenant,
    )


def queue_of_row(row: Row[Any]) -> Queue:
    """Read a queue."""
    return Queue(
        realm=Realm(row.credential, row.environment),
        tenant=row.tenant,
        served_at=row.served_at,
        paused_at=row.paused_at,
        paused_sentence=row.paused_sentence,
        canary_left=row.canary_left,
    )
