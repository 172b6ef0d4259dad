"""REGISTRY.md 8: limits of the proxy and the daily quota, when they are switched on."""

import httpx
import pytest

from tests.conformance.marks import row
from tests.conformance.world import MEMBER, PUBLIC, RUN, Client, Person, Registry

DAY_SECONDS = 24 * 3600
DAYS = 3000
"""Each run counts its quota on a day of its own among so many."""
BURST = 40
"""Requests that pass at once, whoever asks."""


def read(registry: Registry, person: Person, token: str | None = None) -> httpx.Response:
    """One read of a record."""
    base = MEMBER if token else PUBLIC
    return registry.call("GET", f"{base}/{person.orcid}/works", token)


def passed(registry: Registry, person: Person, token: str | None) -> int:
    """How many of many requests at one moment are answered, the others being 503."""
    statuses = [read(registry, person, token).status_code for _ in range(2 * BURST)]
    assert set(statuses) == {200, 503}
    return statuses.count(200)


@row("8", "Proxy, anonymous and public clients", "Proxy, member clients")
@pytest.mark.parametrize(("kind", "rate"), [("anonymous", 12), ("member", 24)])
def test_requests_per_second(
    kind: str,
    rate: int,
    clock: Registry,
    settings: Registry,
    member: Client,
    person: Person,
) -> None:
    """A burst of forty passes, then twelve or twenty-four a second; the rest is 503."""
    token = clock.token(member, person, "/read-limited") if kind == "member" else None
    settings.control("POST", "settings", {"rate": True})
    clock.move(60)
    assert BURST <= passed(clock, person, token) <= BURST + 1
    clock.move(1)
    assert rate - 1 <= passed(clock, person, token) <= rate + 1
    settings.control("POST", "settings", {"rate": False})
    assert read(clock, person, token).status_code == 200


@row("8", "In-code daily quota, Public API, anonymous", "Published daily read quota")
@row("8", "In-code daily quota, Public API, identified client")
def test_daily_quota(clock: Registry, settings: Registry, member: Client, person: Person) -> None:
    """Anonymous reads beyond the quota are 429 in plain text; clients with a token go on."""
    reader = clock.token(member, None, "/read-public")
    settings.control("POST", "settings", {"quota": True, "daily_quota": 3})
    clock.move((2 + RUN % DAYS) * DAY_SECONDS)
    assert [read(clock, person).status_code for _ in range(3)] == [200] * 3
    answer = read(clock, person)
    assert answer.status_code == 429
    assert answer.headers["content-type"].startswith("text/plain")
    assert not [name for name in answer.headers if name.startswith("x-ratelimit")]
    assert "retry-after" not in answer.headers
    url = f"{PUBLIC}/{person.orcid}/works"
    assert {clock.call("GET", url, reader).status_code for _ in range(5)} == {200}
    clock.move(DAY_SECONDS)
    assert read(clock, person).status_code == 200
