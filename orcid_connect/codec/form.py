"""The canonical form of a payload: how it is compared, hashed, and told which item it replaces.

A PUT names its item in the body (REGISTRY.md 3.1); nothing else is the registry's business.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Payload = dict[str, Any]


@dataclass(frozen=True)
class Encoded:
    """A payload that is kept as JSON: sent as it is, and read only when somebody looks into it."""

    text: str

    @cached_property
    def payload(self) -> Payload:
        """The payload; whoever changes it changes it for all who share it."""
        payload: Payload = json.loads(self.text)
        return payload


def encoded(payload: Payload | Encoded) -> Encoded:
    """Return a payload as JSON, unless it is."""
    return payload if isinstance(payload, Encoded) else Encoded(canonical(payload))


def canonical(payload: Payload) -> str:
    """Return the payload as JSON with sorted keys and no blanks; equal content, equal text."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def content_hash(payload: Payload) -> str:
    """Return the SHA-256 of the canonical form, in hex."""
    return hashlib.sha256(canonical(payload).encode("ascii")).hexdigest()


def put_body(payload: Payload, put_code: int) -> Payload:
    """Return the payload as the body of a PUT to that item (REGISTRY.md 7.1: both must agree)."""
    return {**payload, "put-code": put_code}
