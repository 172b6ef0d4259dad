"""Who is there in a browser that came with a ticket: a signed and sealed cookie.

It belongs to the browser's own cookie, so that it counts in no other, and lasts for half an hour.
Where the host itself says who is there, that decides, and a session of somebody else is dropped.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from orcid_connect.declarations import Person
from orcid_connect.journeys.link_states import browser_hash
from orcid_connect.journeys.signing import SlipRefused, seal, unseal
from orcid_connect.journeys.tickets import Ticket
from orcid_connect.observe import Clock
from orcid_connect.settings import Settings
from orcid_connect.web.state import browser_of, cookie_of, keep_cookie

SALT: Final = "orcid_connect.session.v1"
_DROPPED: Final = "orcid_connect.dropped_session"


@dataclass(frozen=True, slots=True)
class Session:
    """Who is there, and with which ticket they came."""

    person: Person
    ticket: str

    def is_of(self, person: Person) -> bool:
        """Tell whether it is this person's."""
        return same(self.person, person)


def same(one: Person, other: Person) -> bool:
    """Tell whether these are one person, whatever their names read."""
    return (one.tenant, one.key) == (other.tenant, other.key)


def session_cookie(settings: Settings) -> str:
    """Return the name of the cookie: two installations on one host have one each."""
    path = urlsplit(settings.public_url).path
    return f"oc_session_{sha256(path.encode()).hexdigest()[:8]}"


def session_of(settings: Settings, clock: Clock, request: Request) -> Session | None:
    """Return the session of this browser, if it has one that counts."""
    cookie = cookie_of(settings, request, session_cookie(settings))
    browser = browser_of(settings, request)
    if not cookie or not browser:
        return None
    try:
        facts = unseal(settings, clock, SALT, cookie, settings.session_lifetime)
        tenant, key, name, bound, ticket = facts
    except (SlipRefused, ValueError):
        return None
    if bound != browser_hash(browser):
        return None
    return Session(Person(tenant=tenant, key=key, name=name), ticket)


def begin_session(
    response: Response, settings: Settings, clock: Clock, ticket: Ticket, browser: str
) -> None:
    """Have this browser be known as the person of a ticket."""
    facts = [
        ticket.tenant,
        ticket.key,
        ticket.name or None,
        browser_hash(browser),
        ticket.fingerprint,
    ]
    keep_cookie(response, settings, session_cookie(settings), seal(settings, clock, SALT, facts))


def drop_session(request: Request, settings: Settings) -> None:
    """Have the answer to this request end the browser's session."""
    response = Response()
    keep_cookie(response, settings, session_cookie(settings), "")
    request.scope[_DROPPED] = response.headers["set-cookie"]


def dropped_session(scope: Scope) -> str | None:
    """Return the cookie that ends the browser's session, if it is to end."""
    cookie = scope.get(_DROPPED)
    return cookie if isinstance(cookie, str) else None
