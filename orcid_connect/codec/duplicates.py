"""Which two items of one source the registry takes for one and the same (REGISTRY.md 5.3)."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from orcid_connect.codec.compare import comparable_value, identifiers_of, stored_type
from orcid_connect.codec.decode import plain_form
from orcid_connect.records import ItemKind

_Facts = Iterator[tuple[Any, ...]]


def is_duplicate(kind: ItemKind, existing: Any, payload: Any) -> bool:
    """Tell whether a POST of the payload clashes with an item of the same source.

    The answer is 9021 for activities, 9030 for person items, 9025 for groups. Activities clash by
    an identifier that is `self` in both, or without relationship in both; types that come back
    respelt never clash (4.9). Addresses never do. Raises InputError if either is no JSON object.
    """
    facts = _FACTS.get(kind)
    if facts is None:
        return not {*_identities(kind, existing, stored=True)}.isdisjoint(
            _identities(kind, payload, stored=False)
        )
    ours, theirs = ({*facts(plain_form(kind, one))} for one in (payload, existing))
    return not ours.isdisjoint(theirs)


def _identities(kind: ItemKind, item: Any, *, stored: bool) -> _Facts:
    for given_type, value, relationship in identifiers_of(kind, plain_form(kind, item)):
        if relationship in ("self", None):
            known_as = stored_type(kind, given_type) if stored else given_type
            yield known_as, comparable_value(kind, known_as, value), relationship


def _members(*names: str) -> Callable[[Mapping[str, Any]], _Facts]:
    def facts(item: Mapping[str, Any]) -> _Facts:
        if all(name in item for name in names):
            yield tuple(item[name] for name in names)

    return facts


def _group(item: Mapping[str, Any]) -> _Facts:
    if "group-id" in item:
        yield (item["group-id"].strip().lower(),)


def _none(_item: Mapping[str, Any]) -> _Facts:
    yield from ()


_FACTS: Final[Mapping[ItemKind, Callable[[Mapping[str, Any]], _Facts]]] = {
    "keyword": _members("content"),
    "other-name": _members("content"),
    "researcher-url": _members("url"),
    "external-identifier": _members("external-id-type", "external-id-value"),
    "address": _none,
    "group-id-record": _group,
}
"""What must not be there twice, where it is no identifier of an activity."""
