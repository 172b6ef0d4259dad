"""Replays the verdict vectors against a running simulator, speaking HTTP and `/_control` only.

`python -m tests.simulator.replay http://127.0.0.1:8700` prints one line per type: how many verdicts
were equal, and how many differed or carry a caveat.
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

SHARED = Path(__file__).parents[3] / "shared" / "orcid"
SEGMENTS = {
    "external-identifier": "external-identifiers",
    "keyword": "keywords",
    "other-name": "other-names",
    "researcher-url": "researcher-urls",
    "bulk-works": "works",
}
SCOPES = "/activities/update /person/update /read-limited"
GROUP_SCOPES = "/group-id-record/update"
STORED_PUT_CODE = 12345  # of the item that every update vector changes

Vector = dict[str, Any]
Verdict = tuple[Any, ...]


def read_lines(name: str) -> Iterator[Vector]:
    """Read one of the shared vector files."""
    with (SHARED / name).open(encoding="ascii") as lines:
        for line in lines:
            yield json.loads(line)


def expected(verdict: Vector) -> Verdict:
    """Give status and error number of a recorded verdict; None where it was accepted."""
    if "elements" in verdict and verdict["accepted"]:
        return None, None, tuple(each["error_code"] for each in verdict["elements"])
    return verdict["status"], verdict["error_code"]


def seen(answer: httpx.Response, *, bulk: bool) -> Verdict:
    """Give status and error number of an answer; None where it was accepted."""
    if answer.is_success:
        if bulk:
            elements = answer.json()["bulk"]
            return None, None, tuple(each.get("error", {}).get("error-code") for each in elements)
        return None, None
    return answer.status_code, answer.json()["error-code"]


@dataclass(slots=True)
class Replay:
    """A conversation with one simulator."""

    http: httpx.AsyncClient
    orcid: str = ""
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    clients: dict[str, str] = field(default_factory=dict)

    async def begin(self) -> None:
        """Make a person and two clients with every permission."""
        self.orcid = (await self.control("people", given="Vera"))["orcid"]
        for name in ("first", "second"):
            client = await self.control("clients", kind="member", name=name, redirect_uris=[])
            self.clients[name] = client["client_id"]
            for kind, orcid, scope in (
                ("record", self.orcid, SCOPES),
                ("group", None, GROUP_SCOPES),
            ):
                given = await self.control(
                    "tokens", client_id=client["client_id"], orcid=orcid, scope=scope
                )
                self.headers[f"{kind} {name}"] = {
                    "authorization": f"Bearer {given['access_token']}",
                    "accept": "application/json",
                    "content-type": "application/json",
                }

    async def control(self, door: str, **body: Any) -> Any:
        """POST to `/_control`; it must agree."""
        answer = await self.http.post(f"/_control/{door}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def write(
        self,
        method: str,
        kind: str,
        payload: Any,
        *,
        source: str = "first",
        code: int | None = None,
    ) -> httpx.Response:
        """POST or PUT a payload as one of the two clients."""
        is_group = kind == "group-id-record"
        path = kind if is_group else f"{self.orcid}/{SEGMENTS.get(kind, kind)}"
        end = "" if code is None else f"/{code}"
        headers = self.headers[f"{'group' if is_group else 'record'} {source}"]
        body = json.dumps(payload)
        return await self.http.request(
            method, f"/api/v3.0/{path}{end}", content=body, headers=headers
        )

    async def clean(self) -> None:
        """Take everything off the record, and the groups out of the world."""
        found = (await self.http.get(f"/_control/records/{self.orcid}")).json()["items"]
        for items in found.values():
            for item in items:
                body = json.dumps({"orcid": self.orcid, "put_code": item["put-code"]})
                await self.http.request("DELETE", "/_control/items", content=body)
        headers = self.headers["group first"]
        listed = await self.http.get("/api/v3.0/group-id-record", headers=headers)
        for group in listed.json()["group-id-record"]:
            await self.http.delete(
                f"/api/v3.0/group-id-record/{group['put-code']}", headers=headers
            )

    async def store(self, kind: str, item: Vector) -> None:
        """Put the item on the record that an update changes."""
        if kind == "group-id-record":
            await self.control(
                "groups",
                group_id="orcid-generated:stored",
                name="Stored",
                client_id=self.clients["first"],
                put_code=STORED_PUT_CODE,
            )
            return
        await self.control(
            "items",
            orcid=self.orcid,
            kind=kind,
            item=item,
            client_id=self.clients["first"],
            visibility="public",
            put_code=STORED_PUT_CODE,
        )

    async def judge(self, vector: Vector, stored: Vector) -> Verdict:
        """Send one vector and read the verdict."""
        kind, is_bulk = vector["type"], vector["type"] == "bulk-works"
        if vector["op"] == "create":
            answer = await self.write("POST", kind, vector["payload"])
        else:
            await self.store(kind, stored)
            answer = await self.write("PUT", kind, vector["payload"], code=STORED_PUT_CODE)
        await self.clean()
        return seen(answer, bulk=is_bulk)

    async def judge_duplicate(self, vector: Vector) -> Verdict:
        """Store one item by a client, send another, and read the verdict."""
        kind = vector["type"]
        first = await self.write("POST", kind, vector["existing"])
        assert first.status_code == 201, first.text
        source = "first" if vector["same_source"] else "second"
        answer = await self.write("POST", kind, vector["payload"], source=source)
        await self.clean()
        return seen(answer, bulk=False)


def stored_bodies() -> dict[str, Vector]:
    """Give for every kind a body to be stored, unlike the ones that replace it."""
    found: dict[str, Vector] = {}
    for vector in read_lines("vectors.jsonl"):
        if vector["op"] == "create" and vector["verdict"]["accepted"]:
            found.setdefault(vector["type"], different(vector["payload"]))
    return found


def different(payload: Vector) -> Vector:
    """Change a smallest body a little, so that an update is never identical."""
    text = json.dumps(payload)
    for old, new in (
        ("A small study of bees", "Stored before"),
        ("bees", "wasps"),
        ("Night", "Day"),
        ("2022", "2021"),
    ):
        text = text.replace(old, new)
    changed: Vector = json.loads(text)
    return changed


async def replay(
    http: httpx.AsyncClient, wanted: str | None = None
) -> tuple[Counter[str], list[str]]:
    """Replay everything; give counts by type and outcome, and a line for each difference."""
    conversation = Replay(http)
    await conversation.begin()
    counts: Counter[str] = Counter()
    differences = []
    bodies = stored_bodies()
    for vector in read_lines("vectors.jsonl"):
        if wanted is not None and vector["type"] != wanted:
            continue
        found = await conversation.judge(vector, bodies.get(vector["type"], {}))
        outcome = "equal" if found == expected(vector["verdict"]) else "different"
        if vector.get("caveats"):
            outcome = f"caveat, {outcome}"
        elif outcome == "different":
            differences.append(f"{vector['id']}: {expected(vector['verdict'])}, here {found}")
        counts[f"{vector['type']}: {outcome}"] += 1
    for vector in read_lines("duplicates.jsonl"):
        if wanted is not None and vector["type"] != wanted:
            continue
        found = await conversation.judge_duplicate(vector)
        outcome = "equal" if found == expected(vector["verdict"]) else "different"
        if outcome == "different":
            differences.append(f"{vector['id']}: {expected(vector['verdict'])}, here {found}")
        counts[f"duplicates of {vector['type']}: {outcome}"] += 1
    return counts, differences


async def main(base_url: str) -> int:
    """Replay against a running simulator and print the table."""
    async with httpx.AsyncClient(base_url=base_url, timeout=30, trust_env=False) as http:
        counts, differences = await replay(http)
    for name, number in sorted(counts.items()):
        print(f"{number:5}  {name}")
    print("\n".join(differences))
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1])))
