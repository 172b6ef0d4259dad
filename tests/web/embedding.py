"""A site of another origin that embeds `<orcid-connect>`, and a browser that visits it.

The site is `localhost`, orcid_connect is `127.0.0.1`: to browsers these are two sites, so cookies
of ours are third-party cookies there. Nobody is signed in here but by ticket.
"""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser as Chromium
from playwright.async_api import Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from orcid_connect.declarations import Person
from orcid_connect.journeys.tickets import issue_ticket, issue_watch
from orcid_connect.web.element import element, script_tag
from tests.support.chromium import Windows
from tests.web.host import Journal, running_journal
from tests.web.site import listening

LISTEN = """
window.heard = [];
for (const what of ["start", "connected", "refused", "failed", "closed"])
  document.addEventListener("orcid-connect:" + what, (event) => heard.push([what, event.detail]));
"""


@dataclass
class Embedding:
    """The embedding site, our own, and the windows in which people visit them."""

    journal: Journal
    ours: str
    host: str
    windows: Windows
    pages: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)

    @property
    def script(self) -> str:
        """The tag that a host puts into its page."""
        return str(script_tag(f"{self.ours}/orcid"))

    def element(self, person: str = "anne", **given: str) -> str:
        """Return the element for somebody whom the host hands over by ticket."""
        who = Person(tenant="rivers", key=person)
        settings, clock = self.journal.settings, self.journal.services.clock
        ticket = issue_ticket(settings, clock, who, return_to=f"{self.host}/back")
        href = f"{self.ours}/orcid/connect?ticket={ticket}"
        return str(element({"href": href, **given}, text="Connect"))

    def watch(self, person: str = "anne") -> str:
        """Return the token by which the element asks how somebody is connected."""
        who = Person(tenant="rivers", key=person)
        return issue_watch(self.journal.settings, self.journal.services.clock, who)

    def serve(self, name: str, body: str, **headers: str) -> str:
        """Put a page on the host's site; return its address."""
        start = "<!doctype html><html lang=en><title>Host</title><main><h1>Submit</h1>"
        page = f"{start}{body}</main></html>"
        self.pages[name] = page, {key.replace("_", "-"): value for key, value in headers.items()}
        return f"{self.host}/{name}"

    async def open(self, address: str, **options: Any) -> Page:
        """Open an address in a new browser, listening to the element's events."""
        page = await self.windows.open(**options)
        await page.context.add_init_script(LISTEN)
        await page.goto(address)
        return page

    async def cookies_sent_from(self, page: Page) -> tuple[str, str]:
        """Return which cookies of ours a page of ours sends us, and which this page does."""
        asking = f"fetch('{self.ours}/echo', {{credentials: 'include'}}).then(a => a.text())"
        own = await page.context.new_page()
        await own.goto(f"{self.ours}/echo")
        sent = await own.evaluate(asking), await page.evaluate(asking)
        await own.close()
        return sent

    async def echo(self, request: Request) -> Response:
        """Tell which cookies came, and set one that third parties may send."""
        headers = {
            "Access-Control-Allow-Origin": request.headers.get("origin", "*"),
            "Access-Control-Allow-Credentials": "true",
        }
        answer = PlainTextResponse(";".join(sorted(request.cookies)), headers=headers)
        answer.set_cookie("third", "1", samesite="none", secure=True)
        return answer

    def person(self) -> str:
        """Make somebody at ORCID."""
        return self.journal.sim.add_person("Ada", "Lovelace").orcid

    async def answer(self, request: Request) -> Response:
        """Answer for the host's site."""
        page, headers = self.pages.get(request.path_params["name"], ("<h1>Back</h1>", {}))
        return HTMLResponse(page, headers=headers)


@asynccontextmanager
async def embedding(folder: Path, chromium: Chromium) -> AsyncIterator[Embedding]:
    """Run both sites for a browser; no console may complain meanwhile."""
    sockets = [socket.socket(), socket.socket()]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ours, host = (one.getsockname()[1] for one in sockets)
    addresses = f"http://127.0.0.1:{ours}", f"http://localhost:{host}"
    async with running_journal(
        folder, public_url=f"{addresses[0]}/orcid", return_origins=(addresses[1],)
    ) as journal:
        # A strict policy forbids the host's icon, too, for which Chromium asks when it likes.
        windows = Windows(chromium, ordinary=("favicon",))
        site = Embedding(journal, *addresses, windows)
        pages = Starlette()
        pages.add_route("/{name}", site.answer)
        journal.app.add_route("/echo", site.echo)
        async with listening(journal.app, sockets[0]), listening(pages, sockets[1]):
            yield site
            await windows.close()
