"""Waiting for what real processes and engines do by themselves: bounded, and ended by the fact."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest

PATIENCE_SECONDS = 20.0
"""How long a test waits for what should take a second or two, on a busy machine."""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


async def until(condition: Callable[[], Awaitable[bool]], what: str) -> None:
    """Wait for something to become true."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await condition():  # noqa: ASYNC110 - another process gives no event
                await asyncio.sleep(0.05)
    except TimeoutError:
        pytest.fail(f"not within {PATIENCE_SECONDS} s: {what}")
