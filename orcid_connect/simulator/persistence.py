"""Where a world is kept: nowhere (memory only) or in one SQLite file.

Rows are written one by one as things change and committed before an answer leaves, so a killed
simulator loses nothing it has confirmed.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, TypeAlias

Row: TypeAlias = tuple[str, bytes | None]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entity (
    room TEXT NOT NULL, name TEXT NOT NULL, data TEXT NOT NULL, content BLOB,
    PRIMARY KEY (room, name)
) WITHOUT ROWID
"""


class Storage(Protocol):
    """Keeps named rows per room."""

    @property
    def keeps(self) -> bool:
        """Tell whether anything that is put here can be read again."""

    def put(self, room: str, name: str, data: str, content: bytes | None) -> None:
        """Insert or replace one row."""

    def remove(self, room: str, name: str) -> None:
        """Delete one row, if it is there."""

    def commit(self) -> None:
        """Make everything since the last commit durable."""

    def rows(self, room: str) -> Iterator[Row]:
        """Read all rows of a room."""

    def clear(self) -> None:
        """Delete everything."""

    def close(self) -> None:
        """Let go of the file."""


class Nowhere:
    """Keeps nothing: the world lives in memory and ends with the process."""

    keeps = False

    def put(self, room: str, name: str, data: str, content: bytes | None) -> None:
        """Do nothing."""

    def remove(self, room: str, name: str) -> None:
        """Do nothing."""

    def commit(self) -> None:
        """Do nothing."""

    def rows(self, room: str) -> Iterator[Row]:  # noqa: ARG002
        """Have nothing to read."""
        return iter(())

    def clear(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


class SqliteFile:
    """Keeps rows in one SQLite file; write-ahead logging survives a killed process."""

    keeps = True

    def __init__(self, path: Path) -> None:
        """Open or create the file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.execute(_SCHEMA)
        self._open = False

    def put(self, room: str, name: str, data: str, content: bytes | None) -> None:
        """Insert or replace one row inside the open transaction."""
        self._begin()
        self._connection.execute(
            "INSERT OR REPLACE INTO entity (room, name, data, content) VALUES (?, ?, ?, ?)",
            (room, name, data, content),
        )

    def remove(self, room: str, name: str) -> None:
        """Delete one row inside the open transaction."""
        self._begin()
        self._connection.execute("DELETE FROM entity WHERE room = ? AND name = ?", (room, name))

    def commit(self) -> None:
        """End the open transaction, if there is one."""
        if self._open:
            self._connection.execute("COMMIT")
            self._open = False

    def rows(self, room: str) -> Iterator[Row]:
        """Read all rows of a room."""
        cursor = self._connection.execute(
            "SELECT data, content FROM entity WHERE room = ?", (room,)
        )
        yield from cursor

    def clear(self) -> None:
        """Delete everything inside the open transaction."""
        self._begin()
        self._connection.execute("DELETE FROM entity")

    def close(self) -> None:
        """Commit and close the file."""
        self.commit()
        self._connection.close()

    def _begin(self) -> None:
        if not self._open:
            self._connection.execute("BEGIN IMMEDIATE")
            self._open = True
