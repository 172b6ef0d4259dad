"""The simulator as the other judge: new, knowing every organisation and ISSN, asked in turn."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from orcid_connect.simulator import SimClock, Simulator
from tests.simulator.callers import NOW
from tests.simulator.replay import Replay


@contextmanager
def replaying() -> Iterator[tuple[asyncio.Runner, Replay]]:
    """Begin a replay on a new simulator, with the loop to run it in."""
    simulator = Simulator(clock=SimClock(NOW, frozen=True))
    simulator.know_organizations("all")
    simulator.know_issns("all")
    transport = httpx.ASGITransport(app=simulator.app)
    with asyncio.Runner() as runner:
        http = httpx.AsyncClient(transport=transport, base_url=simulator.base_url)
        replay = Replay(http)
        runner.run(replay.begin())
        yield runner, replay
        runner.run(http.aclose())
