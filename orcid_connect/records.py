"""What an ORCID record keeps, in ORCID's words: works and peer reviews of API v3.0.

Values are frozen and hold what the API holds (REGISTRY.md 4), no more. Whether a value would be
accepted is the codec's business, not the type's: refused content must be representable to be told.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from orcid_connect.declarations import Relationship

ActivityKind = Literal["work", "peer-review"]


class Kept(BaseModel):
    """Base of everything kept on a record."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ExternalId(Kept):
    """An identifier with its relationship (REGISTRY.md 4.1); types are listed in 4.9."""

    type: str
    value: str
    relationship: Relationship | None
    url: str | None = None


class FuzzyDate(Kept):
    """A year, month or day (REGISTRY.md 4.1)."""

    year: int
    month: int | None = None
    day: int | None = None


class Organization(Kept):
    """An organisation with its address and, if known, its identifier (REGISTRY.md 4.1)."""

    name: str
    city: str | None = None
    region: str | None = None
    country: str | None = None
    identifier: str | None = None
    identifier_source: str | None = None


class WorkContributor(Kept):
    """One contributor of a work; `orcid` is a bare iD and stands only where authenticated."""

    credit_name: str | None = None
    orcid: str | None = None
    sequence: Literal["first", "additional"] | None = None
    role: str | None = None


class Title(Kept):
    """A title with subtitle and one translation (REGISTRY.md 4.2)."""

    title: str
    subtitle: str | None = None
    translated_title: str | None = None
    translated_language: str | None = None


class Citation(Kept):
    """A work's citation in a named format (REGISTRY.md 4.2)."""

    type: str
    value: str


class Work(Kept):
    """A work (REGISTRY.md 4.2)."""

    type: str
    title: Title
    journal_title: str | None = None
    short_description: str | None = None
    citation: Citation | None = None
    publication_date: FuzzyDate | None = None
    external_ids: tuple[ExternalId, ...] = ()
    url: str | None = None
    contributors: tuple[WorkContributor, ...] = ()
    language_code: str | None = None
    country: str | None = None


class PeerReview(Kept):
    """A peer review (REGISTRY.md 4.3); `group_id` names the venue, never a manuscript.

    The subject members say what was reviewed. We read them, and never write them by ourselves.
    """

    role: str
    type: str
    completion_date: FuzzyDate
    group_id: str
    convening_organization: Organization
    external_ids: tuple[ExternalId, ...] = ()
    url: str | None = None
    subject_id: ExternalId | None = None
    subject_container_name: str | None = None
    subject_type: str | None = None
    subject_name: Title | None = None
    subject_url: str | None = None


Activity = Work | PeerReview
