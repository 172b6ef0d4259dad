"""What can be written among a person's activities: works, reviews, fundings and the others.

The members and their rules are those of REGISTRY.md 4.
"""

from typing import Annotated, ClassVar

from orcid_connect.records.base import Item, Kept, Many, Wrapping, at
from orcid_connect.records.common import (
    ExternalId,
    FundingContributor,
    FuzzyDate,
    Organization,
    Title,
    WorkContributor,
)

ExternalIds = Annotated[Many[ExternalId], at("external-ids", "external-id")]
Hosts = Annotated[Many[Organization], at("hosts", "organization")]


class Citation(Kept):
    """A work's citation in a named format (REGISTRY.md 4.2)."""

    type: Annotated[str, at("citation-type")]
    value: Annotated[str, at("citation-value")]


class Work(Item):
    """A work (REGISTRY.md 4.2); at least one identifier must be `self`."""

    always: ClassVar[frozenset[str]] = frozenset({"external_ids"})

    type: str
    title: Title
    journal_title: Wrapping = None
    short_description: str | None = None
    citation: Citation | None = None
    publication_date: FuzzyDate | None = None
    external_ids: ExternalIds = ()
    url: Wrapping = None
    contributors: Annotated[Many[WorkContributor], at("contributors", "contributor")] = ()
    language_code: str | None = None
    country: Wrapping = None


class PeerReview(Item):
    """A peer review (REGISTRY.md 4.3); `group_id` names the venue, never a manuscript.

    The subject members say what was reviewed. We read them, and never write them by ourselves.
    Whether a group exists (9020) and the ISSN portal knows an ISSN (9053) only ORCID can tell.
    """

    always: ClassVar[frozenset[str]] = frozenset({"external_ids"})

    role: Annotated[str, at("reviewer-role")]
    type: Annotated[str, at("review-type")]
    completion_date: Annotated[FuzzyDate, at("review-completion-date")]
    group_id: Annotated[str, at("review-group-id")]
    convening_organization: Organization
    external_ids: Annotated[Many[ExternalId], at("review-identifiers", "external-id")] = ()
    url: Annotated[Wrapping, at("review-url")] = None
    subject_id: Annotated[ExternalId | None, at("subject-external-identifier")] = None
    subject_container_name: Wrapping = None
    subject_type: str | None = None
    subject_name: Title | None = None
    subject_url: Wrapping = None


class Amount(Kept):
    """A sum of money as text, which ORCID reads as a number, and its ISO 4217 code (4.4)."""

    value: str
    currency_code: str


class Funding(Item):
    """A grant, contract, award or salary award (REGISTRY.md 4.4).

    The organisation must be one that ORCID knows (see `Organization`). An end before the start is
    accepted by ORCID; hyphenated identifier types come back with an underscore (4.9).
    """

    always: ClassVar[frozenset[str]] = frozenset({"external_ids"})

    type: str
    title: Title
    organization: Organization
    organization_defined_type: Wrapping = None
    short_description: str | None = None
    amount: Amount | None = None
    url: Wrapping = None
    start_date: FuzzyDate | None = None
    end_date: FuzzyDate | None = None
    external_ids: ExternalIds = ()
    contributors: Annotated[Many[FundingContributor], at("contributors", "contributor")] = ()


class Affiliation(Item):
    """Base of the seven affiliations (REGISTRY.md 4.5): somebody's part in an organisation.

    Education and employment need an organisation that ORCID knows, with city and country; the
    others need that or an identifier. Which organisations ORCID knows cannot be told here.
    """

    organization: Organization
    department_name: str | None = None
    role_title: str | None = None
    start_date: FuzzyDate | None = None
    end_date: FuzzyDate | None = None
    url: Wrapping = None
    external_ids: ExternalIds = ()
    display_index: str | None = None


class Distinction(Affiliation):
    """A distinction, such as a prize or an honorary title (REGISTRY.md 4.5)."""


class Education(Affiliation):
    """A course of study (REGISTRY.md 4.5)."""


class Employment(Affiliation):
    """An employment (REGISTRY.md 4.5)."""


class InvitedPosition(Affiliation):
    """A position by invitation, such as a visiting professorship (REGISTRY.md 4.5)."""


class Membership(Affiliation):
    """A membership of a society or association (REGISTRY.md 4.5)."""


class Qualification(Affiliation):
    """A professional or vocational qualification (REGISTRY.md 4.5)."""


class Service(Affiliation):
    """A service, such as a seat on an editorial board (REGISTRY.md 4.5)."""


class Proposal(Kept):
    """The proposal that opened the door to a resource (REGISTRY.md 4.5)."""

    title: Title
    hosts: Hosts = ()
    external_ids: ExternalIds = ()
    start_date: FuzzyDate | None = None
    end_date: FuzzyDate | None = None
    url: Wrapping = None


class ResourceItem(Kept):
    """One resource of a proposal: infrastructures, collections, equipment or services (4.5)."""

    name: Annotated[str, at("resource-name")]
    type: Annotated[str, at("resource-type")]
    hosts: Hosts = ()
    external_ids: ExternalIds = ()
    url: Wrapping = None


class ResearchResource(Item):
    """A use of a research resource (REGISTRY.md 4.5).

    Proposal and items each need one to ten hosts that ORCID knows, which cannot be told here.
    """

    proposal: Proposal
    items: Annotated[Many[ResourceItem], at("resource-item")] = ()
    display_index: str | None = None


class GroupIdRecord(Item):
    """The venue that peer reviews name (REGISTRY.md 6).

    `issn:` groups are made by ORCID itself from the ISSN portal, without a description; whether
    the portal knows an ISSN (9053) or a group exists already (9025) cannot be told here.
    """

    name: str
    group_id: str
    type: str
    description: str | None = None


AnyAffiliation = (
    Distinction | Education | Employment | InvitedPosition | Membership | Qualification | Service
)
Activity = Work | PeerReview
