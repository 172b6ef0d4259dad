"""What of a review leaves, and when, by how it was reviewed.

A review on a public record can undo the anonymity that a reviewer was promised: by what it names,
by its date, and by the day it appears, which ORCID shows as the item's date of creation.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from pydantic import Field

from orcid_connect.declarations import Affiliation, ReviewModel
from orcid_connect.policy.works import Policy

Release = Literal["at-once", "at-decision", "at-publication", "yearly"]
Precision = Literal["year", "month", "day"]
PolicyModel = ReviewModel | Literal["unstated"]
"""How it was reviewed, or that neither the review nor the tenant says how."""


class ReviewPolicy(Policy):
    """Which fields of a review leave, when, and on whose word.

    Of what was reviewed nothing leaves before its publication is declared, whatever is set here.
    """

    subject_title: bool = Field(default=False, description="the title of what was reviewed")
    subject_journal: bool = Field(default=False, description="where it appeared")
    subject_doi: bool = Field(default=False, description="its DOI and its type")
    subject_url: bool = Field(default=False, description="its address")
    review_url: bool = Field(
        default=True,
        description="the address and DOI of the review itself; they lead to what was reviewed, so "
        "where that asks for consent, they do too",
    )
    role: bool = Field(
        default=True, description="the role as declared; else everybody is a reviewer"
    )
    organization: Affiliation | None = Field(
        default=None,
        description="stands for the organisation that convened the review, where that tells too "
        "much: the publisher instead of a small society",
    )
    organization_identifier: bool = Field(
        default=False,
        description="the organisation's ROR too; ORCID refuses the review if it does not know it",
    )
    date_precision: Precision = Field(default="day", description="of the date of the review")
    release: Release = Field(
        default="at-once",
        description="when it leaves: at once, when the editors decided, when what was reviewed is "
        "published, or after the end of the year, with the year alone",
    )
    consent: Literal["not-needed", "for-subject", "for-anything"] = Field(
        default="not-needed",
        description="what the reviewer must agree to first: nothing; that what was reviewed is "
        "named, the bare review leaves without; or that anything leaves",
    )
    group: Literal["issn", "own"] = Field(
        default="issn",
        description="the venue that the record shows: the journal by its ISSN, if it has one, or "
        "a group of our own, so that journals are not told apart",
    )
    group_id: str | None = Field(
        default=None,
        description="that group of our own: an ORCID group id, such as "
        "`orcid-generated:our-press`; else the one declared with the review",
    )

    @property
    def names_subject(self) -> bool:
        """Tell whether anything of what was reviewed may leave."""
        return self.subject_title or self.subject_journal or self.subject_doi or self.subject_url

    @property
    def precision(self) -> Precision:
        """The precision of the date that leaves; a yearly release shows the year alone."""
        return "year" if self.release == "yearly" else self.date_precision


_ANONYMOUS: Final = ReviewPolicy(
    review_url=False,
    date_precision="year",
    release="yearly",
    consent="for-anything",
)

DEFAULTS: Final[Mapping[PolicyModel, ReviewPolicy]] = MappingProxyType(
    {
        "open": ReviewPolicy(
            subject_title=True,
            subject_journal=True,
            subject_doi=True,
            subject_url=True,
            release="at-publication",
        ),
        "transparent": ReviewPolicy(
            subject_title=True,
            subject_journal=True,
            subject_doi=True,
            subject_url=True,
            release="at-publication",
            consent="for-subject",
        ),
        "single-anonymous": _ANONYMOUS,
        "double-anonymous": _ANONYMOUS,
        "unstated": ReviewPolicy(),
    }
)
"""What holds for a model where no tenant says otherwise, and why.

- `open`: names are printed with the article, so everything leaves once it is out; not before,
  because a manuscript under review is nobody's business.
- `transparent`: the reports are printed, but who wrote them may not be. The review counts without
  its subject; with it only if this reviewer agrees.
- `single-anonymous`, `double-anonymous`: the authors must not learn who reviewed. No subject, no
  address of the review, the year alone; all of a year at once after its end, because the day an
  item appears tells as much as a date; and only if the reviewer agrees, since in a small field
  even that may tell. Both hide the reviewer alike; what differs is what reviewers know.
- `unstated`: what the host declares leaves at once, but for the subject. Say the model in the
  tenant's settings to have it protected.
"""
