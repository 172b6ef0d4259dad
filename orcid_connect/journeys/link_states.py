"""The sealed state that travels to ORCID and back with a person.

It says who started what, where and in which browser. Nothing is written when it is made; it is
used up at the callback. It lands in access logs and at ORCID, so it is sealed, and of the person
and the browser it holds hashes only, which also keeps it short whatever a host's keys are.
"""

import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Literal

from orcid_connect.declarations import Person
from orcid_connect.errors import LinkingError
from orcid_connect.journeys.signing import SlipRefused, seal, unseal
from orcid_connect.observe import Clock
from orcid_connect.purposes import Purpose
from orcid_connect.settings import Settings
from orcid_connect.store.people import Realm

SALTS = {
    "link": "orcid_connect.link_state.v4",
    "sign-in": "orcid_connect.sign_in_state.v1",
}
"""One for each errand: a state made for connecting opens no sign-in, and the reverse."""
NONCE_BYTES = 24
MAX_CHARACTERS = 2000
"""What ORCID carries. A longer state is not made, and none that arrives is looked at."""

Errand = Literal["link", "sign-in"]
"""What somebody leaves for ORCID for: to connect their account, or to sign in with ORCID."""
Display = Literal["page", "popup"]
"""Whether the person left from a page that waits for them, or the page itself left."""
Staleness = Literal["missing", "forged", "expired", "browser", "person", "used", "issuer"]


@dataclass(frozen=True, slots=True)
class LinkState:
    """What we knew when the person left for ORCID.

    `person` is the hash of who left to connect; who leaves to sign in is nobody yet, and `tenant`
    says where.
    """

    person: str
    credential: str
    environment: str
    return_to: str
    nonce: str
    browser: str
    purpose: Purpose
    display: Display
    language: str
    errand: Errand = "link"
    tenant: str = ""

    @property
    def realm(self) -> Realm:
        """The realm the link will live in."""
        return Realm(self.credential, self.environment)

    @property
    def fingerprint(self) -> str:
        """What is kept of a used state; of the nonce, for a signature has several spellings."""
        return sha256(self.nonce.encode()).hexdigest()

    def is_for(self, person: Person) -> bool:
        """Tell whether this person started it."""
        return hmac.compare_digest(self.person, person_hash(person))

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


def person_hash(person: Person) -> str:
    """Return what a state says of the person: enough to recognise them, whatever their key."""
    owner = json.dumps([person.tenant, person.key])
    return sha256(b"orcid_connect.person:" + owner.encode()).hexdigest()[:32]


def sign_state(settings: Settings, clock: Clock, state: LinkState) -> str:
    """Return the state as it travels.

    Raises `LinkingError` if its return address is too long in UTF-8 for ORCID to carry.
    """
    signed = seal(settings, clock, SALTS[state.errand], list(asdict(state).values()))
    if len(signed) > MAX_CHARACTERS:
        raise LinkingError(
            "the address to return to is too long to be carried to ORCID and back",
            outcome="return-address",
        )
    return signed


def read_state(settings: Settings, clock: Clock, signed: str) -> LinkState:
    """Return a state that we signed and that has not expired; raises `StaleState`."""
    if not signed:
        raise StaleState("missing")
    if len(signed) > MAX_CHARACTERS:
        raise StaleState("forged")
    refused = StaleState("forged")
    for errand, salt in SALTS.items():
        try:
            facts = unseal(settings, clock, salt, signed, settings.state_lifetime)
            return _state_of(facts, errand)
        except SlipRefused as slip:
            if slip.facts is not None:
                refused = StaleState(slip.reason, _state_of(slip.facts, errand))
    raise refused


def _state_of(facts: list[Any], errand: str) -> LinkState:
    """Return a state as it was sealed; raises `StaleState` for one of another version."""
    try:
        state = LinkState(*facts)
    except TypeError:
        raise StaleState("forged") from None
    if state.errand != errand:
        raise StaleState("forged")
    return state
