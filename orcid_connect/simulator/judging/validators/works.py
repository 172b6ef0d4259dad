"""The validator of works, alone or in a bulk, which no schema guards (REGISTRY.md 4.2, 5.2)."""

import re

from orcid_connect.simulator.judging import dates, refusals, vocabularies
from orcid_connect.simulator.judging.answers import JSON, Refused
from orcid_connect.simulator.judging.blanks import is_blank
from orcid_connect.simulator.judging.countries import COUNTRIES
from orcid_connect.simulator.judging.identifiers import may_fund
from orcid_connect.simulator.judging.validators import shared
from orcid_connect.simulator.judging.validators.shared import Situation, value_of

_FIRST_TWELVE_DIGITS = r"[0-9]{4}-[0-9]{4}-[0-9]{4}-"
_URI = re.compile(
    r"https://(?:orcid\.org|[^/]*orcid\.org|localhost[^\n\r\u0085\u2028\u2029]*/orcid-web)/"
    rf"{_FIRST_TWELVE_DIGITS}(?:[0-9]{{4}}-)*[0-9]{{3}}[0-9X]"
)
_ORCID = re.compile(rf"{_FIRST_TWELVE_DIGITS}[0-9]{{3}}[0-9X]")
DIGITS_OF_A_YEAR = 4


def validate(item: JSON, situation: Situation) -> None:
    """Refuse what the registry refuses in a work; raises Refused."""
    _check_title(item["title"])
    if item["country"] is not None and item["country"]["value"] is None:
        raise refusals.missing_typed_value("country", COUNTRIES)
    _check_translated(item["title"])
    if item["type"] is None:
        raise refusals.missing_typed_value("work type", vocabularies.WORK_TYPES)
    if item["publication-date"] is not None:
        _check_date(item["publication-date"])
    if item["citation"] is not None:
        _check_citation(item["citation"])
    identifiers = shared.require_identifiers(item["external-ids"])
    for identifier in identifiers:
        _check_funding_identifier(identifier)
    _check_contributors(item["contributors"])
    shared.check_no_put_code(item, situation)
    shared.check_visibility(item, situation)
    _check_identifiers(identifiers)


def _check_title(title: JSON | None) -> None:
    if title is None or is_blank(value_of(title["title"])):
        raise refusals.missing_title()


def _check_translated(title: JSON) -> None:
    translated = title["translated-title"]
    if translated is not None and is_blank(translated["value"]):
        if translated["language-code"] is not None:
            raise refusals.validation(
                "Please specify a translated title or remove the language code"
            )
        return
    shared.check_translated_language(title)


def _check_date(date: JSON) -> None:
    dates.validate(date)
    for name in ("year", "month", "day"):
        # A part without value is no part to the calendar, yet no number either.
        if date[name] is not None and not dates.is_java_integer(date[name]["value"]):
            raise refusals.missing_typed_value(f"publication date -> {name}", ("integers",))
    year = dates.part(date, "year")
    if year is not None and len(year) != DIGITS_OF_A_YEAR:
        raise refusals.validation(f"Invalid year {year} please specify a four digits value")


def _check_citation(citation: JSON) -> None:
    if citation["citation-type"] is None:
        raise refusals.missing_typed_value("citation type", vocabularies.CITATION_TYPES)
    if is_blank(citation["citation-value"]):
        raise refusals.validation("Please specify a citation or remove the parent tag")


def _check_funding_identifier(identifier: JSON | None) -> None:
    if identifier is None or identifier["external-id-type"] is None:
        raise refusals.unexpected()
    name = identifier["external-id-type"]
    if identifier["external-id-relationship"] == "funded-by" and not may_fund(name):
        raise refusals.validation(f"External ID {name} not supported for relationship funded_by")


def _check_identifiers(identifiers: list[JSON | None]) -> None:
    faults: list[str] = []
    has_self = False
    for identifier in identifiers:
        if identifier is None:
            raise refusals.unexpected()
        faults.extend(shared.faults_of(identifier))
        has_self = has_self or identifier["external-id-relationship"] == "self"
    if not has_self:
        faults.append("At least one identifier with 'self' relationship is required")
    shared.refuse_faults(faults)


def _check_contributors(contributors: JSON | None) -> None:
    if contributors is None:
        return
    for contributor in contributors["contributor"] or ():
        if contributor is None:
            raise refusals.unexpected()
        _check_contributor(contributor)


def _check_contributor(contributor: JSON) -> None:
    orcid = contributor["contributor-orcid"]
    if orcid is not None:
        _check_identity(orcid["uri"], orcid["path"])
    name, email = contributor["credit-name"], contributor["contributor-email"]
    if name is not None and is_blank(name["value"]):
        raise _empty("contributor credit name")
    if email is not None and is_blank(email["value"]):
        raise _empty("contributor email")


def _check_identity(uri: str | None, path: str | None) -> None:
    if uri is not None and not _URI.fullmatch(uri) and not is_blank(uri):
        raise refusals.validation("Invalid contributor URI")
    if path is not None and not _ORCID.fullmatch(path) and not is_blank(path):
        raise refusals.validation("Invalid contributor ORCID")


def _empty(said: str) -> Refused:
    return refusals.validation(f"Please specify a {said} or remove the empty tag")
