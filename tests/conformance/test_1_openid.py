"""REGISTRY.md 1: discovery, keys, id_tokens and userinfo."""

import base64
import hashlib
import json
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.conformance.browser import Browser, returned
from tests.conformance.marks import row
from tests.conformance.world import REDIRECT, Client, Person, Registry

DISCOVERY = {
    "id_token_signing_alg_values_supported": ["RS256"],
    "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
    "token_endpoint_auth_methods_supported": ["client_secret_post"],
    "subject_types_supported": ["public"],
    "response_types_supported": ["code", "id_token", "id_token token"],
    "grant_types_supported": ["authorization_code", "implicit", "refresh_token"],
    "scopes_supported": ["openid"],
    "claims_supported": ["family_name", "given_name", "name", "auth_time", "iss", "sub"],
    "claims_parameter_supported": False,
}
ABSENT = (
    "code_challenge_methods_supported",
    "revocation_endpoint",
    "end_session_endpoint",
    "registration_endpoint",
)
DAY_SECONDS = 24 * 3600


def id_token(registry: Registry, client: Client, person: Person, **code: object) -> dict[str, Any]:
    """The token answer of a fresh code for openid, with the verified claims beside it."""
    answer = registry.exchange(
        client,
        grant_type="authorization_code",
        code=registry.code(client, person, "openid", **code),
        redirect_uri=REDIRECT,
    ).json()
    keys = KeySet.import_key_set(registry.http.get("/oauth/jwks").json())
    decoded = jwt.decode(answer["id_token"], keys, algorithms=["RS256"])
    return {**answer, "claims": decoded.claims, "header": decoded.header}


@pytest.mark.parametrize("name", [pytest.param(name, marks=row("1.1", name)) for name in DISCOVERY])
@row("2.1", "PKCE")
def test_discovery_field(name: str, registry: Registry) -> None:
    """Discovery is indented JSON that says exactly what the registry's own says."""
    answer = registry.http.get("/.well-known/openid-configuration")
    document = answer.json()
    assert answer.text.count("\n") >= len(document)
    assert document[name] == DISCOVERY[name]
    assert document["issuer"] == registry.base_url
    places = {"authorization_endpoint": "authorize", "token_endpoint": "token"}
    places |= {"userinfo_endpoint": "userinfo", "jwks_uri": "jwks"}
    for endpoint, path in places.items():
        assert document[endpoint] == f"{registry.base_url}/oauth/{path}"
    assert not set(ABSENT) & set(document)


@row("1.2", "iss", "aud", "sub", "iat, exp", "auth_time", "nonce", "at_hash", "jti", "amr")
@row("1.2", "name, given_name, family_name")
@row("13", "17.", "18.")
def test_id_token_claims(registry: Registry, member: Client) -> None:
    """The id_token of a member names the person, with ORCID's peculiar sub, aud and amr."""
    person = registry.person(credit_name="A. L.")
    answer = id_token(registry, member, person, nonce="n-1")
    claims = answer["claims"]
    half = hashlib.sha256(answer["access_token"].encode()).digest()[:16]
    assert claims["iss"] == registry.base_url
    assert claims["aud"] == member.client_id
    assert claims["sub"] == person.orcid
    assert claims["exp"] == claims["iat"] + DAY_SECONDS
    assert claims["auth_time"] <= claims["iat"]
    assert claims["nonce"] == "n-1"
    assert claims["at_hash"] == base64.urlsafe_b64encode(half).rstrip(b"=").decode()
    assert len(claims["jti"]) == 36
    assert claims["amr"] == "pwd"
    names = {name: claims[name] for name in ("name", "given_name", "family_name")}
    assert names == {"name": "A. L.", "given_name": "Ada", "family_name": "Lovelace"}
    assert "email" not in claims
    [key] = [
        key
        for key in registry.http.get("/oauth/jwks").json()["keys"]
        if key["kid"] == answer["header"]["kid"]
    ]
    assert {"kty", "e", "use", "kid", "alg", "n"} == set(key)
    assert (key["kty"], key["use"], key["alg"]) == ("RSA", "sig", "RS256")


@row("1.2", "amr", "name, given_name, family_name")
def test_id_token_claims_left_out(registry: Registry, member: Client, person: Person) -> None:
    """A public client gets no amr, and a name that is not public is not told."""
    public = registry.client("public")
    claims = id_token(registry, public, person)["claims"]
    assert "amr" not in claims
    assert claims["name"] == "Ada Lovelace"
    hidden = registry.person(name_visibility="private")
    claims = id_token(registry, member, hidden)["claims"]
    assert not {"name", "given_name", "family_name", "nonce"} & set(claims)


@row("2.3", "id_token is added iff")
def test_no_id_token_without_openid(registry: Registry, member: Client, person: Person) -> None:
    """A grant without openid brings no id_token."""
    code = registry.code(member, person, "/authenticate")
    answer = registry.exchange(
        member, grant_type="authorization_code", code=code, redirect_uri=REDIRECT
    )
    assert answer.status_code == 200
    assert "id_token" not in answer.json()


@row("2.7", "openid")
def test_other_openid_scopes_are_ignored(
    registry: Registry, member: Client, person: Person
) -> None:
    """profile, email and their like are silently ignored beside openid."""
    with Browser(registry) as browser:
        page = browser.ask(member, scope="openid profile email address phone offline_access")
        page = browser.sign_in(page, person)
        answer = browser.submit(page, decision="authorize")
    code = returned(answer)["code"]
    answer = registry.exchange(
        member, grant_type="authorization_code", code=code, redirect_uri=REDIRECT
    )
    assert answer.status_code == 200
    assert "openid" in answer.json()["scope"].split()
    assert "email" not in answer.json()["scope"]


@row("1.3", "GET /oauth/userinfo", "name is the credit name")
@row("13", "19.")
def test_userinfo(registry: Registry, member: Client) -> None:
    """Userinfo names the person, by header or form; null where the name is not public."""
    person = registry.person(given="A", family="B")
    token = registry.token(member, person, "openid")
    expected = {
        "id": f"https://orcid.org/{person.orcid}",
        "sub": person.orcid,
        "name": None,
        "family_name": "B",
        "given_name": "A",
    }
    bearer = {"authorization": f"Bearer {token}"}
    assert registry.http.get("/oauth/userinfo", headers=bearer).json() == expected
    assert registry.form("/oauth/userinfo", {"access_token": token}).json() == expected
    answer = registry.form("/oauth/userinfo", {"access_token": "bad"}, **bearer)
    assert answer.json() == expected
    implied = registry.token(member, person, "/authenticate")
    assert registry.form("/oauth/userinfo", {"access_token": implied}).status_code == 200
    registry.change_person(person, name_visibility="limited")
    hidden = registry.http.get("/oauth/userinfo", headers=bearer).json()
    assert hidden == {**expected, "family_name": None, "given_name": None}


@row("1.3", "GET /oauth/userinfo", "name is the credit name")
@row("13", "19.")
@pytest.mark.parametrize("case", ["unknown", "none", "scope", "expired"])
def test_userinfo_refused(case: str, clock: Registry, member: Client, person: Person) -> None:
    """Any failure of userinfo is 403 with a hyphen in error-description."""
    token = "unknown"
    if case == "scope":
        token = clock.token(member, None, "/read-public")
    if case == "expired":
        token = clock.token(member, person, "openid", expires_in=10)
        clock.move(11)
    headers = {} if case == "none" else {"authorization": f"Bearer {token}"}
    answer = clock.http.get("/oauth/userinfo", headers=headers)
    assert answer.status_code == 403
    assert answer.json() == {
        "error": "access_denied",
        "error-description": "access_token is invalid",
    }
    assert json.loads(answer.content)
