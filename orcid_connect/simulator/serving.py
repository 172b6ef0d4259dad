"""The simulator on a real port: for tests on a free one, for the command line on a given one."""

import asyncio
import contextlib
import itertools
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from orcid_connect.simulator.asgi import CUT
from orcid_connect.simulator.simulator import Simulator

START_SECONDS = 10.0
STOP_SECONDS = 2  # for requests that are still being answered
TICK_SECONDS = 0.1
TURNS_TO_HANG_UP = 5  # of the loop, in which it hears of connections that clients closed


class CuttableProtocol(H11Protocol):
    """HTTP/1.1 that lets the application break the connection of a request."""

    def connection_made(self, transport: Any) -> None:
        """Offer the cut to every request of this connection."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, CUT: transport.close}


class QuietServer(uvicorn.Server):
    """A server inside somebody else's process: it leaves signals alone, and stops when told.

    A server of its own looks ten times a second whether to stop, and gives its connections another
    tenth in any case; tests start and stop thousands.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._told = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Change nothing about signals."""
        yield

    def stop(self) -> None:
        """Have `serve` end."""
        self.should_exit = True
        self._told.set()

    async def main_loop(self) -> None:
        """Tick until told to stop."""
        for tick in itertools.count():
            if await self.on_tick(tick):
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), TICK_SECONDS)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop; with patience only where somebody is still connected or waits for an answer."""
        for server in self.servers:
            server.close()
        for _ in range(TURNS_TO_HANG_UP):
            await asyncio.sleep(0)
        state = self.server_state
        if state.connections or state.tasks:
            await super().shutdown(sockets)
        else:
            await self.lifespan.shutdown()


def configure(simulator: Simulator, **options: Any) -> uvicorn.Config:
    """Configure a server: no access log (paths carry codes), the date from the simulated clock."""
    return uvicorn.Config(
        simulator.app,
        http=CuttableProtocol,
        ws="none",
        lifespan="on",
        access_log=False,
        log_level="warning",
        date_header=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_SECONDS,
        **options,
    )


@contextlib.asynccontextmanager
async def serving(
    simulator: Simulator, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[str]:
    """Serve while the block runs, on a free port unless told; gives and sets the base URL."""
    # Only a socket that knows it speaks TCP gets rid of Nagle's delay, 40 ms per answer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    simulator.base_url = f"http://{host}:{listener.getsockname()[1]}"
    server = QuietServer(configure(simulator))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await _wait_until_started(server, task)
        yield simulator.base_url
    finally:
        server.stop()
        await task
        listener.close()


async def _wait_until_started(server: uvicorn.Server, task: "asyncio.Task[None]") -> None:
    async with asyncio.timeout(START_SECONDS):
        while not server.started:
            if task.done():
                await task
                raise RuntimeError("the simulator's server ended before it began")
            await asyncio.sleep(0.005)
