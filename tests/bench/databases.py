"""The two databases a benchmark of the ledger runs on, each empty and with its tables."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from orcid_connect.places import place_of
from orcid_connect.store.migrating import migrate
from tests.support.postgres import Server, running


class Databases:
    """Makes databases; `each` gives one of both kinds by name."""

    def __init__(self, folder: Path, server: Server) -> None:
        self._folder = folder
        self._server = server
        self._numbers = count()

    def each(self) -> Iterator[tuple[str, str]]:
        """Return name and address of a fresh database of each kind.

        SQLite waits for the disk at each commit; the PostgreSQL of the tests does not.
        """
        file = str(self._folder / f"bench{next(self._numbers)}.sqlite")
        migrate(place_of(file))
        yield "SQLite", file
        yield "PostgreSQL", self._server.lend()


@contextmanager
def databases() -> Iterator[Databases]:
    """Start what is needed; all of it is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder, running() as server:
        yield Databases(Path(folder), server)
