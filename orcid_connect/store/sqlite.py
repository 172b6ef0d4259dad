"""SQLite: one file in WAL mode; every transaction that writes begins IMMEDIATE.

With a plain BEGIN two processes that read and then write lose each other's updates.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.exc import DBAPIError

from orcid_connect.places import SqliteFile
from orcid_connect.store.dialects import BUSY_SECONDS, KIND_OPTION, Kind


@dataclass(frozen=True, slots=True)
class Sqlite:
    """The dialect of one file."""

    place: SqliteFile

    def url(self) -> URL:
        """Return where to connect, for the asynchronous engine."""
        return URL.create("sqlite+aiosqlite", database=str(self.place.path))

    def sync_url(self) -> URL:
        """Return where to connect without an event loop."""
        return URL.create("sqlite", database=str(self.place.path))

    def engine_options(self) -> Mapping[str, Any]:
        """Wait for locks, show no values, and hold no lock once closed."""
        arguments = {"timeout": BUSY_SECONDS, "factory": _ClosedForGood}
        return {"connect_args": arguments, "hide_parameters": True}

    def pool_options(self) -> Mapping[str, Any]:
        """Keep what SQLAlchemy keeps of a file."""
        return {}

    def options_of(self, kind: Kind) -> Mapping[str, Any]:
        """Tell the beginning of a transaction what it is for."""
        return {KIND_OPTION: kind}

    def is_serial(self, kind: Kind) -> bool:
        """Whoever may write waits for whoever does."""
        return kind != "reading"

    def busy(self) -> str:
        """Say that the file was locked for too long."""
        name = self.place.path.name
        return f"the database {name} was locked for {BUSY_SECONDS} s; nothing was changed"

    def behave(self, engine: Engine) -> None:
        """Make SQLite durable, patient, and explicit about where a transaction begins."""
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)

    def ensure_schema(self, connection: Connection) -> None:
        """A file is its own schema."""

    def sentence(self, error: DBAPIError) -> str:
        """Say what is wrong with the file and what to do."""
        text, path = str(error.orig), self.place.path
        if not path.parent.is_dir():
            return f"the folder of the database {path} does not exist: make it, or set database"
        if "not a database" in text:
            return f"the file {path} is not a database: set database to another file"
        if "is full" in text:
            return (
                f"there is no room for the database {path}: nothing was changed; "
                "make room on its disk"
            )
        if "no such table" in text:
            return (
                "this SQLite database lacks a table: run `orcid-connect db upgrade`; a connection "
                f"of your own must be to {path}"
            )
        if "locked" in text:
            return self.busy()
        if "readonly" in text or "unable to open" in text:
            return f"the database {path} cannot be written: check the rights of file and folder"
        return f"the database {path.name} refused a change ({type(error.orig).__name__})"


class _ClosedForGood(sqlite3.Connection):
    """A connection that undoes what was not committed before it closes.

    SQLite does not close one that has statements left, such as that of a cancelled call which
    nobody has thrown away yet: it goes on to hold its lock (https://sqlite.org/c3ref/close.html).
    """

    def close(self) -> None:
        """Close, also if it is closed already."""
        with suppress(sqlite3.Error):
            self.rollback()
        super().close()


def _on_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    kind = connection.get_execution_options().get(KIND_OPTION, "reading")
    connection.exec_driver_sql("BEGIN" if kind == "reading" else "BEGIN IMMEDIATE")
