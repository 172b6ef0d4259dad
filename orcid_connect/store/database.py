"""The connection to the local database and its kinds of transaction, on either dialect.

Code that reads and then writes is serial on both: see `Database.writing`.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from orcid_connect.errors import StoreError
from orcid_connect.places import Place, SqliteFile
from orcid_connect.store.dialects import BUSY_SECONDS, KINDS, Dialect, Kind, told_by
from orcid_connect.store.postgres import Postgres
from orcid_connect.store.sqlite import Sqlite
from orcid_connect.store.threads import Done, Threads
from orcid_connect.store.unbroken import UnbrokenConnection


def dialect_of(place: Place) -> Dialect:
    """Return how to speak to a place."""
    return Sqlite(place) if isinstance(place, SqliteFile) else Postgres(place)


class Database:
    """One SQLite file or one PostgreSQL schema. Its four transactions are the only ways in.

    Each is opened by its name for code that awaits, or done `at_once` for code that does not.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self._dialect = dialect_of(place)
        self._engine: AsyncEngine = create_async_engine(
            self._dialect.url(), **self._dialect.engine_options(), **self._dialect.pool_options()
        )
        self._dialect.behave(self._engine.sync_engine)
        self._kinds = {
            kind: self._engine.execution_options(**self._dialect.options_of(kind)) for kind in KINDS
        }
        self._threads = Threads(self._dialect)
        self._writer = asyncio.Lock()

    async def at_once(self, kind: Kind, work: Callable[[Connection], Done]) -> Done:
        """Have a whole transaction of a kind done by synchronous code, in a thread: for many rows.

        An `await` for each statement costs more than most statements. Raises `StoreError`, and
        whatever `work` raises; then nothing of it is kept.
        """
        async with self._in_turn(kind):
            return await self._threads.run(kind, work)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that sees one state of the database and writes nothing."""
        async with self._connected("reading") as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction for code that reads and then writes: one at a time, whatever process.

        SQLite's lock for writers makes all such code serial, and the journeys rely on it: what
        they read holds until they commit. On PostgreSQL the same lock is taken by name
        (`pg_advisory_xact_lock`) rather than leaving each statement to find the rows to lock,
        of which the ones that are not there yet cannot be locked at all. It costs little: ORCID
        allows 24 requests a second, and visits share their transactions; on two cores that have
        other things to do the lock lets a hundred and more through (`python -m tests.bench locks`).
        """
        async with self._beginning("writing") as connection:
            yield connection

    @asynccontextmanager
    async def claiming(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that leases records: on PostgreSQL it waits for no writer.

        It locks the rows that it chooses, skips those that are locked, and a lease is its own
        only if no other has it: reading a little late costs a visit for nothing, not more.
        """
        async with self._beginning("claiming") as connection:
            yield connection

    @asynccontextmanager
    async def recording(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction for one statement that stands by itself: a host's request, a slot.

        On PostgreSQL it waits for no writer. Nothing is decided here by what was read: planning
        looks at all declarations of a subject, in whatever order they became visible.
        """
        async with self._beginning("recording") as connection:
            yield connection

    @asynccontextmanager
    async def _beginning(self, kind: Kind) -> AsyncIterator[AsyncConnection]:
        async with self._in_turn(kind), self._connected(kind) as connection:
            await connection.begin()
            yield connection
            await connection.commit()

    @asynccontextmanager
    async def _connected(self, kind: Kind) -> AsyncIterator[AsyncConnection]:
        """Lend a connection; whatever ends the block, its transaction is over when this returns."""
        connection = UnbrokenConnection(self._kinds[kind])
        with told_by(self._dialect):
            try:
                await connection.start()
                yield connection
            finally:
                if connection.sync_connection is not None:
                    await connection.close()

    @asynccontextmanager
    async def _in_turn(self, kind: Kind) -> AsyncIterator[None]:
        """Let those of this process that would wait for one lock come one after the other.

        The database would let them come as it happens: SQLite's look again after pauses that grow.
        """
        if not self._dialect.is_serial(kind):
            yield
            return
        try:
            async with asyncio.timeout(BUSY_SECONDS):
                await self._writer.acquire()
        except TimeoutError:
            raise StoreError(self._dialect.busy()) from None
        try:
            yield
        finally:
            self._writer.release()

    async def close(self) -> None:
        """Close every connection."""
        await self._threads.close()
        await self._engine.dispose()


@contextmanager
def transaction_now(place: Place, kind: Kind) -> Iterator[Connection]:
    """Open a transaction without an event loop: for migrations and synchronous hosts."""
    dialect = dialect_of(place)
    options: dict[str, Any] = {**dialect.engine_options(), "poolclass": NullPool}
    engine = create_engine(dialect.sync_url(), **options)
    dialect.behave(engine)
    try:
        with told_by(dialect), engine.connect() as plain:
            connection = plain.execution_options(**dialect.options_of(kind))
            with connection.begin():
                if kind == "migrating":
                    dialect.ensure_schema(connection)
                yield connection
    finally:
        engine.dispose()
