"""Completed reviews: who reviewed for whom, and what a journal's policy asks before they leave."""

from typing import Literal

from pydantic import Field

from orcid_connect.declarations.base import AnyDate, Declaration, Declared
from orcid_connect.declarations.people import Affiliation, Contributor

ReviewModel = Literal["open", "single-anonymous", "double-anonymous", "transparent"]
"""Who knows whom: everybody each other; the authors not the reviewers; neither the other; the
reports are published, whether the reviewers are named or not."""


class ReviewSubject(Declared):
    """What was reviewed. Nothing of it leaves unless the journal's policy says so."""

    title: str | None = None
    doi: str | None = Field(default=None, description="of the published article, never of the file")
    type: str | None = Field(default=None, description="an ORCID work type, or grant, award …")
    url: str | None = None
    journal: str | None = Field(default=None, description="where it appeared")


class Review(Declaration):
    """One completed review by one person; its own key never is the article's DOI."""

    reviewer: Contributor
    completed: AnyDate
    issn: str | None = Field(default=None, description="of the journal that convened it")
    group_id: str | None = Field(
        default=None, description="an ORCID group id, where there is no ISSN"
    )
    organization: Affiliation = Field(description="who convened it: publisher or society")
    role: Literal["reviewer", "editor", "member", "chair", "organizer"] = "reviewer"
    type: Literal["review", "evaluation"] = "review"
    url: str | None = None
    doi: str | None = Field(default=None, description="of the review itself, if it has one")
    model: ReviewModel | None = Field(
        default=None, description="how it was reviewed; not given: as the journal always does"
    )
    consent: bool | None = Field(
        default=None,
        description="the reviewer agreed, or refused, that this review goes on the record; not "
        "given: not asked yet",
    )
    decided: AnyDate | None = Field(
        default=None, description="when the editors decided on what was reviewed"
    )
    published: AnyDate | None = Field(
        default=None, description="when what was reviewed was published; the day, if it is known"
    )
    subject: ReviewSubject | None = None
    round: int | None = Field(default=None, ge=1, description="of reviewing, counted from 1")
    competence: str | None = Field(
        default=None,
        description="what the reviewer was asked to judge: statistics, methods, language … ; for "
        "the journal's own reports, never sent",
    )
