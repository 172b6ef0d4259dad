"""The simulator as others hold it: a world and its ASGI application."""

from pathlib import Path

from orcid_connect.simulator.asgi import Application
from orcid_connect.simulator.clock import SimClock
from orcid_connect.simulator.core import Core


class Simulator(Core):
    """A faithful stand-in for the ORCID registry."""

    def __init__(
        self,
        base_url: str = "http://127.0.0.1:8700",
        database: Path | None = None,
        clock: SimClock | None = None,
        *,
        seed: Path | None = None,
        rate: bool = False,
        latency: float = 0.0,
    ) -> None:
        """Open the world that `database` keeps, or plant a fresh one from `seed`."""
        super().__init__(base_url, database, clock, seed=seed, rate=rate, latency=latency)
        self.app = Application(self)
