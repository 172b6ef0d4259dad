"""Whole transactions in threads of our own: one hand-over each, instead of one for every statement.

A thread does what is given to it in one go; meanwhile the event loop does something else.
"""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, create_engine

from orcid_connect.store.dialects import KINDS, Dialect, Kind, told_by

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
        self._threads = _some()

    async def run(self, kind: Kind, work: Callable[[Connection], Done]) -> Done:
        """Have a transaction carried out; raises `StoreError`, and whatever `work` raises.

        Who is cancelled meanwhile does not learn what became of it: it is not broken off.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._carry_out, kind, work)

    async def close(self) -> None:
        """Wait for what is under way, and close every connection."""
        threads, self._threads = self._threads, _some()
        await asyncio.to_thread(threads.shutdown)
        self.engine.dispose()

    def _carry_out(self, kind: Kind, work: Callable[[Connection], Done]) -> Done:
        with told_by(self._dialect), self._kinds[kind].begin() as connection:
            return work(connection)


def _some() -> ThreadPoolExecutor:
    """Return threads that start when they are needed."""
    return ThreadPoolExecutor(THREADS, thread_name_prefix="orcid_connect database")
