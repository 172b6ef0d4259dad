"""The sections of a record: their addresses and the types that stand there (REGISTRY.md 3.2)."""

import re
from dataclasses import dataclass
from typing import Any, Final, TypeVar, get_args

from orcid_connect import codec, records
from orcid_connect.errors import InputError, RegistryNotAsked, RegistryUnreadable
from orcid_connect.identifiers import parse_orcid
from orcid_connect.records import AffiliationKind, Answer, Item, ItemKind
from orcid_connect.registry.transport import Answer as HttpAnswer

MOST_PUT_CODE: Final = 2**63 - 1
"""Put-codes are Java longs (REGISTRY.md 3.1)."""

_PUT_CODE = re.compile(r"[1-9]\d{0,18}", re.ASCII)
Read = TypeVar("Read", bound=Answer)


@dataclass(frozen=True, slots=True)
class Section:
    """Where items of a kind live, and what their list and their summaries are."""

    kind: ItemKind
    segment: str
    plural: str
    listing: type[Answer]
    summary: type[Item] | None = None


def _activity(kind: ItemKind, listing: type[Answer], summary: type[Item]) -> Section:
    return Section(kind, kind, f"{kind}s", listing, summary)


def _person(kind: ItemKind, segment: str, listing: type[Answer]) -> Section:
    return Section(kind, segment, segment, listing)


SECTIONS: Final[dict[ItemKind, Section]] = {
    section.kind: section
    for section in (
        _activity("work", records.Works, records.WorkSummary),
        _activity("funding", records.Fundings, records.FundingSummary),
        _activity("peer-review", records.PeerReviews, records.PeerReviewSummary),
        _activity("research-resource", records.ResearchResources, records.ResearchResourceSummary),
        *(
            _activity(kind, records.Affiliations, records.AffiliationSummary)
            for kind in get_args(AffiliationKind)
        ),
        _person("researcher-url", "researcher-urls", records.ResearcherUrls),
        _person("other-name", "other-names", records.OtherNames),
        _person("keyword", "keywords", records.Keywords),
        _person("address", "address", records.Addresses),
        _person("external-identifier", "external-identifiers", records.ExternalIdentifiers),
    )
}
"""Every section with items that can be written; group-id records belong to no record."""


def section_of(kind: str) -> Section:
    """Return the section of a kind of item; raises `RegistryNotAsked` if records have none."""
    for section in SECTIONS.values():
        if section.kind == kind:
            return section
    raise RegistryNotAsked(f"a record has no items of kind {kind!r}: {', '.join(SECTIONS)}")


def checked_orcid(orcid: str) -> str:
    """Return the bare iD; raises `RegistryNotAsked` if it is none (REGISTRY.md 12)."""
    bare = parse_orcid(orcid)
    if bare is None:
        raise RegistryNotAsked("what was given is no ORCID iD: nothing was sent")
    return bare


def checked_put_code(put_code: int) -> int:
    """Return the put-code; raises `RegistryNotAsked` for 0, negative or beyond a Java long."""
    if not 0 < put_code <= MOST_PUT_CODE:
        raise RegistryNotAsked(f"{put_code} is no put-code: they go from 1 to 2^63 - 1")
    return put_code


def put_code_in(answer: HttpAnswer, orcid: str | None = None) -> int:
    """Return the put-code at the end of `Location` (REGISTRY.md 3.1); `orcid` must stand there too.

    Raises `RegistryUnreadable` without a put-code, and where another record is named.
    """
    steps = answer.headers.get("location", "").rstrip("/").split("/")
    if _PUT_CODE.fullmatch(steps[-1]) is None or int(steps[-1]) > MOST_PUT_CODE:
        raise RegistryUnreadable(
            "ORCID added an item but did not say its put-code", status=answer.status
        )
    if orcid is not None and steps[-3:-2] != [orcid]:
        raise RegistryUnreadable(
            "ORCID says that it added the item elsewhere: read the record", status=answer.status
        )
    return int(steps[-1])


def item_in(answer: HttpAnswer, put_code: int) -> dict[str, Any]:
    """Return the item in an answer; raises `RegistryUnreadable` if it is not the one meant.

    Reading and changing are answered with the whole item (REGISTRY.md 3.1).
    """
    item = answer.json_object()
    if type(item.get("put-code")) is not int or item["put-code"] != put_code:
        raise RegistryUnreadable("ORCID answered with another item", status=answer.status)
    return item


def read_as(kind: type[Read], data: Any, orcid_host: str) -> Read:
    """Return a part of an answer as its type; raises `RegistryUnreadable` if it is none."""
    try:
        return codec.decode(kind, data, orcid_host=orcid_host)
    except InputError as error:
        raise RegistryUnreadable(
            f"ORCID's answer has an unknown shape: {error}", status=200
        ) from None
