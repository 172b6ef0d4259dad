"""The token endpoint: authorization codes, refreshing, client credentials (REGISTRY 2.3)."""

from typing import Any

from orcid_connect.simulator.entities import Client, Code, Token
from orcid_connect.simulator.oauth import scopes, tokens
from orcid_connect.simulator.oauth.clients import authenticate
from orcid_connect.simulator.oauth.exchange import exchange
from orcid_connect.simulator.oauth.problems import OAuthProblem, server_error
from orcid_connect.simulator.oauth.signing import SigningKeys, make_id_token
from orcid_connect.simulator.wire import Answer, Call, json_answer
from orcid_connect.simulator.world import World

_TOKEN_HEADERS = (
    ("cache-control", "no-store"),
    ("pragma", "no-cache"),
    ("OAUTH_AUTHORIZATION_CODE_EXCHANGE", "ON"),
)
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


def token_endpoint(world: World, keys: SigningKeys, call: Call) -> Answer:
    """Answer `POST /oauth/token`."""
    try:
        return _grant(world, keys, call)
    except OAuthProblem as problem:
        return problem.answer()


def _grant(world: World, keys: SigningKeys, call: Call) -> Answer:
    kind = call.form.get("grant_type", "").strip()
    if not kind:
        on_site = not call.path.startswith(("/api/", "/pub/"))
        error = "unsupported_grant_type" if on_site else "invalid_request"
        raise OAuthProblem(400, error, "grant_type is missing")
    client = authenticate(world, call)
    if client.state != "active":
        raise OAuthProblem(400, "unauthorized_client", f"The client is {client.state}")
    if kind == "authorization_code":
        return _from_code(world, keys, call, client)
    if kind == "refresh_token":
        return _from_refresh(world, keys, call, client)
    if kind == "client_credentials":
        return _from_credentials(world, call, client)
    if kind == EXCHANGE:
        return _token_answer(exchange(world, keys, call, client), "token exchanged")
    raise OAuthProblem(400, "unsupported_grant_type", f"Unsupported grant type: {kind}")


# --- authorization codes ---------------------------------------------------------------------


def _from_code(world: World, keys: SigningKeys, call: Call, client: Client) -> Answer:
    value = call.form.get("code", "").strip()
    if not value:
        raise server_error("An authorization code must be supplied.")
    code = _known_code(world, client, value)
    if code.expires <= world.clock.now():
        raise OAuthProblem(400, "invalid_request", "Authorization code has expired")
    granted = _narrowed(call, code.scopes)
    # From here on the code is used up, whatever comes of it.
    code.uses += 1
    world.codes.put(code)
    if call.form.get("redirect_uri", "") != code.redirect_uri:
        raise server_error("Redirect URI mismatch.")
    if code.client_id != client.client_id:
        raise server_error("Client ID mismatch")
    _refuse_closed_record(world, code.orcid)
    token = tokens.issue_token(world, client, code.orcid, granted, code=code.value)
    call.orcid = code.orcid
    return _token_answer(describe(world, keys, client, token, code.nonce), "code exchanged")


def _known_code(world: World, client: Client, value: str) -> Code:
    code = world.codes.get(value)
    if code is None or code.uses > 1 or (code.uses and code.client_id != client.client_id):
        raise OAuthProblem(400, "invalid_grant", f"Invalid authorization code: {value}")
    if code.uses == 1:
        _punish_replay(world, code)
        raise OAuthProblem(400, "invalid_grant", f"Reused authorization code: {value}")
    return code


def _punish_replay(world: World, code: Code) -> None:
    code.uses += 1
    world.codes.put(code)
    for token in world.tokens_by_orcid.get(code.orcid, ()):
        if token.code == code.value:
            tokens.disable(world, token, tokens.AUTH_CODE_REUSED)


def _narrowed(call: Call, granted: list[str]) -> list[str]:
    """Give the scopes asked for, if all of them were granted; without any, the granted ones."""
    wanted = scopes.split(call.form.get("scope", ""))
    if not wanted:
        return granted
    allowed = scopes.expand(granted)
    for scope in wanted:
        if scope not in allowed:
            raise OAuthProblem(400, "invalid_scope", f"Invalid scope: {scope}")
    return wanted


def _refuse_closed_record(world: World, orcid: str) -> None:
    person = world.people.get(orcid)
    if person is None or person.state in {"locked", "deactivated", "deprecated"}:
        state = "unknown" if person is None else person.state
        raise OAuthProblem(400, "unauthorized_client", f"The record {orcid} is {state}")


# --- refreshing ------------------------------------------------------------------------------


def _from_refresh(world: World, keys: SigningKeys, call: Call, client: Client) -> Answer:
    value = call.form.get("refresh_token", "").strip()
    if not value:
        raise OAuthProblem(401, "invalid_request", "refresh_token is required")
    parent = _usable_parent(world, client, value)
    granted = _narrowed(call, parent.scopes)
    expires = _child_expiry(world, call, parent)
    if parent.orcid is not None:
        _refuse_closed_record(world, parent.orcid)
    child = tokens.issue_token(
        world, client, parent.orcid, granted, expires=expires, code=parent.code
    )
    if call.form.get("revoke_old", "true").strip().lower() != "false":
        tokens.disable(world, parent, tokens.CLIENT_REVOKED)
    call.orcid = parent.orcid
    return _token_answer(describe(world, keys, client, child, None), "token refreshed")


def _usable_parent(world: World, client: Client, value: str) -> Token:
    parent = world.refreshes.get(value)
    if parent is None:
        raise OAuthProblem(400, "unauthorized_client", "Unknown refresh token")
    if parent.client_id != client.client_id:
        raise OAuthProblem(400, "invalid_request", "The refresh token belongs to another client")
    if parent.disabled is not None:
        raise OAuthProblem(400, "unauthorized_client", "Parent token is disabled")
    if parent.expires <= world.clock.now():
        raise OAuthProblem(400, "unauthorized_client", "Parent token has expired")
    return parent


def _child_expiry(world: World, call: Call, parent: Token) -> float:
    text = call.form.get("expires_in", "").strip()
    if not text:
        return parent.expires
    if not (text.isascii() and text.isdigit()):
        raise OAuthProblem(400, "invalid_request", "expires_in is not a number of seconds")
    expires = world.clock.now() + int(text)
    if expires > parent.expires:
        raise OAuthProblem(400, "invalid_request", "The token would outlive its parent")
    return expires


# --- client credentials ----------------------------------------------------------------------


def _from_credentials(world: World, call: Call, client: Client) -> Answer:
    wanted = scopes.split(call.form.get("scope", ""))
    allowed = scopes.allowed_for(client)
    for scope in wanted:
        if scope not in scopes.KNOWN and scope not in scopes.IGNORED:
            raise OAuthProblem(401, "invalid_scope", f"Invalid scope: {scope}")
    kept = [scope for scope in wanted if scope in scopes.TWO_LEGGED]
    if not kept:
        raise OAuthProblem(400, "invalid_scope", "No scope that client credentials could have")
    for scope in kept:
        if scope not in allowed:
            raise OAuthProblem(400, "invalid_scope", f"Invalid scope: {scope}")
    token = tokens.issue_token(world, client, None, kept)
    body = _common(world, token) | {"orcid": None}
    return _token_answer(body, "client token issued")


# --- answers ---------------------------------------------------------------------------------


def describe(
    world: World, keys: SigningKeys, client: Client, token: Token, nonce: str | None
) -> dict[str, Any]:
    """Write the answer that hands a token over."""
    body = _common(world, token)
    if token.orcid is None:
        return body | {"orcid": None}
    person = world.people[token.orcid]
    body |= {"name": person.public_name, "orcid": person.orcid}
    if scopes.OPENID in token.scopes:
        body["id_token"] = make_id_token(
            world, keys, client, person, access_token=token.value, nonce=nonce
        )
    return body


def _common(world: World, token: Token) -> dict[str, Any]:
    return {
        "access_token": token.value,
        "token_type": "bearer",
        "refresh_token": token.refresh,
        # One second short of the nominal life, as the registry answers (REGISTRY 2.3).
        "expires_in": max(0, round(token.expires - world.clock.now()) - 1),
        "scope": " ".join(token.scopes),
    }


def _token_answer(body: dict[str, Any], decision: str) -> Answer:
    return json_answer(200, body, decision, list(_TOKEN_HEADERS))
