"""A person's browser on the simulator's pages, without JavaScript."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from orcid_connect.simulator import Person
from tests.simulator.callers import CALLBACK, UPDATE


class Browser:
    """A person's browser: follows forms on the simulator's pages, keeps its cookie."""

    def __init__(self, http: httpx.AsyncClient, client_id: str) -> None:
        self.http = http
        self.client_id = client_id

    async def authorize(self, **parameters: str) -> httpx.Response:
        """Open the authorization page."""
        fixed = {
            "client_id": self.client_id,
            "response_type": "code",
            "scope": UPDATE,
            "redirect_uri": CALLBACK,
            "state": "s1",
        }
        wanted = {name: value for name, value in (fixed | parameters).items() if value != "-"}
        return await self.http.get("/oauth/authorize", params=wanted)

    async def submit(self, page: httpx.Response, **values: str) -> httpx.Response:
        """Fill in the page's form and send it."""
        action = re.search(r'<form method="post" action="([^"]+)"', page.text)
        assert action is not None, page.text
        hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
        fields = {name: unescape(value) for name, value in hidden}
        return await self.http.post(action[1], data=fields | values)

    async def sign_in(self, page: httpx.Response, person: Person) -> httpx.Response:
        """Sign in on a page that asks for it, and follow to the next page."""
        answer = await self.submit(page, username=person.orcid, password=person.password)
        assert answer.status_code == 303, answer.text
        return await self.http.get(answer.headers["location"])


def query_of(answer: httpx.Response) -> dict[str, Any]:
    """The query parameters of a redirect to the client."""
    parts = urlsplit(answer.headers["location"])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == CALLBACK
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


def fragment_of(answer: httpx.Response) -> dict[str, Any]:
    """The fragment parameters of a redirect to the client."""
    parts = urlsplit(answer.headers["location"])
    assert not parts.query
    return {name: values[0] for name, values in parse_qs(parts.fragment).items()}


async def agree(browser: Browser, person: Person, scope: str = UPDATE) -> None:
    """Sign in, agree, and let the client exchange the code."""
    consent = await browser.sign_in(await browser.authorize(scope=scope), person)
    done = await browser.submit(consent, decision="authorize")
    code = query_of(done)["code"]
    secret = (await browser.http.get("/_control/clients")).json()["clients"]
    mine = next(each for each in secret if each["client_id"] == browser.client_id)
    form = {
        "client_id": browser.client_id,
        "client_secret": mine["client_secret"],
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
    }
    assert (await browser.http.post("/oauth/token", data=form)).status_code == 200
