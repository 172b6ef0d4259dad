"""The element `<orcid-connect>` on a page of another site, in a real browser."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.web.embedding import Embedding, embedding
from tests.web.test_in_a_browser import CHROMIUM, PHONE, agree

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="Chromium is not installed; get it with: apt-get install chromium"
    ),
]
STRICT = "default-src 'none'; script-src {ours}; style-src 'self'; connect-src {ours}"


@pytest.fixture
async def site(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Embedding]:
    """Both sites and a browser."""
    async with embedding(tmp_path) as running:
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
    assert site.complaints == []


async def test_a_wrong_fingerprint(site: Embedding) -> None:
    """A script that is not the one the page names does not run; the link inside works."""
    wrong = re.sub(r"sha384-[^\"]+", f"sha384-{'A' * 64}", site.script)
    address = site.serve("submit", wrong + site.element())
    page = await site.open(address)
    await page.get_by_role("link", name="Connect", exact=True).click()
    await page.wait_for_url("**/oauth/authorize?**")
    assert "integrity" in " ".join(site.complaints)


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
    said = await page.get_by_role("status").all_inner_texts()
    assert said == ["Not connected. You can still do so at any time.", *[""] * 5]
    assert site.complaints == []


async def test_what_the_host_says(site: Embedding) -> None:
    """Who the host says is connected is shown without asking, names being only text."""
    name = "<img src=x onerror=heard.push('evil')>"
    element = site.element(state="connected", orcid="0000-0002-1825-0097", name=name)
    page = await site.open(site.serve("submit", site.script + element))
    link = page.get_by_role("link", name="ORCID iD https://orcid.org/0000-0002-1825-0097")
    await expect(link).to_have_attribute("href", "https://orcid.org/0000-0002-1825-0097")
    await expect(page.get_by_text(name)).to_be_visible()
    assert await heard(page) == []
    assert site.complaints == []


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
    heights = await buttons.evaluate_all("all => all.map(o => o.getBoundingClientRect().height)")
    assert all(height >= least for height, least in zip(heights, (44, 32, 44), strict=True))
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert re.search(r"[?&]lang=ar", str(await buttons.first.get_attribute("href")))
