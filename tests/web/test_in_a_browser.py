"""Connecting and disconnecting as people do it, in a real browser over real HTTP."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, async_playwright, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse

from orcid_connect.simulator.serving import QuietServer
from tests.support.waiting import until
from tests.web.host import Journal, query, running_journal

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="Chromium is not installed; get it with: apt-get install chromium"
    ),
]
PHONE = {"width": 390, "height": 800}
ORDINARY = "the server responded with a status of 4"
"""What Chromium says of every page that answers 400 or 409, as several of ours do."""
DESK = {"width": 1280, "height": 800}


@dataclass
class Site:
    """The journal on a port, a browser, and what its console complained about."""

    journal: Journal
    origin: str
    chromium: Chromium
    complaints: list[str]

    async def page(self, account: str | None = "anne", **options: Any) -> Page:
        """Open a window in which an account of the journal is signed in."""
        context = await self.chromium.new_context(**options)
        if account:
            await context.add_cookies([{"name": "account", "value": account, "url": self.origin}])
        page = await context.new_page()
        page.on("console", lambda said: self._complain(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _complain(self, text: str) -> None:
        if ORDINARY not in text:
            self.complaints.append(text)

    def person(self) -> str:
        """Make somebody at ORCID."""
        return self.journal.sim.add_person("Ada", "Lovelace").orcid


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


@pytest.fixture
async def site(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Site]:
    """The journal and a browser."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
    complaints: list[str] = []
    async with (
        running_journal(tmp_path, public_url=f"{origin}/orcid") as journal,
        listening(with_home(journal.app), listener),
        async_playwright() as playwright,
    ):
        chromium = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield Site(journal, origin, chromium, complaints)
        await chromium.close()
    assert complaints == []


def with_home(app: Starlette) -> Starlette:
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


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_connect_and_disconnect(site: Site, scripts: bool) -> None:
    """From the button to a connected iD and back again, with and without JavaScript."""
    page = await site.page(java_script_enabled=scripts)
    await page.goto(f"{site.origin}/orcid/my")
    await page.get_by_role("link", name="Connect your ORCID iD").click()
    await agree(page, site.person())
    await expect(page.get_by_role("heading", level=1)).to_have_text("Your ORCID iD is connected")
    await page.get_by_role("link", name="See your connection").click()
    await expect(page.get_by_role("link", name="ORCID iD http")).to_be_visible()
    await page.get_by_role("button", name="Disconnect your ORCID iD").click()
    await expect(page.get_by_role("status")).to_contain_text("is disconnected")
    await expect(page.get_by_role("link", name="Connect your ORCID iD")).to_be_visible()


async def test_refuse(site: Site) -> None:
    """Saying no at ORCID leads to a friendly page, and from there home."""
    page = await site.page()
    await page.goto(f"{site.origin}/orcid/connect?return_to=/home")
    await agree(page, site.person(), "Deny access")
    await expect(page.get_by_role("heading", level=1)).to_have_text(
        "Your ORCID iD was not connected"
    )
    await page.get_by_role("link", name="Continue without ORCID").click()
    assert page.url == f"{site.origin}/home"


async def test_two_tabs(site: Site) -> None:
    """Two tabs leave for ORCID; both come back and are understood."""
    first = await site.page()
    second = await first.context.new_page()
    ada = site.person()
    for tab in (first, second):
        await tab.goto(f"{site.origin}/orcid/connect")
    await agree(first, ada)
    await expect(first.get_by_role("heading", level=1)).to_have_text("Your ORCID iD is connected")
    await second.reload()
    heading = second.get_by_role("heading", level=1)
    await expect(heading).to_have_text("This ORCID iD was connected already")
    await second.reload()
    await expect(heading).to_have_text("This page was opened before")


async def test_by_keyboard_alone(site: Site) -> None:
    """Tab and Enter are enough, and the first stop skips to the content."""
    page = await site.page()
    await page.goto(f"{site.origin}/orcid/my")
    await page.keyboard.press("Tab")
    assert await focused(page) == "Skip to the content"
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    assert await focused(page) == "Connect your ORCID iD"
    await page.keyboard.press("Enter")
    await agree(page, site.person())
    await page.goto(f"{site.origin}/orcid/my")
    while await focused(page) != "Disconnect your ORCID iD":
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("is disconnected")


async def focused(page: Page) -> str:
    """Return the text of what has the focus."""
    return str(await page.evaluate("document.activeElement.textContent")).strip()


@pytest.mark.parametrize(
    ("fragment", "told"),
    [
        ("error=login_required", "you were not signed in there"),
        ("login_required", "you were not signed in there"),
        ("error=invalid_scope&error_description=x", "may not ask for"),
        ("error=brand_new", "in the address of this page: brand_new"),
    ],
)
async def test_error_in_the_fragment(site: Site, fragment: str, told: str) -> None:
    """An error that only the browser can see is put into words by a small script."""
    page = await site.page()
    await page.goto(f"{site.origin}/orcid/callback#{fragment}")
    await expect(page.locator("#oc-fragment")).to_contain_text(told)


@pytest.mark.parametrize("fragment", ["", "error=<b>x</b>", "access_token=abc", "toString"])
async def test_other_fragments(site: Site, fragment: str) -> None:
    """Any other fragment is left alone, and shown nowhere."""
    page = await site.page()
    await page.goto(f"{site.origin}/orcid/callback#{fragment}")
    await expect(page.locator("#oc-fragment")).to_be_hidden()


async def test_explained_without_scripts(site: Site) -> None:
    """Without JavaScript the page says where to look."""
    page = await site.page(java_script_enabled=False)
    await page.goto(f"{site.origin}/orcid/callback#error=login_required")
    await expect(page.get_by_role("main")).to_contain_text("#error=")
    await expect(page.get_by_role("link", name="Start again")).to_be_visible()


async def go_from_another_site(site: Site, page: Page, address: str) -> None:
    """Go to an address of the journal as a page of another site sends people there."""
    await page.goto(f"{site.origin.replace('127.0.0.1', 'localhost')}/home")
    await page.evaluate("address => { location.href = address }", address)


async def test_another_site_asks_first(site: Site) -> None:
    """Sent by another site a person is asked, and one press of our button is enough."""
    page = await site.page()
    await go_from_another_site(site, page, f"{site.origin}/orcid/connect")
    await expect(page.get_by_role("heading", name="Connect your ORCID iD?")).to_be_visible()
    await page.get_by_role("link", name="Connect your ORCID iD").click()
    await agree(page, site.person())
    await expect(page.get_by_role("heading", name="Your ORCID iD is connected")).to_be_visible()


async def test_strict_session_cookie(site: Site) -> None:
    """A host whose session cookie is strict is not lost: from our page one press goes on."""
    page = await site.page(account=None)
    await page.context.add_cookies(
        [{"name": "account", "value": "anne", "url": site.origin, "sameSite": "Strict"}]
    )
    await page.goto(f"{site.origin}/orcid/connect")
    await page.wait_for_url("**/oauth/authorize?**")
    back = f"{site.origin}/orcid/callback"
    state = query(page.url)["state"]
    code = site.journal.code(page.url, site.person())
    await go_from_another_site(site, page, f"{back}?code={code}&state={state}")
    await expect(page.get_by_role("heading", name="Please sign in first")).to_be_visible()
    await page.get_by_role("link", name="I am signed in: go on").click()
    await expect(page.get_by_role("heading", name="Your ORCID iD is connected")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_fits_a_phone(site: Site, scheme: str) -> None:
    """No page is wider than a phone, and targets are large enough for a finger."""
    page = await site.page(viewport=PHONE, color_scheme=scheme)
    await page.goto(f"{site.origin}/orcid/connect")
    await agree(page, site.person())
    await page.wait_for_load_state()  # with its style sheet
    for address in (None, "my", "callback", "connect?return_to=//evil.example", "nowhere"):
        if address is not None:
            await page.goto(f"{site.origin}/orcid/{address}")
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        for button in await page.locator(".oc-button").all():
            box = await button.bounding_box()
            assert box is not None
            assert box["height"] >= 44


async def test_column_is_narrow_and_reads_from_the_right(site: Site) -> None:
    """The column is 42rem wide, and turns round for right-to-left scripts."""
    page = await site.page(viewport=DESK)
    await page.goto(f"{site.origin}/orcid/my")
    box = await page.get_by_role("main").bounding_box()
    assert box is not None
    assert box["width"] == 42 * 16
    marker = "getComputedStyle(document.querySelector('.oc-list')).padding"
    assert await page.evaluate(f"{marker}Left") != "0px"
    await page.evaluate("document.documentElement.dir = 'rtl'")
    assert await page.evaluate(f"{marker}Left") == "0px"
    assert await page.evaluate(f"{marker}Right") != "0px"
