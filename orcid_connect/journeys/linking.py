"""Connecting a person's ORCID iD and disconnecting it: the flow, without any page.

`begin` sends the person to ORCID, `complete` takes them back and ends in one of a closed list of
outcomes, `disconnect` ends the link, `revoke_due` has ORCID forget tokens we no longer want.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from orcid_connect.declarations import Person
from orcid_connect.errors import StoreError
from orcid_connect.journeys.arriving import (
    Arrival,
    Completion,
    Outcome,
    Proven,
    arrive,
    prove,
    stale_completion,
    use_up,
)
from orcid_connect.journeys.link_states import (
    Display,
    LinkState,
    StaleState,
    browser_hash,
    new_nonce,
    person_hash,
    sign_state,
)
from orcid_connect.journeys.record_states import RecordState, look_at_record
from orcid_connect.journeys.returning import checked_return
from orcid_connect.journeys.revoking import queue_forgetting, revoke_at_once, revoke_due
from orcid_connect.journeys.settling_links import Settlement
from orcid_connect.journeys.telling import tell_link_ended
from orcid_connect.languages import ENGLISH
from orcid_connect.purposes import SCOPES, Purpose
from orcid_connect.registry.oauth import Prefill
from orcid_connect.services import Services, realm_of
from orcid_connect.store import people, refusals
from orcid_connect.store.people import Link, Realm
from orcid_connect.store.replanning import replan_person

__all__ = [
    "Completion",
    "Leaving",
    "Outcome",
    "begin",
    "complete",
    "current_link",
    "disconnect",
    "kept_links",
    "revoke_due",
    "scopes_to_ask",
]

WRITE_SCOPE = "/activities/update"
_ASKED = frozenset(scope for scopes in SCOPES.values() for scope in scopes)


@dataclass(frozen=True, slots=True)
class Leaving:
    """What somebody leaves for ORCID with: where they return to, what for, how, in what words."""

    return_to: str | None = None
    purpose: Purpose | None = None
    display: Display = "page"
    language: str = ENGLISH


async def begin(services: Services, person: Person, leaving: Leaving, browser: str) -> str:
    """Return the address at ORCID to send this person to; nothing is stored.

    Raises `LinkingError` for a return address that is not allowed or too long to be carried,
    `SettingsError` without a credential for the tenant.
    """
    settings = services.settings
    back = checked_return(settings, leaving.return_to)
    credential = settings.credential_for(person.tenant)
    state = LinkState(
        person=person_hash(person),
        credential=credential.name,
        environment=credential.environment,
        return_to=back,
        nonce=new_nonce(),
        browser=browser_hash(browser),
        purpose=leaving.purpose or settings.purpose,
        display=leaving.display,
        language=leaving.language,
    )
    return services.oauth(credential).authorize_url(
        state=sign_state(settings, services.clock, state),
        nonce=state.nonce,
        scopes=await scopes_to_ask(services, person, state.purpose),
        redirect_uri=settings.redirect_uri,
        prefill=Prefill(language=leaving.language),
    )


async def scopes_to_ask(services: Services, person: Person, purpose: Purpose) -> tuple[str, ...]:
    """Return what this person is asked to allow for a purpose.

    What a link of theirs already allows is asked for again, so that it never becomes less.
    """
    credential = services.settings.credential_for(person.tenant)
    wanted = credential.scopes(purpose)
    held = await _allowed_already(services, person, realm_of(credential), wanted)
    return (*wanted, *held)


async def _allowed_already(
    services: Services, person: Person, realm: Realm, wanted: Sequence[str]
) -> tuple[str, ...]:
    async with services.database.reading() as connection:
        link = await people.active_link(connection, realm, person.tenant, person.key)
    held = frozenset() if link is None else link.scopes & _ASKED
    return tuple(sorted(held.difference(wanted)))


async def complete(
    services: Services,
    browser: str,
    parameters: Iterable[tuple[str, str]],
    present: Person | None,
) -> Completion:
    """Take a person back from ORCID; every way this can end is an `Outcome`.

    `present` is who the host says is signed in now: none but them gets the link, for the state and
    the browser's value alone may have been planted. Raises `StoreError` alone.
    """
    return await complete_arrival(services, arrive(services, browser, parameters), present)


async def complete_arrival(
    services: Services, arrival: Arrival, present: Person | None
) -> Completion:
    """Take a person back whose answer and state were read."""
    given, state = arrival.given, arrival.state
    if given.is_empty:
        return Completion(Outcome.UNANSWERED, state=state)
    if arrival.stale is not None or state is None:
        return stale_completion(arrival.stale or StaleState("missing"))
    if state.errand != "link":
        return Completion(Outcome.STALE, "forged")
    if present is None:
        return Completion(Outcome.NOBODY, "return", state=state)
    try:
        if not state.is_for(present):
            raise StaleState("person", state)
        await use_up(services, given, state)
    except StaleState as stale:
        return stale_completion(stale)
    if given.error == "access_denied":
        return await _refused(services, state, present)
    found = await prove(services, state, given, present.tenant, present.key)
    if isinstance(found, Completion):
        return await _closer_look(services, found, present)
    return await _settle(services, state, found)


async def current_link(services: Services, person: Person) -> Link | None:
    """Return the person's newest link in the realm that serves their tenant, in whatever state."""
    realm = realm_of(services.settings.credential_for(person.tenant))
    async with services.database.reading() as connection:
        return await people.active_link(
            connection, realm, person.tenant, person.key
        ) or await people.last_link(connection, realm, person.tenant, person.key)


async def kept_links(services: Services, person: Person) -> list[Link]:
    """Return all links of a person that they did not end here, of whatever credential."""
    async with services.database.reading() as connection:
        return await people.kept_links(connection, person.tenant, person.key)


async def disconnect(services: Services, tenant: str, person_key: str) -> Link | None:
    """End a person's links, of whatever credential, and queue their revocation.

    Also those that ORCID refused before: their tokens are forgotten, and nothing revives them.
    Returns one of them, or None if there was none.
    """
    now, reason = services.clock(), "the person disconnected"
    async with services.database.writing() as connection:
        ended = await people.kept_links(connection, tenant, person_key)
        for link in ended:
            await queue_forgetting(connection, services, link)
            await people.end_link(connection, link, "ended", reason, now)
            if link.state == "active":  # of the others it was told when they ended
                await tell_link_ended(connection, link, reason, now)
            await replan_person(connection, tenant, person_key, link.orcid, now)
    return next(iter(ended), None)


async def _refused(services: Services, state: LinkState, person: Person) -> Completion:
    """Remember a no for a while; who is connected only wanted to allow no more."""
    async with services.database.writing() as connection:
        link = await people.active_link(connection, state.realm, person.tenant, person.key)
        if link is None:
            now = services.clock()
            await refusals.remember_refusal(connection, person.tenant, person.key, now)
    reason = "" if link is None else "connected"
    return Completion(Outcome.REFUSED, reason, state=state, link=link)


async def _closer_look(services: Services, failed: Completion, person: Person) -> Completion:
    """Find out why ORCID refused the record, where we know which one it is likely to be."""
    credential = None if failed.state is None else services.credential_of(failed.state.realm)
    if failed.outcome is not Outcome.CLOSED or credential is None:
        return failed
    link = await current_link(services, person)
    if link is None:
        return failed
    found = await look_at_record(services, credential, link.orcid)
    if found.closed is not None:
        return replace(failed, outcome=Outcome(found.closed), orcid=link.orcid)
    return replace(failed, reason="moved", orcid=found.primary) if found.primary else failed


async def _settle(services: Services, state: LinkState, proven: Proven) -> Completion:
    try:
        settlement = Settlement(services, state, proven, await _record_before(services, proven))
        async with services.database.writing() as connection:
            return await settlement.decide(connection)
    except StoreError:
        await revoke_at_once(services, proven.credential, proven.new.access_token)
        raise


async def _record_before(services: Services, proven: Proven) -> RecordState:
    """Ask ORCID how the record stands that is connected, if another one is to be."""
    new = proven.new
    async with services.database.reading() as connection:
        mine = await people.active_link(connection, new.realm, new.tenant, new.person_key)
    if mine is None or mine.orcid == new.orcid:
        return RecordState()
    return await look_at_record(services, proven.credential, mine.orcid)
