"""Revocation, userinfo, introspection, discovery and keys (REGISTRY 1.1, 1.3, 2.4, 2.8)."""

from typing import Any

from orcid_connect.simulator.entities import Client, Token
from orcid_connect.simulator.oauth import scopes, tokens
from orcid_connect.simulator.oauth.clients import authenticate
from orcid_connect.simulator.oauth.problems import OAuthProblem
from orcid_connect.simulator.oauth.signing import SigningKeys
from orcid_connect.simulator.orcid_ids import ORCID_SITE
from orcid_connect.simulator.wire import JSON_TYPE, Answer, Call, indented, json_answer
from orcid_connect.simulator.world import World


def revoke(world: World, call: Call) -> Answer:
    """Answer `POST /oauth/revoke`: 200 and empty, whatever the token was."""
    try:
        client = authenticate(world, call)
    except OAuthProblem as problem:
        return problem.answer()
    token = tokens.find_token(world, call.form.get("token", "").strip())
    decision = "nothing to revoke"
    if token is not None and token.client_id == client.client_id:
        tokens.disable(world, token, tokens.CLIENT_REVOKED)
        call.orcid = token.orcid
        decision = "token revoked"
    return Answer(200, headers=[("OAUTH_TOKEN_VALIDATION", "ON")], decision=decision)


def userinfo(world: World, call: Call) -> Answer:
    """Answer `/oauth/userinfo`; any failure is the registry's odd 403."""
    token = _userinfo_token(world, call)
    if token is None or token.orcid is None:
        body = {"error": "access_denied", "error-description": "access_token is invalid"}
        return json_answer(403, body, "refused: access_denied (403)")
    person = world.people[token.orcid]
    call.client_id, call.orcid = token.client_id, token.orcid
    shown = person.name_visibility == "public"
    body_shown = {
        "id": f"{ORCID_SITE}/{person.orcid}",
        "sub": person.orcid,
        "name": person.credit_name if shown else None,
        "family_name": person.family if shown else None,
        "given_name": person.given if shown else None,
    }
    return json_answer(200, body_shown, "userinfo given")


def _userinfo_token(world: World, call: Call) -> Token | None:
    posted = call.form.get("access_token", "") if call.method == "POST" else ""
    for value in (posted, bearer(call)):
        token = world.tokens.get(value) if value else None
        if (
            token is not None
            and tokens.is_live(world, token)
            and scopes.AUTHENTICATE in scopes.expand(token.scopes)
        ):
            return token
    return None


def bearer(call: Call) -> str | None:
    """Read the bearer token of the Authorization header; what follows a comma is cut off."""
    word, _, value = call.headers.get("authorization", "").partition(" ")
    if word.lower() != "bearer":
        return None
    return value.split(",")[0].strip() or None


def introspect(world: World, call: Call) -> Answer:
    """Answer `POST /oauth2/introspect` the way the registry's own API hosts read it."""
    if not call.headers.get("authorization"):
        return json_answer(401, {"error": "invalid_client"}, "refused: no client credentials")
    try:
        authenticate(world, call)
    except OAuthProblem as problem:
        return problem.answer()
    token = world.tokens.get(call.form.get("token", "").strip())
    if token is None:
        return json_answer(200, {"active": False}, "token unknown")
    if tokens.is_live(world, token):
        return json_answer(200, {"active": True, **_facts(world, token)}, "token active")
    if tokens.may_still_delete(world, token):
        facts = {"active": False, "USER_REVOKED": True, **_facts(world, token)}
        return json_answer(200, facts, "token withdrawn by the user")
    return json_answer(200, {"active": False}, "token not active")


def _facts(world: World, token: Token) -> dict[str, Any]:
    client: Client = world.clients[token.client_id]
    facts: dict[str, Any] = {
        "client_id": token.client_id,
        "scope": " ".join(token.scopes),
        "clientGrantedAuthority": "ROLE_CLIENT" if client.is_member else "ROLE_PUBLIC",
        "token_type": "bearer",
        "iat": int(token.issued),
        "exp": int(token.expires),
    }
    # A client-only token leaves these out; null would be read as a name (REGISTRY 2.8).
    if token.orcid is not None:
        facts["username"] = token.orcid
    if token.obo_client is not None:
        facts["OBO_CLIENT_ID"] = token.obo_client
    return facts


def discovery(world: World) -> Answer:
    """Answer `GET /.well-known/openid-configuration`, pretty-printed."""
    base = world.base_url
    body = {
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
    return Answer(200, indented(body).encode(), JSON_TYPE, decision="discovery document")


def jwks(keys: SigningKeys) -> Answer:
    """Answer `GET /oauth/jwks`."""
    return json_answer(200, keys.public(), "signing keys")
