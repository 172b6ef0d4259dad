"""Building blocks of items: identifiers, dates, organisations, titles, contributors."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from orcid_connect.records.base import (
    Form,
    Kept,
    OrcidId,
    Relationship,
    Wrapped,
    Wrapping,
    at,
    unwrapped,
)

Year = Annotated[int, BeforeValidator(unwrapped), Form.YEAR]
MonthOrDay = Annotated[int | None, BeforeValidator(unwrapped), Form.TWO_DIGITS]


class NormalizationError(Kept):
    """Why ORCID could not normalise an identifier (REGISTRY.md 4.1); its code is 8001."""

    error_code: str | None = None
    error_message: str | None = None
    transient: bool | None = None


class ExternalId(Kept):
    """An identifier with its relationship (REGISTRY.md 4.1); types are listed in 4.9.

    Types and relationships are checked for all but affiliations, which take any text and none.
    ORCID adds the normalised value; fundings have none.
    """

    only_read: ClassVar[frozenset[str]] = frozenset({"normalized", "normalization_error"})

    type: Annotated[str, at("external-id-type")]
    value: Annotated[str, at("external-id-value")]
    relationship: Annotated[Relationship | None, at("external-id-relationship")] = None
    url: Annotated[Wrapping, at("external-id-url")] = None
    normalized: Annotated[
        str | None,
        BeforeValidator(unwrapped),
        Form.NORMALIZED,
        at("external-id-normalized"),
    ] = None
    normalization_error: Annotated[
        NormalizationError | None, at("external-id-normalized-error")
    ] = None


class FuzzyDate(Kept):
    """A year, month or day (REGISTRY.md 4.1): 1900 to 2100, a day needs a month."""

    year: Year
    month: MonthOrDay = None
    day: MonthOrDay = None

    def __str__(self) -> str:
        parts = (part for part in (self.month, self.day) if part is not None)
        return "-".join([f"{self.year:04d}", *(f"{part:02d}" for part in parts)])


class Organization(Kept):
    """An organisation with its address and, if known, its identifier (REGISTRY.md 4.1).

    Identifier and source (ROR, GRID, RINGGOLD, FUNDREF, LEI) must stand together in ORCID's own
    table, spelt as there. That table is not known here: 9045 may come although all looks right.
    """

    always: ClassVar[frozenset[str]] = frozenset({"city"})

    name: str
    city: Annotated[str | None, at("address", "city")] = None
    region: Annotated[str | None, at("address", "region")] = None
    country: Annotated[str | None, at("address", "country")] = None
    identifier: Annotated[
        str | None,
        at("disambiguated-organization", "disambiguated-organization-identifier"),
    ] = None
    identifier_source: Annotated[
        str | None, at("disambiguated-organization", "disambiguation-source")
    ] = None


class Title(Kept):
    """A title with subtitle and one translation (REGISTRY.md 4.2); only works have subtitles."""

    title: Wrapped
    subtitle: Wrapping = None
    translated_title: Annotated[str | None, at("translated-title", "value")] = None
    translated_language: Annotated[str | None, at("translated-title", "language-code")] = None


class CreditRole(StrEnum):
    """The CRediT roles as ORCID spells them: with `http` and a final slash (REGISTRY.md 4.8)."""

    CONCEPTUALIZATION = "http://credit.niso.org/contributor-roles/conceptualization/"
    DATA_CURATION = "http://credit.niso.org/contributor-roles/data-curation/"
    FORMAL_ANALYSIS = "http://credit.niso.org/contributor-roles/formal-analysis/"
    FUNDING_ACQUISITION = "http://credit.niso.org/contributor-roles/funding-acquisition/"
    INVESTIGATION = "http://credit.niso.org/contributor-roles/investigation/"
    METHODOLOGY = "http://credit.niso.org/contributor-roles/methodology/"
    PROJECT_ADMINISTRATION = "http://credit.niso.org/contributor-roles/project-administration/"
    RESOURCES = "http://credit.niso.org/contributor-roles/resources/"
    SOFTWARE = "http://credit.niso.org/contributor-roles/software/"
    SUPERVISION = "http://credit.niso.org/contributor-roles/supervision/"
    VALIDATION = "http://credit.niso.org/contributor-roles/validation/"
    VISUALIZATION = "http://credit.niso.org/contributor-roles/visualization/"
    WRITING_ORIGINAL_DRAFT = "http://credit.niso.org/contributor-roles/writing-original-draft/"
    WRITING_REVIEW_EDITING = "http://credit.niso.org/contributor-roles/writing-review-editing/"


class Contributor(Kept):
    """Base of contributors (REGISTRY.md 4.1); `orcid` is bare and stands only if authenticated.

    ORCID gives `email` back to nobody; do not send it.
    """

    credit_name: Wrapping = None
    orcid: Annotated[OrcidId, at("contributor-orcid")] = None
    email: Annotated[Wrapping, at("contributor-email"), Field(repr=False)] = None


class WorkContributor(Contributor):
    """One contributor of a work; roles of works and `CreditRole` (REGISTRY.md 4.8)."""

    sequence: Annotated[
        Literal["first", "additional"] | None,
        at("contributor-attributes", "contributor-sequence"),
    ] = None
    role: Annotated[str | None, at("contributor-attributes", "contributor-role")] = None


class FundingContributor(Contributor):
    """One contributor of a funding: lead, co-lead, supported-by … (REGISTRY.md 4.4)."""

    role: Annotated[str | None, at("contributor-attributes", "contributor-role")] = None
