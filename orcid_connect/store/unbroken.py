"""Statements that end even where who waits for them is cancelled; then the cancellation goes on.

A driver that is left in the middle of a statement leaves a connection of which nobody knows what
it holds: on SQLite the lock for writers.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Final, TypeVar

from anyio import CancelScope
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncTransaction

from orcid_connect.store.dialects import BUSY_SECONDS

Done = TypeVar("Done")

BREAK_OFF_SECONDS: Final = 5
"""How long a driver may take to break off a statement that nobody waits for any more."""


async def to_its_end(work: Coroutine[Any, Any, Done]) -> Done:
    """Return what `work` returns, once it has ended; a cancellation is raised only then."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait([task])
    except asyncio.CancelledError:
        await see_out(task)
        raise
    return task.result()


async def see_out(work: asyncio.Future[Any]) -> None:
    """Wait for the end of what nobody needs any more, however often we are cancelled ourselves.

    The databases' own time limits bound it; what outlasts `BUSY_SECONDS`, for its server was
    halted, is broken off. anyio, and so Starlette, cancels every `await` of a cancelled scope anew
    unless it is shielded.
    """
    with CancelScope(shield=True):
        for seconds in (BUSY_SECONDS, BREAK_OFF_SECONDS):
            await _wait(work, seconds)
            work.cancel()
    work.add_done_callback(_look_away)


async def _wait(work: asyncio.Future[Any], seconds: float) -> None:
    now = asyncio.get_running_loop().time
    until = now() + seconds
    while not work.done() and now() < until:
        with suppress(asyncio.CancelledError):
            await asyncio.wait([work], timeout=until - now())


def _look_away(work: asyncio.Future[Any]) -> None:
    """Take note of an error, lest the event loop complains that nobody did."""
    if not work.cancelled():
        work.exception()


class UnbrokenConnection(AsyncConnection):
    """A connection on which everything that was begun is carried to its end.

    What takes several statements is left out here: `stream` would be open between them.
    """

    async def start(self, is_ctxmanager: bool = False) -> AsyncConnection:
        """Take a connection from the pool, or make one."""
        return await to_its_end(super().start(is_ctxmanager))

    def begin(self) -> AsyncTransaction:
        """Begin a transaction, by awaiting what is returned."""
        return _UnbrokenTransaction(self)

    def begin_nested(self) -> AsyncTransaction:
        """Set a savepoint, to which an exception leads back."""
        return _UnbrokenTransaction(self, nested=True)

    async def commit(self) -> None:
        """Keep what was done; who is cancelled meanwhile does not learn whether it was kept."""
        await to_its_end(super().commit())

    async def close(self) -> None:
        """Undo what was not committed, and give the connection back."""
        await to_its_end(super().close())

    async def execute(self, *arguments: Any, **named: Any) -> Any:
        """Carry out a statement; `scalar` and `scalars` come here as well."""
        return await to_its_end(super().execute(*arguments, **named))

    async def exec_driver_sql(self, *arguments: Any, **named: Any) -> Any:
        """Carry out a statement in the driver's words."""
        return await to_its_end(super().exec_driver_sql(*arguments, **named))

    async def run_sync(self, *arguments: Any, **named: Any) -> Any:
        """Carry out what is written without `await`."""
        return await to_its_end(super().run_sync(*arguments, **named))


class _UnbrokenTransaction(AsyncTransaction):
    async def start(self, is_ctxmanager: bool = False) -> AsyncTransaction:
        return await to_its_end(super().start(is_ctxmanager))

    async def __aexit__(self, *raised: Any) -> None:
        await to_its_end(super().__aexit__(*raised))
