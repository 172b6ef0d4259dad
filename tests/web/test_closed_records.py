"""A record that ORCID closes after it was connected: what the person then sees of it."""

import pytest

from orcid_connect.engines.embedded import work_through
from orcid_connect.journeys.intake import take_in
from tests.support.journal import article, author
from tests.web.host import Browser, Journal

pytestmark = pytest.mark.anyio

DAY = 86_400


async def publish(journal: Journal, key: str) -> None:
    """Publish an article of Anne's and do all that is due."""
    await take_in(journal.services, article(author("anne"), key=key, tenant="rivers"))
    await work_through(journal.services)


async def seen(browser: Browser) -> tuple[object, object, str, str]:
    """Return what `/me`, the button and /my say."""
    me = await browser.me()
    return (
        me["state"],
        me["record"],
        (await browser.get("button")).text,
        (await browser.get("my")).text,
    )


async def test_locked_and_opened_again(journal: Journal, browser: Browser, ada: str) -> None:
    """A locked record stays connected and says that things wait, until ORCID opens it again."""
    await browser.connect(ada)
    journal.sim.set_state(ada, "locked")
    await publish(journal, "a1")
    state, record, button, my = await seen(browser)
    assert (state, record) == ("active", "locked")
    assert "ORCID has locked this record" in button
    assert "ORCID has locked this record" in my
    journal.sim.set_state(ada, "active")
    journal.sim.clock.move(2 * DAY)
    await work_through(journal.services)
    state, record, button, my = await seen(browser)
    assert (state, record) == ("active", None)
    assert "locked" not in button + my
    assert len(journal.sim.items(ada, "work")) == 1


async def test_deactivated(journal: Journal, browser: Browser, ada: str) -> None:
    """A record that its owner closed takes the permission along, and is not called withdrawn."""
    await browser.connect(ada)
    journal.sim.set_state(ada, "deactivated")
    await publish(journal, "a1")
    state, record, button, my = await seen(browser)
    assert (state, record) == ("revoked", "deactivated")
    assert "deactivated by its owner" in button
    assert "deactivated by its owner" in my
    assert "You withdrew the permission" not in my


async def test_moved(journal: Journal, browser: Browser, ada: str) -> None:
    """A merged record asks for the primary iD, which then takes its place."""
    await browser.connect(ada)
    primary = journal.sim.add_person("Ada", "King").orcid
    journal.sim.set_state(ada, "deprecated", primary)
    await publish(journal, "a1")
    state, record, button, my = await seen(browser)
    assert (state, record) == ("moved", "moved")
    assert "merged into another one" in button
    assert "merged into another one" in my
    assert "Your primary ORCID iD is connected" in (await browser.connect(primary)).text
    assert (await browser.me())["orcid"].endswith(primary)


async def test_a_locked_record_among_two(journal: Journal, browser: Browser, ada: str) -> None:
    """Who comes back with another iD reads why the connected one is of no use now."""
    await browser.connect(ada)
    journal.sim.set_state(ada, "deactivated")
    answer = await browser.connect(journal.sim.add_person("Ada", "King").orcid)
    assert answer.status_code == 409
    assert "deactivated by its owner" in answer.text
