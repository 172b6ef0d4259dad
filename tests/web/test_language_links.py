"""The links by which a visitor reads a page in another language."""

from pathlib import Path

import pytest

from tests.web.host import Browser, Journal, running_journal
from tests.web.test_pages import Outline

pytestmark = pytest.mark.anyio


def links(page: str) -> dict[str, str]:
    """Return where the page leads in which language."""
    return {
        str(attrs["hreflang"]): str(attrs["href"])
        for attrs in Outline(page).all("a")
        if "hreflang" in attrs
    }


async def test_each_language_in_its_own_words(browser: Browser) -> None:
    """The foot of a page has a link for each language, named and marked as its speakers read it."""
    page = (await browser.get("my", params={"return_to": "/home"})).text
    assert links(page)["fr"] == "?return_to=%2Fhome&lang=fr"
    assert 'lang="ar" dir="rtl"' in page
    assert "العربية" in page
    [current] = [one for one in Outline(page).all("a") if "aria-current" in one]
    assert current["hreflang"] == "en"


async def test_nothing_is_opened_twice(journal: Journal, browser: Browser, ada: str) -> None:
    """A page that can be opened only once has no such links: they would only spend it."""
    assert links((await browser.connect(ada)).text) == {}
    assert links((await browser.post("disconnect", {})).text) == {}


async def test_no_secret_and_no_foreign_address(browser: Browser) -> None:
    """What is secret, or leads elsewhere, is not carried over into the page."""
    page = (await browser.get("nowhere?token=abc&ticket=def&return_to=//evil.example&x=1")).text
    assert links(page)["de"] == "?x=1&lang=de"


async def test_another_language_does_not_press_the_button(browser: Browser) -> None:
    """On the page that asks first, another language leads to a page that asks first."""
    page = (await browser.get("connect", headers={"Sec-Fetch-Site": "cross-site"})).text
    assert links(page)["es"] == "?explain=1&lang=es"


async def test_one_language_needs_no_links(tmp_path: Path) -> None:
    """A host that speaks one language shows no choice."""
    async with running_journal(tmp_path, languages=("en",)) as journal:
        assert links((await Browser(journal, "anne").get("my")).text) == {}
