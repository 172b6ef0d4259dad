"""Requests that a host in another process signs, by the Standard Webhooks specification.

Signed is `id.timestamp.body`, with HMAC-SHA256 and the key behind `whsec_`. A request is taken
once and for five minutes.
"""

from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from standardwebhooks import Webhook
from starlette.exceptions import HTTPException
from starlette.requests import Request

from orcid_connect.journeys.using_up import use_once
from orcid_connect.services import Services
from orcid_connect.settings import HostKey
from orcid_connect.web.forms import read_body

TOLERANCE_SECONDS: Final = 300
"""How far the host's clock and ours may be apart, and how long a request may be under way."""
ID_CHARACTERS: Final = 256
_TIME_DIGITS: Final = 12

_UNSIGNED: Final = (
    "Sign this request by the Standard Webhooks specification: headers webhook-id, "
    "webhook-timestamp and webhook-signature, with a key of the setting host_keys."
)
_NO_KEYS: Final = (
    "No host may sign requests here: give the setting host_keys a {name, secret, tenants}."
)
_WRONG: Final = (
    "The signature fits none of host_keys. Signed is id.timestamp.body, byte for byte as sent, "
    "with HMAC-SHA256 and the bytes that the base64 behind whsec_ stands for."
)
_REPLAYED: Final = "A request with this webhook-id came before. Sign each with an id of its own."


async def signed_body(services: Services, request: Request, most: int) -> tuple[HostKey, bytes]:
    """Return the body and the key that signed it; raises HTTP 403, 409 or 413."""
    keys = services.settings.host_keys
    if not keys:
        raise HTTPException(403, _NO_KEYS)
    message_id, stamp, signatures = (
        request.headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature")
    )
    if not (0 < len(message_id) <= ID_CHARACTERS and stamp and signatures):
        raise HTTPException(403, _UNSIGNED)
    moment = _recent(services.clock(), stamp)
    body = await read_body(request, most)
    key = next(
        (one for one in keys if _fits(one, message_id, moment, body, signatures)),
        None,
    )
    if key is None:
        raise HTTPException(403, _WRONG)
    used = sha256(f"orcid_connect.request:{key.name}\n{message_id}".encode()).hexdigest()
    if not await use_once(services, used, 2 * TOLERANCE_SECONDS):
        raise HTTPException(409, _REPLAYED)
    return key, body


def _recent(now: float, stamp: str) -> datetime:
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= _TIME_DIGITS):
        raise HTTPException(403, "webhook-timestamp must be whole seconds since 1970.")
    if abs(now - int(stamp)) > TOLERANCE_SECONDS:
        raise HTTPException(
            403, "webhook-timestamp is more than five minutes off: sign anew, or set the clock."
        )
    return datetime.fromtimestamp(int(stamp), UTC)


def _fits(key: HostKey, message_id: str, moment: datetime, body: bytes, signatures: str) -> bool:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    ours = Webhook(key.secret.get_secret_value()).sign(message_id, moment, text)
    expected = b64decode(ours.removeprefix("v1,"))
    return any(compare_digest(expected, given) for given in _given(signatures))


def _given(signatures: str) -> Iterator[bytes]:
    """Walk the signatures of version 1; a host that changes its key sends two."""
    for part in signatures.split(" ")[:10]:
        version, _, text = part.partition(",")
        try:
            given = b64decode(text, validate=True)
        except ValueError:
            continue
        if version == "v1":
            yield given
