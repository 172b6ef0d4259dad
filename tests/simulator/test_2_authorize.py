"""REGISTRY 2.1 and 2.2: the authorization page, its errors, and redirect URIs."""

import httpx
import pytest

from orcid_connect.simulator import Person, Simulator
from tests.simulator.browser import Browser, fragment_of, query_of
from tests.simulator.callers import CALLBACK, UPDATE

pytestmark = pytest.mark.anyio


async def test_a_person_signs_in_and_agrees(browser: Browser, ada: Person) -> None:
    """Sign-in, consent, and back to the client with a code and the state."""
    page = await browser.authorize()
    assert page.status_code == 200
    assert "Journal of Tests" in page.text
    assert "Simulator, not orcid.org" in page.text
    consent = await browser.sign_in(page, ada)
    assert "Authorize access" in consent.text
    assert "Ada Lovelace" in consent.text
    assert UPDATE in consent.text
    done = await browser.submit(consent, decision="authorize")
    assert done.status_code == 303
    found = query_of(done)
    assert set(found) == {"code", "state"}
    assert found["state"] == "s1"


async def test_a_person_may_say_no(browser: Browser, ada: Person) -> None:
    """Denying sends access_denied in the query."""
    consent = await browser.sign_in(await browser.authorize(), ada)
    found = query_of(await browser.submit(consent, decision="deny"))
    assert found == {
        "error": "access_denied",
        "error_description": "User denied access",
        "state": "s1",
    }


async def test_denying_an_implicit_request_answers_in_the_fragment(
    browser: Browser, ada: Person
) -> None:
    """The same pairs travel in the fragment."""
    page = await browser.authorize(response_type="token", scope="/authenticate")
    consent = await browser.sign_in(page, ada)
    found = fragment_of(await browser.submit(consent, decision="deny"))
    assert (found["error"], found["state"]) == ("access_denied", "s1")


async def test_a_wrong_password_stays_on_the_page(browser: Browser, ada: Person) -> None:
    """The sign-in form comes back with a sentence, and signing in works afterwards."""
    page = await browser.authorize()
    again = await browser.submit(page, username=ada.orcid, password="wrong")
    assert again.status_code == 401
    assert "do not belong together" in again.text
    assert "Authorize access" in (await browser.sign_in(again, ada)).text


@pytest.mark.parametrize("how", ["email", "uri"])
async def test_people_sign_in_by_mail_or_address(browser: Browser, ada: Person, how: str) -> None:
    """An e-mail address or a whole iD address does for signing in."""
    username = ada.email if how == "email" else f"https://orcid.org/{ada.orcid}"
    page = await browser.authorize()
    answer = await browser.submit(page, username=str(username), password=ada.password)
    assert answer.status_code == 303


@pytest.mark.parametrize("state", ["locked", "deactivated", "deprecated", "unclaimed"])
async def test_closed_records_cannot_sign_in(
    sim: Simulator, browser: Browser, ada: Person, state: str
) -> None:
    """The page says why, and nothing is redirected."""
    sim.set_state(ada.orcid, state, primary=sim.add_person("Primary").orcid)
    page = await browser.authorize()
    answer = await browser.submit(page, username=ada.orcid, password=ada.password)
    assert (answer.status_code, "record" in answer.text) == (401, True)


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"client_id": "-"}, "oauth_error"),
        ({"response_type": "-"}, "oauth_error"),
        ({"scope": "-"}, "oauth_error"),
        ({"redirect_uri": "-"}, "oauth_error"),
        ({"client_id": "APP-0000000000000000"}, "invalid_client"),
        ({"redirect_uri": "https://evil.example/callback"}, "invalid_grant"),
        ({"response_type": "device"}, "unsupported_response_type"),
        ({"response_type": "id_token", "scope": "openid"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
    ],
)
async def test_errors_on_the_registrys_own_page(
    browser: Browser, parameters: dict[str, str], code: str
) -> None:
    """These faults are shown on the registry's page and never redirected."""
    answer = await browser.authorize(**parameters)
    assert answer.status_code == 400
    assert f"<code>{code}</code>" in answer.text


@pytest.mark.parametrize("state", ["locked", "deactivated"])
async def test_closed_clients_are_told_on_the_page(
    sim: Simulator, browser: Browser, state: str
) -> None:
    """A locked or deactivated client has its own page error."""
    sim.world.clients[browser.client_id].state = state
    answer = await browser.authorize()
    assert f"<code>client_{state}</code>" in answer.text


@pytest.mark.parametrize(
    "scope", ["/read-public", "/webhook", "/group-id-record/update", "/nonsense", "profile"]
)
async def test_scopes_that_cannot_be_asked_for(browser: Browser, scope: str) -> None:
    """Unknown scopes and those of client credentials are sent back as invalid_scope."""
    answer = await browser.authorize(scope=scope)
    assert answer.status_code == 302
    assert query_of(answer)["error"] == "invalid_scope"


async def test_invalid_scope_can_be_shown_on_the_page(sim: Simulator, browser: Browser) -> None:
    """The newest sign-in page shows it itself; a setting chooses that."""
    sim.settings.invalid_scope = "page"
    answer = await browser.authorize(scope="/nonsense")
    assert (answer.status_code, "<code>invalid_scope</code>" in answer.text) == (400, True)


async def test_public_clients_may_ask_for_little(sim: Simulator, http: httpx.AsyncClient) -> None:
    """A public client gets openid and /authenticate, not the members' scopes."""
    client = sim.add_client("public", "P", [CALLBACK])
    browser = Browser(http, client.client_id)
    assert (await browser.authorize(scope="openid /authenticate")).status_code == 200
    assert query_of(await browser.authorize(scope=UPDATE))["error"] == "invalid_scope"


async def test_openid_habits_are_ignored(browser: Browser, ada: Person) -> None:
    """Scopes like profile and email beside openid are dropped without a word."""
    consent = await browser.sign_in(await browser.authorize(scope="openid profile email"), ada)
    assert "Scopes asked for: openid." in consent.text
    assert "code" in query_of(await browser.submit(consent, decision="authorize"))


@pytest.mark.parametrize("separator", [" ", "+", "   "])
async def test_scopes_are_parted_by_blanks_or_plus(browser: Browser, separator: str) -> None:
    """Both separators count, and repeats are collapsed."""
    scope = separator.join(["/read-limited", UPDATE])
    answer = await browser.http.get(
        f"/oauth/authorize?client_id={browser.client_id}&response_type=code"
        f"&redirect_uri={CALLBACK}&scope={scope}"
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("registered", "requested", "matches"),
    [
        ("https://a.org", "https://a.org/any/path?x=1", True),
        ("https://a.org/cb", "https://a.org/cb/sub", True),
        ("https://a.org/cb", "https://a.org/cbEVIL", True),
        ("https://a.org/cb", "https://www.a.org/cb", False),
        ("https://a.org/cb", "http://a.org/cb", False),
        ("https://a.org/cb", "https://a.org:8443/cb", False),
        ("https://a.org/cb", "https://user@a.org/cb", False),
        ("https://a.org/cb", "https://a.org/cb/../other", False),
        ("https://a.org/cb?x=1", "https://a.org/cb?y=2", True),
        ("https://a.org/cb", "https://a.org/", False),
        ("https://a.org/cb", "nonsense", False),
    ],
)
async def test_redirect_uri_matching(
    sim: Simulator, http: httpx.AsyncClient, registered: str, requested: str, matches: bool
) -> None:
    """Scheme, user, host and port are equal, and the path begins with the registered one."""
    client = sim.add_client("member", "M", ["https://elsewhere.example/", registered])
    browser = Browser(http, client.client_id)
    answer = await browser.authorize(redirect_uri=requested)
    assert answer.status_code == (200 if matches else 400)


async def test_a_redirect_uri_that_is_not_registered_is_explained(
    sim: Simulator, http: httpx.AsyncClient
) -> None:
    """The page names the address, those that are registered, and how to register it too."""
    client = sim.add_client("member", "M", [CALLBACK])
    answer = await Browser(http, client.client_id).authorize(redirect_uri="https://a.org/<b>")
    assert CALLBACK in answer.text
    assert "--redirect-uri https://a.org/&lt;b&gt;" in answer.text


async def test_an_existing_query_is_kept(sim: Simulator, http: httpx.AsyncClient) -> None:
    """The code is joined with an ampersand when the redirect URI has a query."""
    client = sim.add_client("member", "M", [CALLBACK])
    person = sim.add_person("Q")
    browser = Browser(http, client.client_id)
    consent = await browser.sign_in(await browser.authorize(redirect_uri=CALLBACK + "?a=b"), person)
    done = await browser.submit(consent, decision="authorize")
    assert done.headers["location"].startswith(f"{CALLBACK}?a=b&code=")
