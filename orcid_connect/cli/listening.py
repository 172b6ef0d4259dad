"""Sockets that are ours before anything says so, and a server that ends in good order on Ctrl-C."""

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EADDRINUSE

import uvicorn

from orcid_connect.cli.output import fail

HIGHEST_PORT = 65_535


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Hold a socket that listens there; ends with a sentence if there is none to have."""
    try:
        listener = _listener(host, port)
    except OSError as error:
        if error.errno == EADDRINUSE:
            fail(f"port {port} is in use: stop what uses it, or choose another with --port.")
        fail(f"cannot listen on {host}, port {port}: {error.strerror or type(error).__name__}.")
    with listener:
        yield listener


def _listener(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    # Named as TCP, or uvicorn leaves Nagle's delay on: 40 ms an answer.
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def address_of(listener: socket.socket, host: str) -> str:
    """Return the address to show for a listening socket."""
    port = listener.getsockname()[1]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class PlainServer(uvicorn.Server):
    """A server that leaves signals to whoever runs it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Change nothing about signals."""
        yield


async def serve_until_stopped(config: uvicorn.Config, listener: socket.socket) -> None:
    """Answer until Ctrl-C or SIGTERM; a second one waits for no request."""
    server = PlainServer(config)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, server.handle_exit, number, None)
    await server.serve(sockets=[listener])
