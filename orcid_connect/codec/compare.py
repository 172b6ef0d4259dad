"""Finding our item again on a record, and telling whether it still says what we sent."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from orcid_connect.codec.decode import plain_form
from orcid_connect.codec.form import canonical
from orcid_connect.codec.normalize import normalized
from orcid_connect.codec.roles import stored_role
from orcid_connect.codec.vocabulary import WORK_TYPE_ALIASES
from orcid_connect.records import ActivityKind

IDENTIFIER_MEMBERS: Final[Mapping[ActivityKind, tuple[str, ...]]] = {
    "work": ("external-ids",),
    # A summary calls the review's identifiers `external-ids` (REGISTRY.md 4.3).
    "peer-review": ("review-identifiers", "external-ids"),
}

_NOT_CONTENT: Final = frozenset(
    {
        "put-code",
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


def same_content(kind: ActivityKind, sent: Any, read: Any) -> bool:
    """Tell whether an item read in full still says what was sent.

    What ORCID adds or respells in storage is no difference: nulls, put-code, path, dates, source,
    visibility, normalised identifiers, spellings of roles and type aliases. Raises InputError if
    either is no JSON object.
    """
    ours, theirs = plain_form(kind, sent), plain_form(kind, read)
    return canonical(_content(ours)) == canonical(_content(theirs))


def _content(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: settled
        for name, value in plain.items()
        if name not in _NOT_CONTENT and (settled := _settled(name, value)) not in (None, "", {}, [])
    }


def _settled(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return _orcid(value) if name == "contributor-orcid" else _content(value)
    if isinstance(value, list):
        entries = [_content(entry) for entry in value if entry is not None]
        # The order of identifiers means nothing; that of contributors does.
        return sorted(entries, key=canonical) if name == "external-id" else entries
    respell = _RESPELT.get(name)
    return respell(value) if respell else value


def _orcid(held: Mapping[str, Any]) -> str:
    path: str = held.get("path") or held.get("uri", "").rpartition("/")[2]
    return path


def _group(text: str) -> str:
    return f"issn:{normalized('issn', text)}" if text.startswith("issn:") else text.strip()


def _type(text: str) -> str:
    return WORK_TYPE_ALIASES.get(text, text)


_RESPELT: Final[Mapping[str, Callable[[str], str]]] = {
    "contributor-role": stored_role,
    "review-group-id": _group,
    "subject-type": _type,
    "type": _type,
}
"""Members that come back in another spelling (readback.jsonl), and how they are told alike."""
