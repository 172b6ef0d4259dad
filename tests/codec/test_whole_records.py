"""Reading everything an API answer may hold, and writing it again without loss."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orcid_connect import records
from orcid_connect.codec import decode, encode_whole
from orcid_connect.errors import InputError
from orcid_connect.records import (
    TYPES,
    ActivitiesSummary,
    Answer,
    BulkWorks,
    Contributor,
    Email,
    ErrorBody,
    ExpandedSearchResult,
    Keyword,
    Record,
    SearchResult,
    Work,
    Works,
)

Lines = list[dict[str, Any]]
SAMPLES = Path(__file__).parents[3] / "shared" / "orcid" / "samples" / "record_3.0"
KINDS: Mapping[str, type[Answer]] = {
    **{str(kind): named for kind, named in TYPES.items()},
    "bulk-works": BulkWorks,
    "error": ErrorBody,
}
needs_samples = pytest.mark.skipif(
    not SAMPLES.exists(), reason="ORCID's samples (../shared/orcid/samples) are not here"
)


def bare(value: Any) -> Any:
    """Return JSON without nulls and empty objects and lists, which say the same as nothing."""
    if isinstance(value, dict):
        kept = {name: bare(inside) for name, inside in value.items()}
        return {name: inside for name, inside in kept.items() if inside not in (None, {}, [])}
    return [bare(inside) for inside in value] if isinstance(value, list) else value


def test_every_document_is_read_and_written_without_loss(
    observed: Callable[[str], Lines],
) -> None:
    """What the registry writes, and every odd spelling it takes, comes back member for member."""
    for line in observed("shape"):
        for document in (line["json"], line["payload"]):
            if document is not None:
                answer = decode(KINDS[line["type"]], document)
                assert isinstance(hash(answer), int)
                assert bare(encode_whole(answer)) == bare(document), line["id"]


def sample_kind(name: str, data: dict[str, Any]) -> type[Answer]:
    """Return what a sample file of ORCID's holds, by its name."""
    special = {"other-names": "other-name", "keywords": "keyword"}
    stem = next((short for long, short in special.items() if name.startswith(long)), name)
    if "bulk" in data:
        return BulkWorks
    if "group-id" in data:
        return TYPES["group-id-record"]
    return next(kind for word, kind in TYPES.items() if stem.startswith(word))


@needs_samples
def test_every_sample_of_orcids_comes_back() -> None:
    """Reading and writing loses nothing of the samples that ORCID publishes."""
    files = sorted((SAMPLES / "write_samples").glob("*.json"))
    assert len(files) > 20
    for file in files:
        data = json.loads(file.read_text("utf-8"))
        answer = decode(sample_kind(file.name, data), data, orcid_host="sandbox.orcid.org")
        assert bare(encode_whole(answer, orcid_host="sandbox.orcid.org")) == bare(data), file.name


@needs_samples
@pytest.mark.parametrize("host", ["sandbox.orcid.org", "orcid.org"])
def test_a_whole_record_comes_back(host: str) -> None:
    """A whole record is read into types, and nothing is lost even with another host's iDs."""
    data = json.loads((SAMPLES / "read_samples" / "record-full-3.0.json").read_text("utf-8"))
    record = decode(Record, data, orcid_host=host)
    assert bare(encode_whole(record, orcid_host=host)) == bare(data)
    assert record.orcid == "0000-0002-7319-2192"
    assert record.person is not None
    assert record.person.name is not None
    assert record.person.name.given_names == "Three"
    activities = record.activities_summary
    assert isinstance(activities, ActivitiesSummary)
    assert activities.employments is not None
    summary = activities.employments.groups[0].entries[0].summary
    assert summary is not None
    assert summary.source is not None
    assert summary.source.assertion_origin_orcid == "0000-0002-7319-2192"
    assert bool(record.aside) is (host == "orcid.org")


def test_what_no_type_has_a_place_for_is_kept_aside() -> None:
    """Unknown members at any depth, and values of an unknown kind, are kept and put back."""
    data = {
        "title": {"title": {"value": "Bees", "x": 1}, "y": [2]},
        "type": "book",
        "visibility": "friends",
        "external-ids": {"external-id": [{"external-id-type": None}, None, {"z": 3}]},
        "new": {"a": None},
    }
    work = decode(Work, data)
    assert work.title.title == "Bees"
    assert work.visibility is None
    assert {aside.path[0] for aside in work.aside} == {
        "title",
        "visibility",
        "external-ids",
        "new",
    }
    written = encode_whole(work)
    assert written["new"] == {"a": None}
    assert written["visibility"] == "friends"
    assert written["title"] == data["title"]
    assert written["external-ids"] == data["external-ids"]


def test_one_odd_summary_hides_no_other() -> None:
    """A summary that makes no sense is kept aside, and the others of the list are read."""
    odd = {"title": {"title": {"value": [1]}}, "put-code": {}, "type": "book"}
    sound = {"title": {"title": {"value": "T"}}, "put-code": 5, "type": "book"}
    data = {"group": [{"work-summary": [odd, 7, sound]}]}
    works = decode(Works, data)
    assert [one.put_code for one in works.groups[0].summaries] == [None, 5]
    assert bare(encode_whole(works)) == bare(data)


@pytest.mark.parametrize("kind", [SearchResult, ExpandedSearchResult])
def test_nothing_found_is_an_empty_result(kind: Any) -> None:
    """ORCID answers null for no result; that is none."""
    found = decode(kind, {"result": None, "expanded-result": None, "num-found": 0})
    assert (found.hits, found.total) == ((), 0)


def test_an_address_is_never_printed() -> None:
    """The e-mail of a person or contributor stands in no repr."""
    address = "writer@example.org"
    for value in (Email(email=address), Contributor(email=address)):
        assert address in str(value.model_dump())
        assert address not in repr(value)
        assert address not in str(value)
    read = decode(ExpandedSearchResult, {"expanded-result": [{"email": [address]}]})
    assert read.hits[0].emails == (address,)
    assert address not in repr(read)


def test_values_are_frozen_and_a_misspelt_member_is_an_error() -> None:
    """Types make wrong payloads hard to write; equal values are one in a set."""
    assert len({Keyword(content="bees"), Keyword(content="bees")}) == 1
    with pytest.raises(ValueError, match="frozen"):
        Keyword(content="bees").content = "wasps"  # type: ignore[misc]
    with pytest.raises(ValueError, match="contents"):
        Keyword(contents="bees")  # type: ignore[call-arg]
    assert repr(Keyword(content="bees")) == "Keyword(content='bees')"


@pytest.mark.parametrize("name", [one for one in records.__all__ if one[0].isupper()])
def test_every_type_has_a_json_schema_and_says_its_source(name: str) -> None:
    """Every type can be described as JSON Schema and has a sentence of its own."""
    kind = getattr(records, name)
    if isinstance(kind, type) and issubclass(kind, records.Kept):
        assert kind.model_json_schema(by_alias=False)["type"] == "object"
        assert kind.__doc__


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
NAMES = [
    *("title", "group", "work-summary", "value", "source", "external-ids", "external-id", "year"),
    *("person", "emails", "bulk", "work", "created-date", "aside", "path", "put-code", "content"),
]
MEMBERS = st.sampled_from(NAMES)
NESTED = st.recursive(
    JSON,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(MEMBERS, inner, max_size=4),
    max_leaves=20,
)


@given(
    kind=st.sampled_from([*KINDS.values(), Record, Works, SearchResult]),
    data=st.dictionaries(MEMBERS, NESTED) | JSON,
)
def test_any_json_is_read_or_is_an_input_error(kind: type[Answer], data: Any) -> None:
    """Whatever an answer holds, it is read without loss or refused with one kind of error."""
    try:
        answer = decode(kind, data)
    except InputError:
        return
    written = json.dumps(bare(encode_whole(answer)), sort_keys=True)
    assert written == json.dumps(bare(data), sort_keys=True)
