"""REGISTRY 2.1, 2.2 and 2.5: the authorization page, redirect URIs and remembered consent."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from orcid_connect.simulator import Person, SimClock, Simulator
from tests.simulator.callers import CALLBACK, UPDATE

pytestmark = pytest.mark.anyio


class Browser:
    """A person's browser: follows forms on the simulator's pages, keeps its cookie."""

    def __init__(self, http: httpx.AsyncClient, client_id: str) -> None:
        self.http = http
        self.client_id = client_id

    async def authorize(self, **parameters: str) -> httpx.Response:
        """Open the authorization page."""
        fixed = {
            "client_id": self.client_id,
            "response_type": "code",
            "scope": UPDATE,
            "redirect_uri": CALLBACK,
            "state": "s1",
        }
        wanted = {name: value for name, value in (fixed | parameters).items() if value != "-"}
        return await self.http.get("/oauth/authorize", params=wanted)

    async def submit(self, page: httpx.Response, **values: str) -> httpx.Response:
        """Fill in the page's form and send it."""
        action = re.search(r'<form method="post" action="([^"]+)"', page.text)
        assert action is not None, page.text
        hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
        fields = {name: unescape(value) for name, value in hidden}
        return await self.http.post(action[1], data=fields | values)

    async def sign_in(self, page: httpx.Response, person: Person) -> httpx.Response:
        """Sign in on a page that asks for it, and follow to the next page."""
        answer = await self.submit(page, username=person.orcid, password=person.password)
        assert answer.status_code == 303, answer.text
        return await self.http.get(answer.headers["location"])


@pytest.fixture
def browser(http: httpx.AsyncClient, journal: str) -> Browser:
    """A browser that comes from the journal."""
    return Browser(http, journal)


def query_of(answer: httpx.Response) -> dict[str, Any]:
    """The query parameters of a redirect to the client."""
    parts = urlsplit(answer.headers["location"])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == CALLBACK
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


def fragment_of(answer: httpx.Response) -> dict[str, Any]:
    """The fragment parameters of a redirect to the client."""
    parts = urlsplit(answer.headers["location"])
    assert not parts.query
    return {name: values[0] for name, values in parse_qs(parts.fragment).items()}


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


async def test_an_existing_query_is_kept(sim: Simulator, http: httpx.AsyncClient) -> None:
    """The code is joined with an ampersand when the redirect URI has a query."""
    client = sim.add_client("member", "M", [CALLBACK])
    person = sim.add_person("Q")
    browser = Browser(http, client.client_id)
    consent = await browser.sign_in(await browser.authorize(redirect_uri=CALLBACK + "?a=b"), person)
    done = await browser.submit(consent, decision="authorize")
    assert done.headers["location"].startswith(f"{CALLBACK}?a=b&code=")


async def agree(browser: Browser, person: Person, scope: str = UPDATE) -> None:
    """Sign in, agree, and let the client exchange the code."""
    consent = await browser.sign_in(await browser.authorize(scope=scope), person)
    done = await browser.submit(consent, decision="authorize")
    code = query_of(done)["code"]
    secret = (await browser.http.get("/_control/clients")).json()["clients"]
    mine = next(each for each in secret if each["client_id"] == browser.client_id)
    form = {
        "client_id": browser.client_id,
        "client_secret": mine["client_secret"],
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
    }
    assert (await browser.http.post("/oauth/token", data=form)).status_code == 200


async def test_consent_is_remembered_for_exactly_the_same_scopes(
    browser: Browser, ada: Person
) -> None:
    """The same scope set goes straight back with a new code; a subset or superset asks again."""
    await agree(browser, ada, f"{UPDATE} /read-limited")
    silent = await browser.authorize(scope=f"/read-limited {UPDATE}")
    assert silent.status_code == 302
    assert "code" in query_of(silent)
    for scope in (UPDATE, f"{UPDATE} /read-limited openid"):
        assert "Authorize access" in (await browser.authorize(scope=scope)).text


async def test_revoked_consent_is_forgotten(sim: Simulator, browser: Browser, ada: Person) -> None:
    """After the person took the permission back, consent is shown again."""
    await agree(browser, ada)
    assert sim.revoke_by_user(ada.orcid, browser.client_id) == 1
    assert "Authorize access" in (await browser.authorize()).text


async def test_without_persistent_tokens_consent_is_asked_each_time(
    sim: Simulator, browser: Browser, ada: Person
) -> None:
    """Clients without persistent tokens have no consent memory, and tokens of an hour."""
    sim.world.clients[browser.client_id].persistent_tokens = False
    await agree(browser, ada)
    assert "Authorize access" in (await browser.authorize()).text
    token = sim.world.tokens_by_orcid[ada.orcid][-1]
    assert token.expires - token.issued == 3600


async def test_prompt_confirm_and_login(browser: Browser, ada: Person) -> None:
    """With openid, confirm shows consent and login the sign-in form, whatever is remembered."""
    await agree(browser, ada, "openid")
    confirm = await browser.authorize(scope="openid", prompt="confirm")
    assert "Authorize access" in confirm.text
    login = await browser.authorize(scope="openid", prompt="login")
    assert 'name="password"' in login.text
    after = await browser.submit(login, username=ada.orcid, password=ada.password)
    back = await browser.http.get(after.headers["location"])
    assert "code" in query_of(back)


async def test_prompt_needs_openid(browser: Browser, ada: Person) -> None:
    """Without openid in the scope, prompt is ignored."""
    await agree(browser, ada)
    assert (await browser.authorize(prompt="login")).status_code == 302


async def test_prompt_none(sim: Simulator, browser: Browser, ada: Person) -> None:
    """prompt=none never shows a page: login_required, interaction_required, or a code."""
    stranger = await browser.authorize(scope="openid", prompt="none")
    assert query_of(stranger)["error"] == "login_required"
    await browser.sign_in(await browser.authorize(scope="openid"), ada)
    undecided = await browser.authorize(scope="openid", prompt="none")
    assert query_of(undecided)["error"] == "interaction_required"
    sim.issue_token(browser.client_id, ada.orcid, "openid")
    assert "code" in query_of(await browser.authorize(scope="openid", prompt="none"))


async def test_prompt_none_implicit_answers_in_the_fragment(browser: Browser) -> None:
    """For an implicit request the refusal travels in the fragment."""
    answer = await browser.authorize(
        scope="openid", prompt="none", response_type="id_token", nonce="n"
    )
    assert fragment_of(answer)["error"] == "login_required"


async def test_max_age_asks_to_sign_in_again(sim: Simulator, browser: Browser, ada: Person) -> None:
    """A sign-in older than max_age is not enough."""
    await agree(browser, ada)
    assert isinstance(sim.clock, SimClock)
    sim.clock.move(120)
    assert (await browser.authorize(max_age="121")).status_code == 302
    page = await browser.authorize(max_age="100")
    assert 'name="password"' in page.text
    answer = await browser.submit(page, username=ada.orcid, password=ada.password)
    assert "code" in query_of(await browser.http.get(answer.headers["location"]))


async def test_prefills(browser: Browser) -> None:
    """orcid and email fill the sign-in form; names and e-mail the registration form."""
    page = await browser.authorize(orcid="8888-0000-0000-1008")
    assert 'value="8888-0000-0000-1008"' in page.text
    page = await browser.authorize(email="someone@people.example.org")
    assert 'value="someone@people.example.org"' in page.text
    page = await browser.authorize(
        show_login="false", given_names="Gwen", family_names="Fam", email="g@example.org"
    )
    for text in ('value="Gwen"', 'value="Fam"', 'value="g@example.org"'):
        assert text in page.text


async def test_somebody_registers_and_agrees(sim: Simulator, browser: Browser) -> None:
    """Registration makes a record, signs in and leads on to consent."""
    page = await browser.authorize(show_login="false")
    values = {
        "given": "Gwen",
        "family": "Newcomer",
        "email": "gwen@people.example.org",
        "password": "long-enough",
        "visibility": "limited",
    }
    short = await browser.submit(page, **(values | {"password": "short"}))
    assert (short.status_code, "eight characters" in short.text) == (400, True)
    answer = await browser.submit(short, **values)
    consent = await browser.http.get(answer.headers["location"])
    assert "Gwen Newcomer" in consent.text
    person = list(sim.world.people)[-1]
    assert (person.family, person.default_visibility) == ("Newcomer", "limited")
    taken = await browser.submit(page, **values)
    assert "already" in taken.text


async def test_an_implicit_token_travels_in_the_fragment(
    sim: Simulator, browser: Browser, ada: Person
) -> None:
    """The implicit flow gives a ten-minute token and an id_token in the fragment."""
    page = await browser.authorize(scope="openid", response_type="id_token token", nonce="n1")
    consent = await browser.sign_in(page, ada)
    done = await browser.submit(consent, decision="authorize")
    names = [pair.split("=")[0] for pair in urlsplit(done.headers["location"]).fragment.split("&")]
    assert names == [
        "access_token",
        "token_type",
        "expires_in",
        "tokenVersion",
        "persistent",
        "id_token",
        "scope",
        "state",
    ]
    found = fragment_of(done)
    assert (found["expires_in"], found["tokenVersion"]) == ("599", "1")
    assert found["persistent"] == "false"
    assert sim.world.tokens[found["access_token"]].refresh is None


async def test_implicit_write_scopes_stay_on_the_server(
    sim: Simulator, browser: Browser, ada: Person
) -> None:
    """The browser's token is narrowed; the powerful one is kept for token exchange."""
    page = await browser.authorize(scope=f"openid {UPDATE}", response_type="token")
    consent = await browser.sign_in(page, ada)
    found = fragment_of(await browser.submit(consent, decision="authorize"))
    assert set(found["scope"].split()) == {"openid", "/authenticate", "/read-public"}
    kept = [token for token in sim.world.tokens_by_orcid[ada.orcid] if token.hidden]
    assert len(kept) == 1
    assert UPDATE in kept[0].scopes
    assert kept[0].expires - kept[0].issued == 631138519


async def test_openid_turns_any_implicit_value_into_both(browser: Browser, ada: Person) -> None:
    """With openid in the scope, response_type=token gives an id_token too."""
    page = await browser.authorize(scope="openid", response_type="token")
    consent = await browser.sign_in(page, ada)
    found = fragment_of(await browser.submit(consent, decision="authorize"))
    assert {"access_token", "id_token"} <= set(found)


async def test_signing_out(browser: Browser, ada: Person) -> None:
    """/signout and userStatus.json?logUserOut=true end the session."""
    for path in ("/signout", "/userStatus.json?logUserOut=true"):
        await browser.sign_in(await browser.authorize(), ada)
        assert "Authorize access" in (await browser.authorize()).text
        await browser.http.get(path)
        assert 'name="password"' in (await browser.authorize()).text


async def test_sign_in_returns_only_to_this_site(browser: Browser, ada: Person) -> None:
    """A foreign return address is not followed."""
    form = {"username": ada.orcid, "password": ada.password}
    foreign = ("https://evil.example/", "//evil.example/", "/\\evil", "javascript:x", "http://[::1")
    for address in foreign:
        answer = await browser.http.post("/signin", data=form | {"return_to": address})
        assert answer.headers["location"] == "/account"
