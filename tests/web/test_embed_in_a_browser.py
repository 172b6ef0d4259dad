"""The element `<orcid-connect>` on a page of another site, in a real browser."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, expect
from starlette.requests import Request
from starlette.responses import HTMLResponse

from tests.support.chromium import PHONE, needs_chromium
from tests.web.axe import violations
from tests.web.embedding import Embedding, embedding
from tests.web.site import agree

pytestmark = needs_chromium
STRICT = "default-src 'none'; script-src {ours}; style-src 'self'; connect-src {ours}"


@pytest.fixture(scope="module")
def chromium_flags() -> tuple[str, ...]:
    """Third-party cookies are blocked, as people's browsers do more and more."""
    return ("--test-third-party-cookie-phaseout",)


@pytest.fixture
async def site(tmp_path: Path, chromium: Chromium) -> AsyncIterator[Embedding]:
    """Both sites, for a browser."""
    async with embedding(tmp_path, chromium) as running:
        yield running


async def heard(page: Page) -> list[str]:
    """Return the names of the events that the page heard of."""
    names: list[str] = await page.evaluate("heard.map((one) => one[0])")
    return names


async def test_page_by_page_under_a_strict_policy(site: Embedding) -> None:
    """Under a strict content policy and its fingerprint, by page: there and back, connected."""
    policy = STRICT.format(ours=site.ours) + "; require-trusted-types-for 'script'"
    element = site.element(display="page")
    address = site.serve("submit", site.script + element, content_security_policy=policy)
    page = await site.open(address)
    await page.get_by_role("link", name="Connect your ORCID iD").click()
    orcid = site.person()
    await agree(page, orcid)
    await page.get_by_role("link", name="Continue").click()
    assert page.url == f"{site.host}/back"


async def test_a_wrong_fingerprint(site: Embedding) -> None:
    """A script that is not the one the page names does not run; the link inside works."""
    wrong = re.sub(r"sha384-[^\"]+", f"sha384-{'A' * 64}", site.script)
    address = site.serve("submit", wrong + site.element())
    page = await site.open(address)
    await page.get_by_role("link", name="Connect", exact=True).click()
    await page.wait_for_url("**/oauth/authorize?**")
    [complaint] = site.windows.complaints
    assert "integrity" in complaint
    site.windows.complaints.clear()


async def test_without_scripts(site: Embedding) -> None:
    """Without JavaScript the link inside the element is there, and leads to ORCID."""
    page = await site.open(
        site.serve("submit", site.script + site.element()), java_script_enabled=False
    )
    await page.get_by_role("link", name="Connect", exact=True).click()
    await page.wait_for_url("**/oauth/authorize?**")


async def test_where_a_popup_is_blocked(site: Embedding) -> None:
    """Where no window may be opened, the same press leads to ORCID by page."""
    page = await site.open(site.serve("submit", site.script + site.element()))
    await page.evaluate("window.open = () => null")
    await page.get_by_role("link", name="Connect your ORCID iD").click()
    await page.wait_for_url("**/oauth/authorize?**")


async def test_what_is_not_connected(site: Embedding) -> None:
    """Without a word that somebody is connected, or with nonsense, connecting is offered, here."""
    odd: list[dict[str, str]] = [
        {"state": "refused"},
        {"state": "connected"},
        {"state": "connected", "orcid": "javascript:alert(1)"},
        {"orcid": "0000-0002-1825-0097"},
        {"href": "javascript:alert(1)"},
        {"href": "https://evil.example/"},
    ]
    elements = "".join(site.element(**attributes) for attributes in odd)
    page = await site.open(site.serve("submit", site.script + elements))
    buttons = page.get_by_role("link", name="Connect your ORCID iD")
    await expect(buttons).to_have_count(len(odd))
    for button in await buttons.all():
        address = str(await button.get_attribute("href"))
        assert re.match(rf"{site.ours}/orcid/connect\?(ticket|return_to)=", address)
    await expect(page.get_by_text("You sign in at ORCID and decide there.")).to_have_count(5)
    said = await page.get_by_role("status").all_inner_texts()
    assert said == ["Not connected. You can still do so at any time.", *[""] * 5]


async def test_what_the_host_says(site: Embedding) -> None:
    """Who the host says is connected is shown without asking, names being only text."""
    name = "<img src=x onerror=heard.push('evil')>"
    element = site.element(state="connected", orcid="0000-0002-1825-0097", name=name)
    page = await site.open(site.serve("submit", site.script + element))
    link = page.get_by_role("link", name="ORCID iD https://orcid.org/0000-0002-1825-0097")
    await expect(link).to_have_attribute("href", "https://orcid.org/0000-0002-1825-0097")
    await expect(page.get_by_text(name)).to_be_visible()
    assert await heard(page) == []


async def test_languages_and_sizes(site: Embedding) -> None:
    """It speaks the page's language or its own, from the right where one writes so."""
    elements = "".join(
        f"<p>{site.element(lang=code, size=size)}</p>"
        for code, size in (("ar", "large"), ("de-AT", "small"), ("xx", "medium"))
    )
    page = await site.open(site.serve("submit", site.script + elements), viewport=PHONE)
    buttons = page.locator("[part=button]")
    await expect(buttons).to_have_count(3)
    found = await page.locator("[part=root]").evaluate_all("all => all.map(o => [o.lang, o.dir])")
    assert found == [["ar", "rtl"], ["de", "ltr"], ["en", "ltr"]]
    assert await violations(page) == []
    heights = await buttons.evaluate_all("all => all.map(o => o.getBoundingClientRect().height)")
    assert all(height >= least for height, least in zip(heights, (44, 32, 44), strict=True))
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert re.search(r"[?&]lang=ar", str(await buttons.first.get_attribute("href")))


async def test_a_popup_across_sites(site: Embedding) -> None:
    """By keyboard alone, third-party cookies blocked: a popup, its word, and the iD on the page."""
    policy = STRICT.format(ours=site.ours)
    element = site.element(watch=site.watch(), size="large")
    address = site.serve("submit", site.script + element, content_security_policy=policy)
    page = await site.open(address)
    ours, from_host = await site.cookies_sent_from(page)
    assert ("third" in ours, "third" in from_host) == (True, False)
    await page.keyboard.press("Tab")
    async with page.expect_popup() as opening:
        await page.keyboard.press("Enter")
    popup = await opening.value
    await expect(page.get_by_role("status")).to_have_text("Go on in the window that opened.")
    orcid = site.person()
    await agree(popup, orcid)
    link = page.get_by_role("link", name=f"ORCID iD {site.journal.sim.base_url}/{orcid}")
    await expect(link).to_be_focused()
    await expect(page.get_by_role("status")).to_contain_text("Connected by signing in at ORCID.")
    await expect(page.get_by_text("Ada Lovelace")).to_be_visible()
    assert popup.is_closed()
    assert await violations(page) == []
    assert await page.evaluate("heard") == [
        ["start", {"outcome": None, "orcid": "", "name": ""}],
        [
            "connected",
            {
                "outcome": "connected",
                "orcid": await link.get_attribute("href"),
                "name": "Ada Lovelace",
            },
        ],
    ]
    await page.reload()
    await expect(link).to_be_visible()
    assert await heard(page) == []


async def test_refusing_in_a_popup(site: Embedding) -> None:
    """Who says no in the popup is asked more quietly from then on, and the page hears of it."""
    page = await site.open(site.serve("submit", site.script + site.element()))
    async with page.expect_popup() as opening:
        await page.get_by_role("link", name="Connect your ORCID iD").click()
    await agree(await opening.value, site.person(), "Deny access")
    await expect(page.get_by_role("status")).to_have_text(
        "Not connected. You can still do so at any time."
    )
    assert await heard(page) == ["start", "refused"]


async def test_a_page_cut_off_from_its_popup(site: Embedding) -> None:
    """Where the page's own policy cuts the popup off, the page asks, and finds out all the same."""
    element = site.element(watch=site.watch())
    address = site.serve("submit", site.script + element, cross_origin_opener_policy="same-origin")
    page = await site.open(address)
    async with page.context.expect_page() as opening:
        await page.get_by_role("link", name="Connect your ORCID iD").click()
    popup = await opening.value
    assert await popup.evaluate("window.opener") is None
    orcid = site.person()
    await agree(popup, orcid)
    await expect(page.get_by_role("link", name="ORCID iD http")).to_be_visible()
    assert await heard(page) == ["start", "connected"]


async def test_closing_the_popup(site: Embedding) -> None:
    """Who closes the window is offered the button again after a moment, and no more is asked."""
    page = await site.open(site.serve("submit", site.script + site.element(watch=site.watch())))
    await page.clock.install()
    async with page.expect_popup() as opening:
        await page.get_by_role("link", name="Connect your ORCID iD").click()
    await page.clock.run_for(1_000)
    await (await opening.value).close()
    for _ in range(20):
        await page.clock.run_for(1_500)
    await expect(page.get_by_role("status")).to_have_text("")
    assert await heard(page) == ["start", "closed"]


async def test_words_from_elsewhere(site: Embedding) -> None:
    """Only the popup itself, speaking from our origin, is believed."""
    page = await site.open(site.serve("submit", site.script + site.element()))
    async with page.expect_popup() as opening:
        await page.get_by_role("link", name="Connect your ORCID iD").click()
    popup = await opening.value
    lie = {
        "type": "orcid-connect",
        "outcome": "connected",
        "connected": True,
        "orcid": "https://orcid.org/0000-0002-1825-0097",
        "name": "Eve",
    }
    await page.evaluate("lie => window.postMessage(lie, '*')", lie)
    await popup.wait_for_load_state()
    await popup.evaluate("lie => window.opener.postMessage(lie, '*')", lie)
    frame = f"<iframe src='{site.ours}/echo'></iframe>"
    await page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", frame)
    inside = page.frames[-1]
    await inside.wait_for_load_state()
    await inside.evaluate("lie => parent.postMessage(lie, '*')", lie)
    await page.evaluate("() => new Promise(done => setTimeout(done))")
    assert await heard(page) == ["start"]
    await expect(page.get_by_text("Eve")).to_have_count(0)


async def test_two_elements(site: Embedding) -> None:
    """Two on one page do not mix up their popups; when one is connected, the other knows."""
    both = site.element(watch=site.watch()) + site.element(watch=site.watch(), size="small")
    page = await site.open(site.serve("submit", site.script + both))
    async with page.expect_popup() as opening:
        await page.get_by_role("link", name="Connect your ORCID iD").last.click()
    assert [text != "" for text in await page.get_by_role("status").all_inner_texts()] == [
        False,
        True,
    ]
    await agree(await opening.value, site.person())
    await expect(page.get_by_role("link", name="ORCID iD http")).to_have_count(2)
    assert await heard(page) == ["start", "connected"]


async def test_on_our_own_site(site: Embedding) -> None:
    """Mounted in the host it needs no attribute: it knows the visitor, and hears a lone popup."""

    async def page_of_the_host(_request: Request) -> HTMLResponse:
        element = f"<!doctype html>{site.script}<orcid-connect></orcid-connect>"
        return HTMLResponse(element, headers={"Cross-Origin-Opener-Policy": "same-origin"})

    site.journal.app.add_route("/submit", page_of_the_host)
    page = await site.open(site.serve("start", ""))
    await page.context.add_cookies([{"name": "account", "value": "anne", "url": site.ours}])
    await page.goto(f"{site.ours}/submit")
    async with page.context.expect_page() as opening:
        await page.get_by_role("link", name="Connect your ORCID iD").click()
    popup = await opening.value
    await agree(popup, site.person())
    link = page.get_by_role("link", name="ORCID iD http")
    await expect(link).to_be_visible()
    assert await heard(page) == ["start", "connected"]
    if not popup.is_closed():
        await popup.wait_for_event("close")
    await page.reload()
    await expect(link).to_be_visible()
