"""From a completed review to a peer review (REGISTRY.md 4.3), as the journal's policy lets it go.

Without a policy the record shows that somebody reviewed for a venue, never what: no subject
members, and an own identifier that tells nothing about the manuscript.
"""

from collections.abc import Iterator
from typing import Final

from orcid_connect.codec.vocabulary import SUBJECT_TYPES
from orcid_connect.declarations import Review, ReviewSubject
from orcid_connect.identifiers import doi_url, parse_doi, parse_issn
from orcid_connect.mapping.identifying import checked_doi
from orcid_connect.mapping.organizations import organization
from orcid_connect.mapping.outcome import Findings, Mapped
from orcid_connect.mapping.own_ids import own_id
from orcid_connect.mapping.text import tidy
from orcid_connect.mapping.titles import short
from orcid_connect.mapping.urls import usable_url
from orcid_connect.mapping.works import fuzzy
from orcid_connect.policy import DEFAULTS, ReviewPolicy, reduced
from orcid_connect.records import ExternalId, PeerReview, Title

UNSTATED: Final = DEFAULTS["unstated"]


def peer_review_from_review(review: Review, policy: ReviewPolicy = UNSTATED) -> Mapped[PeerReview]:
    """Return the peer review that a completed review becomes: what the policy lets go, no more.

    Whether it may leave now is another question (`policy.may_leave`).
    """
    findings = Findings()
    allowed = reduced(review, policy)
    subject = allowed.subject or ReviewSubject()
    return findings.outcome(
        PeerReview(
            role=allowed.role,
            type=allowed.type,
            completion_date=fuzzy(allowed.completed),
            group_id=_group_id(allowed, findings),
            convening_organization=organization(
                allowed.organization,
                "ORCID shows the convening organisation",
                findings,
                identified=policy.organization_identifier,
            ),
            external_ids=tuple(_identifiers(allowed, findings)),
            url=usable_url(allowed.url, "url", findings),
            subject_id=_subject_id(subject, findings),
            subject_container_name=short(
                subject.journal, "subject.journal", "journal title", findings
            ),
            subject_type=_subject_type(subject, findings),
            subject_name=_subject_name(subject, findings),
            subject_url=usable_url(subject.url, "subject.url", findings),
        )
    )


def own_review_id(tenant: str, key: str) -> str:
    """Return the identifier of a review, unique over all tenants and keys, and stable."""
    return own_id("peer-review", tenant, key)


def _identifiers(review: Review, findings: Findings) -> Iterator[ExternalId]:
    own = own_review_id(review.tenant, review.key)
    yield ExternalId(type="source-work-id", value=own, relationship="self")
    doi = tidy(review.doi, "doi", findings)
    if doi is not None:
        yield checked_doi(doi, "doi", findings)


def _group_id(review: Review, findings: Findings) -> str:
    if review.issn is None or not review.issn.strip():
        return (review.group_id or "").strip()
    issn = parse_issn(review.issn)
    if issn is None:
        findings.caution(
            "issn",
            "issn-malformed",
            f"“{review.issn.strip()}” is not an ISSN (eight characters, the last a check digit). "
            "Correct it in the journal's settings.",
            identity=True,
        )
    return f"issn:{issn or review.issn.strip()}"


def _subject_id(subject: ReviewSubject, findings: Findings) -> ExternalId | None:
    printed = tidy(subject.doi, "subject.doi", findings)
    if printed is None:
        return None
    doi = parse_doi(printed)
    if doi is None:
        findings.caution(
            "subject.doi",
            "doi-malformed",
            f"“{printed}” is not a DOI; the review is sent without naming it.",
        )
        return None
    return ExternalId(type="doi", value=doi, relationship="self", url=doi_url(doi))


def _subject_type(subject: ReviewSubject, findings: Findings) -> str | None:
    if subject.type is None or subject.type in SUBJECT_TYPES:
        return subject.type
    findings.caution(
        "subject.type",
        "subject-type-unknown",
        f"ORCID knows no type “{subject.type}” of what was reviewed; it is left out.",
    )
    return None


def _subject_name(subject: ReviewSubject, findings: Findings) -> Title | None:
    name = short(subject.title, "subject.title", "title", findings)
    return None if name is None else Title(title=name)
