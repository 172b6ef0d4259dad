"""Items in ORCID's own words: they leave as declared, but for what is not the host's to say."""

from datetime import UTC, datetime
from typing import Any

import pytest

from orcid_connect.codec import decode, encode, validate
from orcid_connect.declarations import Contributor, RecordItem
from orcid_connect.mapping import item_from_declaration
from orcid_connect.records import TYPES, Item, Keyword, Work
from tests.codec.payloads import FULL

ADAS_ID = "0000-0002-1825-0097"
OTHER_ID = "0000-0001-5109-3700"


def declared(activity: str, item: Item, **person: Any) -> RecordItem:
    """Return a declared item of a person."""
    return RecordItem.model_validate(
        {
            "tenant": "hive",
            "key": "i-1",
            "as_of": datetime(2026, 1, 1, tzinfo=UTC),
            "person": Contributor(person_key="ada", **person),
            "activity": activity,
            "item": item,
        }
    )


@pytest.mark.parametrize("kind", sorted(TYPES.keys() - {"group-id-record", "peer-review"}))
def test_every_kind_leaves_as_declared(kind: str) -> None:
    """A whole item of every kind but a review is sent as it is, and ORCID takes it."""
    body = FULL[kind]
    item = decode(TYPES[kind], body)  # type: ignore[index]
    outcome = item_from_declaration(declared(kind, item), (ADAS_ID, OTHER_ID))
    assert outcome.activity is not None, outcome.problems
    assert not [one for one in validate(kind, encode(outcome.activity)) if one.holds]  # type: ignore[arg-type]


def test_a_review_leaves_by_its_policy_alone() -> None:
    """A peer review in ORCID's own words is held back, and how to declare it is told."""
    outcome = item_from_declaration(
        declared("peer-review", decode(TYPES["peer-review"], FULL["peer-review"]))
    )
    assert (outcome.activity, outcome.holds) == (None, True)
    assert "declare it as a Review" in outcome.problems[0].message


def test_visibility_is_the_persons() -> None:
    """Who may see it is not sent, and the host hears why."""
    outcome = item_from_declaration(
        declared("keyword", Keyword(content="bees", visibility="public"))
    )
    assert outcome.activity is not None
    assert encode(outcome.activity) == {"content": "bees"}
    assert [one.code for one in outcome.problems] == ["visibility-is-the-persons"]


def test_what_orcid_would_refuse() -> None:
    """An item that ORCID would refuse is not sent, and its number is told."""
    outcome = item_from_declaration(declared("keyword", Keyword(content="x" * 256)))
    assert outcome.activity is None
    assert outcome.problems[0].registry_error == 9047


def test_only_connected_contributors_have_ids() -> None:
    """iDs of contributors leave only if they were connected here; e-mail addresses never."""
    work = Work.model_validate(
        {
            "type": "book",
            "title": {"title": "Bees"},
            "external_ids": [{"type": "doi", "value": "10.5555/b", "relationship": "self"}],
            "contributors": [
                {"credit_name": "Ada", "orcid": ADAS_ID, "email": "ada@example.org"},
                {"credit_name": "Bo", "orcid": OTHER_ID},
            ],
        }
    )
    outcome = item_from_declaration(declared("work", work, orcid=ADAS_ID, orcid_authenticated=True))
    assert isinstance(outcome.activity, Work)
    assert [one.orcid for one in outcome.activity.contributors] == [ADAS_ID, None]
    assert "ada@example.org" not in str(encode(outcome.activity))
    assert [one.path for one in outcome.problems] == ["contributors[1].orcid"]
    typed = item_from_declaration(declared("work", work, orcid=ADAS_ID))
    assert isinstance(typed.activity, Work)
    assert {one.orcid for one in typed.activity.contributors} == {None}
