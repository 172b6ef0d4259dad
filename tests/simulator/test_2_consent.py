"""REGISTRY 2.1 and 2.5: remembered consent, prompts, registration and the implicit flow."""

import re
from html import unescape
from urllib.parse import urlsplit

import pytest

from orcid_connect.simulator import Person, SimClock, Simulator
from tests.simulator.browser import Browser, agree, fragment_of, query_of
from tests.simulator.callers import UPDATE

pytestmark = pytest.mark.anyio


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
    token = sim.world.tokens[found["access_token"]]
    assert (token.refresh, token.expires - token.issued) == (None, 600)


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


async def test_somebody_else_signs_in_from_the_consent_page(
    browser: Browser, sim: Simulator, ada: Person
) -> None:
    """The link "Not you? Sign out" leads back to the same request, for whoever signs in then."""
    consent = await browser.sign_in(await browser.authorize(), ada)
    leave = re.search(r'Not you\? <a href="([^"]+)"', consent.text)
    assert leave is not None
    left = await browser.http.get(unescape(leave[1]))
    form = await browser.http.get(left.headers["location"])
    bea = sim.add_person("Bea", "Brook")
    again = await browser.sign_in(form, bea)
    assert "Authorize access" in again.text
    assert bea.orcid in again.text


async def test_sign_in_returns_only_to_this_site(browser: Browser, ada: Person) -> None:
    """A foreign return address is not followed."""
    form = {"username": ada.orcid, "password": ada.password}
    foreign = ("https://evil.example/", "//evil.example/", "/\\evil", "javascript:x", "http://[::1")
    for address in foreign:
        answer = await browser.http.post("/signin", data=form | {"return_to": address})
        assert answer.headers["location"] == "/account"
