"""REGISTRY.md 5.2 (bulk), 5.3 and 5.4: several works at once, and what counts as a duplicate."""

from typing import Any

import pytest

from tests.conformance.bodies import (
    Body,
    affiliation,
    external_id,
    funding,
    peer_review,
    research_resource,
    work,
)
from tests.conformance.judged import contributor, date, role, without
from tests.conformance.marks import row
from tests.conformance.world import ERROR_KEYS, Account, Registry, account, refused, unique


def post(ada: Account, *works: Body) -> list[dict[str, Any]]:
    """The elements of the answer to a bulk."""
    answer = ada.post("/works", {"bulk": [{"work": body} for body in works]})
    assert answer.status_code == 200, answer.text
    elements: list[dict[str, Any]] = answer.json()["bulk"]
    assert len(elements) == len(works)
    return elements


def number(element: dict[str, Any]) -> int | None:
    """The error number of an element, None for a work."""
    if "work" in element:
        return None
    assert list(element["error"]) == ERROR_KEYS
    return int(element["error"]["error-code"])


UNTITLED = without(work(), "title")
ONE_ID = external_id()
BULK = [
    ("5.2 XSD-required", UNTITLED, 9022),
    ("5.2 XSD-required", work(title=" "), 9022),
    ("5.1 9022", UNTITLED, 9022),
    ("5.2 XSD-required", without(work(), "type"), 9037),
    ("5.1 9037", without(work(), "type"), 9037),
    ("5.1 text of 9037", without(work(), "type"), 9037),
    ("5.2 XSD-required", work(citation={"citation-value": "x"}), 9037),
    ("5.2 XSD-required", work(citation={"citation-type": "bibtex"}), 9020),
    ("5.2 over-long string", work(title="x" * 5000), None),
    ("5.2 over-long string", work(**contributor(**{"credit-name": {"value": ""}})), 9020),
    ("5.2 external-id type", work(without(ONE_ID, "external-id-value")), 9023),
    ("5.2 external-id type", work({**ONE_ID, "external-id-type": ""}), 9023),
    ("5.2 external-id type", work(without(ONE_ID, "external-id-type")), 9008),
    ("5.2 relationship missing", work(external_id(relationship=None)), 9023),
    ("5.2 no external id", without(work(), "external-ids"), 9023),
    ("5.2 no external id", work(external_id(relationship="part-of")), 9023),
    ("5.2 month/day", work(**{"publication-date": date("2023", "02", "30")}), 9049),
    ("5.2 month/day", work(**{"publication-date": date("2023", "13")}), 9049),
    ("5.2 month/day", work(**{"publication-date": date("1899")}), None),
    ("5.2 contributor role", work(**role("boss")), 9058),
    ("5.2 put-code on POST", work(**{"put-code": 1}), 9024),
]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(body, code, marks=row(*name.split(" ", 1)), id=f"{name} {code} {place}")
        for place, (name, body, code) in enumerate(BULK)
    ],
)
@row("13", "7.", "9.", "22.")
@row("3.1", "Bulk POST")
def test_elements_of_a_bulk(body: Body, code: int | None, ada: Account) -> None:
    """A bulk is not judged by the schema: the element alone fails, or passes; the next is kept."""
    fresh = {**body, "external-ids": body["external-ids"]} if "external-ids" in body else body
    first, second = post(ada, fresh, work())
    assert number(first) == code
    assert number(second) is None
    assert len(ada.codes("work")) == (2 if code is None else 1)


@row("5.2", "unknown property / element", "bad enum value", "null as an element", "body null")
@row("5.2", "malformed syntax")
@row("13", "22.")
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"bulk": [{"work": work(type="novel")}, {"work": work()}]}, 400, 9047),
        ({"bulk": [{"work": work(colour="blue")}, {"work": work()}]}, 400, 9047),
        ({"bulk": [{"work": work(**{"language-code": "he"})}]}, 400, 9047),
        ({"bulk": [None]}, 500, 9008),
        ("null", 400, 9047),
        ("[]", 400, 9047),
        ("{", 400, 9001),
    ],
)
def test_whole_bulks_refused(body: object, status: int, code: int, ada: Account) -> None:
    """An unknown word or member, null or bad syntax anywhere sinks the whole request."""
    refused(ada.post("/works", body), status, code)
    assert ada.codes("work") == []


@row("5.2", "body null")
@pytest.mark.parametrize("body", [{}, {"bulk": []}])
def test_empty_bulks(body: object, ada: Account) -> None:
    """A bulk of nothing is accepted."""
    assert ada.post("/works", body).status_code == 200


@row("5.4", "POST /{orcid}/works", "(items are complete")
@row("5.1", "9006")
@row("13", "9.")
def test_size_and_order_of_a_bulk(ada: Account) -> None:
    """A hundred works pass, one more is 400/9006; works come back whole, errors pass through."""
    hundred = [{"work": work()} for _ in range(100)]
    refused(ada.post("/works", {"bulk": [*hundred, {"work": work()}]}), 400, 9006)
    assert ada.codes("work") == []
    answer = ada.post("/works", {"bulk": hundred})
    elements = answer.json()["bulk"]
    assert [number(element) for element in elements] == [None] * 100
    code = elements[0]["work"]["put-code"]
    assert elements[0]["work"]["path"] is None
    stored = ada.read(f"/work/{code}")
    assert {**elements[0]["work"], "path": stored["path"]} == stored
    error = {"response-code": 409, "error-code": 9021, "developer-message": "mine"}
    answer = ada.post("/works", {"bulk": [{"error": error}, {"work": work()}]})
    passed, made = answer.json()["bulk"]
    assert passed["error"]["developer-message"] == "mine"
    assert "work" in made


@row("5.4", "(items are complete")
@row("5.1", "9006", "9034", "9042")
def test_bulk_reading(ada: Account) -> None:
    """Found works come first and unknown codes last; > 100 is 9042, a word among them 9006."""
    first, second = ada.add("/work", work()), ada.add("/work", work())
    elements = ada.read(f"/works/999999999,{second},{first}")["bulk"]
    assert {element["work"]["put-code"] for element in elements[:2]} == {first, second}
    assert number(elements[2]) == 9034
    text = elements[2]["error"]["developer-message"]
    assert "999999999" in text.partition("Full validation error")[2]
    refused(ada.get("/works/1,x"), 400, 9006)
    refused(ada.get("/works/" + ",".join(map(str, range(1, 102)))), 400, 9042)
    assert len(ada.read("/works/" + ",".join(map(str, range(1, 101))))["bulk"]) == 100


@row("5.3", "same source")
@row("5.1", "9021")
def test_duplicates_are_those_of_one_source(ada: Account, registry: Registry) -> None:
    """Another client or the person may hold the same DOI, one client may not."""
    shared = external_id()
    registry.by_hand(ada.person, "work", work(shared))
    code = ada.add("/work", work(shared))
    assert f"put-code {code}." in refused(ada.post("/work", work(shared)), 409, 9021)
    other = account(registry, person=ada.person)
    other.add("/work", work(shared))
    assert len(ada.codes("work")) == 3


@row("5.3", "both relationships are self")
def test_only_self_clashes(ada: Account) -> None:
    """part-of, version-of and funded-by never clash on a single POST."""
    for relationship in ("part-of", "version-of", "funded-by"):
        shared = external_id(relationship=relationship)
        ada.add("/work", work(external_id(), shared))
        ada.add("/work", work(external_id(), shared))
    same = external_id(relationship="version-of")
    ada.add("/work", work(external_id(), same))
    ada.add("/work", work({**same, "external-id-relationship": "self"}))


@row("5.3", "same type and equal normalised value")
def test_values_are_compared_normalised(ada: Account) -> None:
    """Works compare normalised values, fundings raw ones; the type must be the same."""
    doi = unique("10.5555/same.")
    ada.add("/work", work(external_id(doi)))
    for text in (doi.upper(), f"https://doi.org/{doi}", f"doi:{doi}"):
        refused(ada.post("/work", work(external_id(text))), 409, 9021)
    ada.add("/work", work(external_id(doi, "other-id")))
    ada.add("/funding", funding(external_id(doi)))
    refused(ada.post("/funding", funding(external_id(doi))), 409, 9021)
    ada.add("/funding", funding(external_id(doi.upper())))
    proposal = external_id("same", "proposal-id")
    assert ada.add("/funding", funding(proposal)) != ada.add("/funding", funding(proposal))


@row("5.3", "both relationships are self", "same type and equal normalised value")
def test_duplicates_of_other_kinds(ada: Account) -> None:
    """Affiliations clash within their type, also without relationship; reviews among reviews."""
    bare = external_id("x1", "anything", None)
    ada.add("/education", affiliation(bare))
    refused(ada.post("/education", affiliation(bare)), 409, 9021)
    ada.add("/employment", affiliation(bare))
    review = external_id(unique("r-"), "source-work-id")
    ada.add("/peer-review", peer_review(review))
    refused(ada.post("/peer-review", peer_review(review)), 409, 9021)
    ada.add("/work", work(review))
    proposal = external_id(unique("p-"), "proposal-id")
    ada.add("/research-resource", research_resource(proposal))
    refused(ada.post("/research-resource", research_resource(proposal)), 409, 9021)


@row("5.3", "both relationships are self")
@row("5.4", "(items are complete")
def test_duplicates_within_a_bulk(ada: Account) -> None:
    """In a bulk, earlier elements count, and a self clashes with an existing version-of."""
    shared, version = external_id(), external_id(relationship="version-of")
    existing = ada.add("/work", work(external_id(), version))
    elements = post(
        ada,
        work(shared),
        work(shared),
        work({**version, "external-id-relationship": "self"}),
    )
    assert [number(element) for element in elements] == [None, 9021, 9021]
    made = elements[0]["work"]["put-code"]
    texts = [element["error"]["developer-message"] for element in elements[1:]]
    assert f"put-code {made}." in texts[0]
    assert f"put-code {existing}." in texts[1]
    assert ada.codes("work") == [existing, made]
