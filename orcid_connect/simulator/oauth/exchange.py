"""Token exchange: an id_token for an access token, and acting for another (REGISTRY 2.6)."""

from typing import Any

from orcid_connect.simulator.entities import Client, Person, Token
from orcid_connect.simulator.oauth import scopes, tokens
from orcid_connect.simulator.oauth.problems import OAuthProblem
from orcid_connect.simulator.oauth.signing import ID_TOKEN_SECONDS, SigningKeys, make_id_token
from orcid_connect.simulator.wire import Call
from orcid_connect.simulator.world import World

ACCESS_TYPE = "urn:ietf:params:oauth:token-type:access_token"
ID_TYPE = "urn:ietf:params:oauth:token-type:id_token"
UPDATE = "/activities/update"


def exchange(world: World, keys: SigningKeys, call: Call, client: Client) -> dict[str, Any]:
    """Exchange the subject token; give the body of the answer or raise OAuthProblem."""
    if not client.token_exchange:
        raise OAuthProblem(400, "unauthorized_client", "The client may not exchange tokens")
    subject = _required(call, "subject_token")
    offered = _required(call, "subject_token_type")
    wanted = _required(call, "requested_token_type")
    if offered == ACCESS_TYPE and wanted == ID_TYPE:
        return _to_id_token(world, keys, client, subject)
    if offered == ID_TYPE and wanted == ACCESS_TYPE:
        return _on_behalf(world, keys, call, client, subject)
    raise OAuthProblem(400, "invalid_request", "These token types cannot be exchanged")


def _required(call: Call, name: str) -> str:
    value = call.form.get(name, "").strip()
    if not value:
        # The site's own proxy says 401 for every blank parameter, the server behind it 400.
        on_site = not call.path.startswith(("/api/", "/pub/"))
        raise OAuthProblem(401 if on_site else 400, "invalid_request", f"{name} is required")
    return value


def _to_id_token(world: World, keys: SigningKeys, client: Client, subject: str) -> dict[str, Any]:
    token = world.tokens.get(subject)
    if token is None or token.orcid is None or not tokens.is_live(world, token):
        raise OAuthProblem(400, "invalid_request", "The subject token is not valid")
    if token.client_id != client.client_id:
        raise OAuthProblem(400, "invalid_request", "The subject token is another client's")
    person = world.people[token.orcid]
    return {
        "access_token": make_id_token(world, keys, client, person, access_token=token.value),
        "token_type": "N_A",
        "expires_in": ID_TOKEN_SECONDS - 1,
        "issued_token_type": ID_TYPE,
    }


def _on_behalf(
    world: World, keys: SigningKeys, call: Call, client: Client, subject: str
) -> dict[str, Any]:
    original, person = _read_subject(world, keys, client, subject)
    granted, disabled = _delegable(world, original, person.orcid)
    wanted = scopes.split(call.form.get("scope", ""))
    if wanted:
        allowed = scopes.expand(granted)
        granted = [scope for scope in wanted if scope in allowed]
        if not granted:
            raise _no_scope()
    token = tokens.issue_token(
        world,
        client,
        person.orcid,
        granted,
        expires=world.clock.now() + tokens.SHORT_SECONDS,
        obo_client=original.client_id,
        refreshable=False,
        disabled=disabled,
    )
    call.orcid = person.orcid
    return {
        "access_token": token.value,
        "token_type": "bearer",
        "expires_in": tokens.SHORT_SECONDS - 1,
        "scope": " ".join(token.scopes),
        "issued_token_type": ACCESS_TYPE,
        "name": person.public_name,
        "orcid": person.orcid,
    }


def _read_subject(
    world: World, keys: SigningKeys, client: Client, subject: str
) -> tuple[Client, Person]:
    claims = keys.read(subject)  # its expiry does not matter, REGISTRY 2.6
    if claims is None:
        raise OAuthProblem(400, "invalid_request", "The id_token is not one of ours")
    original = world.clients.get(str(claims.get("aud")))
    person = world.people.get(str(claims.get("sub")))
    if original is None or person is None or original.state != "active":
        raise OAuthProblem(400, "invalid_request", "The id_token names nobody we know")
    if original.client_id == client.client_id:
        raise OAuthProblem(400, "invalid_request", "Use the refresh token of your own client")
    if original.delegates_to and client.client_id not in original.delegates_to:
        raise OAuthProblem(400, "invalid_request", "That client does not delegate to this one")
    return original, person


def _delegable(world: World, original: Client, orcid: str) -> tuple[list[str], str | None]:
    """Give the scopes to pass on, and with which reason the new token is born disabled."""
    now = world.clock.now()
    candidates = [
        token
        for token in world.tokens_by_orcid.get(orcid, ())
        if token.client_id == original.client_id
        and token.expires > now
        and token.obo_client is None
    ]
    live = [token for token in candidates if token.disabled is None]
    withdrawn = [token for token in candidates if token.disabled is not None]
    if any(not _withdrawn_by_user(token) for token in withdrawn):
        raise _no_scope()
    if live:
        return sorted({scope for token in live for scope in token.scopes}), None
    if withdrawn:
        return [UPDATE], tokens.USER_REVOKED
    raise _no_scope()


def _withdrawn_by_user(token: Token) -> bool:
    return token.disabled == tokens.USER_REVOKED and UPDATE in token.scopes


def _no_scope() -> OAuthProblem:
    return OAuthProblem(401, "invalid_scope", "The other client holds no permission to pass on")
