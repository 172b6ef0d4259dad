"""Letting a credential or a tenant stand still, and go on: at once, or with a few items first."""

from dataclasses import dataclass

from orcid_connect.services import Services, realm_of
from orcid_connect.store import leases, turns
from orcid_connect.store.leases import CredentialState
from orcid_connect.store.people import Realm


async def pause(services: Services, realm: Realm, reason: str) -> None:
    """Send nothing more with a credential."""
    state = CredentialState(paused_at=services.clock(), paused_sentence=reason)
    async with services.database.writing() as connection:
        await leases.save_credential_state(connection, realm, state)


@dataclass(frozen=True, slots=True)
class Resumed:
    """What a resume changed: whether it stood still, and whether a canary now counts."""

    stood: bool
    counts: bool


async def resume(services: Services, realm: Realm, canary: int | None = None) -> Resumed:
    """Let a credential go on; with a canary each of its tenants sends so many items, then waits.

    Tenants that were paused by themselves stay so, and one of which nothing was planned yet has
    nothing to count.
    """
    counts = False
    async with services.database.writing() as connection:
        stood = realm in await leases.paused_credentials(connection)
        await leases.save_credential_state(connection, realm, CredentialState())
        for queue in await turns.all_queues(connection) if canary is not None else ():
            if queue.realm == realm and queue.paused_at is None:
                await connection.run_sync(turns.save_queue, turns.resumed(queue, canary))
                counts = True
        return Resumed(stood, counts)


async def pause_tenant(services: Services, tenant: str, reason: str) -> None:
    """Send nothing more of a tenant, with whatever credential; also if it has sent nothing yet.

    Raises `SettingsError` if no credential serves it.
    """
    realm = realm_of(services.settings.credential_for(tenant))
    now = services.clock()
    async with services.database.writing() as connection:
        await turns.ensure_queue(connection, realm, tenant, services.settings.tree.canary(tenant))
        for queue in await turns.queues_of(connection, tenant):
            await connection.run_sync(turns.save_queue, turns.paused(queue, reason, now))


async def resume_tenant(services: Services, tenant: str, canary: int | None = None) -> Resumed:
    """Let a tenant go on; with a canary it sends so many new items, then waits again."""
    async with services.database.writing() as connection:
        queues = await turns.queues_of(connection, tenant)
        for queue in queues:
            await connection.run_sync(turns.save_queue, turns.resumed(queue, canary))
    stood = any(queue.paused_at is not None for queue in queues)
    return Resumed(stood, bool(queues) and canary is not None)
