"""Having ORCID forget tokens: queued with what caused it, sent until ORCID has answered.

Repeating is harmless: ORCID answers 200 for a token it no longer knows (REGISTRY.md 2.4).
"""

from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.errors import (
    OrcidConnectError,
    RegistryError,
    RegistryUnreachable,
    SealBroken,
    StoreError,
)
from orcid_connect.observe import describe, log
from orcid_connect.pacing import backoff
from orcid_connect.services import Services
from orcid_connect.settings import Credential
from orcid_connect.store import people
from orcid_connect.store.people import Link, NewLink, Revocation

BATCH = 50
"""Revocations sent in one round."""


async def queue_forgetting(connection: AsyncConnection, services: Services, link: Link) -> None:
    """Queue the revocation of a link's token, unless another link has the very same one.

    Older systems keep one token for a person of several journals: once imported, to leave one
    journal must not end what the person allowed another. The last of them to end revokes it.
    """
    if not await _is_needed(connection, services, link):
        await people.queue_revocation(connection, link, services.clock())


async def _is_needed(connection: AsyncConnection, services: Services, link: Link) -> bool:
    token = _opened(services, link)
    others = [] if token is None else await people.others_on_record(connection, link)
    # A `SecretStr` is compared by what it holds.
    return any(_opened(services, other) == token for other in others)


def _opened(services: Services, link: Link) -> SecretStr | None:
    try:
        return link.token(services.vault)
    except SealBroken:
        return None


async def queue_unkept(
    connection: AsyncConnection, services: Services, new: NewLink, reason: str
) -> None:
    """Queue the revocation of a token that becomes no link."""
    now = services.clock()
    sealed = services.vault.seal(new.access_token, tenant=new.tenant, person=new.person_key)
    never_linked = Link(
        id="",
        tenant=new.tenant,
        person_key=new.person_key,
        realm=new.realm,
        orcid=new.orcid,
        name=None,
        scopes=frozenset(),
        state="ended",
        token_sealed=sealed,
        made_at=now,
        reason=reason,
    )
    await queue_forgetting(connection, services, never_linked)


async def drop_unkept(
    services: Services, credential: Credential, new: NewLink, reason: str
) -> None:
    """Queue it in a transaction of its own, or without a database tell ORCID at once."""
    try:
        async with services.database.writing() as connection:
            await queue_unkept(connection, services, new, reason)
    except StoreError:
        await revoke_at_once(services, credential, new.access_token)


async def revoke_at_once(services: Services, credential: Credential, token: SecretStr) -> None:
    """Try once to have a token forgotten that could not even be queued."""
    try:
        await services.oauth(credential).revoke(token)
    except RegistryError as error:
        log.error("a token that was not kept could not be revoked either: %s", describe(error))


async def revoke_due(services: Services) -> int:
    """Send the revocations that are due and return how many ORCID has answered."""
    async with services.database.reading() as connection:
        due = await people.due_revocations(connection, services.clock(), BATCH)
    answered = 0
    for revocation in due:
        try:
            await _revoke(services, revocation)
        except OrcidConnectError as error:
            await _postpone(services, revocation, error)
            if isinstance(error, RegistryUnreachable):
                break  # each of the others would wait for the same time-out
        else:
            answered += 1
    return answered


async def _revoke(services: Services, revocation: Revocation) -> None:
    credential = services.credential_of(revocation.realm)
    if credential is None:
        raise SealBroken("the credential of a token to revoke is no longer in the settings")
    token = services.vault.open(
        revocation.token_sealed, tenant=revocation.tenant, person=revocation.person_key
    )
    await services.oauth(credential).revoke(token)
    async with services.database.writing() as connection:
        await people.revocation_done(connection, revocation.id)


async def _postpone(services: Services, revocation: Revocation, error: OrcidConnectError) -> None:
    settings = services.settings
    wait = backoff(
        revocation.tries + 1,
        base=settings.backoff_base,
        limit=settings.backoff_limit,
        key=revocation.id,
    )
    log.warning("a revocation waits %d s: %s", wait, describe(error))
    async with services.database.writing() as connection:
        await people.postpone_revocation(connection, revocation.id, services.clock() + wait)
