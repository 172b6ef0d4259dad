"""Every ending of connecting in a real browser, as a page and as a popup.

With PICTURES=1 each has its picture in build/screens, at the width of a desk and of a phone.
"""

import itertools
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, expect

from tests.support.chromium import DESK, PHONE, needs_chromium
from tests.web.axe import violations
from tests.web.endings import ENDINGS, Ending, Stage, connected, refused, stale_used
from tests.web.site import ORDINARY, Site, agree, running_site

pytestmark = needs_chromium
SCREENS = Path(__file__).parents[2] / "build" / "screens"
WINDOW = {"width": 500, "height": 700}
"""What a popup measures."""
LISTEN = """
window.heard = [];
addEventListener("message", (event) => heard.push({...event.data, from: event.origin}));
"""
ACCOUNTS = itertools.count()
OUT_OF_ORDER = "the server responded with a status of 50"
"""What Chromium says of every page that answers 502 or 503, as some of ours do."""
NOT_FOR_IT = "does not match the recipient window's origin"
"""What it may say, sooner or later, in a page that is told nothing."""


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory, chromium: Chromium) -> AsyncIterator[Site]:
    """The journal on a port, once for all endings."""
    folder = tmp_path_factory.mktemp("connect")
    async with running_site(
        folder, chromium, ordinary=(ORDINARY, OUT_OF_ORDER, NOT_FOR_IT)
    ) as running:
        yield running


@dataclass
class Player:
    """A window of a browser in which an account of its own plays endings."""

    site: Site
    page: Page
    account: str

    @property
    def stage(self) -> Stage:
        """The stage of this window."""
        return Stage(self.site.journal, self.account, self.leave, self.sign_in, self.visit)

    async def leave(self, **asked: str) -> str:
        """Press the button."""
        wish = {"return_to": "/home", **asked}
        await self.page.goto(f"{self.site.origin}/orcid/connect?{urlencode(wish)}")
        return self.page.url

    async def sign_in(self, account: str | None) -> None:
        """Change who is signed in at the journal."""
        await self.page.context.clear_cookies(name="account")
        if account:
            cookie: Any = {"name": "account", "value": account, "url": self.site.origin}
            await self.page.context.add_cookies([cookie])

    async def visit(self, url: str) -> None:
        """Open an address in another window of this browser."""
        other = await self.page.context.new_page()
        await other.goto(url)
        await other.close()


async def player(site: Site, **options: Any) -> Player:
    """Return a fresh browser with an account that was never seen."""
    account = f"account-{next(ACCOUNTS)}"
    return Player(site, await site.page(account, **options), account)


async def picture(page: Page, name: str) -> None:
    """Keep a picture of the whole page, if somebody wants to look at it."""
    if os.environ.get("PICTURES"):
        await page.screenshot(path=SCREENS / f"{name}.png", full_page=True)


async def look_at(page: Page, name: str) -> None:
    """Check a page as it stands at both widths."""
    for width, size in (("desk", DESK), ("phone", PHONE)):
        await page.set_viewport_size({"width": size["width"], "height": size["height"]})
        assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        await picture(page, f"{name}-{width}")
    assert await violations(page) == []


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.name)
async def test_as_a_page(site: Site, ending: Ending) -> None:
    """Each ending is a page that says what happened, fits any width, and is accessible to all."""
    playing = await player(site, viewport=DESK)
    await playing.page.goto(await ending.play(playing.stage))
    await expect(playing.page.get_by_role("heading", level=1)).to_have_text(ending.heading)
    await look_at(playing.page, f"page-{ending.name}")
    await playing.page.context.close()


async def open_popup(playing: Player, **asked: str) -> Page:
    """Have the journal's page open the popup, and return it at ORCID."""
    await playing.page.goto(f"{playing.site.origin}/home")
    await playing.page.evaluate(LISTEN)
    wish = urlencode({"display": "popup", "return_to": "/home", **asked})
    async with playing.page.expect_popup() as opened:
        await playing.page.evaluate(
            "address => { window.open(address, 'orcid', 'popup,width=500,height=700') }",
            f"{playing.site.origin}/orcid/connect?{wish}",
        )
    popup = await opened.value
    await popup.wait_for_url("**/oauth/authorize?**")
    return popup


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.name)
async def test_as_a_popup(site: Site, ending: Ending) -> None:
    """In a popup each ending is told to the page that opened it; then the window goes, or stays
    where there is something to read.
    """
    playing = await player(site)
    popups: list[Page] = []

    async def leave(**asked: str) -> str:
        popups.append(await open_popup(playing, **asked))
        return popups[0].url

    stage = playing.stage
    stage.leave = leave
    back = await ending.play(stage)
    [popup] = popups
    try:
        await popup.goto(back)
    except PlaywrightError:  # it closed before we saw it
        assert ending.closes
    if ending.tells:
        await playing.page.wait_for_function("heard.length > 0")
    heard = await playing.page.evaluate("heard")
    assert [(one["outcome"], one["type"], one["from"]) for one in heard] == (
        [(ending.outcome, "orcid-connect", site.origin)] if ending.tells else []
    )
    assert not any("@" in str(one) or "token" in str(one).lower() for one in heard)
    if ending.closes:
        await expect_closed(popup)
    else:
        await expect(popup.get_by_role("heading", level=1)).to_have_text(ending.heading)
        await popup.set_viewport_size({"width": WINDOW["width"], "height": WINDOW["height"]})
        await picture(popup, f"popup-{ending.name}")
    await playing.page.context.close()


async def expect_closed(popup: Page) -> None:
    """Wait until a popup has closed itself."""
    if not popup.is_closed():
        await popup.wait_for_event("close")


async def test_what_is_told(site: Site) -> None:
    """The opener hears that the person is connected, with which iD and name, through ORCID's own
    pages.
    """
    playing = await player(site)
    popup = await open_popup(playing)
    orcid = site.person()
    async with popup.expect_event("close"):
        await agree(popup, orcid)
    [heard] = await playing.page.evaluate("heard")
    assert heard == {
        "type": "orcid-connect",
        "outcome": "connected",
        "connected": True,
        "orcid": f"{site.journal.sim.base_url}/{orcid}",
        "name": "Ada Lovelace",
        "state": "active",
        "from": site.origin,
    }


async def test_a_popup_without_its_opener(site: Site) -> None:
    """Where the opener was lost the other pages of this origin hear of it, and a button leads back;
    the window closes once somebody says that they heard.
    """
    playing = await player(site)
    popup = await open_popup(playing)
    await popup.evaluate("window.opener = null")
    await playing.page.evaluate(
        "window.channel = new BroadcastChannel('orcid-connect');"
        "channel.onmessage = (event) => heard.push(event.data); null"
    )
    await popup.goto(playing.stage.agreed(popup.url, site.person()))
    await playing.page.wait_for_function("heard.length > 0")
    assert (await playing.page.evaluate("heard[0].outcome")) == "connected"
    await popup.set_viewport_size({"width": WINDOW["width"], "height": WINDOW["height"]})
    await picture(popup, "popup-connected")
    assert await violations(popup) == []
    await expect(popup.get_by_role("link", name="Continue")).to_have_attribute("href", "/home")
    await playing.page.evaluate("channel.postMessage({type: 'orcid-connect-heard'}); null")
    await expect_closed(popup)


async def test_another_origin_hears_nothing(site: Site) -> None:
    """A page of another origin that opened the popup is told nothing: nobody sent it there."""
    playing = await player(site)
    await playing.page.goto(f"{site.origin.replace('127.0.0.1', 'localhost')}/home")
    await playing.page.evaluate(LISTEN)
    async with playing.page.expect_popup() as opened:
        await playing.page.evaluate(
            "address => { window.open(address) }",
            f"{site.origin}/orcid/connect?display=popup&return_to=/home",
        )
    popup = await opened.value
    await expect(popup.get_by_role("heading", name="Connect your ORCID iD?")).to_be_visible()
    await popup.get_by_role("link", name="Connect your ORCID iD").click()
    await popup.wait_for_url("**/oauth/authorize?**")
    back = playing.stage.agreed(popup.url, site.person())
    try:
        await popup.goto(back)
    except PlaywrightError:
        await expect_closed(popup)
    assert await playing.page.evaluate("heard") == []


async def test_a_popup_without_scripts(site: Site) -> None:
    """Without JavaScript it is a page with the way back."""
    playing = await player(site, java_script_enabled=False, viewport=WINDOW)

    async def leave(**asked: str) -> str:
        return await playing.leave(**asked, display="popup")

    stage = playing.stage
    stage.leave = leave
    await playing.page.goto(await connected(stage))
    await playing.page.get_by_role("link", name="Continue").click()
    assert playing.page.url == f"{site.origin}/home"


@pytest.mark.parametrize("purpose", ["identify", "read", "write-activities", "write-person"])
async def test_before_people_leave(site: Site, purpose: str) -> None:
    """Before people leave, a page says what is asked and for what, and one press goes on."""
    playing = await player(site, viewport=DESK)
    wish = urlencode({"purpose": purpose, "explain": "1", "return_to": "/home"})
    await playing.page.goto(f"{site.origin}/orcid/connect?{wish}")
    await look_at(playing.page, f"explain-{purpose}")
    await playing.page.get_by_role("link", name="Connect your ORCID iD").click()
    await playing.page.wait_for_url("**/oauth/authorize?**")
    await playing.page.context.close()


@pytest.mark.parametrize("language", ["es", "ar"])
async def test_in_two_languages(site: Site, language: str) -> None:
    """Pages are as sound in another language, and from right to left."""
    playing = await player(site, viewport=DESK)

    async def leave(**asked: str) -> str:
        return await playing.leave(**asked, lang=language)

    stage = playing.stage
    stage.leave = leave
    for ending in (stale_used, refused, connected):
        await playing.page.goto(await ending(stage))
        await expect(playing.page.locator("html")).to_have_attribute("lang", language)
        await look_at(playing.page, f"page-{ending.__name__}-{language}")
    wish = urlencode({"explain": "1", "return_to": "/home", "lang": language})
    await playing.page.goto(f"{site.origin}/orcid/connect?{wish}")
    await look_at(playing.page, f"explain-{language}")
    await playing.page.context.close()


@pytest.mark.parametrize("ending", ["explain", "refused", "nobody-home"])
async def test_signing_in(site: Site, ending: str) -> None:
    """The pages of signing in fit any width and are accessible to all, too."""
    page = await site.page(None, viewport=DESK)
    asked = {"return_to": "/home", **({"explain": "1"} if ending == "explain" else {})}
    await page.goto(f"{site.origin}/orcid/signin?{urlencode(asked)}")
    if ending == "refused":
        await agree(page, site.person(), "Deny access")
    elif ending == "nobody-home":
        await agree(page, site.person())
    await look_at(page, f"signin-{ending}")
    await page.context.close()
