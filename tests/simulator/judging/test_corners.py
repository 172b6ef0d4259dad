"""Corners beside the vectors; what stands here was seen in the registry's own reader and code."""

from typing import Any

import pytest

from orcid_connect.simulator import judging
from orcid_connect.simulator.judging import JSON, Refusal
from tests.simulator.judging.bodies import SMALLEST, changed
from tests.simulator.judging.cases import PUT_CODE, judge, judge_bulk

INVALID = (400, 9047)
BEE = "\U0001f41d"
ID = "external-ids.external-id.0"
SOURCE = "source.source-client-id"
PERSON = "https://orcid.org/0000-0002-1825-0097"


@pytest.mark.parametrize("kind", judging.KINDS)
def test_the_smallest_body_is_accepted(kind: str) -> None:
    """The bodies that the other tests change are valid as they stand."""
    assert judge(kind, SMALLEST[kind]) is None


@pytest.mark.parametrize("kind", judging.KINDS)
def test_a_kind_refuses_what_is_no_object(kind: str) -> None:
    """No list, number, text or null stands for a body; an unknown member spoils it."""
    for body in ([], [SMALLEST[kind]], 5, "", "x", True, None):
        assert judge(kind, body) == INVALID
    assert judge(kind, SMALLEST[kind] | {"surprise": None}) == INVALID


READ = [
    # A position in the enumeration, as number or text, is as good as its name.
    ("work", "visibility", 4, None),
    ("work", "visibility", "01", None),
    ("work", "visibility", " public ", None),
    ("work", "visibility", 0, INVALID),
    ("work", "visibility", 5, INVALID),
    ("work", "visibility", 4.0, INVALID),
    ("work", "visibility", "", INVALID),
    # Enumerations with an adapter take their exact spelling only.
    ("work", "type", " book", INVALID),
    ("work", "language-code", "zh_TW", None),
    ("work", "country.value", "XK", None),
    ("work", "country", "FR", INVALID),
    # Numbers and truth values are text where text is wanted; objects and lists are not.
    ("work", "short-description", True, None),
    ("work", "short-description", 1.5, None),
    ("work", "short-description", ["x"], INVALID),
    ("work", "title.title", "plain", None),
    ("work", "title.title", 5, INVALID),
    ("work", "title.title.value", 5, None),
    # Put-codes are read from any number and numeric text, blank text being none.
    ("work", "put-code", " ", None),
    ("work", "put-code", "null", None),
    ("work", "put-code", 2**63, INVALID),
    ("work", "put-code", [], INVALID),
    ("keyword", "display-index", "abc", INVALID),
    ("employment", "display-index", "abc", None),
    # Hidden members of the model are skipped; other spellings are unknown.
    ("work", f"{ID}.normalizedUrl", {"any": 1}, None),
    ("work", f"{ID}.groupId", "x", INVALID),
    ("employment", "organization.disambiguated-organization.id", [1], None),
    ("employment", "organization.id", 1, INVALID),
    ("group-id-record", "source", {"any": 1}, None),
    ("group-id-record", "createdDate", 5, None),
    ("group-id-record", "created-date", None, INVALID),
    # Dates of the record's making are ignored, but must be dates.
    ("work", "created-date", {"value": "2020-13-45"}, None),
    ("work", "created-date", {"value": 1600000000000}, None),
    ("work", "created-date", {"value": "2020-01"}, INVALID),
    ("work", "created-date", {"value": "12:00:00"}, INVALID),
    ("work", "created-date", {"value": ""}, INVALID),
    ("work", "created-date", {"value": True}, INVALID),
    ("work", "created-date", 1600000000000, INVALID),
    # So must the source's identities, of which there is one of each sort.
    ("work", "source", "0000-0002-1825-0097", None),
    ("work", SOURCE, {"path": "APP-0123456789ABCDEF"}, None),
    ("work", SOURCE, {"path": "APP-1"}, INVALID),
    ("work", "source", {"source-orcid": {"uri": PERSON}, "source-name": "x"}, None),
    (
        "work",
        "source",
        {"source-orcid": {"uri": PERSON}, "source-client-id": "APP-0123456789ABCDEF"},
        INVALID,
    ),
    # A transient error says it is one; a transient value always is.
    ("work", f"{ID}.external-id-normalized-error", {"transient": False}, INVALID),
    ("work", f"{ID}.external-id-normalized-error", {"error-code": "1"}, None),
    ("work", f"{ID}.external-id-normalized", {"value": "x", "transient": False}, None),
    ("work", f"{ID}.external-id-normalized", {"value": "x", "transient": "maybe"}, INVALID),
]


@pytest.mark.parametrize(("kind", "path", "value", "verdict"), READ, ids=str)
def test_values_are_read_as_the_registrys_reader_reads_them(
    kind: str, path: str, value: Any, verdict: tuple[int, int] | None
) -> None:
    """Each odd value at one place is taken or refused as the registry's JSON reader does."""
    assert judge(kind, changed(kind, path, value)) == verdict


SCHEMA = [
    ("work", "title.title.value", BEE * 500, None),
    ("work", "title.title.value", BEE * 500 + "x", INVALID),
    ("work", "title.title.value", "\u2003", None),
    ("work", "journal-title.value", "\n\t", INVALID),
    ("funding", "organization-defined-type", "x" * 256, INVALID),
    ("funding", "organization-defined-type", "", None),
    ("employment", "department-name", BEE * 2001, INVALID),
    ("employment", "role-title", "x" * 4000, None),
    ("employment", "organization.address.region", "", INVALID),
    ("researcher-url", "url-name", "x" * 351, INVALID),
    ("researcher-url", "url-name", "\u00a0", None),
    ("work", "publication-date.year.value", " 2020 ", (400, 9049)),
    ("work", "publication-date.year.value", "+2020", (400, 9049)),
    ("work", "publication-date.year.value", "2101", INVALID),
    ("work", "publication-date.year", "\n2020", None),
    ("work", "publication-date.year", 2020.0, INVALID),
    ("work", "url", "//", INVALID),
    ("work", "url", "http://[::1]:80/x", None),
    ("work", "url", "http://[::1]:99999/", INVALID),
    ("work", "url", "/a[b]", INVALID),
    ("work", "url", "/a?b[c]#d[e]", None),
    ("work", "url", "a b:c", INVALID),
    ("work", "url", "mailto:[x]", None),
    ("peer-review", "review-group-id", "publons:é2", INVALID),
    ("peer-review", "review-group-id", "publons:" + "x" * 993, INVALID),
    ("research-resource", "proposal.hosts", {"organization": [None]}, INVALID),
    ("research-resource", "resource-item", [None], INVALID),
]


@pytest.mark.parametrize(
    ("kind", "path", "value", "verdict"), SCHEMA, ids=lambda one: str(one)[:60]
)
def test_values_are_held_against_the_schema(
    kind: str, path: str, value: Any, verdict: tuple[int, int] | None
) -> None:
    """Lengths count UTF-16 units, blanks are XSD's, numbers and URIs are those of XML Schema."""
    assert judge(kind, changed(kind, path, value)) == verdict


CONTRIBUTOR = "contributors.contributor"
RULES = [
    # Text of control characters is filled for the schema and blank for the validators.
    ("work", "title.title.value", "\u0001", (400, 9022)),
    ("keyword", "content", "\u0001", (400, 9020)),
    ("external-identifier", "external-id-value", "\u0001", (400, 9020)),
    ("work", CONTRIBUTOR, {"credit-name": "\u0001"}, (400, 9020)),
    # The code counts the groups of an iD and its digits more strictly than the schema.
    ("work", CONTRIBUTOR, {"contributor-orcid": "0000-0000-0002-1825-0097"}, (400, 9020)),
    ("funding", CONTRIBUTOR, {"contributor-orcid": "0000-0000-0002-1825-0097"}, None),
    ("work", CONTRIBUTOR, {"contributor-orcid": {"uri": PERSON.replace("0", "٠")}}, (400, 9020)),
    (
        "funding",
        CONTRIBUTOR,
        {"contributor-attributes": {"contributor-role": "AUTHOR"}},
        (400, 9058),
    ),
    ("funding", CONTRIBUTOR, {"contributor-attributes": {"contributor-role": "CO_LEAD"}}, None),
    ("funding", "amount", {"value": "0x1p3", "currency-code": "EUR"}, None),
    ("funding", "amount", {"value": " 10d ", "currency-code": "EUR"}, None),
    ("funding", "amount", {"value": "1_000", "currency-code": "EUR"}, (400, 9054)),
    ("funding", "amount", {"value": "infinity", "currency-code": "EUR"}, (400, 9054)),
    ("funding", "title", None, (400, 9022)),
    ("work", f"{ID}.external-id-type", "GRANT_NUMBER", (400, 9023)),
    (
        "peer-review",
        "review-identifiers.external-id.0.external-id-relationship",
        "version-of",
        (400, 9023),
    ),
    (
        "research-resource",
        "proposal.hosts.organization.0.disambiguated-organization",
        None,
        (400, 9045),
    ),
    ("membership", "organization.disambiguated-organization", None, (400, 9062)),
    ("service", "organization.address", {"region": "ARA"}, (400, 9061)),
    ("education", "organization.address.country", None, (400, 9060)),
    ("education", "organization", None, (400, 9046)),
    ("peer-review", "review-group-id", "issn:a1234-5679", None),
    ("peer-review", "review-group-id", "issn:91234-5679", (400, 9053)),
    ("group-id-record", "group-id", "issn:12345679", (400, 9053)),
    ("group-id-record", "group-id", "issn:x1234-567x", (409, 9025)),
]


@pytest.mark.parametrize(("kind", "path", "value", "verdict"), RULES, ids=lambda one: str(one)[:60])
def test_what_the_schema_lets_pass_meets_the_validators(
    kind: str, path: str, value: Any, verdict: tuple[int, int] | None
) -> None:
    """Each change passes the schema and gets the validators' own answer."""
    assert judge(kind, changed(kind, path, value)) == verdict


BULK = [
    ("publication-date", {}, (500, 9008)),
    ("publication-date", {"year": 2020, "month": {}}, (400, 9037)),
    ("publication-date", {"year": {"value": "+12345"}}, (400, 9020)),
    ("publication-date", {"year": 1066}, None),
    ("publication-date", {"year": 2020, "day": 1}, (400, 9049)),
    ("country", {}, (400, 9037)),
    ("visibility", "system", None),
    ("citation", {"citation-type": "ris", "citation-value": " "}, (400, 9020)),
    ("title", {"title": "T", "translated-title": {"language-code": "fr"}}, (400, 9020)),
    ("put-code", 0, (400, 9024)),
]


@pytest.mark.parametrize(("member", "value", "verdict"), BULK, ids=lambda one: str(one)[:50])
def test_an_element_of_a_bulk_meets_the_validators_only(
    member: str, value: Any, verdict: tuple[int, int] | None
) -> None:
    """No schema guards a bulk, so that an element gets the validator's answer or is stored."""
    work = changed("work", member, value)
    assert judge_bulk({"bulk": [{"work": work}]}) == (None, [verdict])


def test_a_bulk_passes_errors_through_and_fails_on_nothing() -> None:
    """Errors in a request come back as they were; a null among the elements fails them all."""
    error = {"response-code": "404", "error-code": None}
    [passed] = read_list({"bulk": {"error": error}})
    assert passed.item == {
        "response-code": 404,
        "developer-message": None,
        "user-message": None,
        "error-code": None,
        "more-info": None,
    }
    assert judge_bulk({"bulk": [None]}) == ((500, 9008), [])
    assert judge_bulk({"bulk": [{"work": SMALLEST["work"]}] * 101}) == ((400, 9006), [])
    assert judge_bulk({}) == (None, [])


def read_list(payload: JSON) -> list[Any]:
    """Read a bulk that is not refused."""
    elements = judging.read_bulk(payload)
    assert not isinstance(elements, Refusal)
    return elements


def test_a_bulk_names_the_last_holder_of_an_identifier() -> None:
    """A self id clashes with an earlier version-of id there, and not on a single POST."""
    version = changed("work", f"{ID}.external-id-relationship", "version-of")
    [element] = read_list({"bulk": [{"work": version}]})
    form = judging.stored_form("work", element)
    me = judging.Source("APP-1", None)
    others = [judging.Stored(4, me, form), judging.Stored(5, me, form)]
    new = judging.read("work", SMALLEST["work"])
    assert not isinstance(new, Refusal)
    assert judging.clash("work", new, me, others, bulk=True) == 5
    assert judging.clash("work", new, me, others) is None


def test_floats_keep_their_spelling_in_text() -> None:
    """A body parsed here gives text fields the number as it was written."""
    body = judging.parse('{"content": 1.50, "put-code": 12345.9, "visibility": "public"}')
    item = judging.read("keyword", body)
    assert not isinstance(item, Refusal)
    assert (item["content"], item["put-code"]) == ("1.50", PUT_CODE)
    assert judging.read("keyword", judging.parse('{"content": -0}'))["content"] == "-0"  # type: ignore[index]
    for bad in ("", "{", '{"content": NaN}', "[" * 100_000):
        with pytest.raises(ValueError, match=r"\w"):
            judging.parse(bad)


def test_an_update_is_held_against_the_stored_visibility() -> None:
    """Another visibility than the stored one is refused, the same or none is not."""
    body = SMALLEST["keyword"] | {"put-code": PUT_CODE}
    private: JSON = {"visibility": "private"}
    assert judge("keyword", body | {"visibility": "private"}, "update", private) is None
    assert judge("keyword", body, "update", private) is None
    assert judge("keyword", body | {"visibility": "public"}, "update", private) == (403, 9035)
    assert judge("keyword", SMALLEST["keyword"], "update", private) == (400, 9019)
