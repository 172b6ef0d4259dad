"""Rate limits and quotas, as the registry's proxy and its own filter keep them (REGISTRY 8)."""

from dataclasses import dataclass

from orcid_connect.simulator.world import World

MEMBER_RATE = 24.0  # requests per second
OTHER_RATE = 12.0
BURST = 40.0  # requests queued before they are refused
DAY_SECONDS = 24 * 3600


@dataclass(slots=True)
class _Bucket:
    excess: float
    seen: float


class Limits:
    """Counts requests per client or address."""

    def __init__(self, world: World) -> None:
        """Count nothing yet; the switches are the world's settings."""
        self._world = world
        self._buckets: dict[str, _Bucket] = {}
        self._days: dict[tuple[str, int], int] = {}

    def clear(self) -> None:
        """Forget all counts."""
        self._buckets.clear()
        self._days.clear()

    def delay(self, who: str, *, member: bool) -> float | None:
        """Tell for how many seconds a request is queued; None: refused with 503."""
        if not self._world.settings.rate:
            return 0.0
        rate = MEMBER_RATE if member else OTHER_RATE
        now = self._world.clock.now()
        bucket = self._buckets.setdefault(who, _Bucket(-1.0, now))
        drained = max(0.0, now - bucket.seen) * rate
        excess = max(bucket.excess - drained, -1.0) + 1.0
        if excess > BURST:
            return None
        bucket.excess, bucket.seen = excess, now
        return max(excess, 0.0) / rate

    def over_quota(self, address: str) -> bool:
        """Count a request of a stranger on the Public API; tell whether it is one too many."""
        settings = self._world.settings
        if not settings.quota:
            return False
        key = (address, int(self._world.clock.now() // DAY_SECONDS))
        self._days[key] = self._days.get(key, 0) + 1
        return self._days[key] > settings.daily_quota
