"""Whose turn it is: records are leased to visits, and tenants take turns.

A record is worked on by one owner at a time. Each tenant has a queue of its own for each
credential; the queue served longest ago comes first, so that one backlog never starves another.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    and_,
    bindparam,
    delete,
    exists,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.store.dialects import insert_into
from orcid_connect.store.people import Realm
from orcid_connect.store.schema import credential_states, deliveries, queues, record_leases
from orcid_connect.store.unplanned import is_unplanned

LEASE_SECONDS = 300.0
"""Longer than a visit to one record; a killed owner's lease is taken over at once by the next
engine of the same database, which holds the engine lock (`release_leases`)."""
ROWS_LOOKED_AT = 20
"""Due rows looked at for each record wanted: several may be of one record."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A record leased to us."""

    realm: Realm
    orcid: str


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


async def claim_records(
    connection: AsyncConnection, owner: str, now: float, limit: int
) -> list[Claim]:
    """Lease up to `limit` records with due rows: each tenant's share, longest waiting first.

    On PostgreSQL others may claim at the same time (`Database.claiming`): rows that they look at
    are skipped, and a record is ours only if its lease is.
    """
    ready = await _queues_ready(connection, now)
    found: dict[Claim, None] = {}
    served: dict[Queue, None] = {}
    for sharing in (len(ready), 0):  # first each its share, then whoever has more
        for place, queue in enumerate(ready):
            left = limit - len(found)
            if left <= 0:
                break
            share = -(-left // max(sharing - place, 1))
            found |= dict.fromkeys(await _waiting_records(connection, queue, now, share, found))
            served[queue] = None
    await _note_served(connection, list(served), now)
    return await _lease(connection, list(found), owner, now)


async def _queues_ready(connection: AsyncConnection, now: float) -> list[Queue]:
    """Return the queues that may be served and have something due, longest unserved first."""
    first_due = (
        select(deliveries.c.due_at)
        .where(
            deliveries.c.credential == queues.c.credential,
            deliveries.c.environment == queues.c.environment,
            deliveries.c.tenant == queues.c.tenant,
            deliveries.c.state == "due",
        )
        .order_by(deliveries.c.due_at)
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(queues)
        .outerjoin(
            credential_states,
            and_(
                credential_states.c.credential == queues.c.credential,
                credential_states.c.environment == queues.c.environment,
            ),
        )
        .where(
            queues.c.paused_at.is_(None),
            credential_states.c.paused_at.is_(None),
            or_(credential_states.c.slow_until.is_(None), credential_states.c.slow_until <= now),
            first_due <= now,
        )
        .order_by(queues.c.served_at, queues.c.tenant)
    )
    return [queue_of_row(row) for row in await connection.execute(query)]


async def _waiting_records(
    connection: AsyncConnection, queue: Queue, now: float, share: int, taken: Iterable[Claim]
) -> list[Claim]:
    """Return the records of a queue that have waited longest and are nobody's now."""
    leased = exists().where(
        record_leases.c.credential == deliveries.c.credential,
        record_leases.c.environment == deliveries.c.environment,
        record_leases.c.orcid == deliveries.c.orcid,
        record_leases.c.until > now,
    )
    query = (
        select(deliveries.c.orcid)
        .where(
            *_rows_of(queue),
            deliveries.c.state == "due",
            deliveries.c.due_at <= now,
            deliveries.c.orcid.is_not(None),
            ~leased,
            ~is_unplanned(now),
        )
        .order_by(deliveries.c.due_at)
        .limit(share * ROWS_LOOKED_AT)
        .with_for_update(of=deliveries, skip_locked=True)
    )
    waiting = dict.fromkeys(
        Claim(queue.realm, row.orcid) for row in await connection.execute(query)
    )
    return [claim for claim in waiting if claim not in set(taken)][:share]


async def _note_served(connection: AsyncConnection, served: Sequence[Queue], now: float) -> None:
    """Note whose turn it was; a queue that somebody else is at is left, rather than waited for."""
    if not served:
        return
    looked_at = queues.alias("looked_at")
    free = select(looked_at.c.tenant).where(
        looked_at.c.credential == bindparam("in_credential"),
        looked_at.c.environment == bindparam("in_environment"),
        looked_at.c.tenant == bindparam("in_tenant"),
    )
    statement = update(queues).where(
        queues.c.credential == bindparam("in_credential"),
        queues.c.environment == bindparam("in_environment"),
        queues.c.tenant.in_(free.with_for_update(skip_locked=True)),
    )
    named = [
        {
            "in_credential": queue.realm.credential,
            "in_environment": queue.realm.environment,
            "in_tenant": queue.tenant,
        }
        for queue in served
    ]
    await connection.execute(statement.values(served_at=now), named)


async def _lease(
    connection: AsyncConnection, claims: Sequence[Claim], owner: str, now: float
) -> list[Claim]:
    """Lease those of these records that nobody leases; always in one order, against deadlocks."""
    if not claims:
        return []
    leases = [_named(claim) | {"owner": owner, "until": now + LEASE_SECONDS} for claim in claims]
    leases.sort(key=lambda lease: (lease["credential"], lease["environment"], lease["orcid"]))
    statement = insert_into(connection, record_leases).values(leases)
    taken = statement.on_conflict_do_update(
        index_elements=["credential", "environment", "orcid"],
        set_={"owner": owner, "until": now + LEASE_SECONDS},
        where=record_leases.c.until <= now,
    ).returning(record_leases.c.credential, record_leases.c.environment, record_leases.c.orcid)
    ours = {
        Claim(Realm(row.credential, row.environment), row.orcid)
        for row in await connection.execute(taken)
    }
    return [claim for claim in claims if claim in ours]


async def leased_by(connection: AsyncConnection, owner: str) -> list[Claim]:
    """Return the records that are leased to an owner."""
    query = select(record_leases).where(record_leases.c.owner == owner)
    return [
        Claim(Realm(row.credential, row.environment), row.orcid)
        for row in await connection.execute(query)
    ]


async def release_records(connection: AsyncConnection, claims: Sequence[Claim], owner: str) -> None:
    """Hand records back, unless another has taken them over."""
    statement = delete(record_leases).where(
        record_leases.c.credential == bindparam("in_credential"),
        record_leases.c.environment == bindparam("in_environment"),
        record_leases.c.orcid == bindparam("in_orcid"),
        record_leases.c.owner == owner,
    )
    named = [{f"in_{name}": value for name, value in _named(claim).items()} for claim in claims]
    if named:
        await connection.execute(statement, named)


async def release_leases(connection: AsyncConnection) -> None:
    """Drop all leases; only for the holder of the engine lock, when it begins."""
    await connection.execute(delete(record_leases))


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


async def save_queue(connection: AsyncConnection, queue: Queue) -> None:
    """Store whether a queue stands still, and its canary."""
    await connection.execute(
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


def _rows_of(queue: Queue) -> tuple[ColumnElement[bool], ...]:
    return (
        deliveries.c.credential == queue.realm.credential,
        deliveries.c.environment == queue.realm.environment,
        deliveries.c.tenant == queue.tenant,
    )


def _named(claim: Claim) -> dict[str, str]:
    return {
        "credential": claim.realm.credential,
        "environment": claim.realm.environment,
        "orcid": claim.orcid,
    }


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
