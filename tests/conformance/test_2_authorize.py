"""REGISTRY.md 2.1, 2.2 and 2.5: the authorize page, where it leads, and what it remembers."""

import pytest

from tests.conformance.browser import (
    Browser,
    fields,
    is_page,
    request,
    returned,
    returned_anywhere,
)
from tests.conformance.marks import row
from tests.conformance.world import REDIRECT, Client, Person, Registry

CONSENT = "Authorize access"
SIGN_IN = 'name="password"'


def consent(registry: Registry, client: Client, person: Person, decision: str, **ask: str) -> str:
    """Where the person is sent after signing in and deciding."""
    with Browser(registry) as browser:
        page = browser.sign_in(browser.ask(client, **ask), person)
        answer = browser.submit(page, decision=decision)
    assert answer.is_redirect, answer.text
    return str(answer.headers["location"])


@row("2.1", "User approves (code)", "state", "scope", "response_type", "redirect_uri", "client_id")
@row("2.3", "authorization code")
def test_approval_brings_a_code(registry: Registry, member: Client, person: Person) -> None:
    """A pressed Authorize redirects with a code of six letters and the state in the query."""
    place = consent(registry, member, person, "authorize")
    start, _, query = place.partition("?")
    code = query.partition("&")[0].removeprefix("code=")
    assert start == REDIRECT
    assert (len(code), code.isalnum()) == (6, True)
    assert query.partition("&")[2] in ("state=s%201%262", "state=s+1%262")
    answer = registry.exchange(
        member, grant_type="authorization_code", code=code, redirect_uri=REDIRECT
    )
    assert answer.json()["orcid"] == person.orcid


@row("2.1", "User approves (code)")
def test_approval_keeps_the_query(registry: Registry, person: Person) -> None:
    """A redirect URI with a query gets the code after an ampersand."""
    client = registry.client(redirect_uris=["https://a.example/cb"])
    place = consent(registry, client, person, "authorize", redirect_uri="https://a.example/cb?x=1")
    assert place.startswith("https://a.example/cb?x=1&code=")


@row("2.1", "User approves (implicit)")
@row("2.3", "implicit")
def test_implicit_approval(clock: Registry, member: Client, person: Person) -> None:
    """The implicit flow brings the token, for ten minutes, in the fragment."""
    with Browser(clock) as browser:
        page = browser.ask(member, response_type="token", scope="openid", nonce="n")
        answer = browser.submit(browser.sign_in(page, person), decision="authorize")
    got = returned(answer, "fragment")
    assert (got["token_type"], got["expires_in"], got["tokenVersion"]) == ("bearer", "599", "1")
    assert (got["persistent"], got["state"], got["scope"]) == ("false", "s 1&2", "openid")
    assert got["id_token"].count(".") == 2
    path = f"/api/v3.0/{person.orcid}/record"
    assert clock.call("GET", path, got["access_token"]).status_code == 200
    clock.move(601)
    assert clock.call("GET", path, got["access_token"]).status_code == 401


@row("2.1", "User denies (code)")
def test_denial_in_the_query(registry: Registry, member: Client, person: Person) -> None:
    """A pressed Deny redirects with access_denied in the query."""
    place = consent(registry, member, person, "deny", state="abc")
    said = "error=access_denied&error_description=User%20denied%20access&state=abc"
    assert place == f"{REDIRECT}?{said}"


@row("2.1", "User denies (implicit)")
def test_denial_in_the_fragment(registry: Registry, member: Client, person: Person) -> None:
    """A pressed Deny in the implicit flow says the same in the fragment."""
    place = consent(registry, member, person, "deny", state="abc", response_type="token")
    said = "error=access_denied&error_description=User%20denied%20access&state=abc"
    assert place == f"{REDIRECT}#{said}"


@row("2.1", "prompt=none, not signed in", "prompt=none, consent missing", "prompt")
def test_prompt_none(registry: Registry, member: Client, person: Person) -> None:
    """With openid, prompt=none shows no page: login_required, then interaction_required."""
    with Browser(registry) as browser:
        answer = browser.ask(member, scope="openid", prompt="none")
        assert returned_anywhere(answer)["error"] == "login_required"
        browser.sign_in(browser.ask(member, scope="openid"), person)
        answer = browser.ask(member, scope="openid", prompt="none")
        assert returned_anywhere(answer)["error"] == "interaction_required"
        assert is_page(browser.ask(member, prompt="none"), CONSENT)


@row("2.1", "[H] quirk: with prompt=none")
def test_prompt_none_with_a_grant(registry: Registry, member: Client, person: Person) -> None:
    """Somebody who has granted everything already is let through (as the new server does)."""
    with Browser(registry) as browser:
        page = browser.sign_in(browser.ask(member, scope="openid"), person)
        code = returned(browser.submit(page, decision="authorize"))["code"]
        registry.exchange(member, grant_type="authorization_code", code=code, redirect_uri=REDIRECT)
        answer = browser.ask(member, scope="openid", prompt="none")
    assert len(returned(answer)["code"]) == 6


@row("2.1", "invalid scope [H]", "scope", "client_credentials-only scopes", "Where errors go")
@pytest.mark.parametrize(
    "scope", ["/nonsense", "/webhook", "/group-id-record/read", "/read-limited"]
)
def test_invalid_scope_redirects(scope: str, registry: Registry) -> None:
    """A scope unknown, for machines only or not of this client's type is invalid_scope."""
    client = registry.client("public")
    with Browser(registry) as browser:
        got = returned(browser.ask(client, scope=scope))
    assert (got["error"], bool(got["error_description"])) == ("invalid_scope", True)


@row("2.1", "client_credentials-only scopes")
def test_read_public_cannot_be_asked_of_a_person(registry: Registry, member: Client) -> None:
    """/read-public is a 2-legged scope: the authorize page refuses it."""
    with Browser(registry) as browser:
        assert returned(browser.ask(member, scope="/read-public"))["error"] == "invalid_scope"


@row("2.1", "Where errors go")
@pytest.mark.parametrize(
    ("change", "error"),
    [
        pytest.param(
            {"client_id": "APP-0000000000000000"}, "invalid_client", marks=row("2.1", "client_id")
        ),
        pytest.param({"client_id": ""}, "oauth_error", marks=row("2.1", "client_id")),
        pytest.param({"response_type": ""}, "oauth_error", marks=row("2.1", "response_type")),
        pytest.param({"scope": ""}, "oauth_error", marks=row("2.1", "scope")),
        pytest.param({"redirect_uri": ""}, "oauth_error", marks=row("2.1", "redirect_uri")),
        pytest.param(
            {"response_type": "password"},
            "unsupported_response_type",
            marks=row("2.1", "response_type"),
        ),
        pytest.param(
            {"redirect_uri": "https://evil.example/cb"},
            "invalid_grant",
            marks=row("2.1", "redirect_uri"),
        ),
    ],
)
def test_errors_on_the_registrys_page(
    change: dict[str, str], error: str, registry: Registry, member: Client
) -> None:
    """Errors that may be an attack stay on the registry's own page and never redirect."""
    with Browser(registry) as browser:
        answer = browser.open("/oauth/authorize", request(member, **change))
    assert is_page(answer, error), answer.text


@row("2.1", "Where errors go")
@pytest.mark.parametrize(
    ("state", "error"), [("locked", "client_locked"), ("deactivated", "client_deactivated")]
)
def test_shut_clients_on_the_registrys_page(state: str, error: str, registry: Registry) -> None:
    """A locked or deactivated client is told on the registry's own page."""
    client = registry.client(state=state)
    with Browser(registry) as browser:
        assert is_page(browser.ask(client), error)


@row("2.1", "nonce")
def test_implicit_id_token_needs_a_nonce(registry: Registry, member: Client) -> None:
    """An implicit id_token without a nonce is invalid_request."""
    with Browser(registry) as browser:
        answer = browser.ask(member, response_type="id_token", scope="openid")
    said = answer.headers.get("location", answer.text)
    assert "invalid_request" in said


@row("2.1", "prompt")
def test_prompt_confirm_and_login(registry: Registry, member: Client, person: Person) -> None:
    """prompt=confirm shows consent again, prompt=login the sign-in page, with openid only."""
    with Browser(registry) as browser:
        page = browser.sign_in(browser.ask(member, scope="openid"), person)
        code = returned(browser.submit(page, decision="authorize"))["code"]
        registry.exchange(member, grant_type="authorization_code", code=code, redirect_uri=REDIRECT)
        assert returned(browser.ask(member, scope="openid"))["code"]
        assert is_page(browser.ask(member, scope="openid", prompt="confirm"), CONSENT)
        assert is_page(browser.ask(member, scope="openid", prompt="login"), SIGN_IN)


@row("2.1", "max_age")
def test_max_age(clock: Registry, member: Client, person: Person) -> None:
    """A sign-in older than max_age is asked for again; a number it must be."""
    with Browser(clock) as browser:
        page = browser.ask(member, scope="openid", max_age="60")
        assert is_page(browser.sign_in(page, person), CONSENT)
        assert is_page(browser.ask(member, scope="openid", max_age="60"), CONSENT)
        clock.move(61)
        assert is_page(browser.ask(member, scope="openid", max_age="60"), SIGN_IN)
        answer = browser.ask(member, scope="openid", max_age="soon")
        assert not is_page(answer, CONSENT)
        assert not is_page(answer, SIGN_IN)


@row("2.1", "email, given_names, family_names", "orcid", "show_login")
def test_prefills(registry: Registry, member: Client, person: Person) -> None:
    """Sign-in is prefilled with iD or e-mail, registration with name and e-mail."""
    with Browser(registry) as browser:
        assert fields(browser.ask(member, orcid=person.orcid))["username"] == person.orcid
        assert fields(browser.ask(member, email="a@b.example"))["username"] == "a@b.example"
        names = {"given_names": "Grace", "family_names": "Hopper", "email": "g@h.example"}
        page = browser.ask(member, show_login="false", **names)
    assert {"Grace", "Hopper", "g@h.example"} <= set(fields(page).values())


@row("2.1", "lang")
@pytest.mark.parametrize("language", ["zh_CN", "fr", "xx"])
def test_language_is_taken(
    language: str, registry: Registry, member: Client, person: Person
) -> None:
    """Any lang is taken without an error and does not disturb the flow."""
    place = consent(registry, member, person, "authorize", lang=language)
    assert place.startswith(f"{REDIRECT}?code=")


@row("2.1", "PKCE")
def test_pkce_is_ignored(registry: Registry, member: Client, person: Person) -> None:
    """A code challenge is ignored: the code is exchanged without a verifier, or a wrong one."""
    place = consent(
        registry,
        member,
        person,
        "authorize",
        code_challenge="E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        code_challenge_method="S256",
    )
    answer = registry.exchange(
        member,
        grant_type="authorization_code",
        code=place.partition("code=")[2][:6],
        redirect_uri=REDIRECT,
        code_verifier="wrong",
    )
    assert answer.status_code == 200


MATCHING = [
    ("https://a.org", "https://a.org/any/path?x=1", True),
    ("https://a.org/cb", "https://a.org/cb/sub", True),
    ("https://a.org/cb", "https://a.org/cbEVIL", True),
    ("https://a.org/cb", "https://www.a.org/cb", False),
    ("https://a.org/cb", "http://a.org/cb", False),
    ("https://a.org/cb?x=1", "https://a.org/cb?y=2", True),
]
MORE_MATCHING = [
    ("https://a.org/cb", "https://a.org:8443/cb", False),
    ("https://a.org/cb", "https://u@a.org/cb", False),
    ("https://a.org/cb/deep", "https://a.org/cb", False),
    ("https://a.org/cb", "https://a.org/x/../cb", True),
    ("https://a.org/cb", "https://a.org/cb/../evil", False),
]


@pytest.mark.parametrize(
    ("registered", "asked", "matches"),
    [pytest.param(*case, marks=row("2.2", f"{case[0]} → {case[1]}")) for case in MATCHING]
    + [pytest.param(*case) for case in MORE_MATCHING],
)
def test_redirect_uri_matching(
    registered: str, asked: str, matches: bool, registry: Registry, person: Person
) -> None:
    """Scheme, user, host and port are equal and the path starts with the registered path."""
    client = registry.client(redirect_uris=["https://other.example/", registered])
    with Browser(registry) as browser:
        answer = browser.ask(client, redirect_uri=asked)
        if not matches:
            assert is_page(answer, "invalid_grant"), answer.text
            return
        answer = browser.submit(browser.sign_in(answer, person), decision="authorize")
    assert answer.headers["location"].startswith(asked.partition("?")[0].replace("/x/..", "")[:13])
    assert "code" in returned(answer)


@row("2.5", "If the client has persistent tokens")
@row("13", "14.")
def test_consent_is_remembered_for_the_exact_scopes(
    registry: Registry, member: Client, person: Person
) -> None:
    """The same scopes again pass silently with one more token; fewer or more ask again."""
    first = registry.token(member, person, "/read-limited /activities/update")
    with Browser(registry) as browser:
        page = browser.sign_in(browser.ask(member, scope="/read-limited"), person)
        assert is_page(page, CONSENT)
        more = "/read-limited /activities/update /person/update"
        assert is_page(browser.ask(member, scope=more), CONSENT)
        answer = browser.ask(member, scope="/activities/update /read-limited")
    code = returned(answer)["code"]
    second = registry.exchange(
        member, grant_type="authorization_code", code=code, redirect_uri=REDIRECT
    ).json()["access_token"]
    assert second != first
    for token in (first, second):
        path = f"/api/v3.0/{person.orcid}/works"
        assert registry.call("GET", path, token).status_code == 200


@row("2.5", "If the client has persistent tokens")
@row("13", "14.")
def test_consent_is_forgotten(clock: Registry, person: Person) -> None:
    """A revoked or expired token, or a client without persistence, is no consent."""
    member, plain = clock.client(), clock.client(persistent_tokens=False)
    clock.token(plain, person, "/read-limited")
    clock.token(member, person, "/read-limited", expires_in=10)
    revoked = clock.client()
    clock.token(revoked, person, "/read-limited")
    clock.revoke_by_user(person, revoked)
    with Browser(clock) as browser:
        page = browser.sign_in(browser.ask(plain, scope="/read-limited"), person)
        assert is_page(page, CONSENT)
        assert is_page(browser.ask(revoked, scope="/read-limited"), CONSENT)
        assert returned(browser.ask(member, scope="/read-limited"))["code"]
        clock.move(11)
        assert is_page(browser.ask(member, scope="/read-limited"), CONSENT)


@row("2.5", "Log a user out")
def test_logging_out(registry: Registry, member: Client, person: Person) -> None:
    """The browser is signed out by /userStatus.json?logUserOut=true."""
    with Browser(registry) as browser:
        browser.sign_in(browser.ask(member), person)
        assert is_page(browser.ask(member), CONSENT)
        assert browser.open("/userStatus.json", {"logUserOut": "true"}).status_code == 200
        assert is_page(browser.ask(member), SIGN_IN)
