"""One event loop in a thread of its own, for hosts that have none.

It begins at first use in each process, so that a server may fork after importing the host, and it
ends in good order when asked to, or when the process does.
"""

import asyncio
import atexit
import os
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, TypeVar

from orcid_connect.observe import describe, log

Answer = TypeVar("Answer")

FINISH_SECONDS: Final = 1.0
"""How long what goes on behind an answer may take when the loop is to end."""
CLOSE_SECONDS: Final = 60.0
"""How long the end of a process waits for the request to ORCID that is under way."""


class LoopThread:
    """Runs what is asynchronous for callers that are not."""

    def __init__(self, close: Callable[[], Awaitable[None]]) -> None:
        self._close = close
        self.behind: set[asyncio.Task[None]] = set()
        self._locks: dict[int, threading.Lock] = {}
        self._running: _Running | None = None

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop of this process, begun if it is not there yet."""
        process = os.getpid()
        # A lock of this process's own: one inherited by forking may be held by nobody who is here.
        with self._locks.setdefault(process, threading.Lock()):
            running = self._running
            if running is None or running.process != process:
                running = self._running = _Running(process)
                atexit.register(self.close)
            return running.loop

    def run(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Return what a coroutine returns; raises what it raises."""
        loop = self.loop
        if self._running is not None and self._running.thread is threading.current_thread():
            work.close()
            raise RuntimeError("this is the event loop itself: call the asynchronous twin here")
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    def close(self) -> None:
        """Close what is open on the loop, and end its thread; the next use begins anew."""
        running, self._running = self._running, None
        atexit.unregister(self.close)
        if running is not None and running.process == os.getpid():
            running.end(self._finish)

    async def _finish(self) -> None:
        if self.behind:
            await asyncio.wait(self.behind, timeout=FINISH_SECONDS)
        await self._close()


class _Running:
    """The loop of one process, and the thread that turns it."""

    def __init__(self, process: int) -> None:
        self.process = process
        self.loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event
        self._ready = threading.Event()
        # A daemon: what hangs on it must not keep the process from ending.
        self.thread = threading.Thread(target=self._turn, daemon=True, name="orcid-connect-loop")
        self.thread.start()
        self._ready.wait()

    def _turn(self) -> None:
        with asyncio.Runner() as runner:
            runner.run(self._until_stopped())

    async def _until_stopped(self) -> None:
        self.loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._ready.set()
        await self._stop.wait()

    def end(self, close: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Close and stop, within a minute."""
        closing = asyncio.run_coroutine_threadsafe(close(), self.loop)
        try:
            closing.result(CLOSE_SECONDS)
        except Exception as error:  # the process ends; what is recorded is delivered by the next
            log.warning("the event loop of the synchronous calls ended with %s", describe(error))
        self.loop.call_soon_threadsafe(self._stop.set)
        self.thread.join(CLOSE_SECONDS)
