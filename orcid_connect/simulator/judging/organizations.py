"""The organisations an item names, which must be in the registry's table (9045, found out last)."""

from orcid_connect.simulator.judging.answers import JSON
from orcid_connect.simulator.judging.reading import AFFILIATIONS


def organizations(kind: str, item: JSON) -> list[tuple[str, str]]:
    """List (identifier, source) of every organisation an item names by identifier."""
    return [
        (found["disambiguated-organization-identifier"], found["disambiguation-source"])
        for organization in _named(kind, item)
        if organization is not None
        and (found := organization["disambiguated-organization"])
        and found["disambiguated-organization-identifier"]
    ]


def _named(kind: str, item: JSON) -> list[JSON | None]:
    if kind == "peer-review":
        return [item["convening-organization"]]
    if kind == "funding" or kind in AFFILIATIONS:
        return [item["organization"]]
    if kind == "research-resource":
        parts = [item["proposal"], *item["resource-item"]]
        return [host for part in parts for host in part["hosts"]["organization"]]
    return []
