"""Finding our item again on a record, and telling whether it still says what we sent."""

from collections.abc import Iterator, Mapping
from typing import Any

from orcid_connect.codec.normalize import normalized
from orcid_connect.records import ActivityKind

IDENTIFIER_MEMBERS: Mapping[ActivityKind, tuple[str, ...]] = {
    "work": ("external-ids",),
    # A summary calls the review's identifiers `external-ids` (REGISTRY.md 4.3).
    "peer-review": ("review-identifiers", "external-ids"),
}


def self_identifiers(kind: ActivityKind, item: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    """Return (type, normalised value) of every `self` identifier of a payload, item or summary.

    Two items of one source that share one of them are duplicates (REGISTRY.md 5.3).
    """
    return frozenset(
        (identifier["external-id-type"], normalized(identifier["external-id-type"], value))
        for identifier in _identifiers(kind, item)
        if identifier.get("external-id-relationship") == "self"
        and isinstance(identifier.get("external-id-type"), str)
        and isinstance(value := identifier.get("external-id-value"), str)
    )


def _identifiers(kind: ActivityKind, item: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for member in IDENTIFIER_MEMBERS[kind]:
        held = item.get(member)
        listed = held.get("external-id") if isinstance(held, Mapping) else None
        entries = listed if isinstance(listed, list) else [listed]
        yield from (entry for entry in entries if isinstance(entry, Mapping))
