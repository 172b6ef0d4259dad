"""Every way of going to ORCID and back, as a browser sees it, against the simulator."""

import re
from pathlib import Path

import pytest

from orcid_connect.journeys import linking
from orcid_connect.web.display import display_url
from orcid_connect.web.folders import locate
from tests.web.host import ORIGIN, SCOPES, Browser, Journal, form_of, query, running_journal

pytestmark = pytest.mark.anyio


def heading(page: str) -> str:
    """Return the text of the page's heading."""
    found = re.search(r"<h1>(.*?)</h1>", page, re.DOTALL)
    assert found is not None
    return found[1].strip()


async def test_connected_through_the_pages_of_orcid(
    journal: Journal, browser: Browser, ada: str
) -> None:
    """Signing in and agreeing on ORCID's own pages ends on the page that says so."""
    at_orcid = await browser.leave("/submissions/12")
    page = await browser.get(at_orcid)
    action, fields = form_of(page.text)
    page = await browser.client.post(
        f"{journal.sim.base_url}{action}" if action.startswith("/") else action or at_orcid,
        data={**fields, "username": ada, "password": "orcid-demo"},
        follow_redirects=True,
    )
    action, fields = form_of(page.text)
    url = f"{journal.sim.base_url}{action}" if action.startswith("/") else action or str(page.url)
    sent_back = await browser.client.post(url, data={**fields, "decision": "authorize"})
    answer = await browser.get(sent_back.headers["location"])
    assert answer.status_code == 200
    assert heading(answer.text) == "Your ORCID iD is connected"
    assert 'href="/submissions/12"' in answer.text
    assert ada in answer.text
    assert (await browser.me())["connected"] is True


async def test_connected(journal: Journal, browser: Browser, ada: str) -> None:
    """A connected person's facts are told, and the engine is woken for what waited."""
    answer = await browser.connect(ada)
    assert heading(answer.text) == "Your ORCID iD is connected"
    assert "Ada Lovelace" in answer.text
    assert "simulator" in answer.text
    assert await browser.me() == {
        "connected": True,
        "state": "active",
        "orcid": f"{journal.sim.base_url}/{ada}",
        "environment": "simulator",
        "record": None,
        "refused_at": None,
        "ask_again_at": None,
        "name": "Ada Lovelace",
        "since": "2026-09-21T14:13:20+00:00",
        "display_url": display_url(journal.settings, "rivers", ada, "full", "Ada Lovelace"),
        "may": [
            "know your ORCID iD, and that it is really yours",
            "read what your record shows to organisations you trust",
            "add works and reviews to your record, and correct or remove those",
        ],
    }
    assert journal.wakes


async def test_private_name(journal: Journal, browser: Browser) -> None:
    """A private name costs nobody the connection; the iD alone is shown."""
    ada = journal.sim.add_person("Ada", "Lovelace", name_visibility="private").orcid
    answer = await browser.connect(ada)
    assert heading(answer.text) == "Your ORCID iD is connected"
    assert "Lovelace" not in answer.text
    assert (await browser.me())["name"] is None


async def test_already_connected(journal: Journal, browser: Browser, ada: str) -> None:
    """Connecting the same iD again renews the permission and revokes the older token."""
    await browser.connect(ada)
    [first] = journal.tokens(ada)
    answer = await browser.connect(ada)
    assert heading(answer.text) == "This ORCID iD was connected already"
    [second] = journal.tokens(ada)
    assert second != first
    assert (await browser.me())["connected"] is True


async def test_narrower_permission_does_not_replace_a_wider_one(
    journal: Journal, browser: Browser, ada: str
) -> None:
    """A second sign-in that may do less leaves the link there is, and its token, alone."""
    await browser.connect(ada)
    [first] = journal.tokens(ada)
    answer = await browser.connect(ada, "openid")
    assert heading(answer.text) == "Your earlier permission still holds"
    [missing] = re.findall('id="oc-lost".*?</section>', answer.text, re.DOTALL)
    assert "add works and reviews" in missing
    assert "know your ORCID iD" not in missing
    assert journal.tokens(ada) == [first]
    assert len((await browser.me())["may"]) == 3


async def test_read_only(journal: Journal, browser: Browser, ada: str) -> None:
    """Without the permission to write the link is made, and the page says what it lacks."""
    answer = await browser.connect(ada, "openid /read-limited")
    assert heading(answer.text) == "Connected, but nothing can be added"
    facts = await browser.me()
    assert facts["connected"] is True
    assert len(facts["may"]) == 2
    assert "may not add anything" in (await browser.get("my")).text


async def test_public_credential(tmp_path: Path) -> None:
    """A credential that may not write asks for the identity alone, and is simply connected."""
    async with running_journal(tmp_path, kind="public") as journal:
        ada = journal.sim.add_person("Ada", "Lovelace").orcid
        browser = Browser(journal, "anne")
        at_orcid = await browser.leave()
        assert query(at_orcid)["scope"] == "openid"
        answer = await browser.get(journal.answer(at_orcid, ada))
        assert heading(answer.text) == "Your ORCID iD is connected"
        assert "is sent to your record" not in answer.text


async def test_refused(journal: Journal, browser: Browser) -> None:
    """Saying no at ORCID is a friendly page, not an error, and nothing is connected."""
    state = query(await browser.leave("/submissions/12"))["state"]
    answer = await browser.get(
        "callback", params={"error": "access_denied", "error_description": "x", "state": state}
    )
    assert answer.status_code == 200
    assert heading(answer.text) == "Your ORCID iD was not connected"
    assert 'href="/submissions/12"' in answer.text
    assert (await browser.me())["connected"] is False
    assert not journal.requests_of("/oauth/token")


async def test_registry_error(journal: Journal, browser: Browser) -> None:
    """Another error word from ORCID is a failure that names the word and a reference."""
    state = query(await browser.leave())["state"]
    answer = await browser.get("callback", params={"error": "invalid_scope", "state": state})
    assert answer.status_code == 502
    assert heading(answer.text) == "The connection did not come about"
    assert "<code>invalid_scope</code>" in answer.text


async def test_error_word_is_not_echoed(journal: Journal, browser: Browser) -> None:
    """What stands in the place of the error word but is no word is not shown."""
    state = query(await browser.leave())["state"]
    answer = await browser.get("callback", params={"error": "Call 555-1234 now", "state": state})
    assert "555" not in answer.text


async def test_unknown_code(journal: Journal, browser: Browser) -> None:
    """An unknown code is a failure, and ORCID's text, which repeats it, is not shown."""
    state = query(await browser.leave())["state"]
    answer = await browser.get("callback", params={"code": "ZZ9plu", "state": state})
    assert answer.status_code == 502
    assert "ZZ9plu" not in answer.text
    assert "<code>invalid_grant</code>" in answer.text


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 503},
        {"kind": "html", "status": 502},
        {"kind": "cut-before"},
        {"kind": "cut-after"},
    ],
    ids=["busy", "proxy", "cut before", "cut after"],
)
async def test_registry_down(
    journal: Journal, browser: Browser, ada: str, fault: dict[str, object]
) -> None:
    """When ORCID does not answer, the page says so, and starting again works."""
    at_orcid = await browser.leave()
    kind = str(fault.pop("kind"))
    journal.sim.add_fault(kind, path="/oauth/token", count=1, **fault)
    answer = await browser.get(journal.answer(at_orcid, ada))
    assert answer.status_code == 503
    assert heading(answer.text) == "ORCID does not answer just now"
    assert (await browser.me())["connected"] is False
    assert heading((await browser.connect(ada)).text) == "Your ORCID iD is connected"


async def test_keys_cannot_be_fetched(journal: Journal, browser: Browser, ada: str) -> None:
    """If the signing keys cannot be had, nothing is believed and the token is revoked."""
    at_orcid = await browser.leave()
    journal.sim.add_fault("status", path="/oauth/jwks", status=503)
    answer = await browser.get(journal.answer(at_orcid, ada))
    assert heading(answer.text) == "ORCID does not answer just now"
    assert journal.tokens(ada) == []


async def test_wrong_nonce(journal: Journal, browser: Browser, ada: str) -> None:
    """A code of another sign-in slipped in here is not believed, and its token is revoked."""
    at_orcid = await browser.leave()
    answer = await browser.get(journal.answer(at_orcid, ada, nonce="of another sign-in"))
    assert answer.status_code == 502
    assert "could not be verified" in answer.text
    assert (await browser.me())["connected"] is False
    assert journal.tokens(ada) == []


async def test_other_account(journal: Journal, browser: Browser, ada: str) -> None:
    """An iD of another account here is refused, and only the new token is revoked."""
    await browser.connect(ada)
    [first] = journal.tokens(ada)
    bert = Browser(journal, "bert")
    answer = await bert.connect(ada)
    assert answer.status_code == 409
    assert heading(answer.text) == "This ORCID iD belongs to another account here"
    assert "anne" not in answer.text
    assert (await bert.me())["connected"] is False
    assert journal.tokens(ada) == [first]


async def test_same_orcid_in_two_tenants(journal: Journal, browser: Browser, ada: str) -> None:
    """Tenants do not see each other's links: one person may be connected in both."""
    await browser.connect(ada)
    other = Browser(journal, "lakes.anne")
    assert heading((await other.connect(ada)).text) == "Your ORCID iD is connected"


async def test_other_orcid(journal: Journal, browser: Browser, ada: str) -> None:
    """A second iD does not replace the first: disconnecting comes first."""
    await browser.connect(ada)
    second = journal.sim.add_person("Augusta", "King").orcid
    answer = await browser.connect(second)
    assert answer.status_code == 409
    assert heading(answer.text) == "Another ORCID iD is connected to your account"
    assert second in answer.text
    assert ada in answer.text
    assert (await browser.me())["orcid"].endswith(ada)
    assert journal.tokens(second) == []


async def test_nobody(journal: Journal) -> None:
    """Without an account at the host there is nothing to connect to, and a page says so."""
    stranger = Browser(journal)
    for door in ("connect", "my"):
        answer = await stranger.get(door)
        assert answer.status_code == 403
        assert heading(answer.text) == "Please sign in first"


async def test_unanswered(journal: Journal, browser: Browser) -> None:
    """A return without code and error explains errors in the fragment and offers a new start."""
    answer = await browser.get("callback")
    assert answer.status_code == 400
    assert heading(answer.text) == "ORCID sent no answer that we can see"
    assert "#error=" in answer.text
    assert "/orcid/connect" in answer.text
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert 'src="/orcid/static/callback.js"' in answer.text


async def test_json_has_the_same_outcomes(journal: Journal, browser: Browser, ada: str) -> None:
    """Who does not ask for HTML gets the outcome's name in JSON, errors as problem details."""
    plain = {"Accept": "application/json"}
    done = await browser.get(journal.answer(await browser.leave(), ada), headers=plain)
    assert done.json() == {"outcome": "connected", "orcid": f"{journal.sim.base_url}/{ada}"}
    again = await browser.get(str(done.url), headers=plain)
    assert again.status_code == 400
    assert again.headers["content-type"] == "application/problem+json"
    assert again.json()["outcome"] == "stale"


async def test_every_outcome_has_its_page(journal: Journal) -> None:
    """No outcome is without its template."""
    pages = {path.stem for path in (locate("templates") / "pages").iterdir()}
    # Who is signed in goes to the host at once, and has no page of ours.
    assert {outcome.value for outcome in linking.Outcome} - {"signed-in"} <= pages


async def test_scopes_asked_for(journal: Journal, browser: Browser) -> None:
    """The address at ORCID asks for what the credential may, and names the one redirect URI."""
    asked = query(await browser.leave())
    assert asked["scope"] == SCOPES
    assert asked["redirect_uri"] == f"{ORIGIN}/orcid/callback"
    assert asked["response_type"] == "code"
    assert "email" not in asked
