"""A journal with accounts of its own that mounts the web app, and browsers that visit it.

ORCID is the simulator over real HTTP; the journal is driven in process. A browser keeps cookies
and everything it was ever answered.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Mount

from orcid_connect.declarations import Person
from orcid_connect.hookspecs import hookimpl
from orcid_connect.plugins import Plugins
from orcid_connect.services import Services
from orcid_connect.settings import Credential, Settings
from orcid_connect.simulator import SimClock, Simulator, serving
from orcid_connect.web.app import build_app
from tests.support import sqlite
from tests.support.keys import SECRET_KEY

ORIGIN = "http://journal.test"
PUBLIC_URL = f"{ORIGIN}/orcid"
REDIRECT_URI = f"{PUBLIC_URL}/callback"
HTML = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
SCOPES = "openid /read-limited /activities/update"


class Accounts:
    """The journal's own sign-in: a cookie that names the account."""

    @hookimpl
    def orcid_current_person(self, request: Request) -> Person | None:
        account = request.cookies.get("account")
        if not account:
            return None
        tenant, _, key = account.rpartition(".")
        return Person(tenant=tenant or "rivers", key=key)


@dataclass
class Journal:
    """The journal, its services, and ORCID behind it."""

    sim: Simulator
    services: Services
    credential: Credential
    app: Starlette
    wakes: list[str]
    heard: list[str] = field(default_factory=list)
    browsers: list[httpx.AsyncClient] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return self.services.settings

    def code(self, url: str, orcid: str, scope: str | None = None, **changes: str) -> str:
        """Return ORCID's code for a person who agreed to what the address at ORCID asks."""
        asked = query(url)
        return self.sim.grant(
            self.credential.client_id,
            orcid,
            scope or asked["scope"],
            asked["redirect_uri"],
            nonce=changes.get("nonce", asked["nonce"]),
        )

    def answer(self, url: str, orcid: str, scope: str | None = None, **changes: str) -> str:
        """Return the address to which ORCID sends back a person who agreed."""
        code = self.code(url, orcid, scope, **changes)
        return f"{REDIRECT_URI}?code={code}&state={query(url)['state']}"

    def requests_of(self, path: str) -> list[dict[str, Any]]:
        """Return what ORCID was asked at a path."""
        return [entry for entry in self.sim.journal() if entry["path"] == path]

    def tokens(self, orcid: str) -> list[str]:
        """Return the tokens of a record that ORCID still accepts, oldest first."""
        rows = [row for row in self.sim.world.tokens if row.orcid == orcid]
        return [row.value for row in sorted(rows, key=lambda row: row.issued) if not row.disabled]


class Browser:
    """A browser at the journal; it follows no redirect by itself."""

    def __init__(self, journal: Journal, account: str | None = None) -> None:
        self._journal = journal
        self.client = httpx.AsyncClient(
            mounts={f"{ORIGIN}/": httpx.ASGITransport(journal.app)}, headers=HTML
        )
        journal.browsers.append(self.client)
        if account:
            self.sign_in(account)

    def sign_in(self, account: str) -> None:
        """Sign in at the journal."""
        self.client.cookies.set("account", account, domain="journal.test")

    def sign_out(self) -> None:
        """Sign out at the journal."""
        self.client.cookies.delete("account")

    async def get(self, url: str, **options: Any) -> httpx.Response:
        """Open an address, of the journal unless it is a full one."""
        return self._hear(await self.client.get(urljoin(f"{PUBLIC_URL}/", url), **options))

    async def post(self, url: str, form: dict[str, str], **options: Any) -> httpx.Response:
        """Send a form."""
        url = urljoin(f"{PUBLIC_URL}/", url)
        return self._hear(await self.client.post(url, data=form, **options))

    async def leave(self, return_to: str | None = None) -> str:
        """Press the button and return the address at ORCID."""
        given = {} if return_to is None else {"return_to": return_to}
        answer = await self.get("connect", params=given)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def connect(self, orcid: str, scope: str | None = None) -> httpx.Response:
        """Go to ORCID, agree and come back."""
        return await self.get(self._journal.answer(await self.leave(), orcid, scope))

    async def me(self) -> dict[str, Any]:
        """Return what `/me` says."""
        answer = await self.get("me", headers={"Accept": "application/json"})
        found: dict[str, Any] = answer.json()
        return found

    def _hear(self, answer: httpx.Response) -> httpx.Response:
        if urlsplit(str(answer.url)).hostname == "journal.test":
            self._journal.heard.append(f"{answer.headers}\n{answer.text}")
        return answer


@asynccontextmanager
async def running_journal(
    folder: Path,
    plugins: Sequence[object] = (),
    *,
    kind: Literal["member", "public"] = "member",
    public_url: str = PUBLIC_URL,
    database: str = "",
    journals: Sequence[str] = (),
    **settings: Any,
) -> AsyncIterator[Journal]:
    """Run ORCID on a port and the journal beside it; `journals` have clients of their own."""
    sim = Simulator(clock=SimClock(1_790_000_000.0, frozen=True))
    client = sim.add_client(kind, "Journal of Small Rivers", [f"{public_url}/callback"])
    async with serving(sim) as base_url:
        credential = Credential(
            client_id=client.client_id,
            client_secret=client.client_secret,
            kind=kind,
            environment="simulator",
            site_url=base_url,
            tenants=("rivers",) if journals else (),
        )
        others = [_credential(sim, name, f"{public_url}/callback", base_url) for name in journals]
        given = {
            "public_url": public_url,
            "secret_keys": (SECRET_KEY,),
            "credentials": (credential, *others),
            "database": database or sqlite.fresh(folder / "orcid.sqlite"),
            "site_name": "Journal of Small Rivers",
            "home_url": "/home",
            "engine": "off",
            "request_timeout": 10.0,
            **settings,
        }
        chosen = Settings(**given)
        loaded = Plugins([Accounts(), *plugins], timeout=chosen.hook_timeout)
        services = await Services.open(chosen, loaded, clock=sim.clock.now)
        journal = _journal(sim, services, credential)
        yield journal
        for browser in journal.browsers:
            await browser.aclose()
        await services.close()
    sim.close()


def _credential(sim: Simulator, name: str, redirect_uri: str, site: str) -> Credential:
    client = sim.add_client("member", f"Journal of {name}", [redirect_uri])
    return Credential(
        name=name,
        client_id=client.client_id,
        client_secret=client.client_secret,
        environment="simulator",
        site_url=site,
        tenants=(name,),
    )


def _journal(sim: Simulator, services: Services, credential: Credential) -> Journal:
    wakes: list[str] = []

    async def get_services() -> Services:
        return services

    web = build_app(get_services, lambda: wakes.append("wake"))
    app = Starlette(routes=[Mount("/orcid", web)])
    return Journal(sim, services, credential, app, wakes)


def query(url: str) -> dict[str, str]:
    """Return the parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.found.append((given.get("action") or "", {}))
        elif tag == "input" and given.get("name") and self.found:
            self.found[-1][1][str(given["name"])] = given.get("value") or ""


def forms_of(page: str) -> list[tuple[str, dict[str, str]]]:
    """Return the action and the fields of each form of a page."""
    forms = _Forms()
    forms.feed(page)
    return forms.found


def form_of(page: str) -> tuple[str, dict[str, str]]:
    """Return the action of a page's first form, and the fields of all."""
    forms = forms_of(page)
    assert forms, "there is no form on this page"
    return forms[0][0], {name: value for _, given in forms for name, value in given.items()}
