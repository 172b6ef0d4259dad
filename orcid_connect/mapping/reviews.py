"""From a completed review to a peer review (REGISTRY.md 4.3), with nothing about its subject.

The record shows that somebody reviewed for a venue, never what: no subject members, and an own
identifier that tells nothing about the manuscript.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Final

from orcid_connect.declarations import Affiliation, Review
from orcid_connect.identifiers import parse_issn
from orcid_connect.mapping.identifying import checked_doi
from orcid_connect.mapping.outcome import Findings, Mapped
from orcid_connect.mapping.text import tidy
from orcid_connect.mapping.urls import usable_url
from orcid_connect.mapping.words import orcid_country
from orcid_connect.mapping.works import fuzzy
from orcid_connect.records import ExternalId, Organization, PeerReview

DIGEST_LENGTH: Final = 32
"""Hex digits of the digest in an own identifier: 128 bits."""

READABLE_LENGTH: Final = 40
"""Characters of the tenant's name kept readable in an own identifier."""


def peer_review_from_review(
    review: Review, *, with_organization_id: bool = False
) -> Mapped[PeerReview]:
    """Return the peer review that a completed review becomes.

    `with_organization_id` sends the organisation's ROR too. It is off by default, because ORCID
    refuses (9045) one that its own table does not hold, and nobody can look that up before.
    """
    findings = Findings()
    return findings.outcome(
        PeerReview(
            role=review.role,
            type=review.type,
            completion_date=fuzzy(review.completed),
            group_id=_group_id(review, findings),
            convening_organization=_organization(
                review.organization, with_organization_id, findings
            ),
            external_ids=tuple(_identifiers(review, findings)),
            url=usable_url(review.url, "url", findings),
        )
    )


def own_review_id(tenant: str, key: str) -> str:
    """Return the identifier of a review, unique over all tenants and keys, and stable.

    The tenant's name stays readable; the key goes in as a digest, because a host's key may name
    the manuscript, and a public record must not. Case matters to the digest, though ORCID
    compares identifiers without it (REGISTRY.md 4.10).
    """
    readable = re.sub(r"[^a-z0-9]+", "-", tenant.lower()).strip("-")[:READABLE_LENGTH]
    whole = json.dumps(["peer-review", tenant, key]).encode()
    return f"{readable or 'tenant'}:{hashlib.sha256(whole).hexdigest()[:DIGEST_LENGTH]}"


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


def _organization(declared: Affiliation, with_identifier: bool, findings: Findings) -> Organization:
    identified = with_identifier and declared.ror is not None
    return Organization(
        name=tidy(declared.name, "organization.name", findings) or "",
        city=tidy(declared.city, "organization.city", findings),
        region=tidy(declared.region, "organization.region", findings),
        country=_country(declared.country, findings),
        identifier=declared.ror if identified else None,
        identifier_source="ROR" if identified else None,
    )


def _country(printed: str | None, findings: Findings) -> str | None:
    code = orcid_country(printed) if printed else None
    if code is None:
        findings.caution(
            "organization.country",
            "country-missing" if not printed else "country-unknown",
            "ORCID shows the convening organisation with its country. Give the two-letter code "
            "(ISO 3166, such as GB) in the journal's settings.",
        )
    return code
