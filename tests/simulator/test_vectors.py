"""Issue 3, verdicts: the simulator judges real payloads as the registry's own code did."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from orcid_connect.simulator import Simulator
from tests.simulator import bodies
from tests.simulator.replay import SEGMENTS, SHARED, Replay, read_lines, replay

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(
        not SHARED.exists(), reason="the shared vector files (../shared/orcid) are not here"
    ),
]
WRITTEN_BY_THE_REGISTRY = frozenset(
    {
        "created-date",
        "last-modified-date",
        "source",
        "put-code",
        "path",
        "visibility",
        "display-index",
    }
)


async def test_every_verdict_is_the_registrys(http: httpx.AsyncClient) -> None:
    """Status and error number of every vector without caveats, and of every duplicate, agree."""
    counts, differences = await replay(http)
    assert not differences
    assert sum(counts.values()) == 3013 + 193


def compare(expected: Any, found: Any, path: str) -> list[str]:
    """Compare keys, their order, and which values are null."""
    if isinstance(expected, dict) and isinstance(found, dict):
        if list(expected) != list(found):
            return [f"{path}: {list(expected)} but {list(found)}"]
        return [
            line
            for key in expected
            if key not in WRITTEN_BY_THE_REGISTRY
            for line in compare(expected[key], found[key], f"{path}.{key}")
        ]
    if isinstance(expected, list) and isinstance(found, list):
        pairs = zip(expected, found, strict=False)
        return [
            line
            for number, (a, b) in enumerate(pairs)
            for line in compare(a, b, f"{path}[{number}]")
        ]
    if path.startswith("funding.") and path.endswith(".contributor-email"):
        return []  # a read of a funding shows nobody's address (REGISTRY 4.1)
    # Storage turns "no contributors" into an empty list (REGISTRY 4.11).
    is_emptied = found in ({"contributor": []}, []) and ".contributors" in path
    if (expected is None) != (found is None) and not is_emptied:
        return [f"{path}: {expected!r} but {found!r}"]
    return []


async def test_documents_have_the_registrys_shape(sim: Simulator, http: httpx.AsyncClient) -> None:
    """What is read back has the keys, order and nulls of the registry's own writer."""
    sim.know_organizations("all")
    sim.know_issns("all")
    conversation = Replay(http)
    await conversation.begin()
    faults: list[str] = []
    compared = 0
    for line in read_lines("shape.jsonl"):
        kind = line["type"]
        if kind in {"error", "bulk-works", "group-id-record"} or ".update." in line["id"]:
            continue
        answer = await conversation.write("POST", kind, line["payload"])
        if answer.status_code == 400 and answer.json()["error-code"] == 9020:
            continue  # a group that nobody has registered here
        assert answer.status_code == 201, (line["id"], answer.text)
        segment = SEGMENTS.get(kind, kind)
        code = answer.headers["location"].rsplit("/", 1)[1]
        path = f"/api/v3.0/{conversation.orcid}/{segment}/{code}"
        read = await http.get(path, headers=conversation.headers["record first"])
        faults += compare(line["json"], read.json(), line["id"])
        compared += 1
        await conversation.clean()
    assert not faults, "\n".join(faults)
    assert compared > 250


BODIES: dict[str, Callable[..., dict[str, Any]]] = {
    "work": bodies.work,
    "funding": bodies.funding,
    "employment": bodies.affiliation,
    "peer-review": bodies.review,
    "research-resource": bodies.resource,
}


def with_identifier(kind: str, sent: dict[str, Any]) -> dict[str, Any]:
    """A small body whose first identifier is this one."""
    wire = bodies.identifier(sent["value"], sent["type"], sent["relationship"])
    wire["external-id-url"] = sent["url"]
    body = BODIES[kind]()
    listed = [wire, bodies.identifier("beside")] if kind == "work" else [wire]
    if kind == "research-resource":
        body["proposal"]["external-ids"] = {"external-id": listed}
    else:
        name = "review-identifiers" if kind == "peer-review" else "external-ids"
        body[name] = {"external-id": listed}
    return body


def first_identifier(kind: str, read: dict[str, Any]) -> dict[str, Any]:
    """The first identifier of an item that was read, in the words of the vector file."""
    container = read["proposal"] if kind == "research-resource" else read
    name = "review-identifiers" if kind == "peer-review" else "external-ids"
    found = container[name]["external-id"][0]
    return {
        "type": found["external-id-type"],
        "value": found["external-id-value"],
        "url": (found["external-id-url"] or {}).get("value"),
        "relationship": found["external-id-relationship"],
        "normalized": (found["external-id-normalized"] or {}).get("value"),
        "normalized_error": found["external-id-normalized-error"] is not None,
    }


async def read_after(conversation: Replay, kind: str, body: Any) -> httpx.Response:
    """Create an item and read it back; the answer to the creation if it was refused."""
    answer = await conversation.write("POST", kind, body)
    if answer.status_code != 201:
        return answer
    code = answer.headers["location"].rsplit("/", 1)[1]
    path = f"/api/v3.0/{conversation.orcid}/{kind}/{code}"
    read = await conversation.http.get(path, headers=conversation.headers["record first"])
    await conversation.clean()
    return read


async def test_identifiers_read_back_as_the_registry_stores_them(http: httpx.AsyncClient) -> None:
    """Identifier types and normalised values come back with the registry's own quirks."""
    conversation = Replay(http)
    await conversation.begin()
    compared = 0
    for line in read_lines("readback.jsonl"):
        kind = line["activity"]
        if line["kind"] != "external-id" or line["error"]:
            continue
        read = await read_after(conversation, kind, with_identifier(kind, line["in"]))
        if read.status_code != 200:
            continue  # a value or type that the validators refuse
        out = {name: value for name, value in line["out"].items() if name != "normalized_url"}
        assert first_identifier(kind, read.json()) == out, line
        compared += 1
    assert compared > 200


async def test_roles_read_back_as_the_registry_stores_them(http: httpx.AsyncClient) -> None:
    """Contributor roles come back in their canonical spelling; unknown ones are 9058."""
    conversation = Replay(http)
    await conversation.begin()
    for line in read_lines("readback.jsonl"):
        if line["kind"] != "contributor-role" or line["in"] is None:
            continue
        kind = line["activity"]
        attributes = {"contributor-role": line["in"]}
        contributors = {"contributor": [{"contributor-attributes": attributes}]}
        read = await read_after(conversation, kind, BODIES[kind](contributors=contributors))
        if line["out"] is None:
            assert (read.status_code, read.json()["error-code"]) == (400, 9058), line
        else:
            shown = read.json()["contributors"]["contributor"][0]["contributor-attributes"]
            assert shown["contributor-role"] == line["out"], line
