"""How long to wait: a pure function of how often it has failed."""

from hashlib import sha256

JITTER = 0.25
"""Part of a wait by which neighbours are spread out, so that they do not all come back at once."""


def backoff(tries: int, *, base: float, limit: float, key: str = "") -> float:
    """Return the seconds to wait after `tries` failures: doubling, bounded, spread by `key`."""
    plain = min(base * 2.0 ** min(max(tries, 1) - 1, 40), limit)
    share = int.from_bytes(sha256(f"{key}:{tries}".encode()).digest()[:4]) / 2**32
    return plain * (1.0 - JITTER * share)
