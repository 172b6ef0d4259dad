"""Issue 3 item 6: faults on demand, in-process and on a real connection."""

import json
from typing import Any

import httpx
import pytest

from orcid_connect.simulator import Person, Simulator, serving
from tests.simulator import bodies
from tests.simulator.callers import CALLBACK, Caller, tokens_for

pytestmark = pytest.mark.anyio


async def test_a_status_with_body_and_headers(sim: Simulator, member: Caller) -> None:
    """Any status can be asked for, with a body and headers; nothing is done meanwhile."""
    sim.add_fault("status", status=429, body="slow down", headers={"Retry-After": "7"}, count=1)
    answer = await member.post("/work", bodies.work())
    assert (answer.status_code, answer.text) == (429, "slow down")
    assert answer.headers["retry-after"] == "7"
    assert (await member.get("/works")).json()["group"] == []


async def test_a_status_after_the_work_was_done(sim: Simulator, member: Caller) -> None:
    """With applied=true the change is made and the answer is the fault's."""
    sim.add_fault("status", status=500, applied=True, count=1)
    assert (await member.post("/work", bodies.work())).status_code == 500
    assert len((await member.get("/works")).json()["group"]) == 1
    decision = sim.journal()[0]["decision"]
    assert "created work" in decision
    assert "500" in decision


async def test_an_html_error_page(sim: Simulator, member: Caller) -> None:
    """A gateway's page instead of JSON."""
    sim.add_fault("html")
    answer = await member.get("/works")
    assert answer.status_code == 502
    assert answer.headers["content-type"].startswith("text/html")
    assert "<html>" in answer.text


async def test_a_wrong_content_type(sim: Simulator, member: Caller) -> None:
    """The body is right, its type is not."""
    sim.add_fault("content-type", value="text/plain")
    answer = await member.get("/works")
    assert answer.headers["content-type"] == "text/plain"
    assert answer.json()["group"] == []


async def test_slow_answers_wait(sim: Simulator, member: Caller) -> None:
    """A slow fault waits by the simulator's clock, which here stands still."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    sim.clock.sleep = sleep  # type: ignore[method-assign]
    sim.settings.latency = 0.5
    sim.add_fault("slow", seconds=3)
    assert (await member.get("/works")).status_code == 200
    assert waited == [3.5]


async def test_connections_cut_in_process(sim: Simulator, member: Caller) -> None:
    """In-process a cut shows as httpx would report it: before nothing was done, after it was."""
    number = sim.add_fault("cut-before", method="POST")
    with pytest.raises(httpx.RemoteProtocolError):
        await member.post("/work", bodies.work())
    sim.faults.remove(number)
    sim.add_fault("cut-after", method="POST")
    with pytest.raises(httpx.RemoteProtocolError):
        await member.post("/work", bodies.work("10.5555/done"))
    groups = (await member.get("/works")).json()["group"]
    found = [group["external-ids"]["external-id"][0]["external-id-value"] for group in groups]
    assert found == ["10.5555/done"]


@pytest.mark.parametrize(
    ("kind", "stored"), [("cut-before", 0), ("cut-after", 1), ("half-body", 1)]
)
async def test_connections_cut_for_real(
    sim: Simulator, ada: Person, journal: str, kind: str, stored: int
) -> None:
    """Over TCP the connection closes: without an answer, or in the middle of one."""
    token = sim.issue_token(journal, ada.orcid, "/activities/update")
    async with (
        serving(sim) as base_url,
        httpx.AsyncClient(base_url=base_url, trust_env=False) as http,
    ):
        caller = Caller(http, token, ada.orcid)
        bulk = {"bulk": [{"work": bodies.work()}]}
        sim.add_fault(kind, method="POST", path="/api/*/works", count=1)
        with pytest.raises(httpx.RemoteProtocolError):
            await caller.post("/works", bulk)
        assert len((await caller.get("/works")).json()["group"]) == stored


async def test_clock_skew(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, journal: str
) -> None:
    """Under a skew id_tokens are issued in the future, and so is the Date header."""
    sim.add_fault("clock-skew", seconds=3600, path="/oauth/*")
    body = await tokens_for(sim, http, journal, ada.orcid)
    claims = sim.keys.read(body["id_token"])
    assert claims is not None
    assert claims["iat"] == int(sim.clock.now()) + 3600
    dates = [(await http.get(path)).headers["date"] for path in ("/oauth/jwks", "/")]
    assert dates[0] != dates[1]


async def test_key_rotation(sim: Simulator, http: httpx.AsyncClient) -> None:
    """Keys rotate just before the matching request."""
    first = (await http.get("/oauth/jwks")).json()["keys"]
    sim.add_fault("key-rotation", path="/oauth/jwks", count=1)
    second = (await http.get("/oauth/jwks")).json()["keys"]
    assert len(second) == len(first) + 1
    assert second[0]["kid"] != first[0]["kid"]


async def test_a_token_revoked_between_two_calls(sim: Simulator, member: Caller) -> None:
    """The call succeeds, the next one with the same token does not."""
    sim.add_fault("revoke-token", method="POST", reason="USER_REVOKED")
    code = await member.created("/work", bodies.work())
    assert (await member.get("/works")).status_code == 401
    assert (await member.delete(f"/work/{code}")).status_code == 204


async def test_an_outage_window(sim: Simulator, member: Caller) -> None:
    """During an outage everything is 503, and afterwards nothing is lost."""
    code = await member.created("/work", bodies.work())
    sim.add_fault("outage", seconds=300)
    assert (await member.get(f"/work/{code}")).status_code == 503
    assert (await member.http.get("/.well-known/openid-configuration")).status_code == 503
    assert (await member.http.get("/_control/clock")).status_code == 200
    sim.clock.move(300)
    assert (await member.get(f"/work/{code}")).status_code == 200


async def test_an_outage_can_be_silent(sim: Simulator, member: Caller) -> None:
    """With status 0 connections are cut for as long as it lasts."""
    sim.add_fault("outage", seconds=300, status=0)
    with pytest.raises(httpx.RemoteProtocolError):
        await member.get("/works")


@pytest.mark.parametrize(
    "match",
    [
        {"method": "GET"},
        {"path": "/api/v3.0/*/works"},
        {"client_id": "journal"},
        {"orcid": "ada"},
    ],
)
async def test_faults_hit_what_they_name(
    sim: Simulator,
    http: httpx.AsyncClient,
    member: Caller,
    ada: Person,
    journal: str,
    match: dict[str, str],
) -> None:
    """A fault hits by method, path, client or record, and leaves other requests alone."""
    names = {"journal": journal, "ada": ada.orcid}
    sim.add_fault("status", **{key: names.get(value, value) for key, value in match.items()})
    assert (await member.get("/works")).status_code == 503
    other = sim.add_client("member", "Other").client_id
    bea = sim.add_person("Bea").orcid
    elsewhere = Caller(http, sim.issue_token(other, bea, "/activities/update"), bea)
    assert (await elsewhere.post("/work", bodies.work())).status_code == 201


async def test_counts_and_skips(sim: Simulator, member: Caller) -> None:
    """skip lets the first ones pass, count ends it."""
    sim.add_fault("status", skip=1, count=2)
    found = [(await member.get("/works")).status_code for _ in range(4)]
    assert found == [200, 503, 503, 200]


async def test_probability_is_seeded(sim: Simulator, member: Caller) -> None:
    """The same seed gives the same pattern again."""

    async def pattern() -> list[int]:
        number = sim.add_fault("status", probability=0.5, seed=11)
        found = [(await member.get("/works")).status_code for _ in range(20)]
        sim.faults.remove(number)
        return found

    first = await pattern()
    assert set(first) == {200, 503}
    assert await pattern() == first


async def test_faults_over_control(sim: Simulator, member: Caller) -> None:
    """Faults are set, listed and taken back over HTTP, and named in the journal."""
    http = member.http
    made = await http.post("/_control/faults", json={"kind": "status", "status": 418, "count": 1})
    assert made.json() == {"id": 1}
    (listed,) = (await http.get("/_control/faults")).json()["faults"]
    assert (listed["kind"], listed["status"]) == ("status", 418)
    assert (await member.get("/works")).status_code == 418
    assert "status (fault 1)" in sim.journal()[-1]["fault"]
    await http.post("/_control/faults", json={"kind": "html"})
    await http.delete("/_control/faults?id=2")
    assert (await member.get("/works")).status_code == 200
    await http.post("/_control/faults", json={"kind": "html"})
    await http.delete("/_control/faults")
    assert (await member.get("/works")).status_code == 200


@pytest.mark.parametrize("body", [{"kind": "earthquake"}, {"kind": "status", "colour": "red"}, {}])
async def test_faults_that_do_not_exist(http: httpx.AsyncClient, body: dict[str, Any]) -> None:
    """An unknown kind or option is refused with a sentence."""
    answer = await http.post("/_control/faults", content=json.dumps(body))
    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_the_token_endpoint_is_hit_by_client(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, journal: str
) -> None:
    """At the token endpoint the client of the form counts."""
    sim.add_fault("status", client_id=journal, path="/oauth/token")
    code = sim.grant(journal, ada.orcid, "openid", CALLBACK)
    form = {"client_id": journal, "grant_type": "authorization_code", "code": code}
    assert (await http.post("/oauth/token", data=form)).status_code == 503
