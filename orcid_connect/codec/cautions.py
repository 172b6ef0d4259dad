"""What the registry swallows but a careful publisher would not send (REGISTRY.md 4, 12).

Cautions about who or what is meant (an iD, a DOI, an ISSN) hold a delivery until a person looked.
"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import takewhile
from typing import Final, get_args

from orcid_connect.codec.rules_basics import Plain, is_date
from orcid_connect.codec.shapes import joined
from orcid_connect.codec.vocabulary import WORK_TYPE_ALIASES
from orcid_connect.errors import Problem
from orcid_connect.identifiers import parse_doi, parse_issn, parse_orcid
from orcid_connect.records import AffiliationKind, ItemKind

Look = Callable[[Plain], Iterator[Problem]]


_SERIAL_TYPES: Final = frozenset({"journal-issue", "conference-proceedings", "other", "website"})
"""Work types that an ISSN may name as a whole."""

_INVISIBLE: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})
_ISBN_LENGTHS: Final = (10, 13)


def cautions(kind: ItemKind, item: Plain) -> list[Problem]:
    """Return the cautions for a payload in its plain form."""
    return [problem for look in _LOOKS[kind] for problem in look(item)]


def _caution(path: str, code: str, message: str, *, identity: bool = False) -> Problem:
    return Problem(path, code, "caution", message, identity=identity)


def is_blank(text: str) -> bool:
    """Tell whether nothing can be seen: zero-width and no-break spaces count as blank too."""
    return all(unicodedata.category(character) in _INVISIBLE for character in text)


def is_isbn(text: str) -> bool:
    """Tell whether an ISBN's length and check digit are right."""
    digits = text.upper().removeprefix("ISBN").strip(": ").replace("-", "").replace(" ", "")
    if len(digits) not in _ISBN_LENGTHS or not digits.isascii():
        return False
    if not digits[:-1].isdigit() or digits[-1] not in "0123456789X":
        return False
    values = [10 if digit == "X" else int(digit) for digit in digits]
    if len(values) == _ISBN_LENGTHS[0]:
        return sum(value * (10 - place) for place, value in enumerate(values)) % 11 == 0
    weighted = (value * (3 if place % 2 else 1) for place, value in enumerate(values))
    return "X" not in digits and sum(weighted) % 10 == 0


def _titles(item: Plain) -> Iterator[Problem]:
    title = item.get("title", {}).get("title")
    if title is not None and is_blank(title):
        yield _caution("title.title", "title-blank", "The title shows nothing but blanks.")


def _alias(item: Plain) -> Iterator[Problem]:
    kind = item.get("type")
    if kind in WORK_TYPE_ALIASES:
        message = f"“{kind}” is read as {WORK_TYPE_ALIASES[kind]}; write that."
        yield _caution("type", "type-alias", message)


def _identifiers(member: str) -> Look:
    def look(item: Plain) -> Iterator[Problem]:
        for index, entry in enumerate(item.get(member, {}).get("external-id", [])):
            if entry is not None:
                yield from _identifier(entry, f"{member}.external-id[{index}]", item.get("type"))

    return look


def _below(member: str, *looks: Look) -> Look:
    """Return a look at what stands under a member, one thing or a list of them."""

    def look(item: Plain) -> Iterator[Problem]:
        held = item.get(member)
        several = held if isinstance(held, list) else [held]
        for index, one in enumerate(several):
            path = f"{member}[{index}]" if isinstance(held, list) else member
            for problem in (problem for inner in looks for problem in inner(one or {})):
                yield replace(problem, path=f"{path}.{problem.path}")

    return look


def _blank(member: str) -> Look:
    def look(item: Plain) -> Iterator[Problem]:
        text = item.get(member)
        if text is not None and is_blank(text):
            yield _caution(member, "text-blank", f"{member} shows nothing but blanks.")

    return look


def _reversed_dates(item: Plain) -> Iterator[Problem]:
    start, end = item.get("start-date", {}), item.get("end-date", {})
    known = list(takewhile(lambda part: part in start and part in end, ("year", "month", "day")))
    if [int(end[part]) for part in known] < [int(start[part]) for part in known]:
        yield _caution("end-date", "end-before-start", "The end is before the start; mend one.")


def _end_without_start(item: Plain) -> Iterator[Problem]:
    if "end-date" in item and "start-date" not in item:
        yield _caution("start-date", "start-missing", "Give the start as well as the end.")


def _date_exists(member: str) -> Look:
    def look(item: Plain) -> Iterator[Problem]:
        held = item.get(member)
        if held is not None and not is_date(held):
            message = "This is no date of the calendar (two digits for month and day)."
            yield _caution(member, "date-impossible", message)

    return look


def _person_identifier(item: Plain) -> Iterator[Problem]:
    kind = item.get("external-id-type", "").lower()
    yield from _identifier({**item, "external-id-type": kind}, "", None)


def _identifier(entry: Plain, path: str, work_type: str | None) -> Iterator[Problem]:
    kind, value = entry.get("external-id-type", ""), entry.get("external-id-value", "")
    check = _CHECKED_TYPES.get(kind)
    if check is not None and not check[0](value):
        message = f"“{value}” is not {check[1]}; correct it at its source."
        where = joined(path, "external-id-value")
        yield _caution(where, f"{kind}-malformed", message, identity=check[2])
    is_self = entry.get("external-id-relationship") == "self"
    if kind == "issn" and is_self and work_type not in _SERIAL_TYPES:
        message = "An ISSN names a journal, not this item; send it as part-of."
        where = joined(path, "external-id-relationship")
        yield _caution(where, "issn-as-self", message, identity=True)
    yield from _address(entry.get("external-id-url"), joined(path, "external-id-url"))


_CHECKED_TYPES: Final[Mapping[str, tuple[Callable[[str], object], str, bool]]] = {
    "doi": (parse_doi, "a DOI", True),
    "issn": (parse_issn, "an ISSN (check its last digit)", True),
    "isbn": (is_isbn, "an ISBN (check its last digit)", False),
}
"""By identifier type: the check, what it is, and whether it is about identity."""


def _subject(item: Plain) -> Iterator[Problem]:
    entry = item.get("subject-external-identifier")
    if entry is not None:
        yield from _identifier(entry, "subject-external-identifier", None)


def _addresses(*members: str) -> Look:
    def look(item: Plain) -> Iterator[Problem]:
        for member in members:
            yield from _address(item.get(member), member)

    return look


def _address(text: str | None, path: str) -> Iterator[Problem]:
    if text is not None and not text.strip().lower().startswith(("http://", "https://", "ftp://")):
        yield _caution(path, "url-unusable", f"“{text}” is not a web address people can open.")


def _contributors(item: Plain) -> Iterator[Problem]:
    for index, entry in enumerate(item.get("contributors", {}).get("contributor", [])):
        path = f"contributors.contributor[{index}]"
        orcid = (entry or {}).get("contributor-orcid")
        if orcid is not None:
            yield from _orcid(orcid, f"{path}.contributor-orcid")
        if entry is not None and "contributor-email" in entry:
            message = "Do not send e-mail addresses to a public record."
            yield _caution(f"{path}.contributor-email", "email-given", message)


def _orcid(orcid: Plain, path: str) -> Iterator[Problem]:
    told = {parse_orcid(text) for text in (orcid.get("uri"), orcid.get("path")) if text}
    if None in told:
        message = "The iD has a wrong check digit; correct it at its source."
        yield _caution(path, "orcid-malformed", message, identity=True)
    elif len(told) > 1:
        yield _caution(path, "orcid-differs", "URI and path are two different iDs.", identity=True)


def _group(member: str) -> Look:
    def look(item: Plain) -> Iterator[Problem]:
        group = item.get(member, "")
        if group.startswith("issn:") and parse_issn(group) is None:
            message = f"{group} has a wrong check digit; correct it in the journal's settings."
            yield _caution(member, "issn-malformed", message, identity=True)

    return look


_AFFILIATION: Final = (
    _identifiers("external-ids"),
    _addresses("url"),
    _blank("department-name"),
    _blank("role-title"),
    _below("organization", _blank("name")),
    _end_without_start,
)
_RESOURCE: Final = (_identifiers("external-ids"), _addresses("url"))
_LOOKS: Final[Mapping[ItemKind, tuple[Look, ...]]] = {
    "work": (_titles, _alias, _identifiers("external-ids"), _addresses("url"), _contributors),
    "peer-review": (
        _identifiers("review-identifiers"),
        _subject,
        _addresses("review-url", "subject-url"),
        _group("review-group-id"),
    ),
    "funding": (
        _titles,
        _identifiers("external-ids"),
        _addresses("url"),
        _contributors,
        _reversed_dates,
    ),
    **dict.fromkeys(get_args(AffiliationKind), _AFFILIATION),
    "research-resource": (
        _below(
            "proposal",
            _titles,
            *_RESOURCE,
            _reversed_dates,
            _date_exists("start-date"),
            _date_exists("end-date"),
        ),
        _below("resource-item", _blank("resource-name"), *_RESOURCE),
    ),
    "external-identifier": (_person_identifier,),
    "keyword": (_blank("content"),),
    "other-name": (_blank("content"),),
    "researcher-url": (_addresses("url"), _blank("url-name")),
    "address": (),
    "group-id-record": (_blank("name"), _group("group-id")),
}
