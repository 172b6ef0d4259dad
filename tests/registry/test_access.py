"""One credential's way in: its rate, its count and its own tokens."""

import asyncio

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from orcid_connect.errors import TokenRefused
from orcid_connect.pacing import Bucket, DailyCount, Pacer
from orcid_connect.registry.access import Access, Request
from orcid_connect.registry.transport import Transport
from orcid_connect.settings import Credential, CredentialKind
from tests.registry.conftest import Registry
from tests.support.clock import MovedClock

pytestmark = pytest.mark.anyio


@given(
    rate=st.floats(0.5, 100),
    burst=st.integers(1, 60),
    gaps=st.lists(st.floats(0, 5, allow_nan=False), max_size=200),
)
def test_bucket(rate: float, burst: int, gaps: list[float]) -> None:
    """In any stretch of time no more is sent than the burst and what the rate has earned."""
    now, bucket, sent = 0.0, Bucket.full(rate, float(burst), 0.0), []
    for gap in gaps:
        now += gap
        bucket, seconds = bucket.take(now)
        sent.append(now + seconds)
    for index, start in enumerate(sent):
        within = [one for one in sent[index:] if one <= start + 1.0]
        assert len(within) <= burst + rate + 1


def test_a_clock_set_back_earns_nothing_and_stalls_nobody() -> None:
    """Set back an hour, the next request waits as long as if no time had passed, not an hour."""
    bucket, _ = Bucket.full(1.0, 1.0, 0.0).take(0.0)
    bucket, seconds = bucket.take(-3600.0)
    assert seconds == 1.0
    bucket, seconds = bucket.take(-3598.0)
    assert seconds == 0.0


async def test_pacer() -> None:
    """A burst goes at once; after it, requests leave at the rate, in the order they came."""
    clock, slept = MovedClock(0.0), []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    pacer = Pacer(24.0, 40.0, clock=clock, sleep=sleep)
    for _ in range(42):
        await pacer.turn()
    assert slept == pytest.approx([1 / 24, 2 / 24])
    clock.move(10)
    await pacer.turn()
    assert len(slept) == 2


def test_daily_count() -> None:
    """Requests are counted by UTC days beside the quota."""
    clock = MovedClock(86_399.0)
    count = DailyCount(3, clock=clock)
    for _ in range(4):
        count.add()
    assert (count.used, count.left) == (4, 0)
    clock.move(1)
    assert (count.used, count.left) == (0, 3)


@pytest.mark.parametrize(
    ("kind", "changes", "waits"),
    [
        ("member", {}, [1 / 24]),
        ("public", {}, [1 / 12]),
        ("member", {"requests_per_second": 2.0}, [1 / 2]),
        ("member", {"requests_per_second": 0.0}, []),
        ("member", {"environment": "simulator"}, []),
        ("member", {"environment": "simulator", "requests_per_second": 5.0}, [1 / 5]),
    ],
)
async def test_rates(kind: CredentialKind, changes: dict[str, object], waits: list[float]) -> None:
    """Each kind has its rate; a simulator none, unless one is set."""
    values: dict[str, object] = {
        "client_id": "APP-0000000000000001",
        "client_secret": SecretStr("a secret"),
        "kind": kind,
        "environment": "sandbox",
    }
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    far = httpx.MockTransport(lambda _: httpx.Response(200))
    async with Transport(5.0, http=far) as transport:
        credential = Credential.model_validate(values | changes)
        access = Access(transport, credential, clock=MovedClock(), sleep=sleep)
        for _ in range(41):
            await access.send("http://far.test", Request("GET", "/status"))
    assert slept == pytest.approx(waits)
    assert access.count_at("http://far.test").used == 41


async def test_count_is_shown(registry: Registry) -> None:
    """The Public API tells how many requests were made today, beside its quota."""
    api = registry.public(anonymous=True)
    await api.status()
    await api.record(registry.orcid)
    assert (api.requests_today.used, api.requests_today.quota) == (2, 10_000)


async def test_own_tokens_are_fetched_once(registry: Registry) -> None:
    """A client's own token is fetched once for a scope, also by many at the same time."""
    api = registry.member()
    await asyncio.gather(*(api.record(registry.orcid) for _ in range(5)))
    await api.groups.find("issn:1741-4857")
    assert token_requests(registry) == 2


async def test_own_tokens_near_their_end(registry: Registry) -> None:
    """A token about to expire is not used any more."""
    api = registry.member()
    await api.record(registry.orcid)
    (token,) = [one for one in registry.sim.world.tokens if one.orcid is None]
    registry.sim.clock.set(token.expires - 30)
    await api.record(registry.orcid)
    assert token_requests(registry) == 2


async def test_refused_own_token(registry: Registry) -> None:
    """An own token that was refused is told, and the next call fetches another."""
    api = registry.member()
    await api.record(registry.orcid)
    (token,) = [one for one in registry.sim.world.tokens if one.orcid is None]
    registry.sim.revoke_token(token.value)
    with pytest.raises(TokenRefused):
        await api.record(registry.orcid)
    await api.record(registry.orcid)
    assert token_requests(registry) == 2


def token_requests(registry: Registry) -> int:
    """Count how often a token was asked for."""
    return sum(entry["path"] == "/oauth/token" for entry in registry.sim.journal())
