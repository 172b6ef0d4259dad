"""Judging a payload before it is sent: our verdict is the registry's own."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orcid_connect.codec import (
    content_hash,
    decode,
    is_duplicate,
    same_content,
    self_identifiers,
    validate,
    validate_bulk,
)
from orcid_connect.errors import InputError, Problem
from orcid_connect.records import TYPES
from tests.codec.payloads import FULL, date, identifier, ids

STORED_PUT_CODE = 12345
Lines = list[dict[str, Any]]

WORK: dict[str, Any] = {
    "title": {"title": {"value": "A small study of bees"}},
    "type": "journal-article",
    "external-ids": {
        "external-id": [
            {
                "external-id-type": "doi",
                "external-id-value": "10.5555/oc-0001",
                "external-id-relationship": "self",
            }
        ]
    },
}
REVIEW: dict[str, Any] = {
    "reviewer-role": "reviewer",
    "review-identifiers": {
        "external-id": [
            {
                "external-id-type": "source-work-id",
                "external-id-value": "rev-1",
                "external-id-relationship": "self",
            }
        ]
    },
    "review-type": "review",
    "review-completion-date": {"year": {"value": "2022"}},
    "review-group-id": "issn:1234-5679",
    "convening-organization": {"name": "N", "address": {"city": "Lyon", "country": "FR"}},
}


def judged(line: dict[str, Any]) -> int | None:
    """Return the error number the registry would give, by our verdict; None for accepted."""
    update = line["op"] == "update"
    problems = validate(
        line["type"],
        line["payload"],
        put_code=STORED_PUT_CODE if update else None,
        stored_visibility="public" if update else None,
    )
    refused = [problem for problem in problems if problem.severity == "refused"]
    return refused[0].registry_error if refused else None


def test_every_verdict_agrees_with_the_registry(observed: Callable[[str], Lines]) -> None:
    """For every observed verdict, ours agrees, error number included; the table is printed."""
    table: Counter[tuple[str, str]] = Counter()
    wrong = []
    for line in observed("vectors"):
        expected = line["verdict"]["error_code"]
        outcome = "agrees" if judged(line) == expected else "DIFFERS"
        if line.get("caveats"):
            outcome = f"caveat, {outcome}"
        elif outcome == "DIFFERS":
            wrong.append((line["id"], expected, judged(line)))
        table[line["type"], outcome] += 1
    for (kind, outcome), count in sorted(table.items()):
        print(f"{kind:20} {outcome:16} {count:5}")
    assert not wrong
    assert sum(table.values()) == 3013
    assert {kind for kind, _outcome in table} == {*TYPES, "bulk-works"}


def test_no_payload_stops_anything(observed: Callable[[str], Lines]) -> None:
    """Whatever payload the registry was seen to judge, the codec reads and compares, or says no."""
    for line in observed("vectors"):
        kind, payload = line["type"], line["payload"]
        content_hash(payload)
        if kind == "bulk-works":
            validate_bulk(payload)
            continue
        with suppress(InputError):
            decode(TYPES[kind], payload)
        with suppress(InputError):
            assert same_content(kind, payload, payload)
        with suppress(InputError):
            is_duplicate(kind, payload, payload)
        with suppress(InputError):
            self_identifiers(kind, payload)


def test_every_work_of_a_bulk_is_judged_as_the_registry_does(
    observed: Callable[[str], Lines],
) -> None:
    """Inside an accepted bulk each work has the verdict that the registry gave it."""
    bulks = [line for line in observed("vectors") if line["verdict"].get("elements")]
    assert bulks
    for line in bulks:
        numbers = [
            next((one.registry_error for one in work if one.severity == "refused"), None)
            for work in validate_bulk(line["payload"]).works
        ]
        assert numbers == [one["error_code"] for one in line["verdict"]["elements"]], line["id"]


@pytest.mark.parametrize(("kind", "payload"), [("work", WORK), ("peer-review", REVIEW)])
def test_a_small_sound_payload_has_no_problem(kind: Any, payload: dict[str, Any]) -> None:
    """The smallest accepted bodies give neither refusal nor caution."""
    assert validate(kind, payload) == []


def test_everything_is_told_at_once() -> None:
    """A payload with faults of several layers gets them all, the registry's own answer first."""
    payload = {
        **WORK,
        "language-code": "zh",
        "publication-date": {
            "year": {"value": "2021"},
            "month": {"value": "02"},
            "day": {"value": "30"},
        },
        "external-ids": {"external-id": []},
        "colour": "blue",
    }
    told = {(problem.path, problem.registry_error) for problem in validate("work", payload)}
    assert told == {
        ("colour", 9047),
        ("language-code", 9047),
        ("publication-date", 9049),
        ("external-ids", 9023),
    }
    assert validate("work", payload)[0].registry_error == 9047


def test_what_cannot_be_read_is_not_told_twice() -> None:
    """A fault found while reading hides the rules that would only trip over it again."""
    entry = {"external-id-type": "doi", "external-id-relationship": "self"}
    payload = {**WORK, "external-ids": {"external-id": [entry]}}
    assert [problem.path for problem in validate("work", payload)] == [
        "external-ids.external-id[0].external-id-value"
    ]


def with_identifier(kind: str, value: str, relationship: str = "part-of") -> dict[str, Any]:
    """Return the WORK with one more identifier."""
    entry = {
        "external-id-type": kind,
        "external-id-value": value,
        "external-id-relationship": relationship,
    }
    own = WORK["external-ids"]["external-id"]
    return {**WORK, "external-ids": {"external-id": [*own, entry]}}


def contributor(**members: Any) -> dict[str, Any]:
    """Return the WORK with one contributor."""
    return {**WORK, "contributors": {"contributor": [members]}}


@pytest.mark.parametrize(
    ("payload", "code", "identity"),
    [
        (with_identifier("doi", "not a doi"), "doi-malformed", True),
        (with_identifier("issn", "1234-5678"), "issn-malformed", True),
        (with_identifier("issn", "1234-5679", "self"), "issn-as-self", True),
        (with_identifier("isbn", "978-0-306-40615-8"), "isbn-malformed", False),
        (
            contributor(**{"contributor-orcid": {"uri": "https://orcid.org/0000-0002-1825-0098"}}),
            "orcid-malformed",
            True,
        ),
        (
            contributor(
                **{
                    "contributor-orcid": {
                        "uri": "https://orcid.org/0000-0002-1825-0097",
                        "path": "0000-0001-5109-3700",
                    }
                }
            ),
            "orcid-differs",
            True,
        ),
        (contributor(**{"contributor-email": {"value": "a@example.org"}}), "email-given", False),
        ({**WORK, "title": {"title": {"value": "\u200b\u00a0"}}}, "title-blank", False),
        ({**WORK, "type": "dataset"}, "type-alias", False),
        ({**WORK, "url": {"value": "javascript:alert(1)"}}, "url-unusable", False),
    ],
)
def test_what_the_registry_swallows_is_a_caution(
    payload: dict[str, Any], code: str, identity: bool
) -> None:
    """Accepted but careless content is a caution, one about identity holds the delivery."""
    (problem,) = validate("work", payload)
    assert (problem.severity, problem.code, problem.identity) == ("caution", code, identity)
    assert problem.holds is identity


def test_a_review_group_with_a_wrong_check_digit_is_a_caution() -> None:
    """An ISSN group of the right form passes the registry's format check, but not ours."""
    (problem,) = validate("peer-review", {**REVIEW, "review-group-id": "issn:1234-5678"})
    assert (problem.code, problem.identity) == ("issn-malformed", True)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
MEMBERS = st.sampled_from(
    sorted({*WORK, *REVIEW, "contributors", "citation", "put-code", "source"})
)


@given(kind=st.sampled_from(["work", "peer-review"]), payload=JSON)
def test_any_json_is_judged(kind: Any, payload: Any) -> None:
    """Whatever JSON is given, the verdict is a list of problems with sentences, never an error."""
    for problem in validate(kind, payload):
        assert isinstance(problem, Problem)
        assert problem.message


@given(member=MEMBERS, value=JSON, put_code=st.none() | st.integers())
def test_any_value_of_any_member_is_judged(member: str, value: Any, put_code: int | None) -> None:
    """Whatever stands at a known member, the verdict is a list of problems."""
    for kind, payload in (("work", WORK), ("peer-review", REVIEW)):
        changed = {**payload, member: value}
        for problem in validate(kind, changed, put_code=put_code):  # type: ignore[arg-type]
            assert isinstance(problem, Problem)
            assert problem.message


@pytest.mark.parametrize(
    "value", [10**5000, "9" * 5000, "0" * 5000 + "2020"], ids=["number", "text", "zeros"]
)
@pytest.mark.parametrize("member", ["put-code", "visibility", "publication-date", "journal-title"])
def test_numbers_beyond_all_measure(member: str, value: Any) -> None:
    """Numbers of thousands of digits are judged like any other nonsense."""
    whole = {**WORK, member: {"year": value} if member == "publication-date" else value}
    assert [one.registry_error for one in validate("work", whole)] == [9047]


def review_ids(*relationships: str) -> dict[str, Any]:
    """Return the REVIEW with identifiers of these relationships."""
    (own,) = REVIEW["review-identifiers"]["external-id"]
    ids = [{**own, "external-id-relationship": relationship} for relationship in relationships]
    return {**REVIEW, "review-identifiers": {"external-id": ids}}


@pytest.mark.parametrize(
    ("kind", "payload", "number"),
    [
        ("peer-review", review_ids("version-of"), 9023),
        ("peer-review", review_ids("version-of", "self"), None),
        ("peer-review", review_ids("part-of"), None),
        ("work", contributor(**{"credit-name": {"value": "\x0b"}}), 9020),
        (
            "peer-review",
            {
                **REVIEW,
                "convening-organization": {
                    **REVIEW["convening-organization"],
                    "disambiguated-organization": {
                        "disambiguated-organization-identifier": "",
                        "disambiguation-source": "ROR",
                    },
                },
            },
            9045,
        ),
        ("work", {**WORK, "put-code": True}, 9047),
        ("work", {**WORK, "put-code": 2**63}, 9047),
        ("work", {**WORK, "visibility": True}, 9047),
        ("work", {**WORK, "visibility": 4}, None),
        ("work", {**WORK, "created-date": {"value": True}}, 9047),
        ("work", {**WORK, "created-date": {"value": "2020-01-02T03:04:05Z"}}, None),
    ],
)
def test_rules_of_the_registrys_source(kind: Any, payload: dict[str, Any], number: int) -> None:
    """Corners that no observed verdict covers follow what the registry's documentation says."""
    refused = [one for one in validate(kind, payload) if one.severity == "refused"]
    assert (refused[0].registry_error if refused else None) == number


def changed(kind: str, **members: Any) -> dict[str, Any]:
    """Return a full sound payload with other members; underscores are hyphens."""
    return {**FULL[kind], **{name.replace("_", "-"): value for name, value in members.items()}}


@pytest.mark.parametrize(
    ("kind", "payload", "code", "identity"),
    [
        ("funding", changed("funding", end_date=date("2017")), "end-before-start", False),
        ("funding", changed("funding", url={"value": "javascript:x"}), "url-unusable", False),
        (
            "funding",
            changed("funding", external_ids=ids(identifier("doi", "not a doi"))),
            "doi-malformed",
            True,
        ),
        (
            "employment",
            {name: value for name, value in FULL["employment"].items() if name != "start-date"},
            "start-missing",
            False,
        ),
        ("service", changed("service", role_title="\u200b"), "text-blank", False),
        ("keyword", {"content": "\u00a0"}, "text-blank", False),
        ("other-name", {"content": "\u00a0"}, "text-blank", False),
        ("researcher-url", {"url": {"value": "javascript:x"}}, "url-unusable", False),
        (
            "research-resource",
            changed(
                "research-resource",
                proposal={**FULL["research-resource"]["proposal"], "end-date": date("2019")},
            ),
            "end-before-start",
            False,
        ),
        ("group-id-record", changed("group-id-record", name="\u00a0"), "text-blank", False),
    ],
)
def test_every_kind_has_its_cautions(
    kind: Any, payload: dict[str, Any], code: str, identity: bool
) -> None:
    """What is accepted but careless is a caution in every kind of item, not in works alone."""
    problems = [one for one in validate(kind, payload) if one.code != "email-given"]
    assert [(one.severity, one.code, one.identity) for one in problems] == [
        ("caution", code, identity)
    ]


def test_a_bulk_refuses_more_than_a_hundred_works() -> None:
    """The 101st work is refused before it is sent, with the registry's own number."""
    element = FULL["bulk-works"]["bulk"][0]
    (problem,) = validate("bulk-works", {"bulk": [element] * 101})
    assert (problem.code, problem.registry_error) == ("too-many", 9006)


def test_a_work_twice_in_a_bulk_is_told_of_the_second() -> None:
    """The second of two works with one identifier would come back as a duplicate of the first."""
    verdict = validate_bulk({"bulk": [{"work": WORK}, {"work": WORK}]})
    assert [[one.registry_error for one in work] for work in verdict.works] == [[], [9021]]
    (told,) = verdict.problems
    assert (told.path, told.severity) == ("bulk[1].work.external-ids", "caution")


@given(kind=st.sampled_from([*FULL]), payload=JSON)
def test_any_json_of_any_kind_is_judged(kind: Any, payload: Any) -> None:
    """No JSON value stops the judge, whatever it is said to be."""
    assert all(isinstance(problem, Problem) for problem in validate(kind, payload))
