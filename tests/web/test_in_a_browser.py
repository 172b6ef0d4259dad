"""Connecting and disconnecting as people do it, in a real browser over real HTTP."""

import pytest
from playwright.async_api import expect

from tests.support.chromium import DESK, PHONE, needs_chromium
from tests.web.host import query
from tests.web.site import Site, agree, focused, go_from_another_site

pytestmark = needs_chromium


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
    for _ in range(30):
        if await focused(page) == "Disconnect your ORCID iD":
            break
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("is disconnected")


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
    await expect(page.locator("#oc-fragment")).to_be_visible()
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
