"""Finding our item again on a record, and telling whether it still says what we sent.

What storage changes by itself is no difference (REGISTRY.md 4.8 to 4.10, 5.3).
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, get_args

from orcid_connect.codec.decode import plain_form
from orcid_connect.codec.form import Payload, canonical
from orcid_connect.codec.normalize import normalized
from orcid_connect.codec.roles import stored_role
from orcid_connect.codec.texts import is_empty
from orcid_connect.codec.vocabulary import WORK_TYPE_ALIASES
from orcid_connect.records import AffiliationKind, ItemKind

_EXTERNAL_IDS: Final = (("external-ids",),)
IDENTIFIER_PLACES: Final[Mapping[ItemKind, tuple[tuple[str, ...], ...]]] = {
    "work": _EXTERNAL_IDS,
    # A summary calls the review's identifiers `external-ids` (REGISTRY.md 4.3).
    "peer-review": (("review-identifiers",), ("external-ids",)),
    "funding": _EXTERNAL_IDS,
    "research-resource": (("proposal", "external-ids"),),
    **dict.fromkeys(get_args(AffiliationKind), _EXTERNAL_IDS),
}
"""Where the identifiers of an item stand; kinds that are not named have none."""

_RESPELLS_TYPES: Final = frozenset({"funding", *get_args(AffiliationKind)})

_NOT_CONTENT: Final = frozenset(
    {
        "put-code",
        "display-index",
        "visibility",
        "path",
        "created-date",
        "last-modified-date",
        "source",
        "external-id-normalized",
        "external-id-normalized-error",
        # The registry gives an address back to nobody, or blank (REGISTRY.md 4.1).
        "contributor-email",
    }
)
"""Members that ORCID sets, or that say nothing about the thing itself."""


def self_identifiers(kind: ItemKind, item: Payload) -> frozenset[tuple[str, str]]:
    """Return (type, normalised value) of every `self` identifier of a payload, item or summary.

    Two items of one source that share one of them are about the same thing, whether the registry
    takes them for duplicates or not (REGISTRY.md 5.3, `is_duplicate`).
    """
    return frozenset(
        (known_as := stored_type(kind, given_type), comparable_value(kind, known_as, value))
        for given_type, value, relationship in identifiers_of(kind, item)
        if relationship == "self"
    )


def identifiers_of(kind: ItemKind, item: Payload) -> Iterator[tuple[str, str, str | None]]:
    """Yield type, value and relationship of every identifier of a payload, item or summary."""
    for place in IDENTIFIER_PLACES.get(kind, ()):
        held: Any = item
        for step in place:
            held = held.get(step) if isinstance(held, dict) else None
        listed = held.get("external-id") if isinstance(held, dict) else None
        for entry in listed if isinstance(listed, list) else [listed]:
            if isinstance(entry, dict):
                given_type = as_text(entry.get("external-id-type"))
                value = as_text(entry.get("external-id-value"))
                if given_type is not None and value is not None:
                    yield given_type, value, entry.get("external-id-relationship")


def as_text(value: Any) -> str | None:
    """Return a JSON scalar as the registry reads it where it wants a text; None for others."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else None


def stored_type(kind: ItemKind, identifier_type: str) -> str:
    """Return an identifier type as it comes back: some kinds respell it (REGISTRY.md 4.9)."""
    if kind not in _RESPELLS_TYPES:
        return identifier_type
    return identifier_type.lower().replace("-", "_")


def comparable_value(kind: ItemKind, identifier_type: str, value: str) -> str:
    """Return a value as the registry compares it: fundings raw, else normalised (5.3)."""
    return value if kind == "funding" else normalized(identifier_type, value)


def same_content(kind: ItemKind, sent: Any, read: Any) -> bool:
    """Tell whether an item read in full still says what was sent.

    What ORCID adds or respells in storage is no difference: nulls, put-code, path, dates, source,
    visibility, place in lists, normalised identifiers, spellings of roles, amounts, types of
    identifiers and type aliases; nor is the name that fundings show of a contributor with an iD.
    Raises InputError if either is no JSON object.
    """
    ours, theirs = plain_form(kind, sent), plain_form(kind, read)
    if kind == "funding":
        _forget_names(ours)
        _forget_names(theirs)
    return canonical(_content(ours)) == canonical(_content(theirs))


def _forget_names(funding: dict[str, Any]) -> None:
    """Take out names of contributors with iDs: the record's public name replaces them (4.1)."""
    for entry in funding.get("contributors", {}).get("contributor", []):
        if entry is not None and "contributor-orcid" in entry:
            entry.pop("credit-name", None)


def _content(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: settled
        for name, value in plain.items()
        if name not in _NOT_CONTENT and not _is_nothing(settled := _settled(name, value))
    }


def _is_nothing(settled: Any) -> bool:
    # Some kinds drop a blank address, others keep it (readback.jsonl): it says nothing either way.
    return settled in (None, {}, []) or (isinstance(settled, str) and is_empty(settled))


def _settled(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        if name == "contributor-orcid":
            return _orcid(value)
        inside = _content(value)
        return inside | {"value": _amount(inside["value"])} if _is_amount(inside) else inside
    if isinstance(value, list):
        entries = [_content(entry) for entry in value if entry is not None]
        # The order of identifiers means nothing; that of contributors does.
        return sorted(entries, key=canonical) if name == "external-id" else entries
    respell = _RESPELT.get(name)
    return respell(value) if respell else value


def _is_amount(held: Mapping[str, Any]) -> bool:
    return "currency-code" in held and "value" in held


def _orcid(held: Mapping[str, Any]) -> str:
    path: str = held.get("path") or held.get("uri", "").rpartition("/")[2]
    return path


def _group(text: str) -> str:
    return f"issn:{normalized('issn', text)}" if text.startswith("issn:") else text.strip()


def _identifier_type(text: str) -> str:
    return text.lower().replace("-", "_")


def _number(text: str) -> str:
    return text.strip().lstrip("+0")


def _amount(text: str) -> str:
    try:
        return str(Decimal(text.strip()).normalize())
    except ArithmeticError:
        return text


def _type(text: str) -> str:
    return WORK_TYPE_ALIASES.get(text, text)


_RESPELT: Final[Mapping[str, Callable[[str], str]]] = {
    "contributor-role": stored_role,
    "day": _number,
    "external-id-type": _identifier_type,
    "month": _number,
    "review-group-id": _group,
    "subject-type": _type,
    "type": _type,
    "year": _number,
}
"""Members that come back in another spelling (readback.jsonl), and how they are told alike."""
