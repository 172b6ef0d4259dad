"""The building blocks of payloads as shapes (REGISTRY.md 4.1): what can be read of them."""

import re
from collections.abc import Mapping
from typing import Any, Final

from orcid_connect.codec.shapes import HOLLOW, Ignored, ListOf, Number, Record, Shape, Text, Wrapped
from orcid_connect.codec.texts import (
    ADDRESS,
    ANY_TEXT,
    JAVA_BLANKS,
    SOME_TEXT,
    at_most,
    between,
    is_empty,
    like,
    not_blank,
    text_up_to,
    word,
)
from orcid_connect.codec.vocabulary import (
    COUNTRIES,
    LANGUAGES,
    RELATIONSHIPS,
    SEQUENCES,
    VISIBILITIES,
)

_LONGEST_PUT_CODE: Final = 2**63 - 1
_ONLY_READABLE: Final = frozenset({"system"})
_VISIBILITY_COUNT: Final = 5
_DIGITS: Final = re.compile(r"[\x00-\x20]*[+-]?0*\d{1,19}[\x00-\x20]*", re.ASCII)
_WHOLE_NUMBER: Final = re.compile(r"\s*[+-]?\d{1,9}\s*", re.ASCII)
_ISO_TIME: Final = re.compile(r"-?\d{4,}(?:-\d\d(?:-\d\d(?:T[\d:.]+)?)?)?(?:Z|[+-]\d\d:?\d\d)?|\d+")

_PATTERN_PATH: Final = r"(?:\d{4}-){3,}\d{3}[\dX]"
_PATTERN_HOST: Final = r"https://(?:[^/]*orcid\.org|localhost.*/orcid-web)"
_PATTERN_CLIENT: Final = rf"(?:APP-[\da-zA-Z]{{16}}|{_PATTERN_PATH})"
_PATTERN_GROUP: Final = (
    r"(?:ringgold:|issn:|orcid-generated:|fundref:|publons:)"
    r"[0-9a-zA-Z\^._~:/?#\[\]@!$&'()*+,;=-]{2,}"
)
GROUP_ID: Final = Text(
    (not_blank, at_most(1000), like(_PATTERN_GROUP, "a group id such as issn:1234-5679"))
)

LANGUAGE: Final = word(LANGUAGES, "a language code")
COUNTRY: Final = word(COUNTRIES, "a country code")
TITLE: Final = Wrapped(text_up_to(1000))
SUBTITLE: Final = Wrapped(Text((at_most(1000),)))
URL: Final = Wrapped(ADDRESS)


def put_code_of(value: Any) -> int | None:
    """Return a put-code as the registry reads it: number, digits in a text, or absent.

    Raises ValueError for anything else.
    """
    if value is None or (isinstance(value, str) and is_empty(value)):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("not a put-code")
    if isinstance(value, str) and not _DIGITS.fullmatch(value):
        raise ValueError("not a put-code")
    number = int(value.strip(JAVA_BLANKS) if isinstance(value, str) else value)
    if abs(number) > _LONGEST_PUT_CODE:
        raise ValueError("not a put-code")
    return number


def _is_put_code(value: Any) -> bool:
    try:
        put_code_of(value)
    except (ValueError, OverflowError):
        return False
    return True


def _is_visibility(value: Any) -> bool:
    """Follow the registry's reader, which also takes the place of a word in its own list."""
    if isinstance(value, bool):
        return False
    if isinstance(value, int) or (isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value)):
        return 0 < int(value) < _VISIBILITY_COUNT
    return isinstance(value, str) and value.strip() in VISIBILITIES | _ONLY_READABLE


def _is_time(value: Any) -> bool:
    inside = value.get("value") if isinstance(value, Mapping) and set(value) <= {"value"} else None
    if isinstance(inside, bool):
        return False
    return isinstance(inside, int) or (
        isinstance(inside, str) and _ISO_TIME.fullmatch(inside) is not None
    )


def _is_truth_value(value: Any) -> bool:
    return isinstance(value, bool | int) or value in ("true", "false")


_TIME: Final = Ignored(_is_time, 'a time as {"value": milliseconds or ISO text}')
_TRANSIENT: Final = Ignored(_is_truth_value, "true or false")


def _names_somebody(held: dict[str, Any]) -> tuple[str, str, str] | None:
    if held.get("uri") is None and held.get("path") is None:
        return "uri", "missing", "must have a uri or a path."
    return None


def _identity(host_and: str, path_pattern: str, what: str) -> Record:
    return Record(
        members={
            "uri": Text((like(f"{_PATTERN_HOST}/{host_and}{path_pattern}", f"the URI of {what}"),)),
            "path": Text((like(path_pattern, f"{what}"),)),
            "host": ANY_TEXT,
        },
        bare="path",
        ignored=frozenset({"value", "valueAsString"}),
        checks=(_names_somebody,),
    )


ORCID: Final = _identity("", _PATTERN_PATH, "an ORCID iD")
CLIENT: Final = _identity("client/", _PATTERN_CLIENT, "a client")
_SOURCE_NAME: Final = Wrapped(ANY_TEXT)

SOURCE: Final = Record(
    {
        "source-orcid": ORCID,
        "source-client-id": CLIENT,
        "source-name": _SOURCE_NAME,
        "assertion-origin-orcid": ORCID,
        "assertion-origin-client-id": CLIENT,
        "assertion-origin-name": _SOURCE_NAME,
    }
)

COMMON: Final[dict[str, Shape]] = {
    "put-code": Ignored(_is_put_code, "a put-code, a whole number"),
    "visibility": Ignored(
        _is_visibility, "public, limited, private or registered-only", _ONLY_READABLE
    ),
    "path": ANY_TEXT,
    "created-date": _TIME,
    "last-modified-date": _TIME,
    "source": SOURCE,
}
"""Members every item has (REGISTRY.md 4)."""


def _needs_year_and_month(held: dict[str, Any]) -> tuple[str, str, str] | None:
    if "month" in held and "year" not in held:
        return "year", "missing", "has a month but no year."
    if "day" in held and "month" not in held:
        return "month", "missing", "has a day but no month."
    return None


FUZZY_DATE: Final = Record(
    {
        "year": Number(Text((between(1900, 2100),)), digits=1),
        "month": Number(Text((between(1, 12),)), digits=2),
        "day": Number(Text((between(1, 31),)), digits=2),
    },
    required=("year",),
    checks=(_needs_year_and_month,),
)

EXTERNAL_ID: Final = Record(
    {
        "external-id-type": SOME_TEXT,
        "external-id-value": SOME_TEXT,
        "external-id-normalized": Record(
            {"value": SOME_TEXT, "transient": _TRANSIENT}, required=("value",), bare="value"
        ),
        "external-id-normalized-error": Record(
            {"error-code": SOME_TEXT, "error-message": SOME_TEXT, "transient": _TRANSIENT}
        ),
        "external-id-url": Wrapped(ADDRESS, hollow=HOLLOW),
        "external-id-relationship": word(RELATIONSHIPS, "a relationship"),
    },
    required=("external-id-type", "external-id-value"),
)
EXTERNAL_IDS: Final = Record({"external-id": ListOf(EXTERNAL_ID)})

_TRANSLATED: Final = Record(
    {"value": text_up_to(1000), "language-code": LANGUAGE},
    required=("value", "language-code"),
    bare="value",
)
TITLES: Final = Record(
    {"title": TITLE, "subtitle": SUBTITLE, "translated-title": _TRANSLATED}, required=("title",)
)
PLAIN_TITLES: Final = Record({"title": TITLE, "translated-title": _TRANSLATED}, required=("title",))


def _contributors(attributes: dict[str, Shape]) -> Record:
    contributor = Record(
        {
            "contributor-orcid": ORCID,
            "credit-name": Wrapped(text_up_to(150), ignored=frozenset({"visibility"}), hollow=""),
            "contributor-email": Wrapped(
                Text((at_most(350), like(r"[^@]+@[^.]+\..+", "an e-mail address"))), hollow=""
            ),
            "contributor-attributes": Record(attributes),
        }
    )
    return Record({"contributor": ListOf(contributor)})


_SEQUENCE: Final = word(SEQUENCES, "a sequence")
WORK_CONTRIBUTORS: Final = _contributors(
    {"contributor-sequence": _SEQUENCE, "contributor-role": ANY_TEXT}
)
FUNDING_CONTRIBUTORS: Final = _contributors({"contributor-role": ANY_TEXT})

ORGANIZATION: Final = Record(
    {
        "name": text_up_to(4000),
        "address": Record(
            {"city": text_up_to(4000), "region": text_up_to(4000), "country": COUNTRY}
        ),
        "disambiguated-organization": Record(
            {
                "disambiguated-organization-identifier": Text((at_most(500),)),
                "disambiguation-source": Text((at_most(500),)),
            },
            required=("disambiguated-organization-identifier", "disambiguation-source"),
        ),
    },
    required=("name", "address"),
)
HOSTS: Final = Record(
    {"organization": ListOf(ORGANIZATION, least=1, most=10)}, required=("organization",)
)
DISPLAY_NUMBER: Final = Ignored(_is_put_code, "a whole number")
ANYTHING: Final = Ignored(lambda _value: True, "anything")
