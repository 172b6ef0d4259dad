"""Two installations in one process, and one behind a proxy under another public address."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from orcid_connect import OrcidConnect, Person, Settings, hookimpl
from orcid_connect.simulator import Simulator, serving
from tests.support.keys import SECRET_KEY
from tests.web.host import HTML, form_of

pytestmark = pytest.mark.anyio

EVIL = "evil.example"
POISON = {
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Port": "6666",
    "X-Original-Host": EVIL,
    "X-Host": EVIL,
    "X-Rewrite-Url": "/evil",
    "Forwarded": f"host={EVIL};proto=http",
}
ADDRESS = re.compile(r'(?:href|src|action|content)="([^"]*)"')


class Accounts:
    """A host's own sign-in: a cookie that names the account."""

    @hookimpl
    def orcid_current_person(self, request: Any) -> Person | None:
        account = request.cookies.get("account")
        return Person(tenant="journal", key=account) if account else None


@dataclass
class Installed:
    """One installation, and the ORCID client it uses."""

    orcid: OrcidConnect
    client_id: str
    public_url: str


@asynccontextmanager
async def installed(
    sim: Simulator, site: str, folder: Path, name: str, public_url: str, **settings: Any
) -> AsyncIterator[Installed]:
    """Install one below an address, with a database and an ORCID client of its own."""
    client = sim.add_client("member", name, [f"{public_url}/callback"])
    credential = {
        "client_id": client.client_id,
        "client_secret": client.client_secret,
        "environment": "simulator",
        "site_url": site,
    }
    values: dict[str, Any] = {
        "public_url": public_url,
        "secret_keys": [SECRET_KEY],
        "credentials": [credential],
        "database": str(folder / f"{name}.sqlite"),
        "site_name": name,
        "engine": "off",
        "load_plugins": False,
    }
    async with OrcidConnect(Settings(**(values | settings)), [Accounts()]).running() as orcid:
        yield Installed(orcid, client.client_id, public_url)


@pytest.fixture
async def sim(anyio_backend: str) -> AsyncIterator[tuple[Simulator, str]]:
    """ORCID, and where it is."""
    simulator = Simulator()
    async with serving(simulator) as site:
        yield simulator, site
    simulator.close()


def visitor(app: Any, address: str, account: str | None = None) -> httpx.AsyncClient:
    """Return a browser that reaches all of an origin through an app."""
    parts = urlsplit(address)
    origin = f"{parts.scheme}://{parts.netloc}"
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=origin, headers={**HTML, "Referer": origin}
    )
    if account:
        client.cookies.set("account", account, domain=parts.hostname or "")
    return client


async def connect(
    sim: Simulator, at: Installed, browser: httpx.AsyncClient, start: str, orcid_id: str
) -> httpx.Response:
    """Go from an address to ORCID, agree, and come back."""
    answer = await browser.get(start)
    while not answer.headers["location"].startswith(at.orcid.settings.credentials[0].site):
        assert answer.headers["location"].startswith(at.public_url)
        answer = await browser.get(answer.headers["location"])
    asked = {
        key: one[0] for key, one in parse_qs(urlsplit(answer.headers["location"]).query).items()
    }
    assert asked["redirect_uri"] == f"{at.public_url}/callback"
    code = sim.grant(
        at.client_id, orcid_id, asked["scope"], asked["redirect_uri"], nonce=asked["nonce"]
    )
    return await browser.get(f"{asked['redirect_uri']}?code={code}&state={asked['state']}")


async def test_two_installations_in_one_process(sim: tuple[Simulator, str], tmp_path: Path) -> None:
    """Each answers below its own prefix, and what belongs to one counts nothing in the other."""
    simulator, site = sim
    base = "http://press.test"
    async with (
        installed(simulator, site, tmp_path, "rivers", f"{base}/rivers/orcid") as rivers,
        installed(simulator, site, tmp_path, "lakes", f"{base}/lakes/ids") as lakes,
    ):
        app = Starlette(
            routes=[Mount("/rivers/orcid", rivers.orcid), Mount("/lakes/ids", lakes.orcid)]
        )
        ada, bob = (simulator.add_person(name).orcid for name in ("Ada", "Bob"))
        for ticket in (False, True):
            browser = visitor(app, base, None if ticket else "anne")
            for one, orcid_id in ((rivers, ada), (lakes, bob)):
                start = f"{one.public_url}/connect?return_to=/home"
                if ticket:
                    start = one.orcid.connect_url("berta", "journal")
                    orcid_id = simulator.add_person("Other").orcid
                back = await connect(simulator, one, browser, start, orcid_id)
                assert back.status_code == 200, back.text
                facts = await browser.get(
                    f"{one.public_url}/me", headers={"Accept": "application/json"}
                )
                assert facts.json()["orcid"].endswith(orcid_id)
            await browser.aclose()


async def test_same_keys_on_one_host(sim: tuple[Simulator, str], tmp_path: Path) -> None:
    """Even with one key and the same account names, tickets and sessions stay where they are."""
    simulator, site = sim
    base = "https://press.test"
    async with (
        installed(simulator, site, tmp_path, "rivers", f"{base}/rivers") as rivers,
        installed(simulator, site, tmp_path, "lakes", f"{base}/lakes") as lakes,
    ):
        app = Starlette(routes=[Mount("/rivers", rivers.orcid), Mount("/lakes", lakes.orcid)])
        async with visitor(app, base) as browser:
            assert (await browser.get(rivers.orcid.my_url("anne", "journal"))).status_code == 303
            assert (await browser.get(f"{base}/rivers/my")).status_code == 200
            assert (await browser.get(f"{base}/lakes/my")).status_code == 403
            moved = rivers.orcid.my_url("anne", "journal").replace("/rivers/", "/lakes/")
            assert (await browser.get(moved)).status_code == 403
            assert (await browser.get(lakes.orcid.my_url("bob", "journal"))).status_code == 303
            cookies = {name: value for name, value in browser.cookies.items() if "session" in name}
            assert len(cookies) == 2
            one, other = cookies
            browser.cookies.set(other, cookies[one], domain="press.test", path="/")
            pages = [
                (await browser.get(f"{base}/{path}/my")).status_code for path in ("rivers", "lakes")
            ]
            assert pages == [200, 403]
            state = (await browser.get(f"{base}/rivers/connect")).headers["location"]
            stolen = parse_qs(urlsplit(state).query)["state"][0]
            assert (
                await browser.get(f"{base}/lakes/callback?code=x&state={stolen}")
            ).status_code == 400


class Proxy:
    """A reverse proxy with an address of its own; what stands before it may send it anything."""

    def __init__(self, inner: Any, prefix: str, below: str) -> None:
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(inner), base_url="http://10.0.0.7:8080"
        )
        self._prefix = prefix
        self._below = below

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        path = self._below + scope["path"].removeprefix(self._prefix)
        headers = [(key, value) for key, value in scope["headers"] if key != b"host"]
        url = f"{path}?{scope['query_string'].decode()}" if scope["query_string"] else path
        answer = await self._client.request(scope["method"], url, content=body, headers=headers)
        await send(
            {
                "type": "http.response.start",
                "status": answer.status_code,
                "headers": answer.headers.raw,
            }
        )
        await send({"type": "http.response.body", "body": answer.content})


@pytest.mark.parametrize("below", ["/orcid", "/inner/place", ""], ids=["same", "other", "taken"])
@pytest.mark.parametrize("headers", [{}, POISON], ids=["plain", "poisoned"])
async def test_behind_a_proxy(
    sim: tuple[Simulator, str], tmp_path: Path, below: str, headers: dict[str, str]
) -> None:
    """Every address, redirect and cookie is that of public_url, whatever the proxy is told."""
    simulator, site = sim
    public_url = "https://www.journal.test/submit/orcid"
    async with installed(simulator, site, tmp_path, "rivers", public_url) as rivers:
        inner = Starlette(routes=[Mount(below, rivers.orcid)])
        app = Proxy(inner, "/submit/orcid", below)
        ada = simulator.add_person("Ada").orcid
        async with visitor(app, public_url) as browser:
            browser.headers.update(headers)
            seen: list[httpx.Response] = []
            browser.event_hooks = {"response": [_remember(seen)]}
            back = await connect(
                simulator, rivers, browser, rivers.orcid.connect_url("anne", "journal"), ada
            )
            assert back.status_code == 200
            for path in (
                "my",
                "button",
                "nowhere",
                "my/",
                "callback",
                "healthz",
                "connect/",
                "admin",
            ):
                await browser.get(f"{public_url}/{path}")
            page = await browser.get(f"{public_url}/button")
            action, fields = form_of(page.text)
            gone = await browser.post(urljoin(public_url, action), data=fields)
            assert gone.headers["location"].startswith(f"{public_url}/my")
        assert len(seen) > 10
        for answer in seen:
            _check_addresses(answer, public_url, site)


def _remember(seen: list[httpx.Response]) -> Any:
    async def remember(answer: httpx.Response) -> None:
        await answer.aread()
        seen.append(answer)

    return remember


def _check_addresses(answer: httpx.Response, public_url: str, site: str) -> None:
    """Hold every address of an answer against the one that is public."""
    said = f"{answer.headers}\n{answer.text}"
    for foreign in (EVIL, "10.0.0.7", "/inner/place", "gopher", "6666"):
        assert foreign not in said
    addresses = [unescape(one) for one in ADDRESS.findall(answer.text)]
    addresses += [answer.headers[name] for name in ("location",) if name in answer.headers]
    for address in addresses:
        parts = urlsplit(address)
        if parts.scheme:
            assert address.startswith((public_url, f"{site}/")), address
        elif address.startswith("/"):
            assert address == "/" or parts.path.startswith(urlsplit(public_url).path), address
    for cookie in answer.headers.get_list("set-cookie"):
        assert cookie.startswith("__Host-") or "Path=/submit/orcid" in cookie, cookie
        assert "domain" not in cookie.lower()
        assert "; secure" in cookie.lower()
