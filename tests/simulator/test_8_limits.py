"""REGISTRY 8: requests per second, and the daily quota of the Public API."""

import httpx
import pytest

from orcid_connect.simulator import Person, Simulator
from tests.simulator.callers import Caller

pytestmark = pytest.mark.anyio
BURST = 41  # the first request and the forty queued behind it


async def statuses(caller: Caller, number: int) -> list[int]:
    """Send so many requests at one instant of simulated time."""
    return [(await caller.get("/works")).status_code for _ in range(number)]


async def test_members_have_24_per_second_and_a_burst_of_40(sim: Simulator, member: Caller) -> None:
    """The request after the burst is 503; a second later 24 more fit in."""
    sim.settings.rate = True
    assert await statuses(member, BURST + 1) == [200] * BURST + [503]
    sim.clock.move(1)
    assert await statuses(member, 25) == [200] * 24 + [503]
    sim.clock.move(60)
    assert await statuses(member, BURST) == [200] * BURST


async def test_others_have_12_per_second(
    sim: Simulator, http: httpx.AsyncClient, ada: Person
) -> None:
    """Public clients and strangers drain at half the pace, each by itself."""
    sim.settings.rate = True
    client = sim.add_client("public", "P").client_id
    token = sim.issue_token(client, None, "/read-public")
    public = Caller(http, token, ada.orcid, "/pub/v3.0")
    assert await statuses(public, BURST + 1) == [200] * BURST + [503]
    sim.clock.move(1)
    assert await statuses(public, 13) == [200] * 12 + [503]
    headers = {"accept": "application/json"}
    stranger = await http.get(f"/pub/v3.0/{ada.orcid}/works", headers=headers)
    assert stranger.status_code == 200


async def test_limits_are_off_by_default(member: Caller) -> None:
    """Nothing is refused for speed unless it was asked for."""
    assert set(await statuses(member, 60)) == {200}


async def test_refusals_carry_no_rate_headers(sim: Simulator, member: Caller) -> None:
    """There is neither Retry-After nor any X-RateLimit header."""
    sim.settings.rate = True
    await statuses(member, BURST)
    refused = await member.get("/works")
    assert refused.status_code == 503
    assert not [name for name in refused.headers if "ratelimit" in name or name == "retry-after"]


async def test_daily_quota_of_strangers(
    sim: Simulator, http: httpx.AsyncClient, member: Caller, ada: Person
) -> None:
    """Beyond the quota strangers get a plain-text 429 until the next day; clients do not."""
    sim.settings.quota = True
    sim.settings.daily_quota = 2
    path, headers = f"/pub/v3.0/{ada.orcid}/works", {"accept": "application/json"}
    answers = [await http.get(path, headers=headers) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["content-type"].startswith("text/plain")
    there = Caller(http, member.token, ada.orcid, "/pub/v3.0")
    assert (await there.get("/works")).status_code == 200
    sim.clock.move(24 * 3600)
    assert (await http.get(path, headers=headers)).status_code == 200
