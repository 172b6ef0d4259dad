"""Reading what the registry answers, and telling whether it still says what we sent."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orcid_connect.codec import (
    decode,
    decode_peer_review,
    decode_work,
    encode,
    is_duplicate,
    same_content,
    self_identifiers,
)
from orcid_connect.codec.compare import IDENTIFIER_PLACES
from orcid_connect.codec.roles import is_funding_role, is_work_role, stored_role
from orcid_connect.errors import InputError
from orcid_connect.records import TYPES, ExternalId, FuzzyDate, Title, Work, WorkContributor

Lines = list[dict[str, Any]]


def items(observed: Callable[[str], Lines]) -> Lines:
    """Return the documents of single items."""
    return [line for line in observed("shape") if line["type"] in TYPES]


def test_what_was_sent_is_what_comes_back(observed: Callable[[str], Lines]) -> None:
    """Every accepted payload equals the JSON that the registry's own writer makes of it."""
    for line in items(observed):
        assert same_content(line["type"], line["payload"], line["json"]), line["id"]


def test_items_are_read_and_written_with_the_same_content(
    observed: Callable[[str], Lines],
) -> None:
    """Reading an item and writing it again says the same, so nobody sends it for ever."""
    for line in items(observed):
        written = encode(decode(TYPES[line["type"]], line["json"]))
        assert same_content(line["type"], line["json"], written), line["id"]


def test_a_change_is_seen(observed: Callable[[str], Lines]) -> None:
    """Items of different content are told apart."""
    works = [line for line in observed("shape") if line["type"] == "work"]
    small, full = works[0], works[1]
    assert not same_content("work", small["payload"], full["json"])
    changed = {**full["json"], "title": {"title": {"value": "Another title"}}}
    assert not same_content("work", full["payload"], changed)


def test_the_order_of_contributors_counts_and_that_of_identifiers_does_not() -> None:
    """Authors in another order are another byline; identifiers in another order are the same."""
    first, second = WorkContributor(credit_name="A"), WorkContributor(credit_name="B")
    doi = ExternalId(type="doi", value="10.5555/a", relationship="self")
    issn = ExternalId(type="issn", value="1234-5679", relationship="part-of")
    work = Work(
        type="journal-article",
        title=Title(title="T"),
        contributors=(first, second),
        external_ids=(doi, issn),
    )
    turned = work.model_copy(update={"contributors": (second, first)})
    shuffled = work.model_copy(update={"external_ids": (issn, doi)})
    assert not same_content("work", encode(work), encode(turned))
    assert same_content("work", encode(work), encode(shuffled))


def test_roles_are_told_alike_as_they_are_stored(observed: Callable[[str], Lines]) -> None:
    """A role that comes back respelt is no difference; one that is not stored is refused."""
    roles = [line for line in observed("readback") if line["kind"] == "contributor-role"]
    assert {line["activity"] for line in roles} == {"work", "funding"}
    for line in roles:
        is_role = is_work_role if line["activity"] == "work" else is_funding_role
        assert is_role(line["in"]) is (line["out"] is not None), line
        if line["out"] is not None:
            assert stored_role(line["in"]) == line["out"]


def test_identifiers_come_back_as_they_were_sent(observed: Callable[[str], Lines]) -> None:
    """What storage does to identifiers (types with underscores) is no difference."""
    for line in observed("readback"):
        if line["kind"] != "external-id" or line["out"] is None:
            continue
        sides = []
        for side in ("in", "out"):
            held: dict[str, Any] = {"external-id": [identifier(line[side])]}
            for step in reversed(IDENTIFIER_PLACES[line["activity"]][0]):
                held = {step: held}
            sides.append(held)
        assert same_content(line["activity"], *sides), line
        assert self_identifiers(line["activity"], sides[0]) == self_identifiers(
            line["activity"], sides[1]
        )


def identifier(side: dict[str, Any]) -> dict[str, Any]:
    """Return one side of a read-back line as the API has it."""
    return {
        "external-id-type": side["type"],
        "external-id-value": side["value"],
        "external-id-relationship": side["relationship"],
        "external-id-url": side["url"] and {"value": side["url"]},
        "external-id-normalized": side.get("normalized") and {"value": side["normalized"]},
    }


def test_duplicates_are_those_of_the_registry(observed: Callable[[str], Lines]) -> None:
    """Two items of one source clash exactly where they clashed in the registry."""
    checked = 0
    for line in observed("duplicates"):
        if line["same_source"] and line["op"] == "create" and "caveats" not in line:
            clashes = is_duplicate(line["type"], line["existing"], line["payload"])
            assert clashes is (line["verdict"]["error_code"] == 9021), line["id"]
            checked += 1
    assert checked > 150


@pytest.mark.parametrize(
    ("kind", "existing", "payload", "clashes"),
    [
        ("keyword", {"content": "bees"}, {"content": "bees"}, True),
        ("keyword", {"content": "bees"}, {"content": "Bees"}, False),
        ("other-name", {"content": "A"}, {"content": "A", "put-code": None}, True),
        (
            "researcher-url",
            {"url": "https://a.example"},
            {"url": {"value": "https://a.example"}},
            True,
        ),
        ("address", {"country": {"value": "FR"}}, {"country": {"value": "FR"}}, False),
        ("group-id-record", {"group-id": "publons:1x"}, {"group-id": "publons:1X"}, True),
    ],
)
def test_person_items_and_groups_clash_by_content(
    kind: Any, existing: Any, payload: Any, clashes: bool
) -> None:
    """Items of a person clash by their content to the byte, groups by their id, addresses never."""
    assert is_duplicate(kind, existing, payload) is clashes


def test_a_summary_is_found_by_its_self_identifiers() -> None:
    """A summary's identifiers are found under the name that summaries use."""
    summary = {
        "external-ids": {
            "external-id": [
                {
                    "external-id-type": "doi",
                    "external-id-value": "https://doi.org/10.5555/ABC",
                    "external-id-relationship": "self",
                    "external-id-normalized": None,
                },
                {
                    "external-id-type": "issn",
                    "external-id-value": "1234-5679",
                    "external-id-relationship": "part-of",
                },
            ]
        }
    }
    assert self_identifiers("work", summary) == {("doi", "10.5555/abc")}
    assert self_identifiers("peer-review", summary) == {("doi", "10.5555/abc")}


def test_a_bare_and_partial_item_is_read() -> None:
    """Nulls, unknown members, bare texts and single elements are taken."""
    work = decode_work(
        {
            "title": {"title": "Bees", "subtitle": None},
            "type": "journal-article",
            "display-index": "0",
            "publication-date": {"year": 2021, "month": None, "day": None},
            "external-ids": {
                "external-id": {"external-id-type": "doi", "external-id-value": "10.5555/a"}
            },
            "contributors": {"contributor": [None, {"contributor-orcid": "0000-0002-1825-0097"}]},
        }
    )
    assert work.title.title == "Bees"
    assert work.publication_date == FuzzyDate(year=2021)
    assert work.external_ids == (ExternalId(type="doi", value="10.5555/a", relationship=None),)
    assert work.contributors == (WorkContributor(orcid="0000-0002-1825-0097"),)


@pytest.mark.parametrize("data", [None, [], "x", 5])
def test_what_is_no_object_is_an_input_error(data: object) -> None:
    """Only an object can be an item."""
    with pytest.raises(InputError):
        decode_work(data)


def test_a_review_without_a_date_is_an_input_error() -> None:
    """Every peer review has a completion date; what has none is none."""
    with pytest.raises(InputError):
        decode_peer_review({"reviewer-role": "reviewer"})


@given(
    st.dictionaries(
        st.sampled_from(["title", "type", "external-ids", "contributors", "publication-date"]),
        st.recursive(
            st.none() | st.integers() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=8,
        ),
    )
)
def test_any_object_is_read_as_a_work(data: dict[str, Any]) -> None:
    """Whatever the members hold, reading gives a work or says why not; comparing answers."""
    with suppress(InputError):
        assert isinstance(decode_work(data), Work)
    assert same_content("work", data, data)
    assert isinstance(self_identifiers("work", data), frozenset)
