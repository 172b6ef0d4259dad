"""The journal on a port, for real browsers over real HTTP."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse

from orcid_connect.simulator.serving import QuietServer
from tests.support.chromium import Windows
from tests.support.waiting import until
from tests.web.host import Journal, running_journal

ORDINARY = "the server responded with a status of 4"
"""What Chromium says of every page that answers 400 or 409, as several of ours do."""


@dataclass
class Site:
    """The journal on a port, and the windows in which people visit it."""

    journal: Journal
    origin: str
    windows: Windows

    async def page(self, account: str | None = "anne", **options: Any) -> Page:
        """Open a window in which an account of the journal is signed in."""
        page = await self.windows.open(**options)
        if account:
            await page.context.add_cookies(
                [{"name": "account", "value": account, "url": self.origin}]
            )
        return page

    def person(self) -> str:
        """Make somebody at ORCID."""
        return self.journal.sim.add_person("Ada", "Lovelace").orcid


@asynccontextmanager
async def running_site(
    folder: Path,
    chromium: Chromium,
    plugins: Sequence[object] = (),
    *,
    ordinary: tuple[str, ...] = (ORDINARY,),
) -> AsyncIterator[Site]:
    """Run the journal on a port while the block runs; no console may complain meanwhile."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with (
        running_journal(folder, plugins, public_url=f"{origin}/orcid") as journal,
        listening(_with_home(journal.app), listener),
    ):
        windows = Windows(chromium, ordinary)
        yield Site(journal, origin, windows)
        await windows.close()


@asynccontextmanager
async def listening(app: Starlette, listener: socket.socket) -> AsyncIterator[None]:
    """Serve an app on a socket while the block runs."""
    config = uvicorn.Config(
        app, lifespan="off", log_level="warning", access_log=False, timeout_graceful_shutdown=2
    )
    server = QuietServer(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))

    async def started() -> bool:
        return server.started or task.done()

    try:
        await until(started, "the journal's server starts")
        yield
    finally:
        server.stop()
        await task
        listener.close()


def _with_home(app: Starlette) -> Starlette:
    """Give the journal a page of its own."""

    async def home(_request: Request) -> HTMLResponse:
        return HTMLResponse("<!doctype html><title>Home</title><h1>Home</h1>")

    app.add_route("/home", home)
    app.add_route("/favicon.ico", home)
    return app


async def agree(page: Page, orcid: str, answer: str = "Authorize access") -> None:
    """Sign in on ORCID's page and press a button of its consent page."""
    await page.fill("[name=username]", orcid)
    await page.fill("[name=password]", "orcid-demo")
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("button", name=answer).click()


async def focused(page: Page) -> str:
    """Return the text of what has the focus."""
    return str(await page.evaluate("document.activeElement.textContent")).strip()


async def go_from_another_site(site: Site, page: Page, address: str) -> None:
    """Go to an address of the journal as a page of another site sends people there."""
    await page.goto(f"{site.origin.replace('127.0.0.1', 'localhost')}/home")
    await page.evaluate("address => { location.href = address }", address)
