"""Every way of going to ORCID and back: its page, its twin in JSON, and what is left at ORCID."""

from collections.abc import Callable

import pytest

from orcid_connect.journeys.arriving import Outcome
from tests.web.endings import ENDINGS, Ending, Stage
from tests.web.host import Browser, Journal
from tests.web.test_outcomes import heading

pytestmark = pytest.mark.anyio

JSON = {"Accept": "application/json"}
KEPT = {"connected", "already-connected", "upgraded", "narrower", "read-only", "moved"}
"""After these somebody is connected."""


def stage_of(journal: Journal, browser: Browser, account: str = "anne") -> Stage:
    """Return a stage on which this browser plays, in process."""

    async def leave(**asked: str) -> str:
        answer = await browser.get("connect", params=asked)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    async def sign_in(somebody: str | None) -> None:
        if somebody is None:
            browser.sign_out()
        else:
            browser.sign_in(somebody)

    return Stage(journal, account, leave, sign_in, browser.get)


def named(ending: Ending) -> str:
    """Return what the test of an ending is called."""
    return ending.name


@pytest.mark.parametrize("ending", ENDINGS, ids=named)
async def test_page_and_json(journal: Journal, browser: Browser, ending: Ending) -> None:
    """Each ending has its page and status, and the same name in JSON.

    A permission stays at ORCID only where it, or one before it, is somebody's connection.
    """
    stage = stage_of(journal, browser)
    answer = await browser.get(await ending.play(stage))
    assert (heading(answer.text), answer.status_code) == (ending.heading, ending.status)
    assert "/orcid/static/popup.js" not in answer.text
    orcids = {row.orcid for row in journal.sim.world.tokens if row.orcid}
    kept = [token for orcid in orcids for token in journal.tokens(orcid)]
    assert len(kept) == 1 if ending.outcome in KEPT else len(kept) <= 1
    other = Browser(journal, "bert")
    told = await other.get(await ending.play(stage_of(journal, other, "bert")), headers=JSON)
    facts = told.json()
    assert (facts["outcome"], told.status_code) == (ending.outcome, ending.status)
    if told.status_code == 200:
        assert facts.get("reason", "") == ending.reason
    else:
        assert facts["detail"]


def test_every_outcome_is_played() -> None:
    """No outcome of connecting is without an ending that reaches it."""
    of_signing_in = {Outcome.SIGNED_IN, Outcome.NOBODY_HOME}
    assert {ending.outcome for ending in ENDINGS} == set(Outcome) - of_signing_in


@pytest.mark.parametrize("ending", [one for one in ENDINGS if one.tells], ids=named)
async def test_in_a_popup(journal: Journal, browser: Browser, ending: Ending) -> None:
    """In a popup each page carries what its opener is told: no token, no code, no address."""
    stage = stage_of(journal, browser)
    leave: Callable[..., object] = stage.leave

    async def leave_in_popup(**asked: str) -> str:
        url = await leave(**asked, display="popup", return_to="/submissions/1")  # type: ignore[misc]
        return str(url)

    stage.leave = leave_in_popup
    answer = await browser.get(await ending.play(stage))
    assert 'data-target="http://journal.test"' in answer.text
    assert f'data-outcome="{ending.outcome}"' in answer.text
    assert ('data-closes="yes"' in answer.text) == ending.closes
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "cross-origin-opener-policy" not in answer.headers
    script = answer.text[answer.text.index('popup.js"') :].partition(">")[0]
    for token in journal.sim.world.tokens:
        assert token.value not in script
    assert "@" not in script
    assert 'href="/submissions/1"' in answer.text or ending.reason == "used"
