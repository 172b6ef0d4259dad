"""What items look like once stored: identifiers, roles, keys, their order, and nulls."""

import json
from typing import Any

import pytest

from orcid_connect.simulator import judging
from orcid_connect.simulator.judging import JSON, PassedThrough, Refusal
from orcid_connect.simulator.judging.roles import canonical_role
from orcid_connect.simulator.judging.storage import with_stored_identifiers
from tests.simulator.judging import cases

IDENTIFIERS = [row for row in cases.load("readback") if row["kind"] == "external-id"]
ROLES = [row for row in cases.load("readback") if row["kind"] == "contributor-role"]
SHAPES = [row for row in cases.load("shape") if row["type"] not in ("error", "bulk-works")]
# Written without passing the registry's own loop, which makes this null an empty list.
BULK_SHAPES = [
    row
    for row in cases.load("shape")
    if row["type"] == "bulk-works" and row["payload"]["bulk"] is not None
]


def holding(activity: str, identifier: JSON) -> JSON:
    """Make the least item of a kind that holds one identifier."""
    ids = {"external-id": [identifier]}
    if activity == "peer-review":
        return {"review-identifiers": ids, "subject-external-identifier": None}
    if activity == "research-resource":
        return {"proposal": {"external-ids": ids}, "resource-item": []}
    return {"external-ids": ids}


def only_identifier(activity: str, item: JSON) -> Any:
    """Give that identifier back."""
    if activity == "research-resource":
        item = item["proposal"]
    name = "review-identifiers" if activity == "peer-review" else "external-ids"
    return item[name]["external-id"][0]


@pytest.mark.parametrize("row", IDENTIFIERS, ids=lambda row: f"{row['activity']}-{row['in']}"[:70])
def test_identifiers_read_back_as_the_registrys(row: JSON) -> None:
    """An external id comes back with the type, URL and normalised value the registry gives it."""
    sent, activity = row["in"], row["activity"]
    identifier = {
        "external-id-type": sent["type"],
        "external-id-value": sent["value"],
        "external-id-normalized": None,
        "external-id-normalized-error": None,
        "external-id-url": None if sent["url"] is None else {"value": sent["url"]},
        "external-id-relationship": sent["relationship"],
    }
    stored = with_stored_identifiers(activity, holding(activity, identifier))
    back = only_identifier(activity, stored)
    url, normalized = back["external-id-url"], back["external-id-normalized"]
    assert {
        "type": back["external-id-type"],
        "value": back["external-id-value"],
        "url": url and url["value"],
        "relationship": back["external-id-relationship"],
        "normalized": normalized and normalized["value"],
        "normalized_error": back["external-id-normalized-error"] is not None,
    } == {key: value for key, value in row["out"].items() if key != "normalized_url"}


@pytest.mark.parametrize("row", ROLES, ids=lambda row: f"{row['activity']}-{row['in']}"[:70])
def test_roles_read_back_as_the_registrys(row: JSON) -> None:
    """A contributor role comes back in its canonical spelling, or is of no vocabulary."""
    assert canonical_role(row["activity"], row["in"]) == row["out"]


def with_placeholders(value: Any) -> Any:
    """Put the vectors' placeholders for texts into a normalisation error."""
    if isinstance(value, list):
        return [with_placeholders(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get("error-code") == "8001":
        return value | {"error-code": "CODE", "error-message": "MESSAGE"}
    return {key: with_placeholders(one) for key, one in value.items()}


@pytest.mark.parametrize("row", SHAPES, ids=lambda row: str(row["id"]))
def test_documents_have_the_registrys_keys_order_and_nulls(row: JSON) -> None:
    """An accepted body, stored and written again, equals the registry's document to the letter."""
    item = judging.read(row["type"], row["payload"])
    assert not isinstance(item, Refusal)
    stored = with_placeholders(with_stored_identifiers(row["type"], item))
    assert json.dumps(stored) == json.dumps(row["json"])


@pytest.mark.parametrize("row", BULK_SHAPES, ids=lambda row: str(row["id"]))
def test_bulk_elements_are_read_into_the_registrys_shape(row: JSON) -> None:
    """Works and errors of a bulk are read into the documents the registry writes."""
    elements = judging.read_bulk(row["payload"])
    assert not isinstance(elements, Refusal)
    written = [
        {"error": one.item} if isinstance(one, PassedThrough) else {"work": one} for one in elements
    ]
    assert json.dumps({"bulk": written}) == json.dumps(row["json"])


def test_a_work_without_contributors_reads_back_with_an_empty_list() -> None:
    """REGISTRY 4.11: contributors left out come back as an empty list."""
    [minimal] = [row for row in cases.load("vectors") if row["id"] == "work.create.minimal"]
    item = judging.read("work", minimal["payload"])
    assert not isinstance(item, Refusal)
    assert judging.stored_form("work", item)["contributors"] == {"contributor": []}
    assert item["contributors"] is None


def test_the_name_of_a_group_loses_its_control_characters() -> None:
    """REGISTRY 6: control characters are stripped from group names."""
    group = {"name": "a\u0098b\u200b", "group-id": "orcid-generated:ab"}
    item = judging.read("group-id-record", group | {"description": "d", "type": "journal"})
    assert not isinstance(item, Refusal)
    assert judging.stored_form("group-id-record", item)["name"] == "ab"


def test_sent_error_codes_and_messages_do_not_survive_storage() -> None:
    """A normalisation error is the registry's own, with the value that could not be normalised."""
    bad = {"external-id-type": "doi", "external-id-value": "x", "external-id-relationship": "self"}
    payload = {"title": {"title": "T"}, "type": "book", "external-ids": {"external-id": bad}}
    item = judging.read("work", payload)
    assert not isinstance(item, Refusal)
    back = only_identifier("work", judging.stored_form("work", item))
    assert back["external-id-normalized-error"] == {
        "error-code": "8001",
        "error-message": "Cannot normalize identifier value doi:x",
        "transient": True,
    }
