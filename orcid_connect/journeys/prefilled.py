"""What a host's form can be filled with from a record: clean values, each with where it is from.

Everything may be missing: nobody has to make anything public for a form. `visibility` says who
else may see it, so that a host shows no one what a person shows only to organisations they trust.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from orcid_connect.records import Visibility

AssertedBy = Literal["person", "organization"]
AffiliationKind = Literal[
    "employment",
    "education",
    "qualification",
    "invited-position",
    "distinction",
    "membership",
    "service",
]


class _Value(BaseModel):
    """Base of all values: frozen."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class Found(_Value):
    """Something of a record: who may see it, and who put it there."""

    visibility: Visibility | None = None
    asserted_by: AssertedBy | None = None
    source: str | None = None


class FoundName(Found):
    """The name, as far as it is shown to us."""

    given: str | None = None
    family: str | None = None
    credit: str | None = None


class FoundText(Found):
    """Another name, a keyword, the biography or a country."""

    value: str


class FoundEmail(Found):
    """An e-mail address that is shown to us; it is never printed."""

    value: str = Field(repr=False)
    primary: bool | None = None
    verified: bool | None = None


class FoundOrganization(_Value):
    """An organisation, with its ROR where the record has it."""

    name: str
    city: str | None = None
    region: str | None = None
    country: str | None = None
    ror: str | None = None
    identifier: str | None = None
    identifier_source: str | None = None


class FoundAffiliation(Found):
    """Where somebody works, studied or serves; dates as YYYY, YYYY-MM or YYYY-MM-DD."""

    kind: AffiliationKind
    organization: FoundOrganization | None = None
    department: str | None = None
    role: str | None = None
    start: str | None = None
    end: str | None = None


class FoundFunding(Found):
    """A grant or another funding."""

    type: str | None = None
    title: str | None = None
    funder: FoundOrganization | None = None
    number: str | None = None
    url: str | None = None
    start: str | None = None
    end: str | None = None


class FoundWork(Found):
    """A work, as the person prefers to show it where several sources have it."""

    type: str | None = None
    title: str | None = None
    journal: str | None = None
    year: int | None = None
    doi: str | None = None
    url: str | None = None


class Prefill(_Value):
    """What the record of a connected person says, as far as it is shown to us."""

    orcid: str
    read_as: Literal["limited", "public"]
    language: str | None = None
    name: FoundName | None = None
    other_names: tuple[FoundText, ...] = ()
    biography: FoundText | None = None
    emails: tuple[FoundEmail, ...] = ()
    countries: tuple[FoundText, ...] = ()
    keywords: tuple[FoundText, ...] = ()
    affiliations: tuple[FoundAffiliation, ...] = ()
    funding: tuple[FoundFunding, ...] = ()
    works: tuple[FoundWork, ...] = ()
    works_total: int = 0
