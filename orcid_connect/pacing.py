"""How fast and how long to wait: pure functions and values of the clock, and one that waits.

The registry's rates are those of REGISTRY.md 8.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

JITTER = 0.25
"""Part of a wait by which neighbours are spread out, so that they do not all come back at once."""
MEMBER_RATE = 24.0
"""Requests a second of a member's or premium client (REGISTRY.md 8)."""
PUBLIC_RATE = 12.0
"""Requests a second of a public client or a stranger (REGISTRY.md 8)."""
BURST = 40.0
"""Requests that may come at once (REGISTRY.md 8)."""
DAILY_ANONYMOUS = 10_000
"""Requests a day from one address to the Public API, as its code has it (REGISTRY.md 8)."""
DAILY_IDENTIFIED = 40_000
"""Requests a day of a client on the Public API; above it, ORCID writes an e-mail."""
DAY_SECONDS = 86_400.0

Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]


def backoff(tries: int, *, base: float, limit: float, key: str = "") -> float:
    """Return the seconds to wait after `tries` failures: doubling, bounded, spread by `key`."""
    plain = min(base * 2.0 ** min(max(tries, 1) - 1, 40), limit)
    share = int.from_bytes(sha256(f"{key}:{tries}".encode()).digest()[:4]) / 2**32
    return plain * (1.0 - JITTER * share)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A token bucket: `left` tokens at the time `at`; below zero, they are owed to those waiting.

    A value: taking a token gives the next bucket and how long to wait for it.
    """

    rate: float
    burst: float
    left: float
    at: float

    @classmethod
    def full(cls, rate: float, burst: float, now: float) -> "Bucket":
        """Return a bucket of which nothing was taken yet."""
        return cls(rate, burst, burst, now)

    def take(self, now: float) -> tuple["Bucket", float]:
        """Return the bucket with one token less, and the seconds to wait before using it."""
        earned = max(0.0, now - self.at) * self.rate  # a clock set back earns nothing
        left = min(self.left + earned, self.burst) - 1.0
        return Bucket(self.rate, self.burst, left, now), max(0.0, -left / self.rate)


class Turns(Protocol):
    """Turn-taking of whoever sends requests in a credential's name."""

    async def turn(self) -> None:
        """Wait until one more request fits the rate."""


class Pacer:
    """One credential's turn-taking in this process: first come, first served."""

    def __init__(self, rate: float, burst: float, *, clock: Clock, sleep: Sleep) -> None:
        self._clock, self._sleep = clock, sleep
        self._bucket = Bucket.full(rate, burst, clock())

    async def turn(self) -> None:
        """Wait until one more request fits the rate."""
        self._bucket, seconds = self._bucket.take(self._clock())
        if seconds > 0:
            await self._sleep(seconds)


class DailyCount:
    """How many requests this process made in this UTC day, beside the quota of REGISTRY.md 8.

    It counts and shows; whether a request is one too many, ORCID alone decides.
    """

    def __init__(self, quota: int, *, clock: Clock) -> None:
        self.quota = quota
        self._clock = clock
        self._day = -1
        self._count = 0

    @property
    def used(self) -> int:
        """How many requests were made today."""
        return self._count if self._day == self._today() else 0

    @property
    def left(self) -> int:
        """How many more fit the quota today."""
        return max(0, self.quota - self.used)

    def add(self) -> None:
        """Count one request."""
        self._day, self._count = self._today(), self.used + 1

    def _today(self) -> int:
        return int(self._clock() // DAY_SECONDS)
