"""My ORCID as people use it: with and without JavaScript, by keyboard, at a desk and on a phone."""

import pytest
from playwright.async_api import Page, expect

from orcid_connect.declarations import Person
from orcid_connect.engines.embedded import work_through
from orcid_connect.journeys import managing, wishes
from orcid_connect.journeys.intake import take_in
from tests.support.chromium import DESK, PHONE, needs_chromium
from tests.support.journal import article, author, review
from tests.web.axe import violations
from tests.web.site import Site, agree, focused
from tests.web.test_my import row_of

pytestmark = needs_chromium

ANNE = Person(tenant="rivers", key="anne")


async def connected(site: Site, page: Page) -> str:
    """Connect the person of a window; return their iD."""
    orcid = site.person()
    await page.goto(f"{site.origin}/orcid/connect")
    await agree(page, orcid)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    return orcid


async def publish(site: Site, key: str, title: str, **more: object) -> str:
    """Publish an article of Anne's and send it; return its delivery's id."""
    named = article(author("anne"), key=key, tenant="rivers", title=title)
    await take_in(site.journal.services, named.model_copy(update=more))
    await work_through(site.journal.services)
    return (await row_of(site.journal, key)).id


async def one_of_each(site: Site) -> str:
    """Bring deliveries of Anne's to as many situations; return the id of one that stands there."""
    services = site.journal.services
    there = await publish(site, "a1", "On the Analytical Engine, with notes by the translator")
    held = await publish(site, "a2", "Otters")
    removed = await publish(site, "a3", "Salmon")
    parked = await publish(site, "a4", "Beavers")
    await wishes.decide(services, ANNE, held, "hold")
    await wishes.decide(services, ANNE, removed, "remove")
    await managing.act(services, "park", [parked])
    await take_in(services, review(reviewer=author("anne"), tenant="rivers"))
    await work_through(services)
    await wishes.set_ask_first(services, ANNE, ask=True)
    await publish(site, "a5", "Sediment")
    return there


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_deciding(site: Site, scripts: bool) -> None:
    """Ask first, send, hold, remove: each by its button, said so, and true on the record."""
    page = await site.page(java_script_enabled=scripts, viewport=DESK)
    orcid = await connected(site, page)
    await page.goto(f"{site.origin}/orcid/my")
    await page.get_by_role("button", name="Ask me first").click()
    await expect(page.get_by_role("status")).to_contain_text("you are asked before")
    await publish(site, "a1", "Otters")
    await page.goto(f"{site.origin}/orcid/my")
    await expect(page.get_by_text("Waits for your yes")).to_be_visible()
    assert site.journal.sim.items(orcid, "work") == []
    await page.get_by_role("button", name="Send it", exact=True).click()
    await expect(page.get_by_role("status")).to_contain_text("Otters: It is sent")
    await work_through(site.journal.services)
    assert len(site.journal.sim.items(orcid, "work")) == 1
    await page.goto(f"{site.origin}/orcid/my")
    await page.get_by_role("button", name="Send no corrections").click()
    await expect(page.get_by_text("Held as it is")).to_be_visible()
    await page.get_by_role("link", name="Remove from my record").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Remove from your record?")
    await expect(page.get_by_role("main")).to_contain_text("Otters")
    await page.get_by_role("link", name="Keep it as it is").click()
    await page.get_by_role("link", name="Remove from my record").click()
    await page.get_by_role("button", name="Remove from my record").click()
    await expect(page.get_by_role("status")).to_contain_text("It goes from your record")
    await work_through(site.journal.services)
    assert site.journal.sim.items(orcid, "work") == []


@pytest.mark.parametrize("look", ["light", "dark", "forced", "arabic"])
async def test_axe_finds_nothing(site: Site, look: str) -> None:
    """No rule of axe is broken on the page or on the one that asks, however it is looked at."""
    options = {
        "light": {"viewport": DESK},
        "dark": {"viewport": PHONE, "color_scheme": "dark"},
        "forced": {"viewport": DESK, "forced_colors": "active"},
        "arabic": {"viewport": PHONE},
    }[look]
    page = await site.page(**options)  # type: ignore[arg-type]
    query = "?lang=ar&said=ask" if look == "arabic" else "?said=ask"
    await page.goto(f"{site.origin}/orcid/my{query}")
    assert await violations(page) == []
    await connected(site, page)
    there = await one_of_each(site)
    for door in ("my", f"my/{there}/remove"):
        await page.goto(f"{site.origin}/orcid/{door}{query}")
        assert await violations(page) == []


async def test_deciding_by_keyboard_alone(site: Site) -> None:
    """Tab and Enter reach every button, and each has the title it is about as its description."""
    page = await site.page()
    await connected(site, page)
    one = await publish(site, "a1", "Otters")
    await page.goto(f"{site.origin}/orcid/my")
    for _ in range(30):
        if await focused(page) == "Send no corrections":
            break
        await page.keyboard.press("Tab")
    described = "document.activeElement.getAttribute('aria-describedby')"
    assert await page.evaluate(described) == f"oc-d-{one}"
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("It is held back.")


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_nothing_sticks_out_on_a_phone(site: Site, language: str) -> None:
    """On a phone neither page scrolls sideways, with titles however long, in either direction."""
    page = await site.page(viewport=PHONE)
    await connected(site, page)
    there = await publish(site, "a1", "Rindfleischetikettierungsüberwachungsaufgaben" * 4)
    for door in ("my", f"my/{there}/remove"):
        await page.goto(f"{site.origin}/orcid/{door}?lang={language}")
        root = "document.documentElement"
        wide = f"{root}.scrollWidth > {root}.clientWidth"
        assert not await page.evaluate(wide), door


async def test_one_column_at_a_desk(site: Site) -> None:
    """At a desk the page is one column in the middle, header and footer as wide as the text."""
    page = await site.page(viewport=DESK)
    await page.goto(f"{site.origin}/orcid/my")
    parts = [page.locator(name) for name in (".oc-header", ".oc-main", ".oc-footer")]
    boxes = [await part.bounding_box() for part in parts]
    places = {(box["x"], box["width"]) for box in boxes if box}
    assert len(places) == 1, places
    assert places.pop()[1] <= 700
