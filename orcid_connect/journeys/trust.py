"""How far a credential and its links are believed: slowing down, and telling a dead link from a
dead credential.

A token that ORCID refuses twice ends its link. When several links in a row fail alike, it is the
credential that failed: it is paused for a person to look, and the links are believed again.
"""

from dataclasses import replace

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.journeys.telling import tell_link_ended
from orcid_connect.observe import log
from orcid_connect.pacing import backoff
from orcid_connect.services import Services
from orcid_connect.store import closed_records, leases, people
from orcid_connect.store.leases import CredentialState
from orcid_connect.store.people import Closed, Link, LinkState, Realm
from orcid_connect.store.replanning import replan_person

ALIKE = 3
"""Links refused in a row, with nothing going well in between, that put the credential in doubt."""
SLOWEST_SECONDS = 60.0
"""How long a whole credential waits at most before it is tried again."""


async def slow_down(
    connection: AsyncConnection, services: Services, realm: Realm, retry_after: float | None
) -> None:
    """Let everything of a credential wait; longer each time, as long as nothing goes well."""
    state = await leases.credential_state(connection, realm)
    tries = state.slow_tries + 1
    base = services.settings.backoff_base
    wait = backoff(tries, base=base, limit=min(SLOWEST_SECONDS, services.settings.backoff_limit))
    slowed = replace(
        state, slow_until=services.clock() + max(wait, retry_after or 0.0), slow_tries=tries
    )
    await leases.save_credential_state(connection, realm, slowed)


def went_well(connection: Connection, realm: Realm) -> None:
    """Forget earlier trouble of a credential."""
    state = leases.credential_state_now(connection, realm)
    if state.slow_tries or state.refused_links:
        cleared = CredentialState(paused_at=state.paused_at, paused_sentence=state.paused_sentence)
        leases.save_credential_state_now(connection, realm, cleared)


async def lose_link(
    connection: AsyncConnection, link: Link, state: LinkState, reason: str, now: float
) -> None:
    """End a link that is still active, tell the plugins, and have its person planned again."""
    if link.state != "active" or not await people.end_link(connection, link, state, reason, now):
        return
    await tell_link_ended(connection, link, reason, now)
    await replan_person(connection, link.tenant, link.person_key, link.orcid, now)


async def note_closed_record(services: Services, link: Link, closed: Closed | None) -> None:
    """Remember how ORCID closed the record of a link, or that it is open again, if that is news."""
    if link.closed != closed:
        async with services.database.writing() as connection:
            await closed_records.note_closed(connection, link.id, closed)


async def token_refused(connection: AsyncConnection, link: Link, now: float) -> None:
    """End a link whose token ORCID refused twice, or pause its credential if others fail alike."""
    await lose_link(connection, link, "revoked", "ORCID no longer accepts the permission", now)
    state = await leases.credential_state(connection, link.realm)
    refused = tuple(dict.fromkeys((*state.refused_links, link.id)))
    if len(refused) < ALIKE:
        changed = replace(state, refused_links=refused)
    else:
        changed = await _pause(connection, link.realm, refused, now)
    await leases.save_credential_state(connection, link.realm, changed)


async def pause_credential(connection: AsyncConnection, realm: Realm, why: str, now: float) -> None:
    """Stop everything of a credential, unless it stands still already."""
    state = await leases.credential_state(connection, realm)
    if state.paused_at is not None:
        return
    log.error("credential %s is paused: ORCID refuses the client", realm.credential)
    sentence = (
        f"ORCID refuses this client. {why} Look it up at ORCID, then run `orcid-connect resume "
        f"{realm.credential}`."
    )
    paused = replace(state, paused_at=now, paused_sentence=sentence)
    await leases.save_credential_state(connection, realm, paused)


async def _pause(
    connection: AsyncConnection, realm: Realm, refused: tuple[str, ...], now: float
) -> CredentialState:
    for link_id in refused:
        link = await people.reinstate(connection, link_id)
        if link is not None:
            await replan_person(connection, link.tenant, link.person_key, link.orcid, now)
    log.error("credential %s is paused: %d links failed alike", realm.credential, len(refused))
    sentence = (
        f"ORCID refused the permissions of {len(refused)} people in a row. That is rather the "
        f"credential than the people: check the client at ORCID, then run `orcid-connect resume "
        f"{realm.credential}`."
    )
    return CredentialState(paused_at=now, paused_sentence=sentence)
