"""Connecting a person's ORCID iD and disconnecting it: the flow, without any page.

`begin` sends the person to ORCID, `complete` takes them back and ends in one of a closed list of
outcomes, `disconnect` ends the link, `revoke_due` has ORCID forget tokens we no longer want.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import SecretStr
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.declarations import Person
from orcid_connect.errors import RegistryError, RegistryRefusal, RegistryUnreachable, StoreError
from orcid_connect.journeys.link_states import (
    Display,
    LinkState,
    StaleState,
    browser_hash,
    new_nonce,
    person_hash,
    read_state,
    sign_state,
)
from orcid_connect.journeys.returning import checked_return
from orcid_connect.journeys.revoking import (
    drop_unkept,
    queue_forgetting,
    queue_unkept,
    revoke_at_once,
    revoke_due,
)
from orcid_connect.journeys.telling import link_notice, tell_link_ended
from orcid_connect.journeys.using_up import use_once
from orcid_connect.languages import ENGLISH
from orcid_connect.observe import describe, log
from orcid_connect.purposes import SCOPES, Purpose
from orcid_connect.registry.oauth import Prefill, TokenAnswer
from orcid_connect.registry.refusals import is_error_word
from orcid_connect.services import Services, realm_of
from orcid_connect.settings import Credential
from orcid_connect.store import declared, outbox, people
from orcid_connect.store.people import Link, NewLink, Realm

__all__ = [
    "Completion",
    "Leaving",
    "Outcome",
    "Return",
    "begin",
    "complete",
    "current_link",
    "disconnect",
    "revoke_due",
]

WRITE_SCOPE = "/activities/update"
_ASKED = frozenset(scope for scopes in SCOPES.values() for scope in scopes)
_CODE_CHARACTERS = 500
"""ORCID's codes have six; a longer parameter than this is none."""


class Outcome(StrEnum):
    """How going to ORCID and back can end; each has its own page."""

    CONNECTED = "connected"
    ALREADY_CONNECTED = "already-connected"
    READ_ONLY = "read-only"
    REFUSED = "refused"
    FAILED = "failed"
    STALE = "stale"
    OTHER_ACCOUNT = "other-account"
    OTHER_ORCID = "other-orcid"
    NOBODY = "nobody"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Completion:
    """An outcome with what its page needs. `reason` tells alike-looking ones apart."""

    outcome: Outcome
    reason: str = ""
    state: LinkState | None = None
    link: Link | None = None
    orcid: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Return:
    """The parameters ORCID sent a person back with."""

    state: str = ""
    code: SecretStr | None = None
    error: str | None = None
    issuer: str | None = None
    repeated: bool = False

    @classmethod
    def read(cls, parameters: Iterable[tuple[str, str]]) -> "Return":
        """Read a callback's query; one that says anything twice is not ORCID's (RFC 6749, 3.1)."""
        pairs = list(parameters)
        values = dict(pairs)
        code = values.get("code")
        return cls(
            state=values.get("state", ""),
            code=SecretStr(code) if code and len(code) <= _CODE_CHARACTERS else None,
            error=values.get("error") or None,
            issuer=values.get("iss"),
            repeated=len(values) < len(pairs),
        )

    @property
    def is_empty(self) -> bool:
        """Tell whether ORCID said nothing that a server can see (REGISTRY.md 2.1, fragments)."""
        return self.code is None and self.error is None


@dataclass(frozen=True, slots=True)
class Leaving:
    """What somebody leaves for ORCID with: where they return to, what for, how, in what words."""

    return_to: str | None = None
    purpose: Purpose | None = None
    display: Display = "page"
    language: str = ENGLISH


async def begin(services: Services, person: Person, leaving: Leaving, browser: str) -> str:
    """Return the address at ORCID to send this person to; nothing is stored.

    What a link of theirs already allows is asked for again, so that it never becomes less.

    Raises `LinkingError` for a return address that is not allowed or too long to be carried,
    `SettingsError` without a credential for the tenant.
    """
    settings = services.settings
    back = checked_return(settings, leaving.return_to)
    credential = settings.credential_for(person.tenant)
    purpose = leaving.purpose or settings.purpose
    state = LinkState(
        person=person_hash(person),
        credential=credential.name,
        environment=credential.environment,
        return_to=back,
        nonce=new_nonce(),
        browser=browser_hash(browser),
        purpose=purpose,
        display=leaving.display,
        language=leaving.language,
    )
    wanted = credential.scopes(purpose)
    return services.oauth(credential).authorize_url(
        state=sign_state(settings, services.clock, state),
        nonce=state.nonce,
        scopes=(*wanted, *await _allowed_already(services, person, state.realm, wanted)),
        redirect_uri=settings.redirect_uri,
        prefill=Prefill(language=leaving.language),
    )


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
    given = Return.read(parameters)
    if given.is_empty:
        return Completion(Outcome.UNANSWERED)
    try:
        state = _read_state(services, browser, given)
        if present is None:
            return Completion(Outcome.NOBODY, "return", state=state)
        await _use_up(services, given, state, present)
    except StaleState as stale:
        return Completion(Outcome.STALE, stale.reason, state=stale.state)
    if given.error == "access_denied":
        return Completion(Outcome.REFUSED, state=state)
    if given.error is not None or given.code is None:
        word = given.error if given.error and is_error_word(given.error) else None
        return Completion(Outcome.FAILED, "answer", state=state, code=word)
    credential = services.credential_of(state.realm)
    if credential is None:
        return Completion(Outcome.FAILED, "settings", state=state)
    return await _complete_with(services, credential, state, present, given.code)


async def current_link(services: Services, person: Person) -> Link | None:
    """Return the person's newest link in the realm that serves their tenant, in whatever state."""
    realm = realm_of(services.settings.credential_for(person.tenant))
    async with services.database.reading() as connection:
        return await people.active_link(
            connection, realm, person.tenant, person.key
        ) or await people.last_link(connection, realm, person.tenant, person.key)


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
            await declared.replan_person(connection, tenant, person_key, link.orcid, now)
    return next(iter(ended), None)


def _read_state(services: Services, browser: str, given: Return) -> LinkState:
    """Return the state if this browser was given it; raises `StaleState`."""
    if given.repeated:
        raise StaleState("forged")
    state = read_state(services.settings, services.clock, given.state)
    if not browser or not state.is_of(browser):
        raise StaleState("browser")
    return state


async def _use_up(services: Services, given: Return, state: LinkState, present: Person) -> None:
    """Use the state up, before the code is exchanged; raises `StaleState`."""
    if not state.is_for(present):
        raise StaleState("person", state)
    credential = services.credential_of(state.realm)
    if given.issuer is not None and credential is not None and given.issuer != credential.site:
        raise StaleState("issuer", state)  # a mix-up of servers (RFC 9207)
    if not await use_once(services, state.fingerprint, services.settings.state_lifetime):
        raise StaleState("used", state)


async def _complete_with(
    services: Services,
    credential: Credential,
    state: LinkState,
    person: Person,
    code: SecretStr,
) -> Completion:
    oauth = services.oauth(credential)
    try:
        answer = await oauth.exchange(code, services.settings.redirect_uri)
    except RegistryError as error:
        return _failed(error, state)
    try:
        identity = await oauth.verify(answer, state.nonce)
    except RegistryError as error:
        unproven = _new_link(state, person, answer, answer.orcid or "", answer.name)
        await drop_unkept(services, credential, unproven, "the sign-in could not be verified")
        return _failed(error, state, unproven=True)
    new = _new_link(state, person, answer, identity.orcid, answer.name or identity.name)
    try:
        async with services.database.writing() as connection:
            return await _settle(connection, services, credential, new, state)
    except StoreError:
        await revoke_at_once(services, credential, new.access_token)
        raise


def _failed(error: RegistryError, state: LinkState, *, unproven: bool = False) -> Completion:
    """Tell apart: ORCID is down, ORCID said no, ORCID's word could not be believed."""
    log.warning("a connection failed: %s", describe(error))
    status = getattr(error, "status", 0)
    down = isinstance(error, RegistryUnreachable) or status >= 500 or status == 429
    reason = "down" if down else "unproven" if unproven else "answer"
    code = error.code if isinstance(error, RegistryRefusal) else None
    word = code if isinstance(code, str) else None
    return Completion(Outcome.FAILED, reason, state=state, code=word)


def _new_link(
    state: LinkState, person: Person, answer: TokenAnswer, orcid: str, name: str | None
) -> NewLink:
    return NewLink(
        tenant=person.tenant,
        person_key=person.key,
        realm=state.realm,
        orcid=orcid,
        name=name,
        scopes=answer.scopes,
        access_token=answer.access_token,
        refresh_token=answer.refresh_token,
        expires_at=answer.expires_at,
    )


async def _settle(
    connection: AsyncConnection,
    services: Services,
    credential: Credential,
    new: NewLink,
    state: LinkState,
) -> Completion:
    """Decide under the write lock what the sign-in means for the links there are."""
    mine = await people.active_link(connection, new.realm, new.tenant, new.person_key)
    if mine is not None and mine.orcid != new.orcid:
        await queue_unkept(connection, services, new, "another iD is connected")
        return Completion(Outcome.OTHER_ORCID, state=state, link=mine, orcid=new.orcid)
    if mine is not None and mine.scopes > new.scopes:
        await queue_unkept(connection, services, new, "the link there is may do more")
        return Completion(Outcome.ALREADY_CONNECTED, "kept", state=state, link=mine)
    holder = await people.link_by_orcid(connection, new.realm, new.tenant, new.orcid)
    if holder is not None and holder.person_key != new.person_key:
        return await _belongs_to_another(connection, services, new, state)
    try:
        async with connection.begin_nested():
            link = await people.make_link(connection, services.vault, new, services.clock())
            if mine is not None:  # the new token replaces the old one, unless it is the same
                await queue_forgetting(connection, services, mine)
    except IntegrityError:  # another process was quicker; SQLite's lock rules it out, others not
        return await _belongs_to_another(connection, services, new, state)
    await _announce(connection, link, services.clock(), is_new=mine is None)
    return Completion(_kind_of(link, mine, credential, state), state=state, link=link)


async def _belongs_to_another(
    connection: AsyncConnection, services: Services, new: NewLink, state: LinkState
) -> Completion:
    await queue_unkept(connection, services, new, "the iD belongs to another account")
    return Completion(Outcome.OTHER_ACCOUNT, state=state, orcid=new.orcid)


async def _announce(connection: AsyncConnection, link: Link, now: float, *, is_new: bool) -> None:
    if is_new:
        facts = {"link": link_notice(link).model_dump()}
        await connection.run_sync(outbox.add_notices, "orcid_link_made", [facts], now)
    await declared.replan_person(connection, link.tenant, link.person_key, link.orcid, now)


def _kind_of(link: Link, before: Link | None, credential: Credential, state: LinkState) -> Outcome:
    asked = state.purpose == "write-activities" and credential.may_write
    if asked and WRITE_SCOPE not in link.scopes:
        return Outcome.READ_ONLY
    return Outcome.CONNECTED if before is None else Outcome.ALREADY_CONNECTED
