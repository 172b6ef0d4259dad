"""The administration as an editor uses it: in a real browser, at a desk and on a phone."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from tests.support.chromium import DESK, PHONE, needs_chromium
from tests.support.ledger import row_of
from tests.web.axe import violations
from tests.web.site import Site, focused, running_site
from tests.web.test_admin import Editors, page_of, some_deliveries

pytestmark = needs_chromium
WHERE_WORDS_BEGIN = """cell => cell.firstElementChild?.getBoundingClientRect().x"""
"""Where what a cell says begins, beside its label."""


@pytest.fixture
async def desk(tmp_path: Path, chromium: Chromium) -> AsyncIterator[Site]:
    """A journal with deliveries, on a port."""
    async with running_site(tmp_path, chromium, [Editors()], ordinary=()) as site:
        await some_deliveries(site.journal)
        yield site


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_from_the_overview_to_a_retry(desk: Site, scripts: bool) -> None:
    """From the count of what is parked to one delivery and its button, and it is tried again."""
    page = await desk.page("edith", viewport=DESK, java_script_enabled=scripts)
    await page.goto(f"{desk.origin}/orcid/admin/")
    await page.get_by_role("link", name="2 parked").click()
    await page.get_by_role("link", name="a3").click()
    await expect(page.get_by_text("ORCID said no.")).to_be_visible()
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("status")).to_contain_text("planned again and tried now")
    assert (await row_of(desk.journal.services, 3)).state == "due"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_fits_a_phone(desk: Site, scheme: Any) -> None:
    """No page is wider than a phone, rows are blocks, and buttons are large enough for a finger."""
    page = await desk.page("edith", viewport=PHONE, color_scheme=scheme)
    for address in ("", "deliveries", "coverage", page_of(3).removeprefix("admin/")):
        await page.goto(f"{desk.origin}/orcid/admin/{address}")
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        for button in await page.locator("button").all():
            box = await button.bounding_box()
            assert box is not None
            assert box["height"] >= 44
    await page.goto(f"{desk.origin}/orcid/admin/deliveries")
    cells = await page.locator("tbody tr").first.locator("td, th").all()
    places = [box["y"] for cell in cells if (box := await cell.bounding_box())]
    assert places == sorted(places)
    assert len(set(places)) == len(places)
    words = [await cell.evaluate(WHERE_WORDS_BEGIN) for cell in cells]
    assert len({begin for begin in words if begin}) == 1


async def test_reads_well_to_a_screen_reader(desk: Site) -> None:
    """On a phone too tables are tables, the chart is an image with words, times are exact."""
    page = await desk.page("edith", viewport=PHONE)
    await page.goto(f"{desk.origin}/orcid/admin/deliveries")
    await expect(page.get_by_role("table", name="Deliveries, last changed first")).to_be_visible()
    assert await page.get_by_role("row").count() == 13
    await expect(page.get_by_text("21 September 2026").first).to_be_attached()
    await page.goto(f"{desk.origin}/orcid/admin/")
    chart = page.get_by_role("img", name="Deliveries that came to rest, by day")
    await expect(chart).to_be_visible()
    heading = page.get_by_role("heading", level=1)
    await expect(heading).to_have_text("ORCID deliveries")


async def test_filtering_by_keyboard(desk: Site) -> None:
    """Tab, letters and Enter are enough to filter, and the address says what is shown."""
    page = await desk.page("edith", viewport=DESK)
    await page.goto(f"{desk.origin}/orcid/admin/deliveries")
    for _ in range(20):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.name") == "key":
            break
    await page.keyboard.type("a7")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/deliveries?*key=a7*")
    assert await page.locator("tbody tr").count() == 1
    await page.keyboard.press("Tab")
    assert await focused(page) == "Skip to the content"


async def test_turns_round(desk: Site) -> None:
    """In right-to-left scripts tables and counts turn round; the chart keeps its direction."""
    page = await desk.page("edith", viewport=DESK)
    await page.goto(f"{desk.origin}/orcid/admin/deliveries")
    cell = page.locator("tbody tr").first.locator("td").first
    before = await cell.bounding_box()
    await page.evaluate("document.documentElement.dir = 'rtl'")
    after = await cell.bounding_box()
    assert before is not None
    assert after is not None
    assert after["x"] > before["x"]
    assert await page.evaluate("document.documentElement.scrollWidth") <= DESK["width"]


@pytest.mark.parametrize(("code", "viewport"), [("en", DESK), ("ar", PHONE)], ids=["en", "ar"])
async def test_nothing_for_axe_to_find(desk: Site, code: str, viewport: Any) -> None:
    """No page of the administration breaks a rule of axe, at a desk or on a phone in Arabic."""
    page = await desk.page("edith", viewport=viewport)
    for address in ("", "deliveries", "coverage", page_of(3).removeprefix("admin/")):
        await page.goto(f"{desk.origin}/orcid/admin/{address}?lang={code}")
        assert await violations(page) == [], address
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= viewport["width"], address
