"""The summary object of lists, made from a stored item (REGISTRY.md 3.7)."""

from collections.abc import Mapping
from types import MappingProxyType

from orcid_connect.simulator.judging.answers import JSON
from orcid_connect.simulator.judging.reading import AFFILIATIONS

_WRITTEN = ("created-date", "last-modified-date", "source")
_WORK = (
    "put-code",
    *_WRITTEN,
    "title",
    "external-ids",
    "url",
    "type",
    "publication-date",
    "journal-title",
    "visibility",
    "path",
    "display-index",
)
_FUNDING = (
    *_WRITTEN,
    "title",
    "external-ids",
    "url",
    "type",
    "start-date",
    "end-date",
    "organization",
    "visibility",
    "put-code",
    "path",
    "display-index",
)
_PEER_REVIEW = (
    *_WRITTEN,
    "reviewer-role",
    "external-ids",
    "review-url",
    "review-type",
    "completion-date",
    "review-group-id",
    "convening-organization",
    "visibility",
    "put-code",
    "path",
    "display-index",
)
_AFFILIATION = (
    *_WRITTEN,
    "put-code",
    "department-name",
    "role-title",
    "start-date",
    "end-date",
    "organization",
    "url",
    "external-ids",
    "display-index",
    "visibility",
    "path",
)
_RESEARCH_RESOURCE = (
    *_WRITTEN,
    "proposal",
    "visibility",
    "put-code",
    "path",
    "display-index",
)
_KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "work": _WORK,
        "funding": _FUNDING,
        "peer-review": _PEER_REVIEW,
        "research-resource": _RESEARCH_RESOURCE,
        **dict.fromkeys(AFFILIATIONS, _AFFILIATION),
    }
)
_RENAMED: Mapping[str, str] = MappingProxyType(
    {"external-ids": "review-identifiers", "completion-date": "review-completion-date"}
)


def summary(kind: str, item: JSON) -> JSON:
    """Give the summary of a stored activity; person items and groups are their own summary."""
    keys = _KEYS.get(kind)
    if keys is None:
        return dict(item)
    if kind == "peer-review":
        return {key: item.get(_RENAMED.get(key, key)) for key in keys}
    brief = {key: item.get(key) for key in keys}
    if kind == "work" and brief["title"] is not None:
        brief["title"] = brief["title"] | {"subtitle": None}
    return brief
