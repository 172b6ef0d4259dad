"""What people are asked to allow, by what it is for: said before they leave, and never lost."""

import re
from itertools import permutations
from pathlib import Path

import pytest

from orcid_connect.purposes import PURPOSES, SCOPES, allowed
from tests.web.host import REDIRECT_URI, Browser, Journal, query, running_journal
from tests.web.test_outcomes import heading

pytestmark = pytest.mark.anyio

DOWN = "ORCID does not answer just now"
"""What ORCID's 500 for a foreign code reads like (REGISTRY.md 2.3)."""
WAITED = "What waited for this connection is sent to your record"


async def connect(journal: Journal, browser: Browser, orcid: str, purpose: str) -> str:
    """Connect for a purpose and return the heading of the page."""
    left = await browser.get("connect", params={"purpose": purpose})
    return heading((await browser.get(journal.answer(left.headers["location"], orcid))).text)


@pytest.mark.parametrize("purpose", PURPOSES)
async def test_scopes_of_each_purpose(browser: Browser, purpose: str) -> None:
    """Each purpose asks ORCID for its scopes and for no other."""
    left = await browser.get("connect", params={"purpose": purpose})
    asked = query(left.headers["location"])["scope"]
    assert tuple(asked.split()) == next(SCOPES[one] for one in PURPOSES if one == purpose)


@pytest.mark.parametrize("unknown", ["everything", "WRITE-PERSON", "read "])
async def test_unknown_purpose(browser: Browser, unknown: str) -> None:
    """A purpose there is not is refused before anybody leaves, with those that there are."""
    answer = await browser.get("connect", params={"purpose": unknown})
    assert answer.status_code == 400
    assert "identify, read, write-activities, write-person" in answer.text


@pytest.mark.parametrize(("first", "second"), list(permutations(PURPOSES, 2)))
async def test_one_purpose_after_another(
    journal: Journal, browser: Browser, ada: str, first: str, second: str
) -> None:
    """Whatever somebody allowed before is still allowed, by one token; the page says what is new.

    The old token lives until the new one stands in its place.
    """
    await connect(journal, browser, ada, first)
    [former] = journal.tokens(ada)
    before = {purpose: allowed(frozenset(scopes)) for purpose, scopes in SCOPES.items()}
    had, wanted = (next(before[one] for one in PURPOSES if one == each) for each in (first, second))
    left = (await browser.get("connect", params={"purpose": second})).headers["location"]
    assert set(query(left)["scope"].split()) == had | wanted
    assert journal.tokens(ada) == [former]
    page = (await browser.get(journal.answer(left, ada))).text
    wider = bool(wanted - had)
    assert heading(page) == (
        "Your permission was extended" if wider else "This ORCID iD was connected already"
    )
    assert ('id="oc-gained"' in page) == wider
    assert 'id="oc-lost"' not in page
    [token] = journal.tokens(ada)
    assert token != former


async def test_a_failed_upgrade_costs_nothing(journal: Journal, browser: Browser, ada: str) -> None:
    """If ORCID fails while somebody allows more, they stay connected with the token they had."""
    await connect(journal, browser, ada, "read")
    [token] = journal.tokens(ada)
    journal.sim.add_fault("status", path="/oauth/token", status=503, count=1)
    assert await connect(journal, browser, ada, "write-person") == "ORCID does not answer just now"
    assert journal.tokens(ada) == [token]
    assert (await browser.me())["connected"] is True


async def test_what_is_new_is_said(journal: Journal, browser: Browser, ada: str) -> None:
    """The page of a wider permission names what was gained, only that, and what becomes of what
    waited for it.
    """
    await connect(journal, browser, ada, "read")
    left = await browser.get("connect", params={"purpose": "write-activities"})
    page = (await browser.get(journal.answer(left.headers["location"], ada))).text
    [gained] = re.findall('id="oc-gained".*?</section>', page, re.DOTALL)
    assert re.findall("<li>(.*?)</li>", gained) == [
        "add works and reviews to your record, and correct or remove those"
    ]
    assert WAITED in page


async def test_more_and_less_at_once(journal: Journal, browser: Browser, ada: str) -> None:
    """A permission that allows what was asked for but lacks another is kept, and says both."""
    await connect(journal, browser, ada, "write-activities")
    left = await browser.get("connect", params={"purpose": "write-person"})
    scope = "openid /read-limited /person/update"
    page = (await browser.get(journal.answer(left.headers["location"], ada, scope))).text
    assert heading(page) == "Your permission was extended"
    [lost] = re.findall('id="oc-lost".*?</section>', page, re.DOTALL)
    assert "add works and reviews" in lost
    assert WAITED not in page
    assert len(journal.tokens(ada)) == 1


async def test_explained_before_leaving(browser: Browser, journal: Journal) -> None:
    """The page before says what is asked, what for and how to undo it, and stores nothing."""
    answer = await browser.get("connect?explain=1&purpose=write-activities&return_to=/home")
    assert heading(answer.text) == "Connect your ORCID iD?"
    assert "add works and reviews to your record" in answer.text
    assert "To add to your record what you publish and review here" in answer.text
    assert 'href="http://journal.test/orcid/connect?return_to=%2Fhome&amp;' in answer.text
    assert "set-cookie" not in answer.headers
    assert "can add nothing to it" not in answer.text
    told = await browser.get(
        "connect?explain=1&purpose=identify", headers={"Accept": "application/json"}
    )
    assert told.json()["permissions"] == ["know your ORCID iD, and that it is really yours"]
    assert not journal.requests_of("/oauth/authorize")


async def test_identifying_is_told_apart(browser: Browser) -> None:
    """Who is only asked who they are reads that nothing else comes of it."""
    page = (await browser.get("connect?explain=1&purpose=identify")).text
    assert "can add nothing to it" in page


async def test_who_is_connected_is_told_so(journal: Journal, browser: Browser, ada: str) -> None:
    """Who is connected already reads that going on only extends it, and is not asked to connect."""
    await browser.connect(ada)
    page = (await browser.get("connect?explain=1&purpose=write-person")).text
    assert heading(page) == "Your ORCID iD is connected"
    assert "You are connected already" in page
    assert "Ask ORCID again" in page
    assert "Connect your ORCID iD" not in page
    assert "add to the personal part" in page
    assert "add works and reviews" in page


async def test_public_credentials_identify(tmp_path: Path) -> None:
    """With a public credential every purpose only identifies, and the page before says so."""
    async with running_journal(tmp_path, kind="public") as journal:
        browser = Browser(journal, "anne")
        page = (await browser.get("connect?explain=1&purpose=write-activities")).text
        assert "To know for certain that this ORCID iD is yours." in page
        assert "and can add nothing to it" in page
        left = await browser.get("connect?purpose=write-activities")
        assert query(left.headers["location"])["scope"] == "openid"


async def test_one_redirect_uri_for_all(tmp_path: Path) -> None:
    """Two journals with clients of their own share one redirect URI; neither takes the other's."""
    async with running_journal(tmp_path, journals=("lakes",)) as journal:
        ada = journal.sim.add_person("Ada").orcid
        clients = set()
        for account in ("rivers.anne", "lakes.anne"):
            browser = Browser(journal, account)
            left = query(await browser.leave())
            assert left["redirect_uri"] == REDIRECT_URI
            clients.add(left["client_id"])
            code = granted(journal, left["client_id"], ada, left)
            answer = await browser.get("callback", params={"code": code, "state": left["state"]})
            assert heading(answer.text) == "Your ORCID iD is connected"
        assert clients == {one.client_id for one in journal.settings.credentials}
        stranger = await Browser(journal).get("signin", params={"tenant": "seas"})
        assert stranger.status_code == 400


def granted(journal: Journal, client_id: str, orcid: str, left: dict[str, str]) -> str:
    """Return a code of this client for what was asked for on leaving."""
    return journal.sim.grant(client_id, orcid, left["scope"], REDIRECT_URI, nonce=left["nonce"])


async def test_a_code_of_the_other_journal(tmp_path: Path) -> None:
    """A code that ORCID gave one client is of no use in a return of the other (RFC 9700, 4.5)."""
    async with running_journal(tmp_path, journals=("lakes",)) as journal:
        ada = journal.sim.add_person("Ada").orcid
        browser = Browser(journal, "rivers.anne")
        left = query(await browser.leave())
        code = granted(journal, journal.settings.credentials[1].client_id, ada, left)
        answer = await browser.get("callback", params={"code": code, "state": left["state"]})
        assert heading(answer.text) in ("The connection did not come about", DOWN)
        assert (await browser.me())["connected"] is False
        assert journal.tokens(ada) == []
