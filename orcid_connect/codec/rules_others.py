"""The registry's own rules for fundings, affiliations, research resources, persons and groups."""

import re
from collections.abc import Iterator
from typing import Final

from orcid_connect.codec.roles import is_funding_role
from orcid_connect.codec.rules_basics import (
    Operation,
    Plain,
    Rule,
    date_exists,
    each,
    has_identifiers,
    identifiers,
    identifiers_known,
    inside,
    no_put_code,
    null_element,
    put_code_matches,
    refused,
    visibility_stays,
)
from orcid_connect.codec.rules_works import (
    ISSN_GROUP,
    contributors_of,
    roles_known,
    version_needs_self,
)
from orcid_connect.codec.texts import JAVA_BLANKS, is_empty, utf16_length
from orcid_connect.errors import Problem

_LONGEST_URL: Final = 2000
_LONGEST_IDENTIFIER: Final = 255
# Digits are never given back: else a long amount takes time squared.
_NUMBER: Final = re.compile(
    r"[+-]?(?:NaN|Infinity|(?:(?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?"
    r"|0[xX](?:[\da-fA-F]++\.?[\da-fA-F]*+|\.[\da-fA-F]++)[pP][+-]?\d++)[fFdD]?)",
    re.ASCII,
)


def _funding_title(item: Plain, _operation: Operation) -> Iterator[Problem]:
    # Unlike a work's, it may be of odd blanks that the schema does not know.
    if not item.get("title", {}).get("title"):
        yield refused("title", "title-missing", "A funding must have a title.", 9022)


def _no_null_contributor(item: Plain, _operation: Operation) -> Iterator[Problem]:
    yield from (null_element(path) for path, entry in contributors_of(item) if entry is None)


def _amount_is_number(item: Plain, _operation: Operation) -> Iterator[Problem]:
    amount = item.get("amount")
    if amount is None:
        return
    text = amount.get("value", "")
    if is_empty(text):
        message = "Give an amount or take the currency out."
        yield refused("amount.value", "amount-missing", message, 9020)
    elif not _NUMBER.fullmatch(text.strip(JAVA_BLANKS)):
        message = f"“{text}” is no number; write digits and a point, no commas or spaces."
        yield refused("amount.value", "amount-malformed", message, 9054)


def _end_has_start(item: Plain, _operation: Operation) -> Iterator[Problem]:
    if "end-date" in item and "start-date" not in item:
        yield refused("start-date", "start-missing", "An end date needs a start date.", 9050)


def _identified(organization: Plain) -> bool:
    known = organization.get("disambiguated-organization", {})
    # The registry compares with the empty text here, blanks are taken for an identifier.
    return bool(known.get("disambiguated-organization-identifier"))


def _host_identified(organization: Plain, _operation: Operation) -> Iterator[Problem]:
    if not _identified(organization):
        message = "The organisation needs an identifier that ORCID knows, such as its ROR."
        yield refused("disambiguated-organization", "organization-unknown", message, 9045)


_organization_identified: Final = inside("organization", _host_identified)


def _organization_given(item: Plain, _operation: Operation) -> Iterator[Problem]:
    if "organization" not in item:
        yield refused("organization", "missing", "An organisation is required.", 9046)


def _city_and_country(item: Plain, _operation: Operation) -> Iterator[Problem]:
    address = item.get("organization", {}).get("address")
    if address is not None and not {"city", "country"} <= address.keys():
        message = "City and country of the organisation are required."
        yield refused("organization.address", "address-incomplete", message, 9060)


def _country_with_city(item: Plain, _operation: Operation) -> Iterator[Problem]:
    address = item.get("organization", {}).get("address", {})
    if "country" not in address and ("city" in address or "region" in address):
        message = "A city or region needs its country."
        yield refused("organization.address.country", "country-missing", message, 9061)


def _organization_or_identifier(item: Plain, _operation: Operation) -> Iterator[Problem]:
    organization = item.get("organization")
    if organization is None or _identified(organization) or identifiers(item, "external-ids"):
        return
    message = "Give an identifier of the organisation, or one of the affiliation."
    path = "organization.disambiguated-organization"
    yield refused(path, "organization-unknown", message, 9062)


def _ends_after_start(item: Plain, _operation: Operation) -> Iterator[Problem]:
    start, end = item.get("start-date", {}), item.get("end-date", {})
    if "year" in start and "year" in end and _parts(start) > _parts(end):
        yield refused("end-date", "end-before-start", "The end is before the start.", 9055)


def _parts(held: Plain) -> tuple[int, int, int]:
    """Return a date for comparing; what is missing counts less than any (REGISTRY.md 4.5)."""
    year, month, day = (int(held.get(part, 0)) for part in ("year", "month", "day"))
    return year, month, day


def _self_with_address(item: Plain, _operation: Operation) -> Iterator[Problem]:
    for member in ("external-id-type", "external-id-value"):
        text = item.get(member, "")
        if is_empty(text):
            yield refused(member, "blank", "Say what it is.", 9020)
        if utf16_length(text) > _LONGEST_IDENTIFIER:
            yield refused(member, "too-long", "At most 255 characters.", 9020)
    yield from _address(item.get("external-id-url", ""), "external-id-url")
    if item.get("external-id-relationship") != "self":
        message = "An identifier of a person must be self."
        yield refused("external-id-relationship", "not-self", message, 9020)


def _url_given(item: Plain, _operation: Operation) -> Iterator[Problem]:
    yield from _address(item.get("url", ""), "url")


def _address(text: str, path: str) -> Iterator[Problem]:
    if is_empty(text):
        yield refused(path, "blank", "An address is required.", 9020)
    if utf16_length(text) > _LONGEST_URL:
        yield refused(path, "too-long", "An address has at most 2000 characters.", 9020)


def _content_given(item: Plain, _operation: Operation) -> Iterator[Problem]:
    if is_empty(item.get("content", "")):
        yield refused("content", "blank", "A keyword must not be blank.", 9020)


def _issn_well_formed(item: Plain, operation: Operation) -> Iterator[Problem]:
    group = item.get("group-id", "")
    if operation.is_create and group.startswith("issn:") and not ISSN_GROUP.fullmatch(group):
        yield refused("group-id", "issn-malformed", f"{group} is not issn:dddd-dddX.", 9053)


def _not_of_an_issn(item: Plain, operation: Operation) -> Iterator[Problem]:
    if operation.is_create and ISSN_GROUP.fullmatch(item.get("group-id", "")):
        message = "ORCID makes the groups of ISSNs itself, at the first review that names one."
        yield refused("group-id", "issn-group", message, 9025)


FUNDING_RULES: Final[tuple[Rule, ...]] = (
    put_code_matches,
    _funding_title,
    has_identifiers("external-ids"),
    _amount_is_number,
    no_put_code,
    _organization_identified,
    date_exists("start-date"),
    date_exists("end-date"),
    _end_has_start,
    visibility_stays,
    identifiers_known("external-ids", null_matters=True),
    _no_null_contributor,
    roles_known(is_funding_role, "fundings"),
)

_AFFILIATION_START: Final = (put_code_matches, no_put_code, visibility_stays, _organization_given)
_AFFILIATION_END: Final = (date_exists("start-date"), date_exists("end-date"), _ends_after_start)
EMPLOYMENT_RULES: Final[tuple[Rule, ...]] = (
    *_AFFILIATION_START,
    _organization_identified,
    _city_and_country,
    *_AFFILIATION_END,
)
OTHER_AFFILIATION_RULES: Final[tuple[Rule, ...]] = (
    *_AFFILIATION_START,
    _country_with_city,
    _organization_or_identifier,
    *_AFFILIATION_END,
)

_HOSTS_IDENTIFIED: Final = inside("hosts", each("organization", _host_identified))
_IDENTIFIERS_KNOWN: Final = identifiers_known("external-ids", null_matters=True)
_VERSION_NEEDS_SELF: Final = version_needs_self("external-ids")
RESEARCH_RESOURCE_RULES: Final[tuple[Rule, ...]] = (
    put_code_matches,
    inside("proposal", has_identifiers("external-ids")),
    inside("proposal", _IDENTIFIERS_KNOWN),
    inside("proposal", _VERSION_NEEDS_SELF),
    inside("proposal", _HOSTS_IDENTIFIED),
    inside("proposal", _end_has_start),
    each("resource-item", has_identifiers("external-ids")),
    each("resource-item", _IDENTIFIERS_KNOWN),
    each("resource-item", _VERSION_NEEDS_SELF),
    each("resource-item", _HOSTS_IDENTIFIED),
    no_put_code,
    visibility_stays,
)

_PERSON_RULES: Final = (no_put_code, visibility_stays)
EXTERNAL_IDENTIFIER_RULES: Final[tuple[Rule, ...]] = (
    put_code_matches,
    _self_with_address,
    *_PERSON_RULES,
)
KEYWORD_RULES: Final[tuple[Rule, ...]] = (
    put_code_matches,
    no_put_code,
    _content_given,
    visibility_stays,
)
RESEARCHER_URL_RULES: Final[tuple[Rule, ...]] = (put_code_matches, _url_given, *_PERSON_RULES)
PERSON_ITEM_RULES: Final[tuple[Rule, ...]] = (put_code_matches, *_PERSON_RULES)

GROUP_ID_RECORD_RULES: Final[tuple[Rule, ...]] = (
    put_code_matches,
    _issn_well_formed,
    no_put_code,
    _not_of_an_issn,
)
