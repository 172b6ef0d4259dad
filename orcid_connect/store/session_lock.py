"""A lock that lives as long as one connection to PostgreSQL, for the one process that delivers."""

from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from orcid_connect.places import PostgresSchema
from orcid_connect.store.claims import release_leases
from orcid_connect.store.dialects import told_by
from orcid_connect.store.postgres import Postgres, lock_key

_TRY = text("SELECT pg_try_advisory_lock(:key), pg_backend_pid()")
_WHO = text("SELECT pg_backend_pid()")
_HELD = text(
    "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND objsubid = 1 AND (classid::bigint << 32) | objid::bigint = :key)"
)


class SessionLock:
    """A session-level advisory lock on a connection of its own; the server drops both at once."""

    def __init__(self, place: PostgresSchema, purpose: str) -> None:
        self._dialect = Postgres(place)
        self._key = lock_key(place.schema, purpose)
        self._engine = create_async_engine(
            self._dialect.url(),
            **self._dialect.engine_options(),
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
        )
        self._connection: AsyncConnection | None = None
        self._backend = 0

    @property
    def held(self) -> bool:
        """Tell whether it was held when last looked at."""
        return self._connection is not None

    async def acquire(self) -> bool:
        """Take the lock if nobody has it; raises `StoreError`."""
        await self.release()
        with told_by(self._dialect):
            connection = await self._engine.connect()
            try:
                row = (await connection.execute(_TRY, {"key": self._key})).one()
                if row[0]:
                    self._backend, self._connection = row[1], connection
            finally:
                if self._connection is None:
                    await connection.close()
        return self.held

    async def still_held(self) -> bool:
        """Ask the session itself: a connection made anew would not hold the lock."""
        if self._connection is None:
            return False
        with told_by(self._dialect):
            return bool((await self._connection.execute(_WHO)).scalar_one() == self._backend)

    async def release_leases(self) -> None:
        """Drop all leases in the session that holds the lock: if it is gone, nothing happens."""
        assert self._connection is not None
        with told_by(self._dialect):
            await release_leases(self._connection)

    async def release(self) -> None:
        """Let go, by closing the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.invalidate()
            await connection.close()

    async def somebody_holds(self) -> bool:
        """Tell whether any process holds it; raises `StoreError`."""
        with told_by(self._dialect):
            async with self._engine.connect() as connection:
                return bool((await connection.execute(_HELD, {"key": self._key})).scalar_one())
