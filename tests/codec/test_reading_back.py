"""Reading what the registry answers, and telling whether it still says what we sent."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orcid_connect.codec import (
    decode_peer_review,
    decode_work,
    encode,
    same_content,
    self_identifiers,
)
from orcid_connect.codec.compare import IDENTIFIER_PLACES
from orcid_connect.codec.roles import is_work_role, stored_role
from orcid_connect.errors import InputError
from orcid_connect.records import Activity, ExternalId, FuzzyDate, Title, Work, WorkContributor

Lines = list[dict[str, Any]]
DECODERS: dict[str, Callable[[Any], Activity]] = {
    "work": decode_work,
    "peer-review": decode_peer_review,
}


def without_email(payload: dict[str, Any]) -> dict[str, Any]:
    """Return a payload without contributors' addresses, which we neither keep nor write."""
    contributors = (payload.get("contributors") or {}).get("contributor") or []
    listed = contributors if isinstance(contributors, list) else [contributors]
    kept = [
        {name: value for name, value in entry.items() if name != "contributor-email"}
        for entry in listed
    ]
    return {**payload, "contributors": {"contributor": kept}} if listed else payload


def test_what_was_sent_is_what_comes_back(observed: Callable[[str], Lines]) -> None:
    """Every accepted payload equals the JSON that the registry's own writer makes of it."""
    for line in observed("shape"):
        assert same_content(line["type"], line["payload"], line["json"]), line["id"]


def test_records_are_read_and_written_without_loss(observed: Callable[[str], Lines]) -> None:
    """Reading an item and writing it again gives the same content."""
    for line in observed("shape"):
        written = encode(DECODERS[line["type"]](line["json"]))
        assert same_content(line["type"], without_email(line["json"]), written), line["id"]


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
    assert roles
    for line in roles:
        assert is_work_role(line["in"]) is (line["out"] is not None), line
        if line["out"] is not None:
            assert stored_role(line["in"]) == line["out"]


def test_identifiers_come_back_as_they_were_sent(observed: Callable[[str], Lines]) -> None:
    """Identifiers of works and peer reviews are unchanged by storage, so they never differ."""
    for line in observed("readback"):
        if line["kind"] != "external-id" or line["out"] is None:
            continue
        member = IDENTIFIER_PLACES[line["activity"]][0]
        sent, read = ({member: {"external-id": [identifier(line[side])]}} for side in ("in", "out"))
        assert same_content(line["activity"], sent, read), line


def identifier(side: dict[str, Any]) -> dict[str, Any]:
    """Return one side of a read-back line as the API has it."""
    return {
        "external-id-type": side["type"],
        "external-id-value": side["value"],
        "external-id-relationship": side["relationship"],
        "external-id-url": side["url"] and {"value": side["url"]},
        "external-id-normalized": side.get("normalized") and {"value": side["normalized"]},
    }


def test_duplicates_share_a_self_identifier(observed: Callable[[str], Lines]) -> None:
    """Two items of one source clash exactly if they share a normalised self identifier."""
    checked = 0
    for line in observed("duplicates"):
        if line["same_source"] and line["op"] == "create" and "caveats" not in line:
            ours = self_identifiers(line["type"], line["payload"])
            theirs = self_identifiers(line["type"], line["existing"])
            assert bool(ours & theirs) is not line["verdict"]["accepted"], line["id"]
            checked += 1
    assert checked > 40


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
    try:
        assert isinstance(decode_work(data), Work)
    except InputError as error:
        assert str(error)
    assert same_content("work", data, data)
    assert isinstance(self_identifiers("work", data), frozenset)
