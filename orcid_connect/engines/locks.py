"""The engine lock: of all processes with one database, its holder delivers.

A file lock beside an SQLite file; on PostgreSQL an advisory lock of a session of its own. Either
is let go of by operating system or server when its holder dies.
"""

import asyncio
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from orcid_connect.errors import StoreError
from orcid_connect.observe import describe, log
from orcid_connect.places import SqliteFile
from orcid_connect.store.claims import release_leases
from orcid_connect.store.database import Database
from orcid_connect.store.session_lock import SessionLock

PURPOSE = "engine"
ANSWER_SECONDS = 5.0
"""How long the lock's own session may take to say that it lives."""


class EngineLock(Protocol):
    """What makes a process the one that delivers."""

    @property
    def held(self) -> bool:
        """Tell whether this process held it when last looked at."""

    async def acquire(self) -> bool:
        """Take it if nobody has it, without waiting."""

    async def still_held(self) -> bool:
        """Look whether this process still has it."""

    async def release_leases(self) -> None:
        """Drop all leases, as only the holder may; raises `StoreError`."""

    async def release(self) -> None:
        """Let go of it."""

    async def somebody_holds(self) -> bool:
        """Tell whether any process has it now; raises `StoreError`."""


def engine_lock(database: Database) -> EngineLock:
    """Return the lock that belongs to a database."""
    if isinstance(database.place, SqliteFile):
        return FileEngineLock(database, lock_path(database.place.path))
    return PostgresEngineLock(SessionLock(database.place, PURPOSE))


def lock_path(database: Path) -> Path:
    """Return the file whose lock makes a process the one that delivers."""
    return database.with_name(database.name + ".engine.lock")


async def somebody_delivers(database: Database) -> bool:
    """Tell whether some process holds the engine lock of this database; raises `StoreError`."""
    return await engine_lock(database).somebody_holds()


class FileEngineLock:
    """The lock of a file beside the database; it lasts as long as the process."""

    def __init__(self, database: Database, path: Path) -> None:
        self._database = database
        self._lock = FileLock(path, timeout=0, thread_local=False)

    @property
    def held(self) -> bool:
        """Tell whether this process has it."""
        return bool(self._lock.is_locked)

    async def acquire(self) -> bool:
        """Take it if nobody has it, without waiting."""
        try:
            self._lock.acquire()
        except Timeout:
            return False
        except OSError as error:
            log.error("the engine lock cannot be taken: %s", describe(error))
            return False
        return True

    async def still_held(self) -> bool:
        """A file lock is not lost while its process lives."""
        return self.held

    async def release_leases(self) -> None:
        """Drop all leases."""
        async with self._database.writing() as connection:
            await release_leases(connection)

    async def release(self) -> None:
        """Let go of it."""
        self._lock.release()

    async def somebody_holds(self) -> bool:
        """Tell whether any process has it now."""
        try:
            with self._lock:
                return False
        except Timeout:
            return True


class PostgresEngineLock:
    """The lock of a session; it is lost with its connection, and whoever asks next has it."""

    def __init__(self, session: SessionLock) -> None:
        self._session = session
        self._silent = False

    @property
    def held(self) -> bool:
        """Tell whether this process had it when last looked at."""
        return self._session.held

    async def acquire(self) -> bool:
        """Take it if nobody has it; a server that does not answer gives it to nobody."""
        try:
            taken = await self._session.acquire()
        except StoreError as error:
            if not self._silent:
                log.error("the engine lock cannot be taken: %s", describe(error))
            self._silent = True
            return False
        self._silent = False
        return taken

    async def still_held(self) -> bool:
        """Ask its session, which must answer at once; without an answer it counts as lost."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                alive = await self._session.still_held()
        except (StoreError, TimeoutError):
            alive = False
        if not alive:
            await self.release()
        return alive

    async def release_leases(self) -> None:
        """Drop all leases."""
        await self._session.release_leases()

    async def release(self) -> None:
        """Let go of it."""
        await self._session.release()

    async def somebody_holds(self) -> bool:
        """Tell whether any process has it now."""
        return await self._session.somebody_holds()
