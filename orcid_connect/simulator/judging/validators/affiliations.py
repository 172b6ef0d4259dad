"""The validator of the seven affiliations (REGISTRY.md 4.1, 4.5)."""

from orcid_connect.simulator.judging import dates, refusals
from orcid_connect.simulator.judging.answers import JSON
from orcid_connect.simulator.judging.blanks import is_blank
from orcid_connect.simulator.judging.validators import shared
from orcid_connect.simulator.judging.validators.shared import Situation


def validate_appointment(item: JSON, situation: Situation) -> None:
    """Judge an education or employment, which need an identified organisation and its place."""
    shared.check_no_put_code(item, situation)
    shared.check_visibility(item, situation)
    shared.require_disambiguation(item["organization"])
    address = item["organization"]["address"]
    if address is None or is_blank(address["city"]) or address["country"] is None:
        raise refusals.incomplete_address()
    _check_dates(item["start-date"], item["end-date"])


def validate_other(item: JSON, situation: Situation) -> None:
    """Judge any other affiliation, for which an external id may stand in for the organisation's."""
    shared.check_no_put_code(item, situation)
    shared.check_visibility(item, situation)
    organization = item["organization"]
    if organization is None:
        raise refusals.missing_organization()
    _check_identified(organization, item["external-ids"])
    _check_place(organization["address"])
    _check_dates(item["start-date"], item["end-date"])


def _check_identified(organization: JSON, external_ids: JSON | None) -> None:
    if organization["disambiguated-organization"] is None and not organization["name"]:
        raise refusals.missing_organization()
    if not shared.has_disambiguation(organization) and not shared.identifiers_of(external_ids):
        raise refusals.neither_organization_nor_identifier()


def _check_place(address: JSON | None) -> None:
    if address is None or address["country"] is not None:
        return
    if not is_blank(address["city"]) or not is_blank(address["region"]):
        raise refusals.place_without_country()


def _check_dates(start: JSON | None, end: JSON | None) -> None:
    if end is not None:
        dates.validate(end)
    if start is not None:
        dates.validate(start)
        if end is not None and dates.sort_key(start) > dates.sort_key(end):
            raise refusals.start_after_end()
