"""What lists of activities hold: summaries, in groups of what is one and the same thing.

Nothing here is written. Every member may be missing, so that one odd summary hides no other.
"""

from typing import Annotated

from orcid_connect.records.activities import ExternalIds, Proposal
from orcid_connect.records.base import Answer, Item, Kept, Many, Moment, Wrapping, at
from orcid_connect.records.common import FuzzyDate, Organization, Title


class Summary(Item):
    """Base of summaries (REGISTRY.md 3.7)."""

    external_ids: ExternalIds = ()
    url: Wrapping = None
    display_index: str | None = None


class WorkSummary(Summary):
    """A work in a list (REGISTRY.md 4.2): no contributors, citation or description."""

    type: str | None = None
    title: Title | None = None
    publication_date: FuzzyDate | None = None
    journal_title: Wrapping = None


class FundingSummary(Summary):
    """A funding in a list (REGISTRY.md 3.7)."""

    type: str | None = None
    title: Title | None = None
    start_date: FuzzyDate | None = None
    end_date: FuzzyDate | None = None
    organization: Organization | None = None


class PeerReviewSummary(Summary):
    """A peer review in a list (REGISTRY.md 4.3): nothing of its subject."""

    role: Annotated[str | None, at("reviewer-role")] = None
    type: Annotated[str | None, at("review-type")] = None
    url: Annotated[Wrapping, at("review-url")] = None
    completion_date: FuzzyDate | None = None
    group_id: Annotated[str | None, at("review-group-id")] = None
    convening_organization: Organization | None = None


class AffiliationSummary(Summary):
    """An affiliation in a list (REGISTRY.md 3.7)."""

    department_name: str | None = None
    role_title: str | None = None
    start_date: FuzzyDate | None = None
    end_date: FuzzyDate | None = None
    organization: Organization | None = None


class ResearchResourceSummary(Item):
    """A research resource in a list (REGISTRY.md 3.7): the proposal, without its items."""

    proposal: Proposal | None = None
    display_index: str | None = None


class Group(Kept):
    """Base of groups: items that share an identifier (REGISTRY.md 3.6)."""

    last_modified: Annotated[Moment, at("last-modified-date")] = None
    external_ids: ExternalIds = ()


class WorkGroup(Group):
    """Works that are one; the first is the preferred one (REGISTRY.md 3.6)."""

    summaries: Annotated[Many[WorkSummary], at("work-summary")] = ()


class FundingGroup(Group):
    """Fundings that are one (REGISTRY.md 3.6)."""

    summaries: Annotated[Many[FundingSummary], at("funding-summary")] = ()


class ResearchResourceGroup(Group):
    """Research resources that are one (REGISTRY.md 3.6)."""

    summaries: Annotated[Many[ResearchResourceSummary], at("research-resource-summary")] = ()


class PeerReviewDuplicates(Group):
    """Peer reviews that are one (REGISTRY.md 3.6)."""

    summaries: Annotated[Many[PeerReviewSummary], at("peer-review-summary")] = ()


class PeerReviewGroup(Group):
    """All reviews of one venue, named by its group id as a pseudo identifier (REGISTRY.md 3.6)."""

    groups: Annotated[Many[PeerReviewDuplicates], at("peer-review-group")] = ()


class AffiliationEntry(Kept):
    """One summary under the name of its kind (REGISTRY.md 3.6); see `summary`."""

    distinction_summary: AffiliationSummary | None = None
    education_summary: AffiliationSummary | None = None
    employment_summary: AffiliationSummary | None = None
    invited_position_summary: AffiliationSummary | None = None
    membership_summary: AffiliationSummary | None = None
    qualification_summary: AffiliationSummary | None = None
    service_summary: AffiliationSummary | None = None

    @property
    def summary(self) -> AffiliationSummary | None:
        """Return the summary, whatever its kind."""
        return next((one for _name, one in self if one is not None), None)


class AffiliationGroup(Group):
    """Affiliations that are one (REGISTRY.md 3.6)."""

    entries: Annotated[Many[AffiliationEntry], at("summaries")] = ()


class ActivityList(Answer):
    """Base of the lists of activities (REGISTRY.md 3.7)."""

    last_modified: Annotated[Moment, at("last-modified-date")] = None
    path: str | None = None


class Works(ActivityList):
    """All works we may see, grouped (REGISTRY.md 3.6)."""

    groups: Annotated[Many[WorkGroup], at("group")] = ()


class Fundings(ActivityList):
    """All fundings we may see, grouped (REGISTRY.md 3.6)."""

    groups: Annotated[Many[FundingGroup], at("group")] = ()


class PeerReviews(ActivityList):
    """All peer reviews we may see, by venue (REGISTRY.md 3.6)."""

    groups: Annotated[Many[PeerReviewGroup], at("group")] = ()


class ResearchResources(ActivityList):
    """All research resources we may see, grouped (REGISTRY.md 3.6)."""

    groups: Annotated[Many[ResearchResourceGroup], at("group")] = ()


class Affiliations(ActivityList):
    """All affiliations of one kind we may see, grouped (REGISTRY.md 3.6)."""

    groups: Annotated[Many[AffiliationGroup], at("affiliation-group")] = ()


class ActivitiesSummary(Answer):
    """All activities we may see (REGISTRY.md 3.5)."""

    last_modified: Annotated[Moment, at("last-modified-date")] = None
    distinctions: Affiliations | None = None
    educations: Affiliations | None = None
    employments: Affiliations | None = None
    fundings: Fundings | None = None
    invited_positions: Affiliations | None = None
    memberships: Affiliations | None = None
    peer_reviews: PeerReviews | None = None
    qualifications: Affiliations | None = None
    research_resources: ResearchResources | None = None
    services: Affiliations | None = None
    works: Works | None = None
    path: str | None = None
