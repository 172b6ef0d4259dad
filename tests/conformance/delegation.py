"""Token exchange as clients ask for it (REGISTRY.md 2.6)."""

from typing import Any

import httpx

from tests.conformance.world import REDIRECT, Client, Person, Registry

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
TYPE = "urn:ietf:params:oauth:token-type:"
SCOPE = "openid /read-limited /activities/update"


def signed_in(registry: Registry, client: Client, person: Person) -> dict[str, Any]:
    """The token answer of a sign-in with openid and update."""
    answer = registry.exchange(
        client,
        grant_type="authorization_code",
        code=registry.code(client, person, SCOPE),
        redirect_uri=REDIRECT,
    )
    got: dict[str, Any] = answer.json()
    return got


def swap(
    registry: Registry, client: Client, token: str, have: str, want: str, **fields: str
) -> httpx.Response:
    """A token exchange."""
    return registry.exchange(
        client,
        grant_type=GRANT,
        subject_token=token,
        subject_token_type=TYPE + have,
        requested_token_type=TYPE + want,
        **fields,
    )
