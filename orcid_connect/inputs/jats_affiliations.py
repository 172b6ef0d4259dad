"""The affiliations of a JATS contributor: those linked, those inside, or the one all share."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from lxml.etree import _Element as Element

from orcid_connect.declarations import Affiliation
from orcid_connect.inputs.jats_text import first_text, plain_text

_DEPARTMENTS: Final = re.compile(r"dept|department|div|school|faculty|section|group|unit", re.I)
_ROR: Final = re.compile(r"(?:https?://)?(?:www\.)?ror\.org/(0[a-z0-9]{6}\d{2})", re.I)
_COUNTRY_CODE: Final = re.compile(r"[A-Za-z]{2}")


MOST_SHARED: Final = 50
"""Affiliations without an id that a whole byline may share; more cannot be meant for everybody."""


def affiliations_by_id(meta: Element) -> dict[str, Affiliation]:
    """Return every affiliation of an `article-meta` by its id, of alternatives the first."""
    found: dict[str, Affiliation] = {}
    for holder in meta.iter("aff-alternatives"):
        first = holder.find("aff")
        if first is not None:
            _add(found, [holder, *holder.findall("aff")], first)
    for element in meta.iter("aff"):
        _add(found, [element], element)
    return found


def _add(found: dict[str, Affiliation], named: Iterable[Element], element: Element) -> None:
    names = [name for name in _ids(named) if name not in found]
    read = _affiliation(element) if names else None
    if read is not None:
        found.update(dict.fromkeys(names, read))


def shared_affiliations(group: Element) -> tuple[Affiliation, ...]:
    """Return the affiliations of a whole byline: those without an id, where nobody links to one."""
    if group.find("contrib/xref[@ref-type='aff']") is not None:
        return ()
    elements = [element for element in group.findall("aff") if element.get("id") is None]
    return _each_once(map(_affiliation, elements)) if len(elements) <= MOST_SHARED else ()


def affiliations_of(
    contrib: Element, shared: tuple[Affiliation, ...], by_id: Mapping[str, Affiliation]
) -> tuple[Affiliation, ...]:
    """Return a contributor's affiliations in the order printed, each once."""
    own = (_affiliation(element) for element in contrib.findall("aff"))
    return _each_once([*_linked(contrib, by_id), *own]) or shared


def _each_once(affiliations: Iterable[Affiliation | None]) -> tuple[Affiliation, ...]:
    return tuple(dict.fromkeys(one for one in affiliations if one is not None))


def _ids(elements: Iterable[Element]) -> Iterator[str]:
    return (name for element in elements if (name := element.get("id")))


def _linked(contrib: Element, by_id: Mapping[str, Affiliation]) -> Iterator[Affiliation]:
    for link in (*contrib.iterfind("xref"), contrib):
        for name in (link.get("rid") or "").split():
            # Some forget the `ref-type`, and before JATS the link stood on the contributor.
            if name in by_id:
                yield by_id[name]


def _affiliation(element: Element) -> Affiliation | None:
    institutions = list(element.iter("institution"))
    departments = [one for one in institutions if _is_department(one)]
    names = [text for one in institutions if one not in departments and (text := plain_text(one))]
    name = ", ".join(names) or plain_text(element)
    if name is None:
        return None
    return Affiliation(
        name=name,
        department=first_text(departments) if names else None,
        city=_place(element, "city"),
        region=_place(element, "state") or _place(element, "region"),
        country=_country(element),
        ror=next(_rors(element), None),
    )


def _is_department(institution: Element) -> bool:
    return _DEPARTMENTS.search(institution.get("content-type") or "") is not None


def _place(element: Element, kind: str) -> str | None:
    return first_text(
        [
            *element.iter(kind),
            *(
                one
                for one in element.iter("named-content", "addr-line", "institution")
                if (one.get("content-type") or "").lower() == kind
            ),
        ]
    )


def _country(element: Element) -> str | None:
    codes = (country.get("country") or "" for country in element.iter("country"))
    return next((code.upper() for code in codes if _COUNTRY_CODE.fullmatch(code)), None)


def _rors(element: Element) -> Iterator[str]:
    for holder in (
        *element.iter("institution-id"),
        *element.iter("ext-link"),
        *element.iter("uri"),
    ):
        found = _ROR.search(plain_text(holder) or holder.get("href") or "")
        if found is not None:
            yield f"https://ror.org/{found[1].lower()}"
