"""Whatever JSON is sent: the judges never raise, and what passes can be stored and listed."""

import copy
import json
import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orcid_connect.simulator import judging
from orcid_connect.simulator.judging import JSON, Refusal, Source, Stored
from tests.simulator.judging import cases
from tests.simulator.judging.bodies import SMALLEST

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.text(st.characters(categories=("Cs", "Cc", "Nd", "Zs")), max_size=3)
    | st.sampled_from(["", " ", "self", "public", "2020", "02", "FR", "doi", "10.5555/x", "author"])
)
ANY_JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
ME = Source("APP-1", None)


def members(value: Any) -> set[str]:
    """Collect every member name in a JSON value."""
    if isinstance(value, list):
        return set().union(*map(members, value))
    if isinstance(value, dict):
        return set(value).union(*map(members, value.values()))
    return set()


FULL = {
    kind: [row["json"] for row in cases.load("shape") if row["type"] == kind]
    for kind in judging.KINDS
}
NAMES = st.sampled_from(sorted(members(list(FULL.values()))))
LIKE_ORCID = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4)
)


@st.composite
def spoilt_bodies(draw: st.DrawFn) -> tuple[str, Any]:
    """Take a good document and put any JSON in up to three of its places."""
    kind = draw(st.sampled_from(judging.KINDS))
    body: Any = copy.deepcopy(draw(st.sampled_from([SMALLEST[kind], *FULL[kind]])))
    for _ in range(draw(st.integers(1, 3))):
        place: Any = body
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if not isinstance(place[key], dict | list) or draw(st.integers(0, 3)) == 0:
                place[key] = draw(LIKE_ORCID)
                break
            place = place[key]
    return kind, body


def follow_through(kind: str, payload: Any) -> None:
    """Do with a body all that a server does; nothing may raise, and the item stays as read."""
    item = judging.read(kind, payload)
    if isinstance(item, Refusal):
        assert (item.status, item.code) == (400, 9047)
        return
    before = json.dumps(item)
    assert judging.read(kind, item) == item
    refusal = judging.examine(kind, item, op="create", put_code=None, stored=None)
    stored = {"visibility": "public"}
    judging.examine(kind, item, op="update", put_code=item["put-code"], stored=stored)
    if refusal is None:
        store_and_list(kind, item)
    assert json.dumps(item) == before


def store_and_list(kind: str, item: JSON) -> None:
    """Store an accepted item, summarise and group it, and look for its duplicates."""
    form = judging.stored_form(kind, item)
    assert list(form) == list(item)
    json.dumps([form, judging.summary(kind, form), judging.group_ids(kind, form)])
    assert judging.group_keys(kind, form) is not None
    for identifier, source in judging.organizations(kind, item):
        assert isinstance(identifier, str)
        assert isinstance(source, str)
    found = judging.clash(kind, item, ME, [Stored(3, ME, form)])
    assert found in (None, 3)
    if found:
        assert judging.clash_keys(kind, item) & judging.clash_keys(kind, form)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(judging.KINDS), ANY_JSON | LIKE_ORCID)
def test_any_json_gets_an_item_or_a_refusal(kind: str, payload: Any) -> None:
    """No JSON value whatsoever makes any function raise."""
    follow_through(kind, payload)


@settings(max_examples=600, deadline=None)
@given(spoilt_bodies())
def test_a_spoilt_document_gets_an_item_or_a_refusal(case: tuple[str, Any]) -> None:
    """A document with anything in a few of its places makes no function raise."""
    follow_through(*case)


@settings(max_examples=300, deadline=None)
@given(st.lists(spoilt_bodies(), max_size=3), LIKE_ORCID)
def test_any_bulk_is_judged(bodies: list[tuple[str, Any]], odd: Any) -> None:
    """A bulk of anything is refused as a whole or judged element by element."""
    elements = [{"work": body} for _, body in bodies]
    for payload in (odd, {"bulk": odd}, {"bulk": elements}, {"bulk": [*elements, odd]}):
        verdict, judged = cases.judge_bulk(payload)
        assert verdict is None or judged == []


@settings(max_examples=300, deadline=None)
@given(spoilt_bodies())
def test_a_bulk_of_one_spoilt_work_is_judged(case: tuple[str, Any]) -> None:
    """A work that no schema guards makes no validator raise."""
    kind, body = case
    if kind == "work":
        cases.judge_bulk({"bulk": [{"work": body}]})


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([name for name, _, _ in judging.identifier_types()]),
    st.text(alphabet=string.printable + "é–\u2028", max_size=40),
)
def test_normalising_settles_and_never_raises(name: str, value: str) -> None:
    """Any text of any type normalises, and a normalised value normalises to itself."""
    once = judging.normalize(name, value).value
    assert once is not None
    if once:
        again = judging.normalize(name, once).value
        assert again == once


@pytest.mark.parametrize("kind", judging.KINDS)
def test_a_document_read_back_is_read_the_same(kind: str) -> None:
    """Every document that the registry writes is read into itself."""
    for document in FULL[kind]:
        assert judging.read(kind, document) == document
