"""The refusals of the registry's exception table, by what went wrong (REGISTRY.md 5.1)."""

from collections.abc import Iterable, Mapping

from orcid_connect.simulator.judging.answers import NO_PARAMS, Refusal, Refused

BAD_REQUEST = 400
FORBIDDEN = 403
CONFLICT = 409
SERVER_ERROR = 500


def _refused(
    status: int,
    code: int,
    exception: str,
    detail: str | None = None,
    params: Mapping[str, str] = NO_PARAMS,
) -> Refused:
    return Refused(Refusal(status, code, exception, detail, params))


def invalid_json(detail: str) -> Refusal:
    """Refuse JSON that cannot be mapped or violates the schema (9047)."""
    return Refusal(BAD_REQUEST, 9047, "InvalidJSONException", detail)


def unexpected() -> Refused:
    """Answer as a null pointer inside the registry does (500/9008)."""
    return _refused(SERVER_ERROR, 9008, "NullPointerException")


def illegal_argument(detail: str) -> Refused:
    """Refuse an argument out of range, such as too many works in a bulk (9006)."""
    return _refused(BAD_REQUEST, 9006, "IllegalArgumentException", detail)


def mismatched_put_code(in_url: int | None, in_body: int | None) -> Refused:
    """Refuse an update whose put-code differs from the one in the path (9019)."""
    body = "null" if in_body is None else str(in_body)
    params = {"url": str(in_url), "body": body, "urlPutCode": str(in_url), "bodyPutCode": body}
    return _refused(BAD_REQUEST, 9019, "MismatchedPutCodeException", None, params)


def validation(detail: str) -> Refused:
    """Refuse with a message of its own (9020)."""
    return _refused(BAD_REQUEST, 9020, "OrcidValidationException", detail)


def missing_title() -> Refused:
    """Refuse an activity without a title (9022)."""
    return _refused(BAD_REQUEST, 9022, "ActivityTitleValidationException")


def bad_identifiers(detail: str | None = None) -> Refused:
    """Refuse missing or invalid external ids (9023)."""
    return _refused(BAD_REQUEST, 9023, "ActivityIdentifierValidationException", detail)


def put_code_on_create() -> Refused:
    """Refuse a put-code in the body of a POST (9024)."""
    return _refused(BAD_REQUEST, 9024, "InvalidPutCodeException")


def duplicated_group() -> Refused:
    """Refuse a group id that exists, or that the registry itself has just made (9025)."""
    return _refused(CONFLICT, 9025, "DuplicatedGroupIdRecordException")


def visibility_changed() -> Refused:
    """Refuse an update that changes the visibility (403/9035)."""
    return _refused(FORBIDDEN, 9035, "VisibilityMismatchException")


def missing_typed_value(name: str, values: Iterable[str]) -> Refused:
    """Refuse a missing value of a typed field, listing the allowed ones (9037)."""
    listed = ", ".join(values)
    params = {"type": name, "field": name, "values": listed}
    return _refused(BAD_REQUEST, 9037, "ActivityTypeValidationException", None, params)


def organization_not_disambiguated() -> Refused:
    """Refuse an organisation without a disambiguated identifier (9045)."""
    return _refused(BAD_REQUEST, 9045, "InvalidDisambiguatedOrgException")


def missing_organization() -> Refused:
    """Refuse an affiliation without an organisation (9046)."""
    return _refused(BAD_REQUEST, 9046, "InvalidOrgException")


def invalid_date(text: str) -> Refused:
    """Refuse a date that no calendar knows (9049)."""
    params = {"date": text, "dateString": text}
    return _refused(BAD_REQUEST, 9049, "InvalidFuzzyDateException", None, params)


def missing_start_date() -> Refused:
    """Refuse an end date without a start date (9050)."""
    return _refused(BAD_REQUEST, 9050, "MissingStartDateException")


def invalid_issn() -> Refused:
    """Refuse an ISSN that is malformed or unknown to the portal (9053)."""
    return _refused(BAD_REQUEST, 9053, "InvalidIssnException")


def invalid_amount() -> Refused:
    """Refuse an amount that is no number (9054)."""
    return _refused(BAD_REQUEST, 9054, "InvalidAmountException")


def start_after_end() -> Refused:
    """Refuse a start date after the end date (9055)."""
    return _refused(BAD_REQUEST, 9055, "StartDateAfterEndDateException")


def invalid_role(role: str, roles: Iterable[str]) -> Refused:
    """Refuse a contributor role of neither vocabulary (9058)."""
    params = {"role": role, "roles": ", ".join(roles)}
    return _refused(BAD_REQUEST, 9058, "InvalidContributorRoleException", None, params)


def incomplete_address() -> Refused:
    """Refuse an education or employment without city and country (9060)."""
    return _refused(BAD_REQUEST, 9060, "InvalidOrgAddressException")


def place_without_country() -> Refused:
    """Refuse a city or region without a country (9061)."""
    name = "InvalidOrgAddressNoCountryButCityRegionException"
    return _refused(BAD_REQUEST, 9061, name)


def neither_organization_nor_identifier() -> Refused:
    """Refuse an affiliation with neither organisation id nor external id (9062)."""
    return _refused(BAD_REQUEST, 9062, "InvalidNoOrgOrExternalIdException")
