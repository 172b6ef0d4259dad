"""The types that several kinds share: dates, titles, URLs, external ids, organisations, sources.

Follows common-3.0.xsd and the reader's view of the same model (REGISTRY.md 3.5, 4.1).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from orcid_connect.simulator.judging import facets, jackson, vocabularies
from orcid_connect.simulator.judging.answers import JSON, Unreadable, Violation
from orcid_connect.simulator.judging.countries import COUNTRIES
from orcid_connect.simulator.judging.languages import LANGUAGES
from orcid_connect.simulator.judging.schema.nodes import (
    Field,
    Leaf,
    Listing,
    Node,
    Record,
    from_text,
    wrapped,
)
from orcid_connect.simulator.judging.schema.timestamps import check_timestamp, read_timestamp

# What a dot in a pattern of the schema stands for.
ANY = "[^\n\r\u2028\u2029]"

PLAIN = Leaf()
FILLED = Leaf(check=facets.non_empty)
SHORT_TEXT = Leaf(check=facets.at_most(500))
LONG_TEXT = Leaf(check=facets.filled_at_most(4000))
FILLED_1000 = facets.filled_at_most(1000)
LONG = Leaf(jackson.long)
DESCRIPTION = Leaf(check=facets.at_most(5000))


def enumeration(values: Iterable[str], aliases: Mapping[str, str] | None = None) -> Leaf:
    """Declare an enumeration that is read through an adapter."""
    return Leaf(jackson.one_of({value: value for value in values} | dict(aliases or {})))


COUNTRY = enumeration(COUNTRIES)
LANGUAGE = enumeration(LANGUAGES)
RELATIONSHIP = enumeration(vocabularies.RELATIONSHIPS)
VISIBILITY = Leaf(
    jackson.position_or_name(vocabularies.VISIBILITIES),
    facets.among(*vocabularies.SCHEMA_VISIBILITIES),
)
COUNTRY_ELEMENT = Record((Field("value", COUNTRY, required=True),))

URL = wrapped(facets.any_uri)
TITLE = wrapped(FILLED_1000)
SUBTITLE = wrapped(facets.at_most(1000))
CREDIT_NAME = wrapped(facets.filled_at_most(150), ignored=("visibility",))
EMAIL = wrapped(facets.all_of(facets.at_most(350), facets.matching(rf"[^@]+@[^.]+\.{ANY}+")))
DATE = Record((Field("value", Leaf(read_timestamp, check_timestamp), required=True),))

TRANSLATED_TITLE = Record(
    (
        Field("value", Leaf(check=FILLED_1000), required=True),
        Field("language-code", LANGUAGE, required=True),
    ),
    from_scalar=from_text(lambda value: {"value": value, "language-code": None}),
)


def _date_part(lowest: int, highest: int, width: int) -> Record:
    """Declare a year, month or day: wrapped text, or a bare number, which is padded."""

    def from_number(value: Any) -> JSON:
        if isinstance(value, str):
            number = jackson.integer_of_text(value)
        elif isinstance(value, int) and not isinstance(value, bool):
            number = value
        else:
            raise Unreadable("no int/Int-argument constructor")
        if not jackson.INT_RANGE[0] <= number <= jackson.INT_RANGE[1]:
            raise Unreadable("no long/Long-argument constructor")
        return {"value": str(number).rjust(width, "0")}

    leaf = Leaf(jackson.text, facets.whole_between(lowest, highest))
    return Record((Field("value", leaf, required=True),), from_scalar=from_number)


def _check_date(item: JSON) -> None:
    if item["day"] is not None and item["month"] is None:
        raise Violation("cvc-complex-type.2.4.a: a day without a month")


FUZZY_DATE = Record(
    (
        Field("year", _date_part(1900, 2100, 1), required=True),
        Field("month", _date_part(1, 12, 2)),
        Field("day", _date_part(1, 31, 2)),
    ),
    also=_check_date,
)

TRANSIENT_TEXT = Record(
    (
        Field("value", FILLED, required=True),
        Field("transient", Leaf(jackson.always_true), initial=True, null=True),
    ),
    from_scalar=from_text(lambda value: {"value": value, "transient": True}),
)


def _check_true(value: bool) -> None:
    if not value:
        raise Violation("cvc-pattern-valid: transient is not true")


TRANSIENT_ERROR = Record(
    (
        Field("error-code", FILLED),
        Field("error-message", FILLED),
        Field("transient", Leaf(jackson.primitive_boolean, _check_true), initial=True, null=False),
    )
)
# The model's hidden members are skipped when sent, as any member marked so (@JsonIgnore).
EXTERNAL_ID = Record(
    (
        Field("external-id-type", FILLED, required=True),
        Field("external-id-value", FILLED, required=True),
        Field("external-id-normalized", TRANSIENT_TEXT),
        Field("external-id-normalized-error", TRANSIENT_ERROR),
        Field("external-id-url", URL),
        Field("external-id-relationship", RELATIONSHIP),
    ),
    ignored=frozenset({"normalizedUrl", "normalizedUrlError"}),
)
EXTERNAL_IDS = Record((Field("external-id", Listing(EXTERNAL_ID)),))

ADDRESS = Record(
    (Field("city", LONG_TEXT), Field("region", LONG_TEXT), Field("country", COUNTRY)),
)
DISAMBIGUATED = Record(
    (
        Field("disambiguated-organization-identifier", SHORT_TEXT, required=True),
        Field("disambiguation-source", SHORT_TEXT, required=True),
    ),
    ignored=frozenset({"id", "externalIdentifiers"}),
)
ORGANIZATION = Record(
    (
        Field("name", LONG_TEXT, required=True),
        Field("address", ADDRESS, required=True),
        Field("disambiguated-organization", DISAMBIGUATED),
    )
)

_ORCID = r"(?:\d{4}-){3,}\d{3}[\dX]"
_HOST = rf"https://(?:[^/]*orcid\.org|localhost{ANY}*/orcid-web)/"
_CLIENT = rf"(?:APP-[\da-zA-Z]{{16}}|{_ORCID})"


def _derive_path(item: JSON) -> JSON:
    """Take the path from the URI when it is not given, as the model's getter does."""
    if item["path"] is None and item["uri"] is not None:
        item["path"] = item["uri"].rpartition("/")[2]
    return item


def _check_identified(item: JSON) -> None:
    if item["path"] is None:
        raise Violation("cvc-complex-type.2.4.b: neither uri nor path")


def _identity(uri: str, path: str) -> Record:
    return Record(
        (
            Field("uri", Leaf(check=facets.matching(uri))),
            Field("path", Leaf(check=facets.matching(path))),
            Field("host", PLAIN),
        ),
        from_scalar=from_text(lambda value: {"uri": None, "path": value, "host": None}),
        ignored=frozenset({"value", "valueAsString"}),
        finish=_derive_path,
        also=_check_identified,
    )


ORCID_ID = _identity(_HOST + _ORCID, _ORCID)
CLIENT_ID = _identity(f"{_HOST}client/{_CLIENT}", _CLIENT)
SOURCE_NAME = wrapped()


def _source_of_path(value: str) -> JSON:
    source: JSON = dict.fromkeys(_SOURCE_MEMBERS)
    source["source-orcid"] = {"uri": None, "path": value, "host": None}
    return source


def _check_one_source(item: JSON) -> None:
    for part in ("source", "assertion-origin"):
        if item[f"{part}-orcid"] is not None and item[f"{part}-client-id"] is not None:
            raise Violation("cvc-complex-type.2.4.a: both a record and a client")


_SOURCE_FIELDS = (
    Field("source-orcid", ORCID_ID),
    Field("source-client-id", CLIENT_ID),
    Field("source-name", SOURCE_NAME),
    Field("assertion-origin-orcid", ORCID_ID),
    Field("assertion-origin-client-id", CLIENT_ID),
    Field("assertion-origin-name", SOURCE_NAME),
)
_SOURCE_MEMBERS = tuple(one.name for one in _SOURCE_FIELDS)
SOURCE = Record(_SOURCE_FIELDS, from_scalar=from_text(_source_of_path), also=_check_one_source)

WRITTEN = (
    Field("created-date", DATE),
    Field("last-modified-date", DATE),
    Field("source", SOURCE),
)
PUT_CODE = Field("put-code", LONG)
PATH = Field("path", PLAIN)
VISIBLE = Field("visibility", VISIBILITY)


def contributor(attributes: Node) -> Record:
    """Declare a contributor with the attributes of its kind."""
    return Record(
        (
            Field("contributor-orcid", ORCID_ID),
            Field("credit-name", CREDIT_NAME),
            Field("contributor-email", EMAIL),
            Field("contributor-attributes", attributes),
        )
    )


def titled(*fields: str) -> Record:
    """Declare a title group of these members, the title itself required."""
    types = {"title": TITLE, "subtitle": SUBTITLE, "translated-title": TRANSLATED_TITLE}
    return Record(tuple(Field(name, types[name], name == "title") for name in fields))


def contributors(attributes: Node) -> Record:
    """Declare a list of contributors in its wrapper."""
    return Record((Field("contributor", Listing(contributor(attributes))),))
