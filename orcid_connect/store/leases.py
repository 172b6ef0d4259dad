"""Who works on which record, and how each credential fares at ORCID.

A record is worked on by one owner at a time: a lease that others may take over when it lapses.
"""

import json
from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, and_, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.store.people import Realm
from orcid_connect.store.schema import credential_states, deliveries, record_leases

LEASE_SECONDS = 300.0
"""Longer than the work on one record; a killed owner's lease is taken over at once by the next
engine of the same database, which holds the engine lock (`release_leases`)."""


@dataclass(frozen=True, slots=True)
class CredentialState:
    """How a credential fares: slowed down by ORCID, or paused until a person looks."""

    slow_until: float | None = None
    slow_tries: int = 0
    paused_at: float | None = None
    paused_sentence: str | None = None
    refused_links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A record leased to us."""

    realm: Realm
    orcid: str


async def claim_record(connection: AsyncConnection, owner: str, now: float) -> Claim | None:
    """Lease the record that has waited longest, or return None if nothing is due."""
    query = (
        select(deliveries.c.credential, deliveries.c.environment, deliveries.c.orcid)
        .outerjoin(
            record_leases,
            and_(
                record_leases.c.credential == deliveries.c.credential,
                record_leases.c.environment == deliveries.c.environment,
                record_leases.c.orcid == deliveries.c.orcid,
                record_leases.c.until > now,
            ),
        )
        .outerjoin(
            credential_states,
            and_(
                credential_states.c.credential == deliveries.c.credential,
                credential_states.c.environment == deliveries.c.environment,
            ),
        )
        .where(
            deliveries.c.state == "due",
            deliveries.c.due_at <= now,
            deliveries.c.orcid.is_not(None),
            record_leases.c.orcid.is_(None),
            credential_states.c.paused_at.is_(None),
            or_(credential_states.c.slow_until.is_(None), credential_states.c.slow_until <= now),
        )
        .order_by(deliveries.c.due_at, deliveries.c.id)
        .limit(1)
    )
    row = (await connection.execute(query)).first()
    if row is None:
        return None
    claim = Claim(Realm(row.credential, row.environment), row.orcid)
    await connection.execute(delete(record_leases).where(*_lease_of(claim)))
    await connection.execute(
        insert(record_leases).values(
            credential=claim.realm.credential,
            environment=claim.realm.environment,
            orcid=claim.orcid,
            owner=owner,
            until=now + LEASE_SECONDS,
        )
    )
    return claim


async def release_record(connection: AsyncConnection, claim: Claim, owner: str) -> None:
    """Hand a record back, unless another has taken it over."""
    await connection.execute(
        delete(record_leases).where(*_lease_of(claim), record_leases.c.owner == owner)
    )


def _lease_of(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    return (
        record_leases.c.credential == claim.realm.credential,
        record_leases.c.environment == claim.realm.environment,
        record_leases.c.orcid == claim.orcid,
    )


async def release_leases(connection: AsyncConnection) -> None:
    """Drop all leases; only for the holder of the engine lock, when it begins."""
    await connection.execute(delete(record_leases))


async def credential_state(connection: AsyncConnection, realm: Realm) -> CredentialState:
    """Return how a credential fares."""
    query = select(credential_states).where(*_of(realm))
    row = (await connection.execute(query)).first()
    if row is None:
        return CredentialState()
    return CredentialState(
        slow_until=row.slow_until,
        slow_tries=row.slow_tries,
        paused_at=row.paused_at,
        paused_sentence=row.paused_sentence,
        refused_links=tuple(json.loads(row.refused_links)),
    )


async def save_credential_state(
    connection: AsyncConnection, realm: Realm, state: CredentialState
) -> None:
    """Store how a credential fares."""
    values = asdict(state) | {"refused_links": json.dumps(state.refused_links)}
    done = await connection.execute(update(credential_states).where(*_of(realm)).values(**values))
    if done.rowcount == 0:
        await connection.execute(
            insert(credential_states).values(
                credential=realm.credential, environment=realm.environment, **values
            )
        )


async def paused_credentials(connection: AsyncConnection) -> dict[Realm, str]:
    """Return the paused credentials, each with the sentence that says why."""
    query = select(credential_states).where(credential_states.c.paused_at.is_not(None))
    return {
        Realm(row.credential, row.environment): row.paused_sentence or ""
        for row in await connection.execute(query)
    }


def _of(realm: Realm) -> tuple[ColumnElement[bool], ...]:
    return (
        credential_states.c.credential == realm.credential,
        credential_states.c.environment == realm.environment,
    )
