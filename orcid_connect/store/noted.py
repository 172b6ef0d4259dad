"""Keys noted during one long run, in a temporary file that only this process sees.

However many they are, they take little memory, and nothing of them is in the ledger's database.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Missing:
    """A known key that was not seen, by the declaration that was the newest of it."""

    key: str
    sequence: int


class Noted:
    """Which keys were seen, and which known ones were not. Gone when it is closed."""

    def __init__(self) -> None:
        # An empty name: a file of SQLite's own, without a name, deleted with the connection.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("CREATE TABLE seen (key TEXT PRIMARY KEY) WITHOUT ROWID")
        self._database.execute(
            "CREATE TABLE missing (key TEXT PRIMARY KEY, sequence INTEGER) WITHOUT ROWID"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._database.close()

    def see(self, keys: Iterable[str]) -> None:
        """Note that these keys were seen."""
        self._database.execute("BEGIN")
        self._database.executemany(
            "INSERT OR IGNORE INTO seen VALUES (?)", ((_plain(key),) for key in keys)
        )
        self._database.execute("COMMIT")

    def unseen(self, keys: Collection[str]) -> set[str]:
        """Return those of these keys that were not seen."""
        found = self._database.execute
        return {
            key
            for key in keys
            if found("SELECT 1 FROM seen WHERE key = ?", (_plain(key),)).fetchone() is None
        }

    def miss(self, missing: Iterable[Missing]) -> None:
        """Note that these known keys are missing."""
        self._database.executemany(
            "INSERT OR REPLACE INTO missing VALUES (?, ?)",
            ((_plain(one.key), one.sequence) for one in missing),
        )

    def missing(self, page: int) -> Iterator[list[Missing]]:
        """Walk what is missing, in pages."""
        after = ""
        while True:
            rows = self._database.execute(
                "SELECT key, sequence FROM missing WHERE key > ? ORDER BY key LIMIT ?",
                (after, page),
            ).fetchall()
            if not rows:
                return
            yield [Missing(key, sequence) for key, sequence in rows]
            after = rows[-1][0]


def _plain(key: str) -> str:
    """Return a key as it can be kept: what no database takes is never known either."""
    return key.encode("utf-8", "replace").decode()
