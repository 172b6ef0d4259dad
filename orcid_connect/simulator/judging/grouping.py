"""What groups items in lists: the external ids that may, and their keys (REGISTRY.md 3.6)."""

from orcid_connect.simulator.judging.answers import JSON
from orcid_connect.simulator.judging.duplicates import NEVER_ALONE, external_ids


def group_ids(kind: str, item: JSON) -> list[JSON]:
    """Give the groupable external ids of a stored item, as a group shows them."""
    return [
        one
        for one in external_ids(kind, item)
        if one["external-id-relationship"] not in NEVER_ALONE and one["external-id-value"]
    ]


def group_keys(kind: str, item: JSON) -> frozenset[tuple[str, str]]:
    """Give the keys by which a stored item is merged with others."""
    return frozenset((one["external-id-type"], _shown(one)) for one in group_ids(kind, item))


def _shown(identifier: JSON) -> str:
    normalized = identifier["external-id-normalized"]
    value: str = (normalized and normalized["value"]) or identifier["external-id-value"]
    return value
