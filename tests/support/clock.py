"""A clock that tests move; nothing in the tests waits for time to pass."""


class MovedClock:
    """Seconds since the epoch, standing still until moved."""

    def __init__(self, now: float = 1_790_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
