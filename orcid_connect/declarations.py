"""What hosts say is true: articles with their contributors, and completed reviews.

Declarations are generous: they keep what the host or its JATS file holds, right or wrong, so that
nothing is lost at intake. What cannot go on a record is found when it is mapped, and is said.
"""

import datetime as dt
import re
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

Relationship = Literal["self", "part-of", "version-of", "funded-by"]
KEY_LENGTH = 512
"""Characters a tenant, key or person key may have."""

_ISO_DATE = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", re.ASCII)

Key = Annotated[str, Field(min_length=1, max_length=KEY_LENGTH)]


class Declared(BaseModel):
    """Base of all declared values: frozen, and a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class PartialDate(Declared):
    """A date known to the year, month or day, as printed; whether it exists is asked later."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2024`, `2024-05` or `2024-05-09`; raise ValueError for anything else."""
        match = _ISO_DATE.fullmatch(text.strip())
        if match is None:
            raise ValueError("write a date as 2024, 2024-05 or 2024-05-09")
        year, month, day = match.groups()
        return cls(
            year=int(year), month=int(month) if month else None, day=int(day) if day else None
        )

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        parts += [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)


def _date_from(value: Any) -> Any:
    if isinstance(value, dt.date):
        return PartialDate(year=value.year, month=value.month, day=value.day)
    return PartialDate.parse(value) if isinstance(value, str) else value


AnyDate = Annotated[PartialDate, BeforeValidator(_date_from)]


class Affiliation(Declared):
    """An organisation somebody belongs to, as printed."""

    name: str
    department: str | None = None
    city: str | None = None
    region: str | None = None
    country: str | None = Field(default=None, description="ISO 3166-1 alpha-2 code")
    ror: str | None = Field(default=None, description="full ROR URI")


class Contributor(Declared):
    """One name of the byline, in its place.

    `person_key` is the host's own key of the person and decides whose record is meant. `orcid` is
    what the host holds; it counts only with `orcid_authenticated`, never as a typed iD.
    """

    person_key: Key | None = None
    given_names: str | None = None
    family_name: str | None = None
    suffix: str | None = Field(default=None, description="Jr, III … after the family name")
    display_name: str | None = Field(
        default=None, description="the printed name, if not given + family"
    )
    orcid: str | None = None
    orcid_authenticated: bool = False
    role: str = Field(default="author", description="author, editor, translator … as printed")
    credit_roles: tuple[str, ...] = Field(default=(), description="CRediT role URIs or names")
    affiliations: tuple[Affiliation, ...] = ()
    corresponding: bool = False
    is_group: bool = False

    @property
    def name(self) -> str:
        """The name as printed."""
        if self.display_name:
            return self.display_name
        parts = (self.given_names, self.family_name, self.suffix)
        return " ".join(part for part in parts if part)


class Identifier(Declared):
    """An identifier of the work itself or of something it belongs to, with ORCID's type name."""

    type: str
    value: str
    relationship: Relationship = "self"
    url: str | None = None


class TranslatedTitle(Declared):
    """The title in another language."""

    title: str
    language: str


class Funding(Declared):
    """A grant that paid for the work."""

    funder: str | None = None
    funder_id: str | None = None
    award: str | None = None
    award_url: str | None = None


class RelatedArticle(Declared):
    """Another work and how it stands to this one, in JATS's words or ours (`preprint` …)."""

    relation: str
    identifier_type: str = "doi"
    identifier: str
    title: str | None = None


class ReadingNote(Declared):
    """Something printed that could not be understood; shown to the editor as a caution."""

    path: str
    message: str


class Declaration(Declared):
    """What every declaration has: whose it is, its key there, and as of when it is true.

    The same tenant and key is the same thing; the newest `as_of` wins in any order of arrival.
    """

    tenant: Key
    key: Key
    as_of: AwareDatetime


class Article(Declaration):
    """A published work of any type, as the host or its JATS holds it."""

    type: str = Field(default="journal-article", description="an ORCID work type")
    title: str
    subtitle: str | None = None
    translated_titles: tuple[TranslatedTitle, ...] = ()
    abstract: str | None = None
    journal: str | None = None
    issns: tuple[str, ...] = ()
    volume: str | None = None
    issue: str | None = None
    pages: str | None = Field(default=None, description="`12-19`, or an electronic location id")
    doi: str | None = None
    identifiers: tuple[Identifier, ...] = ()
    url: str | None = None
    published: AnyDate | None = None
    language: str | None = None
    contributors: tuple[Contributor, ...] = ()
    funding: tuple[Funding, ...] = ()
    licence_url: str | None = None
    related: tuple[RelatedArticle, ...] = ()
    reading_notes: tuple[ReadingNote, ...] = ()


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


class Withdrawal(Declaration):
    """The statement that an article or a review is no longer true."""

    of: Literal["article", "review"]
    reason: str = ""


AnyDeclaration = Article | Review | Withdrawal


class Person(Declared):
    """Somebody signed in at the host: the tenant they act in and the host's key of them."""

    tenant: Key = "default"
    key: Key
    name: str | None = None
