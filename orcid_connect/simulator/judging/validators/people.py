"""The validators of the person items (REGISTRY.md 4.5); lengths count UTF-16 units."""

from orcid_connect.simulator.judging import refusals
from orcid_connect.simulator.judging.answers import JSON
from orcid_connect.simulator.judging.blanks import is_blank, units
from orcid_connect.simulator.judging.validators import shared
from orcid_connect.simulator.judging.validators.shared import Situation, value_of

LONGEST_URL = 2000  # UTF-16 units
LONGEST_NAME = 255  # UTF-16 units


def validate_keyword(item: JSON, situation: Situation) -> None:
    """Judge a keyword, which must not be blank."""
    shared.check_no_put_code(item, situation)
    if is_blank(item["content"]):
        raise refusals.validation("Keyword cannot be null")
    shared.check_visibility(item, situation)


def validate_other_name(item: JSON, situation: Situation) -> None:
    """Judge another name, which may even be empty."""
    shared.check_no_put_code(item, situation)
    shared.check_visibility(item, situation)


def validate_researcher_url(item: JSON, situation: Situation) -> None:
    """Judge a researcher's URL."""
    _check_text(value_of(item["url"]), "Url field", LONGEST_URL)
    shared.check_no_put_code(item, situation)
    shared.check_visibility(item, situation)


def validate_address(item: JSON, situation: Situation) -> None:
    """Judge a country of residence."""
    shared.check_no_put_code(item, situation)
    if value_of(item["country"]) is None:
        raise refusals.validation("Country cannot be null")
    shared.check_visibility(item, situation)


def validate_external_identifier(item: JSON, situation: Situation) -> None:
    """Judge a person identifier: free type, value and URL, relationship self."""
    _check_text(item["external-id-type"], "Common name field", LONGEST_NAME)
    _check_text(item["external-id-value"], "Reference field", LONGEST_NAME)
    if item["external-id-relationship"] != "self":
        raise refusals.validation("Relationship field should be self for person identifiers")
    _check_text(value_of(item["external-id-url"]), "Url", LONGEST_URL)
    shared.check_no_put_code(item, situation)
    shared.check_visibility(item, situation)


def _check_text(value: str | None, name: str, longest: int) -> None:
    if value is None or is_blank(value):
        raise refusals.validation(f"{name} must not be empty")
    if units(value) > longest:
        raise refusals.validation(f"{name} must not be longer than {longest} characters")
