"""The validator of fundings (REGISTRY.md 4.4)."""

import re

from orcid_connect.simulator.judging import dates, refusals
from orcid_connect.simulator.judging.answers import JSON
from orcid_connect.simulator.judging.blanks import is_blank, java_trim
from orcid_connect.simulator.judging.validators import shared
from orcid_connect.simulator.judging.validators.shared import Situation, value_of

# What Java's Double.parseDouble takes: decimal or hexadecimal, with exponent and type letter.
_JAVA_DOUBLE = re.compile(
    r"[+-]?(?:NaN|Infinity"
    r"|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[fFdD]?"
    r"|0[xX](?:[0-9a-fA-F]+\.?|[0-9a-fA-F]*\.[0-9a-fA-F]+)[pP][+-]?[0-9]+[fFdD]?)"
)


def validate(item: JSON, situation: Situation) -> None:
    """Refuse what the registry refuses in a funding; raises Refused."""
    title = item["title"]
    if title is None or not value_of(title["title"]):
        raise refusals.missing_title()
    shared.check_translated_language(title)
    identifiers = shared.require_identifiers(item["external-ids"])
    if item["amount"] is not None:
        _check_amount(item["amount"])
    shared.check_no_put_code(item, situation)
    shared.require_disambiguation(item["organization"])
    _check_dates(item["start-date"], item["end-date"])
    shared.check_visibility(item, situation)
    shared.check_identifiers(identifiers)


def _check_amount(amount: JSON) -> None:
    if amount["currency-code"] is None:
        if not is_blank(amount["value"]):
            raise refusals.validation("Please specify a currency code")
    elif is_blank(amount["value"]):
        raise refusals.validation("Please specify an amount or remove the amount tag")
    elif not _JAVA_DOUBLE.fullmatch(java_trim(amount["value"])):
        raise refusals.invalid_amount()


def _check_dates(start: JSON | None, end: JSON | None) -> None:
    if end is not None:
        dates.validate(end)
        if start is None:
            raise refusals.missing_start_date()
    if start is not None:
        dates.validate(start)
