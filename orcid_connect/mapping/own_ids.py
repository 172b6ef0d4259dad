"""Identifiers of our own, for what nobody else identifies: stable, and telling nothing."""

import hashlib
import json
import re
from typing import Final

DIGEST_LENGTH: Final = 32
"""Hex digits of the digest in an own identifier: 128 bits."""

READABLE_LENGTH: Final = 40
"""Characters of the tenant's name kept readable in an own identifier."""


def own_id(kind: str, tenant: str, key: str) -> str:
    """Return an identifier of our own for something declared, unique over kinds, tenants, keys.

    The tenant's name stays readable; the key goes in as a digest, because a host's key may name
    the manuscript, and a public record must not. Case matters to the digest, though ORCID
    compares identifiers without it (REGISTRY.md 4.10).
    """
    readable = re.sub(r"[^a-z0-9]+", "-", tenant.lower()).strip("-")[:READABLE_LENGTH]
    whole = json.dumps([kind, tenant, key]).encode()
    return f"{readable or 'tenant'}:{hashlib.sha256(whole).hexdigest()[:DIGEST_LENGTH]}"
