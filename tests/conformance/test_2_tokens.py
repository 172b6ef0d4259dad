"""REGISTRY.md 2.3 and 2.4: client credentials, refreshing, revoking, and the status map."""

import base64

import pytest

from tests.conformance.bodies import work
from tests.conformance.marks import row
from tests.conformance.world import (
    MEMBER,
    Account,
    Client,
    Person,
    Registry,
    account,
    refused_by_oauth,
)

SCOPE = "/read-limited /activities/update"
HOUR_SECONDS = 3600


def refresh(registry: Registry, client: Client, token: str, **fields: str) -> dict[str, str]:
    """The fields of a refresh."""
    return {
        **client.credentials,
        "grant_type": "refresh_token",
        "refresh_token": token,
        **fields,
    }


def works(registry: Registry, person: Person, token: str) -> int:
    """The status of a read with this token."""
    return registry.call("GET", f"{MEMBER}/{person.orcid}/works", token).status_code


@row("2.3", "client_credentials", "client_credentials: same members")
def test_client_credentials(registry: Registry, member: Client) -> None:
    """A client's own token has no name, a null iD and a refresh token; other scopes vanish."""
    answer = registry.exchange(
        member, grant_type="client_credentials", scope="/read-public /activities/update"
    )
    got = answer.json()
    assert set(got) == (
        {"access_token", "token_type", "refresh_token", "expires_in", "scope", "orcid"}
    )
    assert (got["scope"], got["orcid"], got["expires_in"]) == ("/read-public", None, 631138518)


@row("2.3", "client_credentials", "ORCID-level invalid scope", "framework-level invalid scope")
@pytest.mark.parametrize(
    ("scope", "status"), [("/activities/update", 400), ("/webhook", 400), ("/nonsense", 401)]
)
def test_client_credentials_scopes(
    scope: str, status: int, registry: Registry, member: Client
) -> None:
    """Nothing left or not allowed is a 400, a scope nobody knows a 401, all invalid_scope."""
    answer = registry.exchange(member, grant_type="client_credentials", scope=scope)
    refused_by_oauth(answer, status, "invalid_scope")


@row("2.3", "refresh_token", "revoke_old defaults", "A new refresh token", "Proxy change")
@row("13", "11.")
@row("2.3", "Unknown refresh token")
def test_refreshing_disables_the_parent(registry: Registry, person: Person) -> None:
    """A refresh brings a new pair; the old access token is dead and cannot be refreshed again."""
    member = registry.client()
    old = registry.tokens(member, person, SCOPE)
    fields = refresh(registry, member, old["refresh_token"])
    answer = registry.form("/oauth/token", fields)
    new = answer.json()
    assert answer.status_code == 200
    assert new["refresh_token"] != old["refresh_token"]
    assert set(new["scope"].split()) == set(SCOPE.split())
    assert new["orcid"] == person.orcid
    assert works(registry, person, new["access_token"]) == 200
    assert works(registry, person, old["access_token"]) == 401
    text = refused_by_oauth(registry.form("/oauth/token", fields), 400, "unauthorized_client")
    assert text.startswith("Parent token is disabled")


@row("2.3", "revoke_old defaults")
@row("2.4", "Revocation reasons")
def test_parent_may_be_kept_and_dies_for_delete_too(registry: Registry, person: Person) -> None:
    """revoke_old=false keeps the parent; one disabled by the client cannot even DELETE."""
    ada = account(registry, SCOPE, person)
    path = f"/work/{ada.add('/work', work())}"
    old = registry.tokens(ada.client, person, SCOPE)
    fields = refresh(registry, ada.client, old["refresh_token"])
    assert registry.form("/oauth/token", {**fields, "revoke_old": "false"}).status_code == 200
    assert works(registry, person, old["access_token"]) == 200
    assert registry.form("/oauth/token", {**fields, "revoke_old": "true"}).status_code == 200
    url = f"{MEMBER}/{person.orcid}{path}"
    answer = registry.call("DELETE", url, old["access_token"])
    refused_by_oauth(answer, 401, "invalid_token")
    assert ada.get(path).status_code == 200


@row("2.3", "No expires_in")
def test_expiry_of_a_child(clock: Registry, member: Client, person: Person) -> None:
    """A child ends when its parent would have, or earlier if asked, never later."""
    old = clock.tokens(member, person, SCOPE, expires_in=HOUR_SECONDS)
    clock.move(600)
    fields = refresh(clock, member, old["refresh_token"], revoke_old="false")
    answer = clock.form("/oauth/token", {**fields, "expires_in": "3001"})
    refused_by_oauth(answer, 400, "invalid_request")
    short = clock.form("/oauth/token", {**fields, "expires_in": "60"}).json()
    child = clock.form("/oauth/token", fields).json()
    assert child["expires_in"] in (2999, 3000)
    clock.move(61)
    assert works(clock, person, short["access_token"]) == 401
    clock.move(3000 - 61 - 2)
    assert works(clock, person, child["access_token"]) == 200
    clock.move(3)
    assert works(clock, person, child["access_token"]) == 401


@row("2.3", "scope may narrow", "framework-level invalid scope")
def test_scope_of_a_child(registry: Registry, member: Client, person: Person) -> None:
    """A child may have any scope its parent implies, and no other."""
    old = registry.tokens(member, person, SCOPE)
    fields = refresh(registry, member, old["refresh_token"], revoke_old="false")
    answer = registry.form("/oauth/token", {**fields, "scope": "/person/update"})
    refused_by_oauth(answer, 400, "invalid_scope")
    for scope in ("/read-limited", "/activities/read-limited"):
        answer = registry.form("/oauth/token", {**fields, "scope": scope})
        assert (answer.status_code, answer.json()["scope"]) == (200, scope)
    token = answer.json()["access_token"]
    url = f"{MEMBER}/{person.orcid}/work"
    assert registry.call("POST", url, token, work()).status_code == 403


@row("2.3", "Refresh token has no independent")
def test_refreshing_after_the_end(clock: Registry, member: Client, person: Person) -> None:
    """With its access token expired a refresh token is of no use."""
    old = clock.tokens(member, person, SCOPE, expires_in=60)
    clock.move(61)
    answer = clock.form("/oauth/token", refresh(clock, member, old["refresh_token"]))
    refused_by_oauth(answer, 400, "unauthorized_client")


@row("2.3", "Unknown refresh token")
def test_refresh_tokens_of_nobody_and_of_others(
    registry: Registry, member: Client, person: Person
) -> None:
    """An unknown refresh token is unauthorized_client, another client's invalid_request."""
    answer = registry.form("/oauth/token", refresh(registry, member, "nothing"))
    refused_by_oauth(answer, 400, "unauthorized_client")
    other = registry.tokens(registry.client(), person, SCOPE)
    answer = registry.form("/oauth/token", refresh(registry, member, other["refresh_token"]))
    refused_by_oauth(answer, 400, "invalid_request")
    assert works(registry, person, other["access_token"]) == 200


@row("2.3", "wrong secret", "unknown client")
def test_bad_client_credentials(registry: Registry, member: Client) -> None:
    """A wrong secret and an unknown client are invalid_client."""
    fields = {"grant_type": "client_credentials", "scope": "/read-public"}
    wrong = {**member.credentials, "client_secret": "wrong"}
    answer = registry.form("/oauth/token", {**fields, **wrong})
    assert refused_by_oauth(answer, 401, "invalid_client") == "Bad client credentials"
    unknown = {**wrong, "client_id": "APP-0000000000000000"}
    answer = registry.form("/oauth/token", {**fields, **unknown})
    refused_by_oauth(answer, 401, "invalid_client")


@row("2.3", "locked / deactivated client")
@pytest.mark.parametrize("state", ["locked", "deactivated"])
def test_shut_clients_get_no_token(state: str, registry: Registry) -> None:
    """A locked client is unauthorized_client; so is a deactivated one, or 401 as lately."""
    client = registry.client(state=state)
    answer = registry.exchange(client, grant_type="client_credentials", scope="/read-public")
    status = answer.status_code if state == "deactivated" else 400
    assert status in (400, 401)
    refused_by_oauth(answer, status, answer.json()["error"] if status == 401 else UNAUTHORIZED)


UNAUTHORIZED = "unauthorized_client"


@row("2.3", "locked / deactivated client")
@pytest.mark.parametrize("state", ["locked", "deactivated", "deprecated"])
def test_shut_records_get_no_token(
    state: str, registry: Registry, member: Client, person: Person
) -> None:
    """A code of a record that was shut meanwhile is unauthorized_client."""
    code = registry.code(member, person, SCOPE)
    primary = {"primary": registry.person().orcid} if state == "deprecated" else {}
    registry.change_person(person, state=state, **primary)
    answer = registry.exchange(
        member,
        grant_type="authorization_code",
        code=code,
        redirect_uri="https://journal.example/orcid/callback",
    )
    refused_by_oauth(answer, 400, UNAUTHORIZED)


@row("2.3", "grant not supported")
def test_unsupported_grants(registry: Registry, member: Client) -> None:
    """A grant nobody knows, or none at all on the site, is unsupported_grant_type."""
    for fields in ({"grant_type": "password"}, {}):
        answer = registry.exchange(member, **fields)
        refused_by_oauth(answer, 400, "unsupported_grant_type")


@row("2.3", "grant_type missing on API hosts")
def test_token_endpoint_of_the_api_hosts(registry: Registry, member: Client) -> None:
    """The API hosts give tokens too, and call what is missing or too long invalid_request."""
    right = {**member.credentials, "grant_type": "client_credentials", "scope": "/read-public"}
    wrong = [
        {**member.credentials, "scope": "/read-public"},
        {**right, "client_id": ""},
        {**right, "client_id": "A" * 51},
        {**right, "client_secret": "s" * 101},
    ]
    for host in ("/api", "/pub"):
        assert registry.form(f"{host}/oauth/token", right).status_code == 200
        for fields in wrong:
            answer = registry.form(f"{host}/oauth/token", fields)
            refused_by_oauth(answer, 400, "invalid_request")


@row("2.3", "site host: any parameter")
@pytest.mark.parametrize("name", ["client_id", "client_secret", "refresh_token", "subject_token"])
def test_blank_parameters(name: str, registry: Registry, member: Client) -> None:
    """On the site a needed parameter left blank is a 401 that names it."""
    fields = refresh(registry, member, "x")
    if name == "subject_token":
        fields["grant_type"] = "urn:ietf:params:oauth:grant-type:token-exchange"
    answer = registry.form("/oauth/token", {**fields, name: ""})
    assert refused_by_oauth(answer, 401, "invalid_request") == f"{name} is required"


@row("2.3", "client_credentials")
def test_basic_authentication(registry: Registry, member: Client) -> None:
    """HTTP Basic authenticates the client; any Authorization displaces the form's credentials."""
    fields = {"grant_type": "client_credentials", "scope": "/read-public"}
    pair = base64.b64encode(f"{member.client_id}:{member.client_secret}".encode()).decode()
    answer = registry.form("/oauth/token", fields, authorization=f"Basic {pair}")
    assert answer.status_code == 200
    both = {**fields, **member.credentials}
    answer = registry.form("/oauth/token", both, authorization="Bearer anything")
    assert answer.status_code == 401


@row("2.4", "Form: client_id")
@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_revoking(which: str, registry: Registry, member: Client, person: Person) -> None:
    """Revoking either token ends the pair, not its siblings, and always answers an empty 200."""
    mine, sibling = (registry.tokens(member, person, SCOPE) for _ in range(2))
    other = registry.tokens(registry.client(), person, SCOPE)
    for token in (mine[which], mine[which], other[which], "unknown"):
        answer = registry.form("/oauth/revoke", {**member.credentials, "token": token})
        assert (answer.status_code, answer.content) == (200, b"")
    assert works(registry, person, mine["access_token"]) == 401
    assert works(registry, person, sibling["access_token"]) == 200
    assert works(registry, person, other["access_token"]) == 200
    answer = registry.form("/oauth/token", refresh(registry, member, mine["refresh_token"]))
    refused_by_oauth(answer, 400, UNAUTHORIZED)


@row("2.4", "Form: client_id")
def test_revoking_needs_the_secret(registry: Registry, member: Client, person: Person) -> None:
    """Bad client credentials are a 401 and revoke nothing."""
    token = registry.token(member, person, SCOPE)
    wrong = {**member.credentials, "client_secret": "wrong", "token": token}
    assert registry.form("/oauth/revoke", wrong).status_code == 401
    assert works(registry, person, token) == 200


@row("2.4", "Revocation reasons")
@row("13", "13.")
def test_tokens_revoked_by_the_user(registry: Registry, ada: Account) -> None:
    """The person's revocation ends all tokens of the client, but they may still DELETE."""
    second = ada.of("/read-limited /activities/update")
    kept = account(registry, SCOPE, ada.person)
    path = f"/work/{ada.add('/work', work())}"
    registry.revoke_by_user(ada.person, ada.client)
    for old in (ada, second):
        refused_by_oauth(old.get(path), 401, "invalid_token")
        refused_by_oauth(old.post("/work", work()), 401, "invalid_token")
        refused_by_oauth(old.put(path, work()), 401, "invalid_token")
    assert kept.get("/works").status_code == 200
    assert ada.delete(path).status_code == 204
    assert ada.codes("work") == []


@row("2.4", "Revocation reasons")
@pytest.mark.parametrize("reason", ["CLIENT_REVOKED", "STAFF_REVOKED", "RECORD_DEACTIVATED"])
def test_other_reasons_do_not_spare_delete(reason: str, registry: Registry, ada: Account) -> None:
    """A token revoked for any other reason may not DELETE."""
    path = f"/work/{ada.add('/work', work())}"
    registry.control("DELETE", "tokens", {"access_token": ada.token, "reason": reason})
    text = refused_by_oauth(ada.delete(path), 401, "invalid_token")
    assert text == f"Invalid access token: {ada.token}"
    assert ada.of(SCOPE).get(path).status_code == 200
