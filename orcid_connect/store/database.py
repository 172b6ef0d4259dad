"""The connection to the local database and its kinds of transaction, on either dialect.

Code that reads and then writes is serial on both: see `Database.writing`.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from orcid_connect.places import Place, SqliteFile
from orcid_connect.store.dialects import KINDS, Dialect, Kind, told_by
from orcid_connect.store.postgres import Postgres
from orcid_connect.store.sqlite import Sqlite


def dialect_of(place: Place) -> Dialect:
    """Return how to speak to a place."""
    return Sqlite(place) if isinstance(place, SqliteFile) else Postgres(place)


class Database:
    """One SQLite file or one PostgreSQL schema. Its four transactions are the only ways in."""

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

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that sees one state of the database and writes nothing."""
        with told_by(self._dialect):
            async with self._kinds["reading"].connect() as connection:
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
        with told_by(self._dialect):
            async with self._kinds[kind].begin() as connection:
                yield connection

    async def close(self) -> None:
        """Close every connection."""
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
