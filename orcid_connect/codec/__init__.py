"""Records to v3.0 JSON and back, and what the registry would say to it (REGISTRY.md 3.5 to 5)."""

from orcid_connect.codec.compare import self_identifiers
from orcid_connect.codec.encode import encode
from orcid_connect.codec.form import Payload, canonical, content_hash, put_body
from orcid_connect.codec.normalize import normalize, normalized

__all__ = [
    "Payload",
    "canonical",
    "content_hash",
    "encode",
    "normalize",
    "normalized",
    "put_body",
    "self_identifiers",
]
