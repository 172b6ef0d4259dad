"""The demonstration in a real browser: connect, refuse, disconnect, publish, correct, withdraw."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.demo.theatre import ORCIDS, PASSWORD, works
from tests.support.chromium import DESK, PHONE, Windows, needs_chromium
from tests.support.waiting import until

WIDTHS = {"desktop": DESK, "phone": PHONE}
TITLE = "How bees do not get lost at dusk"
NEW_TITLE = "How bees do not get lost at night"

pytestmark = needs_chromium


@dataclass
class Theatre:
    """The running demonstration and a browser; each person gets a window of their own."""

    stage: Any
    windows: Windows
    options: dict[str, Any]

    async def window(self, account: str) -> Page:
        """Open a window and sign in at the journal by pressing a name."""
        page = await self.windows.open(base_url=self.stage.journal_url, **self.options)
        await page.goto("/signin")
        await page.locator(f"button[value={account}]").click()
        await expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        return page


@pytest.fixture(params=list(WIDTHS))
def width(request: pytest.FixtureRequest) -> str:
    """The kind of screen."""
    return str(request.param)


@pytest.fixture
def scripts() -> bool:
    """Whether the browser runs JavaScript."""
    return True


@pytest.fixture
async def theatre(
    stage: Any, chromium: Browser, width: str, scripts: bool
) -> AsyncIterator[Theatre]:
    """A browser in front of the demonstration; it may have nothing to complain about."""
    windows = Windows(chromium)
    yield Theatre(stage, windows, {"viewport": WIDTHS[width], "java_script_enabled": scripts})
    await windows.close()


async def decide(page: Page, who: str, decision: str) -> None:
    """Press Connect on the desk, sign in at ORCID, and decide there."""
    await page.goto("/desk")
    await page.get_by_role("link", name="Connect your ORCID iD").click()
    await page.get_by_label("ORCID iD or e-mail address").fill(ORCIDS[who])
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("button", name=decision).click()


async def connect(theatre: Theatre, who: str) -> Page:
    """Connect somebody, and bring them back to their desk."""
    page = await theatre.window(who)
    await decide(page, who, "Authorize access")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Your ORCID iD is connected")
    await page.get_by_role("link", name="Continue").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("My desk")
    return page


async def states(page: Page, *wanted: str) -> None:
    """Look at the article's page again and again until its deliveries stand so."""

    async def stand_so() -> bool:
        await page.reload()
        rows = page.locator(".delivery .state")
        return await rows.all_text_contents() == list(wanted)

    await until(stand_so, f"the editor sees {wanted}")


async def is_told(page: Page, words: str) -> None:
    """Require that the page says so at its top."""
    await expect(page.get_by_role("status")).to_contain_text(words)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_the_life_of_an_article(theatre: Theatre) -> None:
    """Publish, connect, correct, withdraw and disconnect, all by pressing what pages offer."""
    editor = await theatre.window("solveig")
    await editor.get_by_role("link", name=TITLE).click()
    await editor.get_by_role("button", name="Publish").click()
    await is_told(editor, "2 people it waits until they connect")
    await states(editor, "Waiting", "Waiting")

    author = await connect(theatre, "ines")
    await states(editor, "On the record", "Waiting")
    assert works(theatre.stage, "ines") == [TITLE]
    await author.reload()
    await author.get_by_role("link", name=re.compile("^See the record")).first.click()
    await expect(author.get_by_role("heading", name=TITLE)).to_be_visible()

    await editor.get_by_text("Correct the title or abstract").click()
    await editor.get_by_label("Title").fill(NEW_TITLE)
    await editor.get_by_role("button", name="Correct").click()
    await is_told(editor, "Corrected. One person will see it")

    async def corrected() -> bool:
        return works(theatre.stage, "ines") == [NEW_TITLE]

    await until(corrected, "the record has the new title")

    await editor.get_by_text("Withdraw the article").click()
    await editor.get_by_label("Why, in a sentence").fill("The hedge was elsewhere.")
    await editor.get_by_role("button", name="Withdraw").click()
    await is_told(editor, "Withdrawn.")
    await states(editor, "Taken off", "Not sent")
    assert works(theatre.stage, "ines") == []
    await editor.goto("/articles/bees")
    await expect(editor.get_by_role("note")).to_contain_text("The hedge was elsewhere.")

    await author.goto("/desk")
    await author.get_by_role("link", name="What it allows, and how to undo it").click()
    await author.get_by_role("button", name="Disconnect your ORCID iD").click()
    await is_told(author, "is disconnected")
    await author.goto(f"{theatre.stage.registry_url}/account")
    await expect(author.get_by_text("You have given nobody permission")).to_be_visible()


async def test_refuse(theatre: Theatre) -> None:
    """Saying no at ORCID leads to a friendly page and back to the desk, and changes nothing."""
    page = await theatre.window("noor")
    await decide(page, "noor", "Deny access")
    heading = page.get_by_role("heading", level=1)
    await expect(heading).to_have_text("Your ORCID iD was not connected")
    await page.get_by_role("link", name="Continue without ORCID").click()
    await expect(heading).to_have_text("My desk")
    await expect(page.get_by_role("link", name="Connect your ORCID iD")).to_be_visible()
    assert works(theatre.stage, "noor") == []


@pytest.mark.parametrize("scripts", [False])
async def test_what_becomes_of_articles_and_editors(theatre: Theatre) -> None:
    """A late DOI, a retraction, a pause and a term: each is a button, also without scripts."""
    await connect(theatre, "noor")
    editor = await theatre.window("solveig")
    await editor.goto("/office/promise")
    for deed in ("Accept", "Publish", "The DOI is registered"):
        await editor.get_by_role("button", name=deed, exact=True).click()
    await is_told(editor, "The DOI is registered. One person")
    await states(editor, "On the record")

    await editor.goto("/office")
    await editor.get_by_role("link", name="ORCID deliveries").click()
    await editor.get_by_role("button", name="Pause imagined-results").click()
    await is_told(editor, "Paused")
    await editor.goto("/office/ink")
    await editor.get_by_text("Retract the article").click()
    await editor.get_by_label("What does not hold").fill("It did not rain.")
    await editor.get_by_role("button", name="Retract").click()
    await is_told(editor, "Retracted, and a notice says so.")
    await states(editor, "On its way", "Waiting")
    await expect(editor.locator(".delivery").first).to_contain_text("Paused; nothing is lost")
    await editor.goto("/orcid/admin/")
    await editor.get_by_role("button", name="Resume imagined-results").click()
    await editor.goto("/office/ink")
    await states(editor, "On the record", "Waiting")
    assert "RETRACTED: Ink made of rain" in works(theatre.stage, "noor")

    await editor.goto("/office")
    await editor.get_by_label("First day of Haruki Odenwald").fill("2025-01-01")
    await editor.get_by_role("button", name="Begin the term of Haruki Odenwald").click()
    await is_told(editor, "The term has begun.")
    await expect(editor.locator("[data-key=board-1]")).to_contain_text("Since 1 January 2025")


@pytest.mark.parametrize("width", ["desktop"])
async def test_retract_by_keyboard_alone(theatre: Theatre) -> None:
    """From the manuscript's page to the retraction with Tab, Enter and typing."""
    page = await theatre.window("solveig")
    await page.goto("/office/ink")
    await _tab_to(page, "Retract the article")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.type("It did not rain.")
    await page.keyboard.press("Enter")
    await is_told(page, "Retracted, and a notice says so.")


@pytest.mark.parametrize("width", ["desktop"])
async def test_connect_by_keyboard_alone(theatre: Theatre) -> None:
    """From the desk to ORCID and back with Tab, Enter and typing."""
    page = await theatre.window("ines")
    await page.keyboard.press("Tab")
    assert await _focused(page) == "Skip to the content"
    await page.keyboard.press("Enter")
    await _tab_to(page, "Connect your ORCID iD")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile("/oauth/authorize"))
    await expect(page.get_by_role("heading", level=1)).to_have_text(
        "Sign in to the simulated registry"
    )
    await page.keyboard.press("Tab")
    await expect(page.get_by_label("ORCID iD or e-mail address")).to_be_focused()
    await page.keyboard.type(ORCIDS["ines"])
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Authorize access")
    await _tab_to(page, "Authorize access")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Your ORCID iD is connected")
    await _tab_to(page, "Continue")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("My desk")


@pytest.mark.parametrize("width", ["phone"])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
async def test_fits_a_phone(theatre: Theatre, direction: str) -> None:
    """No page is wider than a phone, in either direction, and buttons are large enough."""
    page = await theatre.window("solveig")
    for deed in ("promise/accept", "promise/publish", "ink/retract"):
        await page.request.post(f"/office/{deed}", form={"reason": "It did not rain."})
    for path in (
        "/",
        "/try",
        "/articles/ink",
        "/desk",
        "/office",
        "/office/ink",
        "/office/silence",
        "/office/promise",
        "/office/bees",
    ):
        await page.goto(path)
        await page.evaluate(f"document.documentElement.dir = '{direction}'")
        await page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390, path
        heights = await page.locator(".button").evaluate_all(
            "all => all.map((one) => one.getBoundingClientRect().height)"
        )
        assert all(height >= 36 for height in heights), path


@pytest.mark.parametrize("width", ["desktop"])
async def test_every_page_can_be_read_aloud(theatre: Theatre) -> None:
    """Each page has one main heading, a language and a title; each field and picture its name."""
    page = await theatre.window("solveig")
    await page.request.post("/office/ink/retract", form={"reason": "It did not rain."})
    for path in (
        "/",
        "/try",
        "/signin",
        "/articles/ink",
        "/desk",
        "/office",
        "/office/silence",
        "/office/ink",
    ):
        await page.goto(path)
        assert await page.locator("h1").count() == 1, path
        assert await page.locator("html[lang]").count() == 1
        assert (await page.title()).endswith("Journal of Imagined Results")
        nameless = "input:not([type=hidden]):not([id]), textarea:not([id]), img:not([alt])"
        assert await page.locator(nameless).count() == 0, path
        for name in await page.locator("main :is(input, textarea)[id]").all():
            assert await page.locator(f"label[for={await name.get_attribute('id')}]").count() == 1


async def _focused(page: Page) -> str:
    return " ".join(str(await page.evaluate("document.activeElement.textContent")).split())


async def _tab_to(page: Page, words: str) -> None:
    for _ in range(40):
        if (await _focused(page)).startswith(words):
            return
        await page.keyboard.press("Tab")
    pytest.fail(f"{words!r} cannot be reached with Tab")
