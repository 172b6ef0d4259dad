"""Tickets as people meet them, in a real browser: let in at once, asked first, told why not."""

import pytest
from playwright.async_api import Page, expect

from orcid_connect.declarations import Person
from orcid_connect.journeys.tickets import issue_ticket
from tests.support.chromium import DESK, PHONE, needs_chromium
from tests.web.axe import violations
from tests.web.site import Site, agree, go_from_another_site

pytestmark = needs_chromium


def address(site: Site, key: str = "anne", name: str | None = "Anne Brook") -> str:
    """Return an address with a new ticket."""
    services = site.journal.services
    person = Person(tenant="rivers", key=key, name=name)
    ticket = issue_ticket(services.settings, services.clock, person, return_to="/home")
    return f"{site.origin}/orcid/connect?ticket={ticket}"


async def follow(page: Page, site: Site, to: str) -> None:
    """Follow a link on a page of the host."""
    await page.goto(f"{site.origin}/home")
    await page.evaluate("address => { location.href = address }", to)


async def test_from_a_page_of_the_host(site: Site) -> None:
    """From the host one goes to ORCID at once, and back to where one came from."""
    page = await site.page(account=None)
    await follow(page, site, address(site))
    await agree(page, site.person())
    await expect(page.get_by_role("heading", level=1)).to_have_text("Your ORCID iD is connected")
    assert "ticket" not in page.url
    await page.goto(f"{site.origin}/orcid/my")
    await expect(page.get_by_role("button", name="Disconnect your ORCID iD")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_asked_first(site: Site, scripts: bool) -> None:
    """Opened from a message a ticket asks; one press leads to ORCID, which our policy allows."""
    page = await site.page(account=None, java_script_enabled=scripts)
    await page.goto(address(site))
    await expect(page.get_by_role("heading", level=1)).to_have_text("Continue as Anne Brook?")
    await page.get_by_role("button", name="Yes, I am Anne Brook").click()
    await agree(page, site.person())
    await expect(page.get_by_role("heading", level=1)).to_have_text("Your ORCID iD is connected")


async def test_from_another_site(site: Site) -> None:
    """Another site's link is not followed to ORCID; who says no is led home, and is nobody here."""
    page = await site.page(account=None)
    await go_from_another_site(site, page, address(site))
    await expect(page.get_by_role("heading", level=1)).to_have_text("Continue as Anne Brook?")
    await page.get_by_role("link", name="No, go to Journal of Small Rivers").click()
    assert page.url == f"{site.origin}/home"
    await page.goto(f"{site.origin}/orcid/my")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Please sign in first")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_pages_are_open_to_all(site: Site, size: dict[str, int]) -> None:
    """Axe finds nothing on either page, and neither is wider than its window."""
    page = await site.page(account=None, viewport=size)
    used = address(site)
    await follow(await site.page(account=None), site, used)
    for name, to, heading in (
        ("ask", address(site), "Continue as Anne Brook?"),
        ("nameless", address(site, name=None), "Continue with your ORCID iD?"),
        ("forged", f"{site.origin}/orcid/connect?ticket=x", "That link does not work"),
        ("used", used, "That link was used before"),
        ("arabic", f"{address(site)}&lang=ar", None),
    ):
        if name == "used":
            await follow(page, site, to)
        else:
            await page.goto(to)
        if heading:
            await expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        assert await violations(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]
