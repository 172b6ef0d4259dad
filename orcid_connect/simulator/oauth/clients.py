"""Who is asking: client authentication at the token, revoke and introspection endpoints."""

import base64
import binascii
import hmac
from urllib.parse import unquote

from orcid_connect.simulator.entities import Client
from orcid_connect.simulator.oauth.problems import OAuthProblem, invalid_client
from orcid_connect.simulator.wire import Call
from orcid_connect.simulator.world import World

MAX_CLIENT_ID = 50  # characters, on the API hosts
MAX_CLIENT_SECRET = 100


def authenticate(world: World, call: Call) -> Client:
    """Find the client by its Authorization header or its form fields; raise OAuthProblem."""
    client_id, secret = _credentials(call)
    client = world.clients.get(client_id)
    if client is None or not hmac.compare_digest(client.client_secret.encode(), secret.encode()):
        raise invalid_client()
    call.client_id = client.client_id
    return client


def _credentials(call: Call) -> tuple[str, str]:
    header = call.headers.get("authorization", "").strip()
    # Any Authorization header at all makes the form's credentials void (REGISTRY 2.3).
    if header:
        return _basic(header)
    on_site = not call.path.startswith(("/api/", "/pub/"))
    return _form_value(call, "client_id", MAX_CLIENT_ID, on_site=on_site), _form_value(
        call, "client_secret", MAX_CLIENT_SECRET, on_site=on_site
    )


def _form_value(call: Call, name: str, limit: int, *, on_site: bool) -> str:
    value = call.form.get(name, "").strip()
    if not value:
        raise OAuthProblem(401 if on_site else 400, "invalid_request", f"{name} is required")
    if len(value) > limit and not on_site:
        raise OAuthProblem(400, "invalid_request", f"{name} is longer than {limit} characters")
    return value


def _basic(header: str) -> tuple[str, str]:
    word, _, encoded = header.partition(" ")
    if word.lower() != "basic":
        raise invalid_client("The Authorization header does not name a client")
    try:
        client_id, colon, secret = _decode(encoded.strip()).partition(":")
    except (binascii.Error, UnicodeDecodeError) as problem:
        raise invalid_client("The Authorization header cannot be read") from problem
    if not colon:
        raise invalid_client("The Authorization header cannot be read")
    return unquote(client_id), unquote(secret)


def _decode(encoded: str) -> str:
    # The registry's own API hosts send the URL-safe alphabet without padding (REGISTRY 2.8).
    plain = encoded.replace("-", "+").replace("_", "/").rstrip("=")
    return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True).decode()
