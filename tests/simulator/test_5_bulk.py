"""REGISTRY 5.4: many works at once, written and read."""

from typing import Any

import httpx
import pytest

from orcid_connect.simulator import Simulator
from tests.simulator import bodies
from tests.simulator.callers import Caller

pytestmark = pytest.mark.anyio


def refusal(answer: httpx.Response) -> tuple[int, int]:
    """Status and error number of a refusal."""
    return answer.status_code, answer.json()["error-code"]


def bulk_of(*works: Any) -> dict[str, Any]:
    """A bulk of works."""
    return {"bulk": [{"work": each} for each in works]}


async def test_5_4_bulk_is_200_with_an_answer_for_each(member: Caller) -> None:
    """Good works are created, bad ones answered with errors, in the order of the request."""
    good, bad = bodies.work("10.5555/1"), bodies.work("10.5555/2")
    del bad["external-ids"]
    answer = await member.post("/works", bulk_of(good, bad, bodies.work("10.5555/3")))
    assert answer.status_code == 200
    assert "location" not in answer.headers
    first, second, third = answer.json()["bulk"]
    assert first["work"]["put-code"]
    assert first["work"]["path"] is None
    assert first["work"]["visibility"] == "public"
    assert (second["error"]["response-code"], second["error"]["error-code"]) == (400, 9023)
    assert third["work"]["put-code"] != first["work"]["put-code"]
    assert len((await member.get("/works")).json()["group"]) == 2


async def test_5_4_bulk_of_failures_only_is_200(member: Caller) -> None:
    """Even if every item failed the answer is 200."""
    await member.created("/work", bodies.work())
    answer = await member.post("/works", bulk_of(bodies.work()))
    assert answer.status_code == 200
    assert answer.json()["bulk"][0]["error"]["error-code"] == 9021


async def test_5_4_bulk_clashes_with_itself_and_with_version_of(member: Caller) -> None:
    """Earlier elements count, and so do existing version-of ids of the same source."""
    answer = await member.post(
        "/works", bulk_of(bodies.work("10.5555/1"), bodies.work("10.5555/1"))
    )
    first, second = answer.json()["bulk"]
    code = first["work"]["put-code"]
    assert f"put-code {code}." in second["error"]["developer-message"]
    versions = bodies.work("10.5555/2")
    versions["external-ids"]["external-id"].append(
        bodies.identifier("10.5555/v", relationship="version-of")
    )
    await member.created("/work", versions)
    assert refusal_in_bulk(await member.post("/works", bulk_of(bodies.work("10.5555/v")))) == 9021
    await member.created("/work", bodies.work("10.5555/v"))  # singly it does not clash


def refusal_in_bulk(answer: httpx.Response) -> int:
    """The error number of a bulk's only element."""
    (element,) = answer.json()["bulk"]
    number: int = element["error"]["error-code"]
    return number


async def test_5_4_bulk_skips_the_schema(member: Caller) -> None:
    """Trap 22: a long title passes, one bad enum or unknown member sinks the request."""
    answer = await member.post("/works", bulk_of(bodies.work("10.5555/x", "x" * 5000)))
    assert "work" in answer.json()["bulk"][0]
    for bad in (bodies.work("10.5555/2", type="nonsense"), bodies.work("10.5555/3", nonsense=1)):
        answer = await member.post("/works", bulk_of(bodies.work("10.5555/1"), bad))
        assert refusal(answer) == (400, 9047)
    answer = await member.post("/works", {"bulk": [None]})
    assert refusal(answer) == (500, 9008)
    empties: list[dict[str, Any]] = [{}, {"bulk": []}]
    for empty in empties:
        assert (await member.post("/works", empty)).json() == {"bulk": []}


async def test_5_4_error_elements_pass_through(member: Caller) -> None:
    """An error in the request comes back as it was, the works beside it are created."""
    error = {
        "response-code": 400,
        "developer-message": "D",
        "user-message": "U",
        "error-code": 9020,
        "more-info": "M",
    }
    answer = await member.post("/works", {"bulk": [{"error": error}, {"work": bodies.work()}]})
    first, second = answer.json()["bulk"]
    assert first == {"error": error}
    assert second["work"]["put-code"]


async def test_5_4_bulk_limits(sim: Simulator, member: Caller) -> None:
    """More than 100 is 9006; the ceiling of the record is checked first and counts all sources."""
    too_many = bulk_of(*(bodies.work(f"10.5555/{number}") for number in range(101)))
    assert refusal(await member.post("/works", too_many)) == (400, 9006)
    sim.settings.max_works = 3
    sim.put_item(member.orcid, "work", bodies.work("10.5555/own"))
    assert refusal(await member.post("/works", too_many)) == (409, 9048)
    three = bulk_of(*(bodies.work(f"10.5555/{number}") for number in range(3)))
    assert refusal(await member.post("/works", three)) == (409, 9048)
    assert (await member.get("/works")).json()["group"][0]["work-summary"][0]["put-code"]
    for number in range(2):
        await member.created("/work", bodies.work(f"10.5555/single-{number}"))
    assert refusal(await member.post("/work", bodies.work("10.5555/full"))) == (409, 9048)


async def test_5_4_bulk_read(member: Caller) -> None:
    """Found works first by number, unknown codes as trailing 9034, a word is 9006, 101 are 9042."""
    codes = [await member.created("/work", bodies.work(f"10.5555/{n}")) for n in range(2)]
    other = await member.created("/funding", bodies.funding())
    wanted = f"{other},{codes[1]},777777,{codes[0]}"
    elements = (await member.get(f"/works/{wanted}")).json()["bulk"]
    assert [each.get("work", {}).get("put-code") for each in elements] == [*codes, None, None]
    missing = [each["error"] for each in elements[2:]]
    assert [each["error-code"] for each in missing] == [9034, 9034]
    assert "777777" in missing[1]["developer-message"]
    assert "Full validation error" in missing[1]["developer-message"]
    assert elements[0]["work"]["path"].endswith(f"/work/{codes[0]}")
    assert refusal(await member.get("/works/1,abc")) == (400, 9006)
    many = ",".join(str(number) for number in range(1, 102))
    assert refusal(await member.get(f"/works/{many}")) == (400, 9042)
    assert "Exceed" in (await member.get(f"/works/{many}")).json()["developer-message"]
