"""The simulator's own time: it runs with the real clock until somebody moves, sets or freezes it.

Everything dated or expiring in the simulated registry asks this clock, so tests never sleep.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import anyio

LATEST = 221_845_392_000.0  # seconds since 1970: dates of four digits, with room for tokens


class SimClock:
    """A clock that can be moved, set and frozen; `now()` is in seconds since 1970."""

    def __init__(self, now: float | None = None, *, frozen: bool = False) -> None:
        """Start at `now` (default: the real time), running unless `frozen`."""
        self._start_offset = 0.0 if now is None else now - time.time()
        self._start_frozen = (time.time() if now is None else now) if frozen else None
        self._offset = self._start_offset
        self._frozen_at = self._start_frozen
        self.listeners: list[Callable[[], None]] = []

    def now(self) -> float:
        """Tell the simulated time, in seconds."""
        if self._frozen_at is not None:
            return self._frozen_at
        return time.time() + self._offset

    def milliseconds(self) -> int:
        """Tell the simulated time as the registry writes it: whole milliseconds."""
        return int(self.now() * 1000)

    @property
    def frozen(self) -> bool:
        """Whether time stands still."""
        return self._frozen_at is not None

    @property
    def offset(self) -> float:
        """Seconds this clock is ahead of the real one."""
        return self.now() - time.time()

    def move(self, seconds: float) -> None:
        """Go forward (or back) by `seconds`; raise ValueError for what no calendar knows."""
        self.set(self.now() + seconds)

    def set(self, now: float) -> None:
        """Jump to `now`, in seconds since 1970; raise ValueError for what no calendar knows."""
        if not 0 <= now <= LATEST:
            raise ValueError("the clock goes from 1970 to the year 9000")
        if self._frozen_at is not None:
            self._frozen_at = now
        self._offset = now - time.time()
        self._tell()

    def freeze(self) -> None:
        """Let time stand still."""
        self._frozen_at = self.now()
        self._tell()

    def release(self) -> None:
        """Let time run on from where it stands."""
        if self._frozen_at is not None:
            self._offset = self._frozen_at - time.time()
        self._frozen_at = None
        self._tell()

    def reset(self) -> None:
        """Go back to how this clock was made."""
        self._offset, self._frozen_at = self._start_offset, self._start_frozen
        self._tell()

    def resume_at(self, offset: float, frozen_at: float | None) -> None:
        """Take over the offset or the standstill that a stored world remembers."""
        self._offset, self._frozen_at = offset, frozen_at

    async def sleep(self, seconds: float) -> None:
        """Wait `seconds` of real time; a frozen clock waits for nobody and returns at once."""
        await anyio.sleep(0 if self.frozen else seconds)

    def _tell(self) -> None:
        for listener in self.listeners:
            listener()


def iso(seconds: float) -> str:
    """Write a time as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
