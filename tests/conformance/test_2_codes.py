"""REGISTRY.md 2.3: exchanging an authorization code, and what a token answer holds."""

import pytest

from tests.conformance.bodies import work
from tests.conformance.marks import row
from tests.conformance.world import (
    MEMBER,
    REDIRECT,
    Client,
    Person,
    Registry,
    refused_by_oauth,
)

DAY_SECONDS = 24 * 3600
SCOPE = "/read-limited /activities/update"


def exchange(registry: Registry, client: Client, code: str, **fields: str) -> dict[str, str]:
    """The fields of an exchange; for a test that wants them itself."""
    return {
        **client.credentials,
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT,
        **fields,
    }


@row("2.3", "authorization_code", "token_type is", "scope is space", "Token values")
@row("2.3", '3-legged, "persistent"')
@row("13", "16.")
def test_token_answer(registry: Registry, member: Client, person: Person) -> None:
    """A code brings a 20-year token, a refresh token, the scopes, the name and the bare iD."""
    code = registry.code(member, person, SCOPE)
    answer = registry.form("/oauth/token", exchange(registry, member, code))
    assert answer.status_code == 200
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
    got = answer.json()
    assert set(got) == (
        {"access_token", "token_type", "refresh_token", "expires_in", "scope", "name", "orcid"}
    )
    assert (got["token_type"], got["expires_in"]) == ("bearer", 631138518)
    assert set(got["scope"].split(" ")) == set(SCOPE.split())
    assert (got["name"], got["orcid"]) == ("Ada Lovelace", person.orcid)
    assert len(got["access_token"]) <= 255
    assert got["access_token"] != got["refresh_token"]
    path = f"{MEMBER}/{person.orcid}/work"
    assert registry.call("POST", path, got["access_token"], work()).status_code == 201


@row("2.3", "token_type is")
def test_name_that_is_not_public(registry: Registry, member: Client) -> None:
    """The name in a token answer is empty where the record's name is not public."""
    person = registry.person(name_visibility="private")
    code = registry.code(member, person, "/authenticate")
    answer = registry.form("/oauth/token", exchange(registry, member, code))
    assert answer.json()["name"] in (None, "")


@row("2.3", "3-legged, persistence not granted")
def test_token_without_persistence(clock: Registry, person: Person) -> None:
    """Without persistent tokens an access token lives for an hour."""
    client = clock.client(persistent_tokens=False)
    code = clock.code(client, person, "/read-limited")
    got = clock.form("/oauth/token", exchange(clock, client, code)).json()
    assert got["expires_in"] == 3599
    path = f"{MEMBER}/{person.orcid}/works"
    clock.move(3598)
    assert clock.call("GET", path, got["access_token"]).status_code == 200
    clock.move(3)
    assert clock.call("GET", path, got["access_token"]).status_code == 401


@row("2.3", "scope not subset", "framework-level invalid scope")
def test_scopes_of_an_exchange(registry: Registry, member: Client, person: Person) -> None:
    """An exchange may narrow the scopes; other scopes are refused, and the code is not used up."""
    code = registry.code(member, person, SCOPE)
    answer = registry.form("/oauth/token", exchange(registry, member, code, scope="/person/update"))
    refused_by_oauth(answer, 400, "invalid_scope")
    answer = registry.form("/oauth/token", exchange(registry, member, code, scope="/read-limited"))
    assert (answer.status_code, answer.json()["scope"]) == (200, "/read-limited")


@row("2.3", "unknown code", "bad/reused/expired code")
def test_unknown_code(registry: Registry, member: Client) -> None:
    """A code nobody was given is invalid_grant and named in the text."""
    answer = registry.form("/oauth/token", exchange(registry, member, "zzzzzz"))
    text = refused_by_oauth(answer, 400, "invalid_grant")
    assert text == "Invalid authorization code: zzzzzz"


@row("2.3", "code replayed", "unknown code", "bad/reused/expired code")
@row("13", "12.")
@row("2.4", "Revocation reasons")
def test_code_replay(registry: Registry, member: Client, person: Person) -> None:
    """A code used again is refused and kills every token issued from it, even for DELETE."""
    code = registry.code(member, person, SCOPE)
    fields = exchange(registry, member, code)
    got = registry.form("/oauth/token", fields).json()
    path = f"{MEMBER}/{person.orcid}/work"
    made = registry.call("POST", path, got["access_token"], work()).headers["location"]
    other = registry.token(member, person, SCOPE)
    text = refused_by_oauth(registry.form("/oauth/token", fields), 400, "invalid_grant")
    assert text.startswith("Reused authorization code")
    assert registry.call("GET", made, got["access_token"]).status_code == 401
    assert registry.call("DELETE", made, got["access_token"]).status_code == 401
    refresh = registry.exchange(
        member, grant_type="refresh_token", refresh_token=got["refresh_token"]
    )
    refused_by_oauth(refresh, 400, "unauthorized_client")
    assert registry.call("GET", made, other).status_code == 200


@row("2.3", "expired", "authorization code")
def test_expired_code(clock: Registry, member: Client, person: Person) -> None:
    """A code lives for a day; after that it is invalid_request."""
    early, late = (clock.code(member, person, SCOPE) for _ in range(2))
    clock.move(DAY_SECONDS - 10)
    assert clock.form("/oauth/token", exchange(clock, member, early)).status_code == 200
    clock.move(20)
    answer = clock.form("/oauth/token", exchange(clock, member, late))
    refused_by_oauth(answer, 400, "invalid_request")


@row("2.3", "redirect mismatch", "anything else")
@pytest.mark.parametrize("case", ["redirect", "client"])
def test_mismatches_use_the_code_up(
    case: str, registry: Registry, member: Client, person: Person
) -> None:
    """A wrong redirect URI or client is found out only after the code has been used up."""
    code = registry.code(member, person, SCOPE)
    right = exchange(registry, member, code)
    if case == "redirect":
        wrong = {**right, "redirect_uri": "https://journal.example/other"}
        answer = registry.form("/oauth/token", wrong)
        if answer.status_code == 400:
            refused_by_oauth(answer, 400, "invalid_grant")
        else:
            assert refused_by_oauth(answer, 500, "server_error") == "Redirect URI mismatch."
    else:
        answer = registry.form("/oauth/token", {**right, **registry.client().credentials})
        assert refused_by_oauth(answer, 500, "server_error") == "Client ID mismatch"
    refused_by_oauth(registry.form("/oauth/token", right), 400, "invalid_grant")


@row("2.3", "redirect mismatch", "anything else")
def test_no_code(registry: Registry, member: Client) -> None:
    """An exchange without a code is a server_error."""
    answer = registry.exchange(member, grant_type="authorization_code", redirect_uri=REDIRECT)
    text = refused_by_oauth(answer, 500, "server_error")
    assert text == "An authorization code must be supplied."
