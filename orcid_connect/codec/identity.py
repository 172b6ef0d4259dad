"""How an item of ours is found again on a record, by what it is about (REGISTRY.md 5.3).

What we send, what the registry gives back of it, and its summary in a list have one identity.
Two items that share one are about the same thing, unless they contradict each other (`same_thing`).
"""

import json
import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final, get_args
from unicodedata import normalize
from urllib.parse import urlsplit

from orcid_connect.codec.compare import as_text, comparable_value, identifiers_of, stored_type
from orcid_connect.codec.form import Payload
from orcid_connect.codec.normalize import normalized
from orcid_connect.codec.texts import is_empty
from orcid_connect.codec.vocabulary import RELATIONSHIPS
from orcid_connect.records import AffiliationKind, ItemKind

Identity = frozenset[tuple[str, str]]
_Facts = Callable[[Payload], tuple[str | None, ...]]

_NOBODYS: Final[Identity] = frozenset()
_AFFILIATIONS: Final = frozenset(get_args(AffiliationKind))


def identity(kind: ItemKind, payload: Any, *, besides: Identity = _NOBODYS) -> Identity:
    """Return what makes an item the same thing, without identifiers that are not to count.

    Identifiers that are `self`, where it has them, as the registry compares them (REGISTRY.md
    4.10, 5.3); in affiliations those without a relationship too. Else, under the name of the kind,
    the facts that name it, all other identifiers among them (see `_FACTS`). Empty for what is no
    item at all.
    """
    if not isinstance(payload, dict):
        return frozenset()
    counting: frozenset[Any] = frozenset({"self", None} if kind in _AFFILIATIONS else {"self"})
    return _identifiers(kind, payload, counting, besides) or _named(kind, payload, besides)


def marks(kind: ItemKind, known_by: Identity) -> frozenset[str]:
    """Return an identity as the ledger keeps it: short, within its kind, and of each part
    `type:value` as `same_thing` compares them."""
    return frozenset(
        f"{kind} {part}:{sha256(value.encode()).hexdigest()}" for part, value in known_by
    )


def is_mark(kept: str) -> bool:
    """Tell whether what the ledger keeps is a mark, and no identifier: those have no blank."""
    return " " in kept.partition(":")[0]


def same_thing(one: Identity, other: Identity) -> bool:
    """Tell whether two items are about the same thing, by their identities.

    They share one, and no type of identifier says otherwise: two chapters that some system gave
    the ISBN of their book as their own are still two, if their DOIs differ.
    """
    if not one & other:
        return False
    ours, theirs = _by_type(one), _by_type(other)
    return not any(ours[kind].isdisjoint(theirs[kind]) for kind in ours.keys() & theirs.keys())


def _by_type(identifiers: Identity) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for kind, value in identifiers:
        found.setdefault(kind, set()).add(value)
    return found


def identifiable_in_summary(kind: ItemKind) -> bool:
    """Tell whether a list shows enough of an item to find it again, without reading it in full.

    It does of everything that stands on a record: identifiers of activities, the whole proposal of
    a research resource, organisation, department, role and dates of affiliations are in their
    summaries, and lists of person items hold them whole (REGISTRY.md 3.7). A group of peer reviews
    stands on no record; it is asked for by its id (6).
    """
    return kind != "group-id-record"


def has_duplicate_check(kind: ItemKind) -> bool:
    """Tell whether the registry compares a new item of this kind with ours at all (5.3, 6)."""
    return DUPLICATE_CHECKS[kind].startswith("409")


DUPLICATE_CHECKS: Final[Mapping[ItemKind, str]] = MappingProxyType(
    {
        "work": "409/9021 by a `self` identifier, on POST and PUT; in bulk also by a `version-of` "
        "that is stored (5.3)",
        "peer-review": "409/9021 by a `self` identifier, or one without relationship (5.3)",
        "funding": "409/9021 by a `self` identifier, its raw value; never of a hyphenated type, "
        "which is stored respelt (5.3, 4.9)",
        **dict.fromkeys(
            get_args(AffiliationKind),
            "409/9021 by a `self` identifier or one without relationship, within the same kind; "
            "never of a hyphenated type; not at all without identifiers (5.3, 4.9)",
        ),
        "research-resource": "409/9021 by a `self` identifier of the proposal, on POST only (7.1)",
        "keyword": "409/9030 by the same content, byte for byte (5.3)",
        "other-name": "409/9030 by the same content, byte for byte (5.3)",
        "researcher-url": "409/9030 by the same address, byte for byte (5.3)",
        "external-identifier": "409/9030 by the same type and value, byte for byte (5.3)",
        "address": "none: the comparison of countries never holds (5.3)",
        "group-id-record": "409/9025 by the group id, trimmed, in any case (6)",
    }
)
"""What the registry compares a new item with, and where REGISTRY.md says so.

Whether the same payload twice is told depends on the payload too: ask `is_duplicate` of it and
itself.
"""


def _identifiers(
    kind: ItemKind, payload: Payload, relationships: frozenset[str | None], besides: Identity
) -> Identity:
    return frozenset(
        (known_as := stored_type(kind, given_type), comparable_value(kind, known_as, value))
        for given_type, value, relationship in identifiers_of(kind, payload)
        if relationship in relationships
        and not is_empty(value)
        and (given_type, value) not in besides
    )


def _named(kind: ItemKind, payload: Payload, besides: Identity) -> Identity:
    facts = _FACTS[kind](payload) if kind in _FACTS else ()
    others = sorted(_identifiers(kind, payload, RELATIONSHIPS | {None}, besides))
    if not any(facts):
        return frozenset()
    return frozenset({(kind, json.dumps([*facts, *others], ensure_ascii=True))})


def _text(held: Any, *path: str) -> str | None:
    """Return a text at a path, out of `{"value": …}` too, with single blanks and composed letters:
    two spellings of one letter look alike."""
    for step in path:
        held = held.get(step) if isinstance(held, Mapping) else None
    text = as_text(held.get("value") if isinstance(held, Mapping) else held)
    return " ".join(normalize("NFC", text).split()) or None if text is not None else None


def _words(held: Any, *path: str) -> str | None:
    """Return a text as people compare names: in any case."""
    text = _text(held, *path)
    return text.casefold() if text else None


def _date(held: Any, member: str) -> str | None:
    parts = (_text(held, member, part) for part in ("year", "month", "day"))
    known = [part.lstrip("0") for part in parts if part]
    return "-".join(known) or None


def _organization(held: Any) -> str | None:
    """Return an organisation by its identifier, else by its name."""
    known = held.get("disambiguated-organization") if isinstance(held, Mapping) else None
    number = _text(known, "disambiguated-organization-identifier")
    source = _text(known, "disambiguation-source")
    if not number or not source:
        return _words(held, "name")
    return f"{source}:{number.rpartition('/')[2].lower() if source == 'ROR' else number}"


def _affiliation(item: Payload) -> tuple[str | None, ...]:
    return (
        _organization(item.get("organization")),
        _words(item, "department-name"),
        _words(item, "role-title"),
        _date(item, "start-date"),
    )


def _funding(item: Payload) -> tuple[str | None, ...]:
    return (
        _words(item, "title", "title"),
        _organization(item.get("organization")),
        _date(item, "start-date"),
    )


def _peer_review(item: Payload) -> tuple[str | None, ...]:
    group = _text(item, "review-group-id") or ""
    if group.startswith("issn:"):
        group = f"issn:{normalized('issn', group)}"
    # A summary has other names for two of these (REGISTRY.md 4.3).
    return (
        group.lower() or None,
        _date(item, "review-completion-date") or _date(item, "completion-date"),
        _text(item, "reviewer-role"),
        _text(item, "review-type"),
        _organization(item.get("convening-organization")),
        _address(item, "review-url"),
    )


def _research_resource(item: Payload) -> tuple[str | None, ...]:
    proposal = item.get("proposal")
    if not isinstance(proposal, Mapping):
        return ()
    hosts = proposal.get("hosts")
    listed = hosts.get("organization") if isinstance(hosts, Mapping) else None
    each = listed if isinstance(listed, list) else [listed]
    names = sorted(name for host in each if (name := _organization(host)))
    return _words(proposal, "title", "title"), _date(proposal, "start-date"), *names


def _content(item: Payload) -> tuple[str | None, ...]:
    return (_text(item, "content"),)


def _researcher_url(item: Payload) -> tuple[str | None, ...]:
    return (_address(item, "url"),)


def _address(item: Payload, member: str) -> str | None:
    """Return a web address with its scheme and host in lower case and no lone final slash."""
    text = _text(item, member)
    if text is None or not _WITH_HOST.match(text):
        return text
    try:
        parts = urlsplit(text)
    except ValueError:
        return text
    path = "" if parts.path == "/" and not parts.query else parts.path
    return parts._replace(
        scheme=parts.scheme.lower(), netloc=parts.netloc.lower(), path=path
    ).geturl()


_WITH_HOST: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def _country(item: Payload) -> tuple[str | None, ...]:
    country = _text(item, "country")
    return (country and country.upper(),)


def _external_identifier(item: Payload) -> tuple[str | None, ...]:
    kind, value = _text(item, "external-id-type"), _text(item, "external-id-value")
    return kind, value and normalized(kind or "", value)


def _group(item: Payload) -> tuple[str | None, ...]:
    group = _text(item, "group-id")
    return (group and group.lower(),)


_FACTS: Final[Mapping[ItemKind, _Facts]] = {
    **dict.fromkeys(get_args(AffiliationKind), _affiliation),
    "funding": _funding,
    "peer-review": _peer_review,
    "research-resource": _research_resource,
    "keyword": _content,
    "other-name": _content,
    "researcher-url": _researcher_url,
    "address": _country,
    "external-identifier": _external_identifier,
    "group-id-record": _group,
}
"""What names an item without identifiers of its own; a work has one always (REGISTRY.md 4.2)."""
