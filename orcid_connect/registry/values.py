"""Small values on the wire (REGISTRY.md 3.5): texts, and words made fit for a path."""

from typing import Any
from urllib.parse import quote


def text_of(value: Any) -> str | None:
    """Return a text, also out of `{"value": …}` (REGISTRY.md 3.5); None for anything else."""
    inside = value.get("value") if isinstance(value, dict) else value
    return inside if isinstance(inside, str) else None


def quoted(word: str) -> str:
    """Return a word as one segment of a path, slashes and all else escaped."""
    return quote(word.encode("utf-8", "replace"), safe="")
