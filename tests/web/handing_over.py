"""A host hands over who is signed in: tickets, and browsers that follow them."""

from hashlib import sha256
from typing import Any
from urllib.parse import quote

import httpx

from orcid_connect.declarations import Person
from orcid_connect.journeys.tickets import (
    issue_ticket,
)
from tests.web.host import (
    ORIGIN,
    Browser,
    Journal,
)

SESSION = "oc_session_" + sha256(b"/orcid").hexdigest()[:8]
FROM_HOST = {"Referer": f"{ORIGIN}/submissions/3", "Sec-Fetch-Site": "same-origin"}
FROM_NOWHERE = {"Sec-Fetch-Site": "none"}
ANNE = Person(tenant="rivers", key="anne", name="Anne Brook")
BOB = Person(tenant="rivers", key="bob")


def ticket(journal: Journal, person: Person = ANNE, **wish: Any) -> str:
    """Return a new ticket."""
    return issue_ticket(journal.settings, journal.services.clock, person, **wish)


async def follow(
    browser: Browser, signed: str, headers: dict[str, str] | None = None, door: str = "connect"
) -> httpx.Response:
    """Follow a link with a ticket, from a page of the host if nothing else is said."""
    return await browser.get(
        f"{door}?ticket={quote(signed, safe='')}", headers=FROM_HOST if headers is None else headers
    )
