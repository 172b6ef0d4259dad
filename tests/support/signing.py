"""Requests signed as a host without any library signs them: by the specification alone."""

import base64
import hashlib
import hmac

HOST_SECRET = "whsec_" + base64.b64encode(b"a host key, for tests only, of 32").decode()
OTHER_SECRET = "whsec_" + base64.b64encode(b"another host's key, for tests only").decode()


def signed(body: bytes, message_id: str, at: float, secret: str = HOST_SECRET) -> dict[str, str]:
    """Return the headers of Standard Webhooks for a body."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{message_id}.{int(at)}.".encode() + body
    signature = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at)),
        "webhook-signature": f"v1,{signature}",
    }
