"""The gallery: for those who build the site, every snippet live, with the code beside it."""

import re
from html import unescape
from pathlib import Path

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from orcid_connect.web.element import script_tag
from orcid_connect.web.embed import embed_integrity
from tests.support.chromium import CHROMIUM, PHONE
from tests.web.axe import violations
from tests.web.host import PUBLIC_URL, Browser, Journal, running_journal
from tests.web.site import running_site
from tests.web.test_admin import Editors

pytestmark = pytest.mark.anyio


async def test_it_is_closed(journal: Journal) -> None:
    """Whom the host does not let administer does not see it."""
    assert (await Browser(journal, "anne").get("gallery")).status_code == 403


async def test_every_sample_has_its_code(tmp_path: Path) -> None:
    """Each sample is there, live, with its code as text; the code names this very site."""
    async with running_journal(tmp_path, [Editors()]) as journal:
        page = (await Browser(journal, "edith").get("gallery")).text
    sections = page.split("<section ")[1:]
    assert len(sections) == 7
    for section in sections[:-1]:
        assert "<pre" in section
        shown = unescape(re.sub(r"<[^>]+>", "", section.split("<code>")[1].split("</code>")[0]))
        assert "BASE" not in shown
        assert "SCRIPT" not in shown
    assert str(script_tag(PUBLIC_URL)).replace("<", "&lt;") in page.replace("&#34;", '"').replace(
        "&gt;", ">"
    )
    assert f'<code class="oc-fingerprint">{embed_integrity()}</code>' in page
    assert '<script src="/orcid/embed.js"' in page
    assert page.count("<orcid-connect") == 1 + 5
    assert not re.search(r"<(input|textarea|select)\b(?![^>]*hidden)", page)


@pytest.mark.browser
@pytest.mark.skipif(
    CHROMIUM is None, reason="Chromium is not installed; get it with: apt-get install chromium"
)
@pytest.mark.parametrize(("code", "scheme"), [("en", "dark"), ("ar", "light")])
async def test_everything_for_everybody(
    tmp_path: Path, chromium: Chromium, code: str, scheme: str
) -> None:
    """Every sample passes axe and fits a phone, from either side, in light and dark."""
    async with running_site(tmp_path, chromium, [Editors()], ordinary=()) as site:
        page = await site.page("edith", viewport=PHONE, color_scheme=scheme)
        await page.goto(f"{site.origin}/orcid/gallery?lang={code}")
        await expect(page.locator("[part=button]")).to_have_count(5)
        assert await violations(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
