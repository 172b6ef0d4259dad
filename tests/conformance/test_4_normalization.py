"""REGISTRY.md 4.10: every observed normalisation, replayed over HTTP."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.bodies import affiliation, external_id, work
from tests.conformance.world import Account

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "vectors" / "normalization.jsonl")
    .read_text(encoding="ascii")
    .splitlines()
]


REWRITTEN = {"DOI": "10.5555/abc", "grant-number": "abc"}
"""Affiliations give these types back as known ones, whose values are lower-cased (4.9)."""


def read_back(ada: Account, row: dict[str, Any]) -> dict[str, Any] | None:
    """The identifier as the registry shows it; None if it takes no such value."""
    identifier = external_id(row["raw"], row["type"])
    answer = ada.post("/work", work(identifier, external_id()))
    path = "/work"
    if answer.status_code == 400 and answer.json()["error-code"] == 9023:
        path = "/service"
        answer = ada.post(path, affiliation(identifier))
    if answer.status_code != 201:
        assert not row["raw"].strip(), answer.text
        return None
    code = answer.headers["location"].rpartition("/")[2]
    found: dict[str, Any] = ada.read(f"{path}/{code}")["external-ids"]["external-id"][0]
    assert ada.delete(f"{path}/{code}").status_code == 204
    return found


@pytest.mark.parametrize("kind", sorted({row["type"] for row in ROWS}))
def test_normalisation(kind: str, ada: Account) -> None:
    """Each value comes back normalised as observed, or with error 8001."""
    for row in (row for row in ROWS if row["type"] == kind):
        found = read_back(ada, row)
        if found is None:
            continue
        assert found["external-id-value"] == row["raw"]
        if row["normalized"]:
            expected = {"value": REWRITTEN.get(kind, row["normalized"]), "transient": True}
            assert found["external-id-normalized"] == expected
            assert found["external-id-normalized-error"] is None
        else:
            assert found["external-id-normalized"] is None
            assert found["external-id-normalized-error"]["error-code"] == "8001"
