"""What people do for an organisation over a time: editors, board members, and all affiliations."""

from pydantic import Field

from orcid_connect.declarations.articles import Identifier
from orcid_connect.declarations.base import AnyDate, Declaration
from orcid_connect.declarations.people import Affiliation, Contributor
from orcid_connect.records import AffiliationKind


class Role(Declaration):
    """Somebody's part in an organisation; with an `end` it is over, and stays on the record.

    Being an editor or reviewer in general belongs here, as a service; single reviews are `Review`.
    """

    person: Contributor
    activity: AffiliationKind = Field(
        default="service", description="the section of the record it belongs to"
    )
    organization: Affiliation = Field(
        description="the publisher, society or employer; its ROR lets ORCID know it for sure"
    )
    department: str | None = Field(
        default=None,
        description="the part of it, such as the journal; else the organisation's own department",
    )
    role_title: str | None = Field(default=None, description="such as “Editor in Chief”")
    start: AnyDate | None = None
    end: AnyDate | None = None
    url: str | None = Field(default=None, description="a page that shows it: the editorial board")
    issn: str | None = Field(default=None, description="of the journal, if it is for one")
    identifiers: tuple[Identifier, ...] = Field(
        default=(), description="of the role itself (`self`) or what it is part of"
    )
