"""Coming back from ORCID: what both errands share, to connect and to sign in.

The answer is read, the state judged and used up, the code exchanged and the identity proven. Every
way this can end is an `Outcome`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from pydantic import SecretStr

from orcid_connect.errors import RegistryError, RegistryRefusal, RegistryUnreachable
from orcid_connect.journeys.link_states import LinkState, StaleState, read_state
from orcid_connect.journeys.revoking import drop_unkept
from orcid_connect.journeys.using_up import use_once
from orcid_connect.notices import SignedIn
from orcid_connect.observe import describe, log
from orcid_connect.registry.oauth import TokenAnswer
from orcid_connect.registry.refusals import is_error_word
from orcid_connect.services import Services
from orcid_connect.settings import Credential
from orcid_connect.store.people import Link, NewLink

_CODE_CHARACTERS = 500
"""ORCID's codes have six; a longer parameter than this is none."""
_RECORD_CLOSED = "unauthorized_client"
"""ORCID's word for a locked, deactivated or merged record at the exchange (REGISTRY.md 2.3)."""


class Outcome(StrEnum):
    """How going to ORCID and back can end; each has its own page."""

    CONNECTED = "connected"
    ALREADY_CONNECTED = "already-connected"
    UPGRADED = "upgraded"
    NARROWER = "narrower"
    READ_ONLY = "read-only"
    MOVED = "moved"
    REFUSED = "refused"
    DOWN = "down"
    LOCKED = "locked"
    DEACTIVATED = "deactivated"
    CLOSED = "closed"
    NO_ID = "no-id"
    FAILED = "failed"
    STALE = "stale"
    OTHER_BROWSER = "other-browser"
    OTHER_ACCOUNT = "other-account"
    OTHER_ORCID = "other-orcid"
    NOBODY = "nobody"
    UNANSWERED = "unanswered"
    SIGNED_IN = "signed-in"
    NOBODY_HOME = "nobody-home"


@dataclass(frozen=True, slots=True)
class Completion:
    """An outcome with what its page needs. `reason` tells alike-looking ones apart.

    `gained` and `lost` are scopes: what an allowed or kept link may do more or less than before or
    than was asked. `orcid` is an iD that was not connected.
    """

    outcome: Outcome
    reason: str = ""
    state: LinkState | None = None
    link: Link | None = None
    orcid: str | None = None
    code: str | None = None
    gained: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()
    identity: SignedIn | None = None


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

    @property
    def error_word(self) -> str | None:
        """ORCID's error, if it is a word that may be shown."""
        return self.error if self.error and is_error_word(self.error) else None


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who came back: with what, and with which state, unless it is `stale`."""

    given: Return
    state: LinkState | None
    stale: StaleState | None

    @property
    def signs_in(self) -> bool:
        """Tell whether they left to sign in, not to connect."""
        return self.state is not None and self.state.errand == "sign-in"


def arrive(services: Services, browser: str, parameters: Iterable[tuple[str, str]]) -> Arrival:
    """Read what somebody came back with; nothing is used up yet."""
    given = Return.read(parameters)
    try:
        return Arrival(given, _read_state(services, browser, given), None)
    except StaleState as stale:
        return Arrival(given, stale.state, stale)


def _read_state(services: Services, browser: str, given: Return) -> LinkState:
    """Return the state if this browser was given it; raises `StaleState`."""
    if given.repeated:
        raise StaleState("forged")
    state = read_state(services.settings, services.clock, given.state)
    if not browser or not state.is_of(browser):
        raise StaleState("browser")
    return state


def stale_completion(stale: StaleState) -> Completion:
    """Return the outcome of a state that cannot be used."""
    if stale.reason == "browser":
        return Completion(Outcome.OTHER_BROWSER)
    return Completion(Outcome.STALE, stale.reason, state=stale.state)


async def use_up(services: Services, given: Return, state: LinkState) -> None:
    """Use the state up, before the code is exchanged; raises `StaleState`."""
    credential = services.credential_of(state.realm)
    if given.issuer is not None and credential is not None and given.issuer != credential.site:
        raise StaleState("issuer", state)  # a mix-up of servers (RFC 9207)
    if not await use_once(services, state.fingerprint, services.settings.state_lifetime):
        raise StaleState("used", state)


@dataclass(frozen=True, slots=True)
class Proven:
    """A sign-in that ORCID's signature proves, and the permission that came with it."""

    credential: Credential
    new: NewLink


async def prove(
    services: Services, state: LinkState, given: Return, tenant: str, person_key: str = ""
) -> Proven | Completion:
    """Exchange the code and have the identity proven, or return how that ended instead.

    A permission that came with no provable identity is withdrawn again.
    """
    credential = services.credential_of(state.realm)
    if credential is None:
        return Completion(Outcome.FAILED, "settings", state=state)
    if given.error is not None or given.code is None:
        return Completion(Outcome.FAILED, "answer", state=state, code=given.error_word)
    oauth = services.oauth(credential)
    try:
        answer = await oauth.exchange(given.code, services.settings.redirect_uri)
    except RegistryError as error:
        return _failed(error, state)
    new = _permission(state, tenant, person_key, answer)
    if answer.orcid is None:
        await drop_unkept(services, credential, new, "ORCID did not say whose it is")
        return Completion(Outcome.NO_ID, state=state)
    try:
        identity = await oauth.verify(answer, state.nonce)
    except RegistryError as error:
        await drop_unkept(services, credential, new, "the sign-in could not be verified")
        return _failed(error, state, unproven=True)
    return Proven(credential, replace(new, name=new.name or identity.name))


def _failed(error: RegistryError, state: LinkState, *, unproven: bool = False) -> Completion:
    """Tell apart: ORCID is down, ORCID said no, ORCID's word could not be believed."""
    log.warning("coming back from ORCID failed: %s", describe(error))
    status = getattr(error, "status", 0)
    if isinstance(error, RegistryUnreachable) or status >= 500 or status == 429:
        return Completion(Outcome.DOWN, state=state)
    code = error.code if isinstance(error, RegistryRefusal) else None
    word = code if isinstance(code, str) else None
    if word == _RECORD_CLOSED and not unproven:
        return Completion(Outcome.CLOSED, state=state, code=word)
    reason = "unproven" if unproven else "answer"
    return Completion(Outcome.FAILED, reason, state=state, code=word)


def _permission(state: LinkState, tenant: str, person_key: str, answer: TokenAnswer) -> NewLink:
    return NewLink(
        tenant=tenant,
        person_key=person_key,
        realm=state.realm,
        orcid=answer.orcid or "",
        name=answer.name,
        scopes=answer.scopes,
        access_token=answer.access_token,
        refresh_token=answer.refresh_token,
        expires_at=answer.expires_at,
    )
