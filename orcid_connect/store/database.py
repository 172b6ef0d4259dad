"""The connection to the local database and its two kinds of transaction.

SQLite in WAL mode; every writing transaction begins IMMEDIATE, for with a plain BEGIN two
processes that read and then write lose each other's updates. Migrations run under that same lock.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Literal

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from anyio import to_thread
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from orcid_connect.errors import MigrationNeeded, StoreError
from orcid_connect.store.schema import metadata

BUSY_SECONDS = 15
"""How long a transaction waits for another's lock before it gives up."""
VERSION_TABLE = "oc_version"
_WRITES = "oc_writes"
_BUSY = "the database is too busy: no connection to it became free; nothing was changed"


class Database:
    """One SQLite file. `reading()` and `writing()` are the only ways in."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._engine: AsyncEngine = create_async_engine(
            f"sqlite+aiosqlite:///{path}",
            connect_args={"timeout": BUSY_SECONDS},
            hide_parameters=True,
        )
        _behave(self._engine.sync_engine)
        self._writer = self._engine.execution_options(**{_WRITES: True})

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that sees one state of the database and writes nothing."""
        try:
            async with self._engine.connect() as connection:
                yield connection
        except DBAPIError as error:
            raise StoreError(_sentence(error, self.path)) from error
        except PoolTimeout as error:
            raise StoreError(_BUSY) from error

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that holds the write lock from its first statement to its commit."""
        try:
            async with self._writer.begin() as connection:
                yield connection
        except DBAPIError as error:
            raise StoreError(_sentence(error, self.path)) from error
        except PoolTimeout as error:
            raise StoreError(_BUSY) from error

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()

    async def migrate(self, mode: Literal["auto", "check"]) -> None:
        """Bring the tables to this version, or with `check` raise `MigrationNeeded`."""
        await to_thread.run_sync(migrate if mode == "auto" else check_version, self.path)


def migrate(path: Path) -> str | None:
    """Apply what is missing and return the version; of several processes one does the work."""
    with writing_now(path) as connection:
        _refuse_newer(connection)
        command.upgrade(_config(connection), "head")
        return _current(connection)


def check_version(path: Path) -> None:
    """Raise `MigrationNeeded` unless the tables are exactly this version's."""
    with writing_now(path) as connection:
        _refuse_newer(connection)
        if _current(connection) != _head():
            raise MigrationNeeded(
                f"the database {path.name} is older than this version: "
                "run `orcid-connect db upgrade`, or set migrate='auto'"
            )


def differences(path: Path) -> list[Any]:
    """Return how the migrated tables differ from `schema`, which should be in nothing."""
    with writing_now(path) as connection:
        options = {"version_table": VERSION_TABLE, "include_name": _ours}
        found: list[Any] = compare_metadata(
            MigrationContext.configure(connection, opts=options), metadata
        )
        return found


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or str(name).startswith("oc_")


@contextmanager
def writing_now(path: Path) -> Iterator[Connection]:
    """Open a writing transaction without an event loop: for migrations and synchronous hosts."""
    engine = create_engine(
        f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True
    )
    _behave(engine)
    try:
        with engine.connect() as connection:
            writer = connection.execution_options(**{_WRITES: True})
            with writer.begin():
                yield writer
    except DBAPIError as error:
        raise StoreError(_sentence(error, path)) from error
    finally:
        engine.dispose()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _head() -> str | None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return ScriptDirectory.from_config(config).get_current_head()


def _current(connection: Connection) -> str | None:
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    return context.get_current_revision()


def _refuse_newer(connection: Connection) -> None:
    current = _current(connection)
    script = ScriptDirectory.from_config(_config(connection))
    known = {revision.revision for revision in script.walk_revisions()}
    if current is not None and current not in known:
        raise MigrationNeeded(
            f"the database is at version {current}, which this program does not know: "
            "it was made by a newer orcid_connect; upgrade the program"
        )


def _behave(engine: Engine) -> None:
    """Make SQLite durable, patient, and explicit about where a transaction begins."""

    def on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    def on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)


def _sentence(error: DBAPIError, path: Path) -> str:
    text = str(error.orig)
    if not path.parent.is_dir():
        return f"the folder of the database {path} does not exist: make it, or set database"
    if "not a database" in text:
        return f"the file {path} is not a database: set database to another file"
    if "locked" in text:
        return f"the database {path.name} was locked for {BUSY_SECONDS} s; nothing was changed"
    if "readonly" in text or "unable to open" in text:
        return f"the database {path} cannot be written: check the rights of file and folder"
    return f"the database {path.name} refused a change ({type(error.orig).__name__})"
