"""Tokens and authorization codes: made, found, judged and disabled (REGISTRY 2.3, 2.4)."""

import secrets
import string
import uuid
from collections.abc import Iterable

from orcid_connect.simulator.entities import PERSISTENT_SECONDS, Client, Code, Token
from orcid_connect.simulator.world import World

SHORT_SECONDS = 3600  # not persistent, and on-behalf-of tokens
IMPLICIT_SECONDS = 600
CODE_SECONDS = 24 * 3600
CODE_LENGTH = 6
_CODE_LETTERS = string.ascii_letters + string.digits

CLIENT_REVOKED = "CLIENT_REVOKED"
USER_REVOKED = "USER_REVOKED"
RECORD_DEACTIVATED = "RECORD_DEACTIVATED"
AUTH_CODE_REUSED = "AUTH_CODE_REUSED"
REASONS = frozenset(
    {CLIENT_REVOKED, USER_REVOKED, "STAFF_REVOKED", RECORD_DEACTIVATED, AUTH_CODE_REUSED}
)


def issue_token(
    world: World,
    client: Client,
    orcid: str | None,
    scopes: Iterable[str],
    *,
    expires: float | None = None,
    code: str | None = None,
    obo_client: str | None = None,
    refreshable: bool = True,
    hidden: bool = False,
    disabled: str | None = None,
) -> Token:
    """Make a token; without `expires` it lives as long as the client's kind of tokens do."""
    now = world.clock.now()
    seconds = PERSISTENT_SECONDS if client.persistent_tokens or orcid is None else SHORT_SECONDS
    token = Token(
        value=str(uuid.uuid4()),
        refresh=str(uuid.uuid4()) if refreshable else None,
        client_id=client.client_id,
        orcid=orcid,
        scopes=list(scopes),
        issued=now,
        expires=now + seconds if expires is None else expires,
        code=code,
        obo_client=obo_client,
        hidden=hidden,
        disabled=disabled,
    )
    world.tokens.put(token)
    world.index_token(token)
    return token


def issue_code(
    world: World,
    client: Client,
    orcid: str,
    scopes: Iterable[str],
    redirect_uri: str,
    nonce: str | None,
) -> Code:
    """Make an authorization code: six characters, a day to live, good once."""
    value = _free_code(world)
    expires = world.clock.now() + CODE_SECONDS
    code = Code(value, client.client_id, orcid, list(scopes), redirect_uri, nonce, expires)
    return world.codes.put(code)


def _free_code(world: World) -> str:
    while True:
        value = "".join(secrets.choice(_CODE_LETTERS) for _ in range(CODE_LENGTH))
        if value not in world.codes:
            return value


def is_live(world: World, token: Token) -> bool:
    """Tell whether a token is neither disabled nor expired, and its client still welcome."""
    client = world.clients.get(token.client_id)
    if client is None or client.state != "active":
        return False
    return token.disabled is None and token.expires > world.clock.now()


def may_still_delete(world: World, token: Token) -> bool:
    """Tell whether a token the user has withdrawn still lets its client take its items away."""
    client = world.clients.get(token.client_id)
    return (
        client is not None
        and client.state == "active"
        and token.disabled == USER_REVOKED
        and token.expires > world.clock.now()
    )


def disable(world: World, token: Token, reason: str) -> bool:
    """Disable a token; tell whether it was enabled until now."""
    if token.disabled is not None:
        return False
    token.disabled = reason
    world.tokens.put(token)
    return True


def disable_all(world: World, orcid: str, reason: str, client_id: str | None = None) -> int:
    """Disable all tokens of a record, or those of one client on it; count them."""
    tokens = [
        token
        for token in world.tokens_by_orcid.get(orcid, ())
        if client_id is None or token.client_id == client_id
    ]
    return sum(disable(world, token, reason) for token in tokens)


def find_token(world: World, value: str) -> Token | None:
    """Find a token by its access or its refresh value."""
    return world.tokens.get(value) or world.refreshes.get(value)


def has_consent(world: World, client: Client, orcid: str, scopes: Iterable[str]) -> bool:
    """Tell whether this person has granted exactly these scopes before (REGISTRY 2.5)."""
    if not client.persistent_tokens:
        return False
    wanted = set(scopes)
    return any(
        token.client_id == client.client_id
        and token.obo_client is None
        and set(token.scopes) == wanted
        and is_live(world, token)
        for token in world.tokens_by_orcid.get(orcid, ())
    )
