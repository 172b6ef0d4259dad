"""Finding the item that a new one duplicates (REGISTRY.md 5.3).

Activities clash by a shared self id of the same source; the new id is taken as sent, the stored one
as storage gives it back. Person items clash by equal content, byte for byte.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from orcid_connect.simulator.judging.answers import JSON, Source, Stored
from orcid_connect.simulator.judging.normalization import normalized_value
from orcid_connect.simulator.judging.validators.shared import identifiers_of, value_of

Key = tuple[str, str]

NEVER_ALONE = frozenset({"part-of", "funded-by"})


def external_ids(kind: str, item: JSON) -> list[JSON]:
    """Give the external ids of an activity, wherever its kind keeps them; none for other kinds."""
    if kind == "peer-review":
        container = item["review-identifiers"]
    elif kind == "research-resource":
        container = item["proposal"]["external-ids"]
    else:
        container = item.get("external-ids")
    return [one for one in identifiers_of(container) if one is not None]


def _key(kind: str, identifier: JSON) -> Key:
    """Give type and compared value of an id: normalised if that can be done and is done."""
    name, value = identifier["external-id-type"], identifier["external-id-value"]
    if kind == "funding":
        return name or "", value or ""
    return name or "", normalized_value(name, value) or value or ""


_CONTENTS: Mapping[str, Callable[[JSON], Key]] = MappingProxyType(
    {
        "keyword": lambda item: ("content", item["content"] or ""),
        "other-name": lambda item: ("content", item["content"] or ""),
        "researcher-url": lambda item: ("url", value_of(item["url"]) or ""),
        "external-identifier": lambda item: (
            item["external-id-type"] or "",
            item["external-id-value"] or "",
        ),
    }
)


def clash_keys(kind: str, item: JSON) -> frozenset[Key]:
    """Give keys for an index: an item clashes only with one that shares a key with it."""
    content = _CONTENTS.get(kind)
    if content is not None:
        return frozenset({content(item)})
    return frozenset(
        _key(kind, one)
        for one in external_ids(kind, item)
        if one["external-id-relationship"] not in NEVER_ALONE
    )


def _clashing(kind: str, item: JSON) -> Iterator[tuple[Key, Any]]:
    for one in external_ids(kind, item):
        relationship = one["external-id-relationship"]
        if relationship == "self" or relationship is None:
            yield _key(kind, one), relationship


def _is_self_normalized(identifier: JSON) -> bool:
    """Say whether a client sent its own normalised value, which then equals no stored one."""
    sent = identifier["external-id-normalized"]
    return bool(sent and sent["value"])


def clash(
    kind: str, item: JSON, source: Source, others: Iterable[Stored], *, bulk: bool = False
) -> int | None:
    """Give the put-code of the item that a new or changed one duplicates, None without one."""
    content = _CONTENTS.get(kind)
    if content is not None:
        key = content(item)
        return _first(one for one in _same(source, others) if content(one.item) == key)
    if bulk:
        return _bulk_clash(kind, item, source, others)
    wanted = set(_clashing(kind, _without_own_normalized(kind, item)))
    if not wanted:
        return None
    return _first(
        one for one in _same(source, others) if not wanted.isdisjoint(_clashing(kind, one.item))
    )


def _without_own_normalized(kind: str, item: JSON) -> JSON:
    if kind != "funding":
        return item
    kept = [one for one in external_ids(kind, item) if not _is_self_normalized(one)]
    return {"external-ids": {"external-id": kept}}


def _same(source: Source, others: Iterable[Stored]) -> Iterator[Stored]:
    return (one for one in others if one.source == source)


def _first(found: Iterable[Stored]) -> int | None:
    return next((one.put_code for one in found), None)


def _bulk_clash(kind: str, item: JSON, source: Source, others: Iterable[Stored]) -> int | None:
    """Compare self ids with self and version-of ids; the last holder's put-code is named."""
    wanted = [
        _key(kind, one)
        for one in external_ids(kind, item)
        if one["external-id-relationship"] == "self"
    ]
    holders: dict[Key, int] = {}
    for other in _same(source, others):
        for key in clash_keys(kind, other.item):
            holders[key] = other.put_code
    return next((holders[key] for key in wanted if key in holders), None)
