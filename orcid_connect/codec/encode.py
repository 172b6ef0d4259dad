"""Writing: from our records to the JSON of the v3.0 Member API, exactly and without nulls."""

from collections.abc import Iterable
from typing import Any

from orcid_connect.codec.form import Payload
from orcid_connect.records import (
    Activity,
    ExternalId,
    FuzzyDate,
    Organization,
    PeerReview,
    Title,
    Work,
    WorkContributor,
)

DEFAULT_HOST = "orcid.org"


def encode(activity: Activity, *, orcid_host: str = DEFAULT_HOST) -> Payload:
    """Return the body to POST for an activity; absent members are left out (REGISTRY.md 4.2, 4.3).

    `orcid_host` is the site host that iDs inside the payload carry (REGISTRY.md 12).
    """
    if isinstance(activity, Work):
        return _work(activity, orcid_host)
    return _peer_review(activity)


def _work(work: Work, host: str) -> Payload:
    contributors = [_contributor(contributor, host) for contributor in work.contributors]
    return _present(
        {
            "title": _title(work.title),
            "journal-title": _value(work.journal_title),
            "short-description": work.short_description,
            "citation": work.citation
            and {"citation-type": work.citation.type, "citation-value": work.citation.value},
            "type": work.type,
            "publication-date": _date(work.publication_date),
            "external-ids": _external_ids(work.external_ids),
            "url": _value(work.url),
            "contributors": {"contributor": contributors} if contributors else None,
            "language-code": work.language_code,
            "country": _value(work.country),
        }
    )


def _peer_review(review: PeerReview) -> Payload:
    return _present(
        {
            "reviewer-role": review.role,
            "review-identifiers": _external_ids(review.external_ids),
            "review-url": _value(review.url),
            "review-type": review.type,
            "review-completion-date": _date(review.completion_date),
            "review-group-id": review.group_id,
            "subject-external-identifier": review.subject_id and _external_id(review.subject_id),
            "subject-container-name": _value(review.subject_container_name),
            "subject-type": review.subject_type,
            "subject-name": review.subject_name and _title(review.subject_name),
            "subject-url": _value(review.subject_url),
            "convening-organization": _organization(review.convening_organization),
        }
    )


def _title(title: Title) -> Payload:
    translated = None
    if title.translated_title is not None:
        translated = _present(
            {"value": title.translated_title, "language-code": title.translated_language}
        )
    return _present(
        {
            "title": _value(title.title),
            "subtitle": _value(title.subtitle),
            "translated-title": translated,
        }
    )


def _contributor(contributor: WorkContributor, host: str) -> Payload:
    attributes = _present(
        {
            "contributor-sequence": contributor.sequence,
            "contributor-role": contributor.role,
        }
    )
    return _present(
        {
            "contributor-orcid": _orcid(contributor.orcid, host),
            "credit-name": _value(contributor.credit_name),
            "contributor-attributes": attributes or None,
        }
    )


def _orcid(bare: str | None, host: str) -> Payload | None:
    return (bare and {"uri": f"https://{host}/{bare}", "path": bare, "host": host}) or None


def _external_ids(identifiers: Iterable[ExternalId]) -> Payload:
    return {"external-id": [_external_id(identifier) for identifier in identifiers]}


def _external_id(identifier: ExternalId) -> Payload:
    return _present(
        {
            "external-id-type": identifier.type,
            "external-id-value": identifier.value,
            "external-id-url": _value(identifier.url),
            "external-id-relationship": identifier.relationship,
        }
    )


def _organization(organization: Organization) -> Payload:
    address = {
        "city": organization.city,
        "region": organization.region,
        "country": organization.country,
    }
    known = None
    if organization.identifier is not None:
        known = _present(
            {
                "disambiguated-organization-identifier": organization.identifier,
                "disambiguation-source": organization.identifier_source,
            }
        )
    return _present(
        {
            "name": organization.name,
            "address": _present(address),
            "disambiguated-organization": known,
        }
    )


def _date(date: FuzzyDate | None) -> Payload | None:
    if date is None:
        return None
    return _present(
        {
            "year": _value(f"{date.year:04d}"),
            "month": _value(_two_digits(date.month)),
            "day": _value(_two_digits(date.day)),
        }
    )


def _two_digits(number: int | None) -> str | None:
    # One-digit months are refused (9049) although the schema takes them (REGISTRY.md 4.1).
    return None if number is None else f"{number:02d}"


def _value(text: str | None) -> Payload | None:
    return None if text is None else {"value": text}


def _present(members: dict[str, Any]) -> Payload:
    return {name: value for name, value in members.items() if value is not None}
