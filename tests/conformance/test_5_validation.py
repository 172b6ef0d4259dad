"""REGISTRY.md 4 and 5.2: what is refused in a single write, by which layer, and changes nothing."""

from typing import Any

import pytest

from tests.conformance.accepted import ACCEPTED
from tests.conformance.bodies import (
    ACTIVITIES,
    AFFILIATIONS,
    Body,
    activity,
    external_id,
    funding,
    group,
    work,
)
from tests.conformance.judged import REFUSED, without
from tests.conformance.marks import row
from tests.conformance.world import Account, refused


def case(which: tuple[str, str, Any, int, int]) -> Any:
    """One case, marked and named by its rule."""
    section, _, name = which[0].partition(" ")
    title = f"{which[0]} {which[1]} {which[4]}"
    return pytest.param(*which[1:], marks=row(section, name), id=title)


@pytest.mark.parametrize(("kind", "body", "status", "code"), [case(which) for which in REFUSED])
@row("13", "7.")
@row("3.7", "error")
def test_refused(kind: str, body: object, status: int, code: int, ada: Account) -> None:
    """A faulty body is refused with its number, and nothing is stored."""
    before = ada.read("/record")
    refused(ada.post(f"/{kind}", body), status, code)
    assert ada.read("/record") == before


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        pytest.param(kind, body, marks=row(*name.split(" ", 1)), id=f"{name} {kind} {number}")
        for number, (name, kind, body) in enumerate(ACCEPTED)
    ],
)
def test_accepted(kind: str, body: Body, ada: Account) -> None:
    """A body that is only unusual is stored and can be read."""
    code = ada.add(f"/{kind}", body)
    assert ada.read(f"/{kind}/{code}")["put-code"] == code


@row("5.2", "put-code on POST")
@pytest.mark.parametrize("kind", sorted(AFFILIATIONS))
def test_put_code_before_all_else_in_affiliations(kind: str, ada: Account) -> None:
    """A put-code on the POST of an affiliation is told before anything else of the validators."""
    refused(ada.post(f"/{kind}", {"put-code": 3}), 400, 9024)


@row("5.2", "body null")
@row("5.1", "9047")
@pytest.mark.parametrize("kind", list(ACTIVITIES))
def test_every_kind_refuses_unknown_members(kind: str, ada: Account) -> None:
    """No kind of item takes a member it does not know, nor a list for a body."""
    text = refused(ada.post(f"/{kind}", activity(kind, nonsense=1)), 400, 9047)
    assert "${error}" in text
    answer = ada.post(f"/{kind}", "null", content_type="application/vnd.orcid+json")
    refused(answer, 500, 9008)


@row("4.1", "external-id-normalized", "external-id-normalized-error")
@row("5.1", "8001")
def test_identifiers_read_back(ada: Account) -> None:
    """Normalised values and errors are output, shaped as documented; what is sent is ignored."""
    sent = {**external_id("https://doi.org/10.5555/AbC"), "external-id-normalized": {"value": "z"}}
    code = ada.add("/work", work(sent, external_id("no doi")))
    good, bad = ada.read(f"/work/{code}")["external-ids"]["external-id"]
    assert list(good) == [
        "external-id-type",
        "external-id-value",
        "external-id-normalized",
        "external-id-normalized-error",
        "external-id-url",
        "external-id-relationship",
    ]
    assert good["external-id-normalized"] == {"value": "10.5555/abc", "transient": True}
    assert good["external-id-normalized-error"] is None
    assert bad["external-id-normalized"] is None
    error = bad["external-id-normalized-error"]
    assert list(error) == ["error-code", "error-message", "transient"]
    assert (error["error-code"], error["transient"]) == ("8001", True)
    code = ada.add("/funding", funding(external_id("10.5555/F")))
    [found] = ada.read(f"/funding/{code}")["external-ids"]["external-id"]
    assert found["external-id-normalized"] is None


def test_groups_are_validated_too(ada: Account) -> None:
    """A group-id record of a wrong pattern, type or with an extra key is 9047."""
    caller = ada.registry
    token = caller.token(ada.client, None, "/group-id-record/update")
    url = "/api/v3.0/group-id-record"
    wrong = (group("ror:x1"), group("issn:"), group(type="book"), group(colour="blue"))
    for body in (*wrong, without(group(), "description"), group(name="x" * 1001)):
        refused(caller.call("POST", url, token, body), 400, 9047)
