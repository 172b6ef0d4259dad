"""The signed state that travels to ORCID and back with a person.

It says who started what, where and in which browser. Nothing is written when it is made; it is
used up at the callback. It is signed, not secret: it holds no token and no e-mail address.
"""

import hmac
import secrets
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Literal

from itsdangerous import BadData, SignatureExpired

from orcid_connect.journeys.signing import signer
from orcid_connect.observe import Clock
from orcid_connect.settings import Settings
from orcid_connect.store.people import Realm

SALT = "orcid_connect.link_state.v1"
NONCE_BYTES = 24
MAX_CHARACTERS = 4096
"""A longer state was not made here and is not looked at."""

Staleness = Literal["missing", "forged", "expired", "browser", "person", "used", "issuer"]


@dataclass(frozen=True, slots=True)
class LinkState:
    """What we knew when the person left for ORCID."""

    tenant: str
    person_key: str
    credential: str
    environment: str
    return_to: str
    nonce: str
    browser: str

    @property
    def realm(self) -> Realm:
        """The realm the link will live in."""
        return Realm(self.credential, self.environment)

    @property
    def fingerprint(self) -> str:
        """What is kept of a used state; of the nonce, for a signature has several spellings."""
        return sha256(self.nonce.encode()).hexdigest()

    def is_of(self, browser: str) -> bool:
        """Tell whether this browser started it."""
        return hmac.compare_digest(self.browser, browser_hash(browser))


class StaleState(Exception):
    """A state that cannot be used, and why; `state` is set where the signature is ours."""

    def __init__(self, reason: Staleness, state: LinkState | None = None) -> None:
        super().__init__(reason)
        self.reason: Staleness = reason
        self.state = state


def new_nonce() -> str:
    """Return a nonce nobody can guess."""
    return secrets.token_urlsafe(NONCE_BYTES)


def browser_hash(browser: str) -> str:
    """Return what a state says of the browser: enough to recognise it, not to imitate it."""
    return sha256(b"orcid_connect.browser:" + browser.encode()).hexdigest()[:32]


def sign_state(settings: Settings, clock: Clock, state: LinkState) -> str:
    """Return the state as it travels."""
    return str(signer(settings, clock, SALT).dumps(list(asdict(state).values())))


def read_state(settings: Settings, clock: Clock, signed: str) -> LinkState:
    """Return a state that we signed and that has not expired; raises `StaleState`."""
    if not signed:
        raise StaleState("missing")
    if len(signed) > MAX_CHARACTERS:
        raise StaleState("forged")
    serializer = signer(settings, clock, SALT)
    try:
        return LinkState(*serializer.loads(signed, max_age=settings.state_lifetime))
    except SignatureExpired as error:
        payload = error.payload
        state = None if payload is None else LinkState(*serializer.load_payload(payload))
        raise StaleState("expired", state) from None
    except (BadData, TypeError):
        raise StaleState("forged") from None
