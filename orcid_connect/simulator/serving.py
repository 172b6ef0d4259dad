"""The simulator on a real port: for tests on a free one, for the command line on a given one."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from orcid_connect.simulator.asgi import CUT
from orcid_connect.simulator.simulator import Simulator

START_SECONDS = 10.0
STOP_SECONDS = 2  # for requests that are still being answered


class CuttableProtocol(H11Protocol):
    """HTTP/1.1 that lets the application break the connection of a request."""

    def connection_made(self, transport: Any) -> None:
        """Offer the cut to every request of this connection."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, CUT: transport.close}


class QuietServer(uvicorn.Server):
    """A server inside somebody else's process: it leaves signals alone."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Change nothing about signals."""
        yield


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
        server.should_exit = True
        await task
        listener.close()


async def _wait_until_started(server: uvicorn.Server, task: "asyncio.Task[None]") -> None:
    async with asyncio.timeout(START_SECONDS):
        while not server.started:
            if task.done():
                await task
                raise RuntimeError("the simulator's server ended before it began")
            await asyncio.sleep(0.005)
