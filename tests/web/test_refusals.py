"""Who said no at ORCID is left in peace for a while, and can change their mind at any time."""

from pathlib import Path
from typing import Any

import pytest

from tests.web.host import Browser, Journal, query, running_journal
from tests.web.test_outcomes import heading

pytestmark = pytest.mark.anyio

DAY = 86_400


async def refuse(browser: Browser, **asked: str) -> str:
    """Say no at ORCID and return the page."""
    answer = await browser.get("connect", params=asked)
    state = query(answer.headers["location"])["state"]
    return (await browser.get("callback", params={"error": "access_denied", "state": state})).text


async def facts(browser: Browser) -> dict[str, Any]:
    """Return what `/me` says of the refusal."""
    me = await browser.me()
    return {name: me[name] for name in ("state", "refused_at", "ask_again_at")}


async def test_a_no_is_remembered(journal: Journal, browser: Browser) -> None:
    """After a no the big button is a plain link, and `/me` says since when and until when."""
    assert 'class="oc-button"' in (await browser.get("button")).text
    assert "For the next 90 days you are not asked again" in await refuse(browser)
    quiet = (await browser.get("button")).text
    assert "oc-button" not in quiet
    assert "after all" in quiet
    assert "/orcid/connect?" in quiet
    assert await facts(browser) == {
        "state": "refused",
        "refused_at": "2026-09-21T14:13:20+00:00",
        "ask_again_at": "2026-12-20T14:13:20+00:00",
    }


async def test_asked_again_after_a_while(journal: Journal, browser: Browser) -> None:
    """When the time is over the button is back, and nothing speaks of the refusal any more."""
    await refuse(browser)
    journal.sim.clock.move(90 * DAY)
    assert 'class="oc-button"' in (await browser.get("button")).text
    assert await facts(browser) == {"state": "none", "refused_at": None, "ask_again_at": None}


async def test_connecting_clears_it(journal: Journal, browser: Browser, ada: str) -> None:
    """Who connects after all is asked as anybody else once they disconnect."""
    await refuse(browser)
    await browser.connect(ada)
    assert (await facts(browser))["refused_at"] is None


async def test_a_second_no_counts_anew(journal: Journal, browser: Browser) -> None:
    """The time runs from the last no."""
    await refuse(browser)
    journal.sim.clock.move(60 * DAY)
    await refuse(browser)
    journal.sim.clock.move(60 * DAY)
    assert (await facts(browser))["state"] == "refused"


async def test_nobody_elses_business(journal: Journal, browser: Browser) -> None:
    """The no of one person, or in one tenant, leaves all others alone."""
    await refuse(browser)
    for account in ("bert", "lakes.anne"):
        assert (await facts(Browser(journal, account)))["state"] == "none"


async def test_refusing_more_is_no_refusal(journal: Journal, browser: Browser, ada: str) -> None:
    """Who is connected and says no to a wider permission stays connected as before."""
    await browser.connect(ada)
    [token] = journal.tokens(ada)
    page = await refuse(browser, purpose="write-person")
    assert heading(page) == "Your connection stays as it was"
    assert ada in page
    assert journal.tokens(ada) == [token]
    assert await facts(browser) == {"state": "active", "refused_at": None, "ask_again_at": None}


async def test_a_host_that_always_asks(tmp_path: Path) -> None:
    """With `ask_again_days=0` a no is forgotten at once."""
    async with running_journal(tmp_path, ask_again_days=0) as journal:
        browser = Browser(journal, "anne")
        assert "not asked again" not in await refuse(browser)
        assert (await facts(browser))["state"] == "none"
