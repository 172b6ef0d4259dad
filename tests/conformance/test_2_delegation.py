"""REGISTRY.md 2.6 and 2.8: token exchange on behalf of another client, and introspection."""

import base64
from typing import Any

import httpx
import pytest

from tests.conformance.bodies import work
from tests.conformance.delegation import SCOPE, TYPE, signed_in, swap
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


@row("2.6", "subject_token_type", "requested_token_type", "Who", "Response", "Checks")
@row("2.3", "urn:ietf:params:oauth:grant-type:token-exchange")
def test_access_token_for_id_token(registry: Registry, member: Client, person: Person) -> None:
    """A client swaps its own access token for an id_token, which travels as access_token."""
    token = signed_in(registry, member, person)["access_token"]
    got = swap(registry, member, token, "access_token", "id_token").json()
    assert got["access_token"].count(".") == 2
    assert (got["token_type"], got["issued_token_type"]) == ("N_A", TYPE + "id_token")
    assert isinstance(got["expires_in"], int)
    answer = swap(registry, registry.client(), token, "access_token", "id_token")
    assert answer.status_code in (400, 401)
    registry.form("/oauth/revoke", {**member.credentials, "token": token})
    assert swap(registry, member, token, "access_token", "id_token").status_code in (400, 401)


@row("2.6", "subject_token_type", "requested_token_type", "Who", "Checks", "Scope", "Response")
@row("2.3", "urn:ietf:params:oauth:grant-type:token-exchange", "token exchange (OBO)")
@row("2.8", "OBO_CLIENT_ID")
def test_writing_on_behalf_of(clock: Registry, member: Client, person: Person) -> None:
    """Another client swaps even an expired id_token for a token that writes on behalf."""
    mine = signed_in(clock, member, person)["id_token"]
    clock.move(25 * 3600)
    partner = clock.client()
    got = swap(clock, partner, mine, "id_token", "access_token").json()
    assert (got["token_type"], got["expires_in"]) == ("bearer", 3599)
    assert (got["orcid"], got["name"]) == (person.orcid, "Ada Lovelace")
    assert got["issued_token_type"] == TYPE + "access_token"
    assert set(got["scope"].split()) == set(SCOPE.split())
    assert "refresh_token" not in got
    assert introspect(clock, got["access_token"])["OBO_CLIENT_ID"] == member.client_id
    obo = Account(clock, person, partner, got["access_token"])
    source = obo.read(f"/work/{obo.add('/work', work())}")["source"]
    assert source["source-client-id"]["path"] == partner.client_id
    assert source["assertion-origin-client-id"]["path"] == member.client_id
    clock.move(3601)
    assert obo.get("/works").status_code == 401


@row("2.6", "Scope")
def test_scope_of_a_swap(registry: Registry, member: Client, person: Person) -> None:
    """The scopes are those of the original client's live tokens, cut to the ones asked for."""
    mine = signed_in(registry, member, person)["id_token"]
    partner = registry.client()
    asked = "/activities/update /person/update"
    got = swap(registry, partner, mine, "id_token", "access_token", scope=asked).json()
    assert got["scope"] == "/activities/update"


@row("2.6", "Who", "Checks", "All three parameters")
@pytest.mark.parametrize("case", ["own", "forged", "not delegated", "same types", "no grant"])
def test_swaps_refused(case: str, registry: Registry, person: Person) -> None:
    """Own id_tokens, forged ones, other clients than the delegates and wrong types fail."""
    delegates = ["APP-0000000000000000"] if case == "not delegated" else []
    member = registry.client(delegates_to=delegates)
    token = signed_in(registry, member, person)["id_token"]
    token = token[:-8] + "AAAAAAAA" if case == "forged" else token
    asker = member if case == "own" else registry.client(token_exchange=case != "no grant")
    want = "id_token" if case == "same types" else "access_token"
    answer = swap(registry, asker, token, "id_token", want)
    expected = (400,) if case in ("same types", "no grant") else (400, 401)
    assert answer.status_code in expected
    assert set(answer.json()) == {"error", "error_description"}


@row("2.6", "All three parameters")
def test_swaps_after_the_user_revoked(registry: Registry, member: Client, person: Person) -> None:
    """All update tokens revoked by the user: the swapped token is good for DELETE only."""
    partner = registry.client()
    mine = signed_in(registry, member, person)["id_token"]
    live = swap(registry, partner, mine, "id_token", "access_token").json()["access_token"]
    path = f"/work/{Account(registry, person, partner, live).add('/work', work())}"
    registry.revoke_by_user(person, member)
    born = swap(registry, partner, mine, "id_token", "access_token").json()["access_token"]
    obo = Account(registry, person, partner, born)
    assert obo.get(path).status_code == 401
    assert obo.delete(path).status_code == 204
    assert obo.codes("work") == []


@row("2.6", "All three parameters")
@row("2.3", "ORCID-level invalid scope")
def test_swaps_without_a_live_token(registry: Registry, member: Client, person: Person) -> None:
    """No token, or one disabled for another reason, is 401 invalid_scope."""
    partner = registry.client()
    mine = signed_in(registry, member, person)
    registry.form("/oauth/revoke", {**member.credentials, "token": mine["access_token"]})
    registry.token(member, person, "/activities/update")
    answer = swap(registry, partner, mine["id_token"], "id_token", "access_token")
    refused_by_oauth(answer, 401, "invalid_scope")


def test_clients_that_speak_for_the_person(registry: Registry, person: Person) -> None:
    """A client flagged for it stamps the record's holder as assertion origin on its writes."""
    ada = account(registry, person=person, client=registry.client(user_obo=True))
    source = ada.read(f"/work/{ada.add('/work', work())}")["source"]
    assert source["source-client-id"]["path"] == ada.client.client_id
    assert source["assertion-origin-orcid"]["path"] == person.orcid
    assert source["assertion-origin-name"] == {"value": "Ada Lovelace"}


def introspect(registry: Registry, token: str) -> dict[str, Any]:
    """What an API host is told of a token."""
    answer = ask_introspection(registry, token, pair(registry))
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def pair(registry: Registry) -> bytes:
    """The credentials of the API hosts."""
    [secret] = [
        client["client_secret"]
        for client in registry.control("GET", "clients")["clients"]
        if client["client_id"] == "APP-INTROSPECTION001"
    ]
    return f"APP-INTROSPECTION001:{secret}".encode()


def ask_introspection(registry: Registry, token: str, credentials: bytes) -> httpx.Response:
    """Introspection as the API hosts ask for it: Basic in the URL-safe alphabet, unpadded."""
    said = base64.urlsafe_b64encode(credentials).rstrip(b"=").decode()
    return registry.form("/oauth2/introspect", {"token": token}, authorization=f"Basic {said}")


@row("2.8", "Configuration", "Request", "Client authentication", "Answer", "active", "client_id")
@row("2.8", "username", "scope", "clientGrantedAuthority")
def test_introspection(registry: Registry, member: Client, person: Person) -> None:
    """A good token is told with client, record, scopes and authority; a 2-legged without record."""
    told = introspect(registry, registry.token(member, person, "/activities/update"))
    assert told["active"] is True
    assert told["client_id"] == member.client_id
    assert told["username"] == person.orcid
    assert told["scope"] == "/activities/update"
    assert "ROLE_CLIENT" in told["clientGrantedAuthority"]
    assert not told.get("USER_REVOKED")
    assert "OBO_CLIENT_ID" not in told
    told = introspect(registry, registry.token(member, None, "/read-public"))
    assert not {"username", "orcid"} & set(told)
    public = registry.client("public")
    told = introspect(registry, registry.token(public, None, "/read-public"))
    assert "ROLE_CLIENT" not in told.get("clientGrantedAuthority", "")


@row("2.8", "active", "USER_REVOKED")
def test_introspection_of_dead_tokens(clock: Registry, member: Client, person: Person) -> None:
    """Unknown, expired and revoked tokens are inactive; only the user's revocation is told."""
    expired = clock.token(member, person, "/read-limited", expires_in=10)
    clock.move(11)
    gone = clock.token(member, person, "/read-limited")
    clock.form("/oauth/revoke", {**member.credentials, "token": gone})
    for token in ("unknown", expired, gone):
        told = introspect(clock, token)
        assert told["active"] is False
        assert not told.get("USER_REVOKED")
    token = clock.token(member, person, "/activities/update")
    clock.revoke_by_user(person, member)
    told = introspect(clock, token)
    assert (told["active"], told["USER_REVOKED"]) == (False, True)
    assert (told["client_id"], told["username"]) == (member.client_id, person.orcid)
    assert told["scope"] == "/activities/update"
    assert "ROLE_CLIENT" in told["clientGrantedAuthority"]


@row("2.8", "Client authentication", "Answer", "Time-out")
def test_introspection_takes_either_alphabet(registry: Registry) -> None:
    """Credentials pass padded and in the plain alphabet; wrong ones are refused."""
    said = base64.b64encode(pair(registry)).decode()
    answer = registry.form("/oauth2/introspect", {"token": "x"}, authorization=f"Basic {said}")
    assert (answer.status_code, answer.json()["active"]) == (200, False)
    assert ask_introspection(registry, "x", b"APP-INTROSPECTION001:wrong").status_code == 401


@row("2.8", "Configuration")
def test_revocation_of_the_authorization_server(
    registry: Registry, member: Client, person: Person
) -> None:
    """The authorization server also revokes at /oauth2/revoke."""
    token = registry.token(member, person, "/read-limited")
    answer = registry.form("/oauth2/revoke", {**member.credentials, "token": token})
    assert answer.status_code == 200
    assert registry.call("GET", f"{MEMBER}/{person.orcid}/works", token).status_code == 401
