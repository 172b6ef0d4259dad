"""How each credential fares at ORCID: slowed down, paused, or in doubt."""

import json
from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, Connection, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.store.people import Realm
from orcid_connect.store.schema import credential_states


@dataclass(frozen=True, slots=True)
class CredentialState:
    """How a credential fares: slowed down by ORCID, or paused until a person looks."""

    slow_until: float | None = None
    slow_tries: int = 0
    paused_at: float | None = None
    paused_sentence: str | None = None
    refused_links: tuple[str, ...] = ()


async def credential_state(connection: AsyncConnection, realm: Realm) -> CredentialState:
    """Return how a credential fares."""
    return await connection.run_sync(credential_state_now, realm)


def credential_state_now(connection: Connection, realm: Realm) -> CredentialState:
    """Do so without an event loop."""
    row = connection.execute(select(credential_states).where(*_of(realm))).first()
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
    await connection.run_sync(save_credential_state_now, realm, state)


def save_credential_state_now(connection: Connection, realm: Realm, state: CredentialState) -> None:
    """Do so without an event loop."""
    values = asdict(state) | {"refused_links": json.dumps(state.refused_links)}
    done = connection.execute(update(credential_states).where(*_of(realm)).values(**values))
    if done.rowcount == 0:
        connection.execute(
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
