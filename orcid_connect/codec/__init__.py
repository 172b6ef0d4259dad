"""Records to v3.0 JSON and back, and what the registry would say to it (REGISTRY.md 3.5 to 5)."""

from orcid_connect.codec.bulk import BulkVerdict, validate_bulk
from orcid_connect.codec.compare import identifiers_of, same_content, self_identifiers
from orcid_connect.codec.decode import decode, decode_peer_review, decode_work
from orcid_connect.codec.duplicates import is_duplicate
from orcid_connect.codec.encode import encode, encode_whole
from orcid_connect.codec.form import (
    Encoded,
    Payload,
    canonical,
    content_hash,
    encoded,
    put_body,
)
from orcid_connect.codec.identity import (
    Identity,
    has_duplicate_check,
    identifiable_in_summary,
    identity,
    is_mark,
    marks,
    same_thing,
)
from orcid_connect.codec.normalize import normalize, normalized
from orcid_connect.codec.validate import PayloadKind, validate

__all__ = [
    "BulkVerdict",
    "Encoded",
    "Identity",
    "Payload",
    "PayloadKind",
    "canonical",
    "content_hash",
    "decode",
    "decode_peer_review",
    "decode_work",
    "encode",
    "encode_whole",
    "encoded",
    "has_duplicate_check",
    "identifiable_in_summary",
    "identifiers_of",
    "identity",
    "is_duplicate",
    "is_mark",
    "marks",
    "normalize",
    "normalized",
    "put_body",
    "same_content",
    "same_thing",
    "self_identifiers",
    "validate",
    "validate_bulk",
]
