"""Leasing records to visits: a record is worked on by one owner at a time, and tenants take turns.

Synchronous, for `Database.at_once`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    Connection,
    Float,
    and_,
    bindparam,
    delete,
    exists,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.store.dialects import insert_for
from orcid_connect.store.given import as_given, one_of, rows_given
from orcid_connect.store.people import Realm
from orcid_connect.store.schema import credential_states, deliveries, queues, record_leases
from orcid_connect.store.turns import Queue, queue_of_row
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


def claim_records(connection: Connection, owner: str, now: float, limit: int) -> list[Claim]:
    """Lease up to `limit` records with due rows: each tenant's share, longest waiting first.

    On PostgreSQL others may claim at the same time (`Database.claiming`): rows that they look at
    are skipped, and a record is ours only if its lease is.
    """
    ready = _queues_ready(connection, now)
    found: dict[Claim, None] = {}
    served: dict[Queue, None] = {}
    for sharing in (len(ready), 0):  # first each its share, then whoever has more
        for place, queue in enumerate(ready):
            left = limit - len(found)
            if left <= 0:
                break
            share = -(-left // max(sharing - place, 1))
            found |= dict.fromkeys(_waiting_records(connection, queue, now, share, found))
            served[queue] = None
    _note_served(connection, list(served), now)
    return _lease(connection, list(found), owner, now)


_NOW: Final[BindParameter[float]] = bindparam("now", type_=Float())
_FIRST_DUE: Final = (
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
_READY: Final = (
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
        or_(credential_states.c.slow_until.is_(None), credential_states.c.slow_until <= _NOW),
        _FIRST_DUE <= _NOW,
    )
    .order_by(queues.c.served_at, queues.c.tenant)
)


def _queues_ready(connection: Connection, now: float) -> list[Queue]:
    """Return the queues that may be served and have something due, longest unserved first."""
    return [queue_of_row(row) for row in connection.execute(_READY, {"now": now})]


_IS_LEASED: Final = exists().where(
    record_leases.c.credential == deliveries.c.credential,
    record_leases.c.environment == deliveries.c.environment,
    record_leases.c.orcid == deliveries.c.orcid,
    record_leases.c.until > _NOW,
)
_WAITING: Final = (
    select(deliveries.c.orcid)
    .where(
        deliveries.c.credential == bindparam("credential"),
        deliveries.c.environment == bindparam("environment"),
        deliveries.c.tenant == bindparam("tenant"),
        deliveries.c.state == "due",
        deliveries.c.due_at <= _NOW,
        deliveries.c.orcid.is_not(None),
        ~_IS_LEASED,
        ~is_unplanned(_NOW),
    )
    .order_by(deliveries.c.due_at)
    .limit(bindparam("most"))
    .with_for_update(of=deliveries, skip_locked=True)
)


def _waiting_records(
    connection: Connection, queue: Queue, now: float, share: int, taken: Iterable[Claim]
) -> list[Claim]:
    """Return the records of a queue that have waited longest and are nobody's now."""
    given = {
        "credential": queue.realm.credential,
        "environment": queue.realm.environment,
        "tenant": queue.tenant,
        "now": now,
        "most": share * ROWS_LOOKED_AT,
    }
    orcids = dict.fromkeys(connection.execute(_WAITING, given).scalars())
    known = set(taken)
    waiting = [Claim(queue.realm, orcid) for orcid in orcids]
    return [claim for claim in waiting if claim not in known][:share]


_LOOKED_AT: Final = queues.alias("looked_at")
_FREE: Final = select(_LOOKED_AT.c.tenant).where(
    _LOOKED_AT.c.credential == bindparam("in_credential"),
    _LOOKED_AT.c.environment == bindparam("in_environment"),
    _LOOKED_AT.c.tenant == bindparam("in_tenant"),
)
_SERVING: Final = (
    update(queues)
    .where(
        queues.c.credential == bindparam("in_credential"),
        queues.c.environment == bindparam("in_environment"),
        queues.c.tenant.in_(_FREE.with_for_update(skip_locked=True)),
    )
    .values(served_at=bindparam("now"))
)


def _note_served(connection: Connection, served: Sequence[Queue], now: float) -> None:
    """Note whose turn it was; a queue that somebody else is at is left, rather than waited for."""
    named = [
        {
            "in_credential": queue.realm.credential,
            "in_environment": queue.realm.environment,
            "in_tenant": queue.tenant,
            "now": now,
        }
        for queue in served
    ]
    if named:
        connection.execute(_SERVING, named)


_KEY: Final = ("credential", "environment", "orcid")


@cache
def _leasing(dialect: str) -> Any:
    given = rows_given(dialect, {name: record_leases.c[name].type for name in _KEY})
    wanted = select(
        *(given.c[name] for name in _KEY), bindparam("owner"), bindparam("until")
    ).where(true())  # without a WHERE, SQLite takes ON CONFLICT for that of a join
    insert = insert_for(dialect, record_leases).from_select([*_KEY, "owner", "until"], wanted)
    taken = insert.on_conflict_do_update(
        index_elements=_KEY,
        set_={"owner": insert.excluded.owner, "until": insert.excluded.until},
        where=record_leases.c.until <= _NOW,
    )
    return taken.returning(*(record_leases.c[name] for name in _KEY))


def _lease(connection: Connection, claims: Sequence[Claim], owner: str, now: float) -> list[Claim]:
    """Lease those of these records that nobody leases; always in one order, against deadlocks."""
    if not claims:
        return []
    wanted = sorted((_named(claim) for claim in claims), key=lambda one: tuple(one.values()))
    dialect = connection.dialect.name
    lease = {"owner": owner, "until": now + LEASE_SECONDS, "now": now}
    taken = connection.execute(_leasing(dialect), as_given(dialect, wanted) | lease)
    ours = {
        Claim(Realm(credential, environment), orcid) for credential, environment, orcid in taken
    }
    return [claim for claim in claims if claim in ours]


_LEASED: Final = select(*(record_leases.c[name] for name in _KEY)).where(
    record_leases.c.owner == bindparam("owner")
)


def leased_by(connection: Connection, owner: str) -> list[Claim]:
    """Return the records that are leased to an owner."""
    rows = connection.execute(_LEASED, {"owner": owner})
    return [Claim(Realm(credential, environment), orcid) for credential, environment, orcid in rows]


_RELEASING: Final = delete(record_leases).where(
    record_leases.c.credential == bindparam("credential"),
    record_leases.c.environment == bindparam("environment"),
    one_of(record_leases.c.orcid, "orcids"),
    record_leases.c.owner == bindparam("owner"),
)


def release_records(connection: Connection, claims: Sequence[Claim], owner: str) -> None:
    """Hand records back, unless another has taken them over."""
    for realm in {claim.realm for claim in claims}:
        given = {
            "credential": realm.credential,
            "environment": realm.environment,
            "orcids": [claim.orcid for claim in claims if claim.realm == realm],
            "owner": owner,
        }
        connection.execute(_RELEASING, given)


async def release_leases(connection: AsyncConnection) -> None:
    """Drop all leases; only for the holder of the engine lock, when it begins."""
    await connection.execute(delete(record_leases))


def _named(claim: Claim) -> dict[str, str]:
    return {
        "credential": claim.realm.credential,
        "environment": claim.realm.environment,
        "orcid": claim.orcid,
    }
