"""Reading: from what the registry answers to our records, tolerantly.

Nulls, absent and unknown members, bare texts and single elements for lists are all taken; what
cannot be read is left out rather than guessed.
"""

from typing import Any, cast, get_args

from orcid_connect.codec.shapes import Reading
from orcid_connect.codec.tables import TABLES
from orcid_connect.declarations import Relationship
from orcid_connect.errors import InputError
from orcid_connect.records import (
    ActivityKind,
    Citation,
    ExternalId,
    FuzzyDate,
    Organization,
    PeerReview,
    Title,
    Work,
    WorkContributor,
)

Plain = dict[str, Any]


def plain_form(kind: ActivityKind, data: Any) -> Plain:
    """Return what can be read of an item, wrappers and nulls gone; raise InputError if nothing."""
    plain = TABLES[kind].read(data, "", Reading())
    if plain is None:
        raise InputError(f"This is not a {kind}: it is no JSON object.")
    return plain


def decode_work(data: Any) -> Work:
    """Return a work from the registry's JSON (REGISTRY.md 4.2); raise InputError for no object."""
    item = plain_form("work", data)
    contributors = item.get("contributors", {}).get("contributor", [])
    citation = item.get("citation", {})
    return Work(
        type=item.get("type", ""),
        title=_title(item.get("title", {})),
        journal_title=item.get("journal-title"),
        short_description=item.get("short-description"),
        citation=_citation(citation) if citation else None,
        publication_date=_date(item.get("publication-date")),
        external_ids=_external_ids(item.get("external-ids", {})),
        url=item.get("url"),
        contributors=tuple(_contributor(entry) for entry in contributors if entry is not None),
        language_code=item.get("language-code"),
        country=item.get("country"),
    )


def decode_peer_review(data: Any) -> PeerReview:
    """Return a peer review from the registry's JSON (REGISTRY.md 4.3).

    Raises InputError for no object and for one without a completion date, which all have.
    """
    item = plain_form("peer-review", data)
    completed = _date(item.get("review-completion-date"))
    if completed is None:
        raise InputError("This is not a peer review: it has no completion date.")
    subject = item.get("subject-external-identifier")
    name = item.get("subject-name")
    return PeerReview(
        role=item.get("reviewer-role", ""),
        type=item.get("review-type", ""),
        completion_date=completed,
        group_id=item.get("review-group-id", ""),
        convening_organization=_organization(item.get("convening-organization", {})),
        external_ids=_external_ids(item.get("review-identifiers", {})),
        url=item.get("review-url"),
        subject_id=_external_id(subject) if subject else None,
        subject_container_name=item.get("subject-container-name"),
        subject_type=item.get("subject-type"),
        subject_name=_title(name) if name else None,
        subject_url=item.get("subject-url"),
    )


def _title(held: Plain) -> Title:
    translated = held.get("translated-title", {})
    return Title(
        title=held.get("title", ""),
        subtitle=held.get("subtitle"),
        translated_title=translated.get("value"),
        translated_language=translated.get("language-code"),
    )


def _citation(held: Plain) -> Citation:
    return Citation(type=held.get("citation-type", ""), value=held.get("citation-value", ""))


def _date(held: Plain | None) -> FuzzyDate | None:
    if held is None or "year" not in held:
        return None
    month, day = held.get("month"), held.get("day")
    return FuzzyDate(
        year=int(held["year"]),
        month=int(month) if month else None,
        day=int(day) if day else None,
    )


def _external_ids(held: Plain) -> tuple[ExternalId, ...]:
    return tuple(_external_id(entry) for entry in held.get("external-id", []) if entry is not None)


def _external_id(held: Plain) -> ExternalId:
    relationship = held.get("external-id-relationship")
    known = relationship in get_args(Relationship)
    return ExternalId(
        type=held.get("external-id-type", ""),
        value=held.get("external-id-value", ""),
        relationship=cast(Relationship, relationship) if known else None,
        url=held.get("external-id-url"),
    )


def _contributor(held: Plain) -> WorkContributor:
    orcid = held.get("contributor-orcid", {})
    attributes = held.get("contributor-attributes", {})
    return WorkContributor(
        credit_name=held.get("credit-name"),
        orcid=orcid.get("path") or orcid.get("uri", "").rpartition("/")[2] or None,
        sequence=attributes.get("contributor-sequence"),
        role=attributes.get("contributor-role"),
    )


def _organization(held: Plain) -> Organization:
    address = held.get("address", {})
    known = held.get("disambiguated-organization", {})
    return Organization(
        name=held.get("name", ""),
        city=address.get("city"),
        region=address.get("region"),
        country=address.get("country"),
        identifier=known.get("disambiguated-organization-identifier"),
        identifier_source=known.get("disambiguation-source"),
    )
