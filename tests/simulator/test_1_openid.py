"""REGISTRY 1.1 to 1.3: discovery, keys, id_tokens and userinfo."""

import base64
import hashlib
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from orcid_connect.simulator import Person, Simulator
from tests.simulator.callers import CALLBACK, NOW, UPDATE, tokens_for

pytestmark = pytest.mark.anyio


async def read_id_token(http: httpx.AsyncClient, token: str) -> tuple[Any, Any]:
    """Verify an id_token with the published keys; give header and claims."""
    keys = KeySet.import_key_set((await http.get("/oauth/jwks")).json())
    decoded = jwt.decode(token, keys, algorithms=["RS256"])
    return decoded.header, decoded.claims


async def test_1_1_discovery(sim: Simulator, http: httpx.AsyncClient) -> None:
    """The discovery document is pretty-printed and has exactly the registry's members."""
    answer = await http.get("/.well-known/openid-configuration")
    assert b'"issuer" : "' in answer.content
    base = sim.base_url
    assert answer.json() == {
        "issuer": base,
        "authorization_endpoint": f"{base}/oauth/authorize",
        "token_endpoint": f"{base}/oauth/token",
        "userinfo_endpoint": f"{base}/oauth/userinfo",
        "jwks_uri": f"{base}/oauth/jwks",
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


async def test_1_1_keys(http: httpx.AsyncClient) -> None:
    """The key set has RSA signing keys and nothing private."""
    keys = (await http.get("/oauth/jwks")).json()["keys"]
    assert [sorted(key) for key in keys] == [["alg", "e", "kid", "kty", "n", "use"]]
    assert (keys[0]["kty"], keys[0]["use"], keys[0]["alg"]) == ("RSA", "sig", "RS256")


async def test_1_2_id_token_claims(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, journal: str
) -> None:
    """The id_token says who signed in, with a bare iD and a string amr."""
    sim.change_person(ada.orcid, credit_name="A. A. Lovelace")
    body = await tokens_for(sim, http, journal, ada.orcid)
    header, claims = await read_id_token(http, body["id_token"])
    digest = hashlib.sha256(body["access_token"].encode()).digest()[:16]
    assert header["alg"] == "RS256"
    assert header["kid"]
    assert claims.pop("jti")
    assert claims == {
        "iss": sim.base_url,
        "aud": journal,
        "sub": ada.orcid,
        "iat": int(NOW),
        "exp": int(NOW) + 86400,
        "auth_time": int(NOW),
        "at_hash": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "nonce": "n-1",
        "amr": "pwd",
        "name": "A. A. Lovelace",
        "given_name": "Ada",
        "family_name": "Lovelace",
    }


async def test_1_2_hidden_names_and_public_clients(
    sim: Simulator, http: httpx.AsyncClient, ada: Person
) -> None:
    """A name that is not public stays out; amr is for members only."""
    sim.change_person(ada.orcid, name_visibility="limited")
    client = sim.add_client("public", "P", [CALLBACK]).client_id
    body = await tokens_for(sim, http, client, ada.orcid)
    _, claims = await read_id_token(http, body["id_token"])
    assert {"name", "given_name", "family_name", "amr"}.isdisjoint(claims)


async def test_1_2_two_factor(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, journal: str
) -> None:
    """With two-factor sign-in amr is mfa."""
    sim.change_person(ada.orcid, two_factor=True)
    body = await tokens_for(sim, http, journal, ada.orcid)
    assert (await read_id_token(http, body["id_token"]))[1]["amr"] == "mfa"


async def test_1_1_keys_rotate(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, journal: str
) -> None:
    """After a rotation new id_tokens carry a new key id, and old ones still verify."""
    before = await tokens_for(sim, http, journal, ada.orcid)
    sim.rotate_keys()
    after = await tokens_for(sim, http, journal, ada.orcid)
    old, _ = await read_id_token(http, before["id_token"])
    new, _ = await read_id_token(http, after["id_token"])
    assert old["kid"] != new["kid"]


async def test_1_3_userinfo(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, journal: str
) -> None:
    """Userinfo gives id, sub and names; the name is the credit name or null."""
    token = sim.issue_token(journal, ada.orcid, "openid")
    headers = {"authorization": f"Bearer {token}"}
    answer = await http.get("/oauth/userinfo", headers=headers)
    assert answer.json() == {
        "id": f"https://orcid.org/{ada.orcid}",
        "sub": ada.orcid,
        "name": None,
        "family_name": "Lovelace",
        "given_name": "Ada",
    }
    assert list(answer.json()) == ["id", "sub", "name", "family_name", "given_name"]
    sim.change_person(ada.orcid, name_visibility="limited")
    posted = await http.post("/oauth/userinfo", data={"access_token": token})
    hidden = posted.json()
    assert (hidden["name"], hidden["family_name"], hidden["given_name"]) == (None, None, None)
    fallback = await http.post("/oauth/userinfo", data={"access_token": "bad"}, headers=headers)
    assert fallback.status_code == 200


@pytest.mark.parametrize("scope", [UPDATE, "/read-limited", None])
async def test_1_3_userinfo_fails_with_an_odd_403(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, journal: str, scope: str | None
) -> None:
    """Any failure is 403 with a hyphen in error-description."""
    token = sim.issue_token(journal, ada.orcid, scope) if scope else "unknown"
    answer = await http.get("/oauth/userinfo", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 403
    assert answer.json() == {
        "error": "access_denied",
        "error-description": "access_token is invalid",
    }


@pytest.mark.parametrize("scope", ["/authenticate", "openid /read-limited"])
async def test_1_3_authenticate_suffices(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, journal: str, scope: str
) -> None:
    """openid or a scope that implies /authenticate opens userinfo."""
    token = sim.issue_token(journal, ada.orcid, scope)
    answer = await http.get("/oauth/userinfo", headers={"authorization": f"bearer {token}"})
    assert answer.status_code == 200
