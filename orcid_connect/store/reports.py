"""What status, pages and metrics ask of the whole ledger: counts, each along an index."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.store.leases import CredentialState, credential_state
from orcid_connect.store.ledger import DeliveryState
from orcid_connect.store.people import Realm
from orcid_connect.store.schema import credential_states, declarations, deliveries

BACKLOG_ROWS = 1_000_000
"""Declarations counted at most that wait to be planned."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows of a credential and tenant are in a state, and the earliest that is due."""

    credential: str
    environment: str
    tenant: str
    state: DeliveryState
    count: int
    oldest_due: float | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What of a tenant waits to be planned, since when, and how much of it failed so far."""

    tenant: str
    count: int
    oldest_due: float
    failed: int


@dataclass(frozen=True, slots=True)
class Day:
    """How many deliveries changed last in a span of time, by the state they are in."""

    start: float
    counts: dict[DeliveryState, int]


async def anything_declared(connection: AsyncConnection, tenant: str | None = None) -> bool:
    """Tell whether anything was ever declared, of one tenant or of any."""
    query = select(declarations.c.sequence)
    if tenant is not None:
        query = query.where(declarations.c.tenant == tenant)
    return (await connection.execute(query.limit(1))).first() is not None


async def counts(connection: AsyncConnection) -> list[Count]:
    """Count all rows by credential, tenant and state: one pass over one index."""
    columns = (
        deliveries.c.credential,
        deliveries.c.environment,
        deliveries.c.tenant,
        deliveries.c.state,
    )
    query = (
        select(*columns, func.count(), func.min(deliveries.c.due_at))
        .group_by(*columns)
        .order_by(*columns)
    )
    return [Count(*row) for row in await connection.execute(query)]


async def backlogs(connection: AsyncConnection) -> list[Backlog]:
    """Return per tenant what waits to be planned."""
    # By the index on what is due; grouping first, SQLite would read every declaration there is.
    some = (
        select(declarations.c.tenant, declarations.c.plan_due_at, declarations.c.plan_tries)
        .where(declarations.c.plan_due_at >= 0)
        .order_by(declarations.c.plan_due_at)
        .limit(BACKLOG_ROWS)
        .subquery()
    )
    query = (
        select(
            some.c.tenant,
            func.count(),
            func.min(some.c.plan_due_at),
            func.count(func.nullif(some.c.plan_tries, 0)),
        )
        .group_by(some.c.tenant)
        .order_by(some.c.tenant)
    )
    return [Backlog(*row) for row in await connection.execute(query)]


async def troubled_credentials(
    connection: AsyncConnection, now: float
) -> list[tuple[Realm, CredentialState]]:
    """Return the credentials that are paused, or that ORCID slowed down for a while."""
    query = select(credential_states.c.credential, credential_states.c.environment).where(
        or_(credential_states.c.paused_at.is_not(None), credential_states.c.slow_until > now)
    )
    realms = [Realm(*row) for row in await connection.execute(query)]
    return [(realm, await credential_state(connection, realm)) for realm in sorted(realms, key=str)]


async def tenants(connection: AsyncConnection, after: str, limit: int) -> list[str]:
    """Return tenants that have deliveries, in order, behind a name: a seek in an index for each."""
    found: list[str] = []
    while len(found) < limit:
        query = select(func.min(deliveries.c.tenant)).where(deliveries.c.tenant > after)
        name: str | None = (await connection.execute(query)).scalar_one()
        if name is None:
            break
        found.append(name)
        after = name
    return found


async def changed_by_day(
    connection: AsyncConnection,
    tenant: str | None,
    states: Sequence[DeliveryState],
    starts: Sequence[float],
    seconds: float,
) -> list[Day]:
    """Count rows by the span of time in which they changed last: seeks in an index, no sorting."""
    days = []
    for start in starts:
        found: dict[DeliveryState, int] = {}
        for state in states:
            query = select(func.count()).where(
                *([] if tenant is None else [deliveries.c.tenant == tenant]),
                deliveries.c.state == state,
                deliveries.c.changed_at >= start,
                deliveries.c.changed_at < start + seconds,
            )
            found[state] = int((await connection.execute(query)).scalar_one())
        days.append(Day(start, found))
    return days
