"""Whole transactions in threads of our own: one hand-over each, instead of one for every statement.

A thread does what is given to it in one go; meanwhile the event loop does something else.
"""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, create_engine

from orcid_connect.store.dialects import BUSY_SECONDS, KINDS, Dialect, Kind, told_by
from orcid_connect.store.unbroken import see_out

Done = TypeVar("Done")

THREADS: Final = 4
"""Transactions under way at a time; each has a connection."""


class Threads:
    """The connections that are used without an event loop, and who uses them."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        options: Mapping[str, Any] = {**dialect.engine_options(), **dialect.pool_options()}
        self.engine = create_engine(dialect.sync_url(), **options)
        dialect.behave(self.engine)
        self._kinds = {
            kind: self.engine.execution_options(**dialect.options_of(kind)) for kind in KINDS
        }
        self._crew = _Crew()

    async def run(self, kind: Kind, work: Callable[[Connection], Done]) -> Done:
        """Have a transaction carried out; raises `StoreError`, and whatever `work` raises.

        Who is cancelled meanwhile does not learn what became of it: it is not broken off, and the
        cancellation goes on when it has ended.
        """
        return await self._crew.give(lambda: self._carry_out(kind, work))

    async def close(self) -> None:
        """Wait for what is under way, unless the database keeps silent; close every connection."""
        crew, self._crew = self._crew, _Crew()
        await crew.dismiss()
        self.engine.dispose()

    def _carry_out(self, kind: Kind, work: Callable[[Connection], Done]) -> Done:
        with told_by(self._dialect), self._kinds[kind].begin() as connection:
            return work(connection)


class _Crew:
    """Threads that start when they are needed, and that keep no process from ending.

    Those of the standard library do: one that waits for a database that keeps silent, for ever.
    """

    def __init__(self) -> None:
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._threads: list[Thread] = []
        self._under_way: set[Future[Any]] = set()

    async def give(self, work: Callable[[], Done]) -> Done:
        """Have something done by a thread that is free, and return what it returns."""
        task = _Task(work)
        if len(self._threads) < min(THREADS, len(self._under_way) + 1):
            self._threads.append(Thread(target=_serve, args=(self._tasks,), daemon=True))
            self._threads[-1].start()
        self._under_way.add(task.future)
        task.future.add_done_callback(self._under_way.discard)
        self._tasks.put(task)
        done: asyncio.Future[Done] = asyncio.wrap_future(task.future)
        try:
            await asyncio.wait([done])
        except asyncio.CancelledError:
            if not task.future.cancel():  # a thread is at it
                await see_out(done)
            raise
        return done.result()

    async def dismiss(self) -> None:
        """Let everybody go once they are done."""
        for _ in self._threads:
            self._tasks.put(None)
        under_way = [asyncio.wrap_future(future) for future in tuple(self._under_way)]
        if under_way:
            await asyncio.wait(under_way, timeout=BUSY_SECONDS)


class _Task:
    """Something to do, and who waits for it."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.future: Future[Any] = Future()
        self._work = work

    def carry_out(self) -> None:
        """Do it, unless nobody waits any more."""
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            self.future.set_result(self._work())
        except BaseException as error:
            self.future.set_exception(error)


def _serve(tasks: "SimpleQueue[_Task | None]") -> None:
    while (task := tasks.get()) is not None:
        task.carry_out()
        del task  # it holds what was returned, until the next comes
