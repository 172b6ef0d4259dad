"""Migrations, and transactions that lose nothing between processes."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from orcid_connect.errors import MigrationNeeded, StoreError
from orcid_connect.store import leases
from orcid_connect.store.database import Database, check_version, differences, migrate
from orcid_connect.store.leases import CredentialState
from orcid_connect.store.people import Realm

ROUNDS = 300
REALM = Realm("default", "simulator")

COUNT = """
import asyncio, sys
from pathlib import Path
from orcid_connect.store import leases
from orcid_connect.store.database import Database
from orcid_connect.store.leases import CredentialState
from orcid_connect.store.people import Realm

async def main():
    database = Database(Path(sys.argv[1]))
    realm = Realm("default", "simulator")
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(int(sys.argv[2])):
        async with database.writing() as connection:
            state = await leases.credential_state(connection, realm)
            changed = CredentialState(slow_tries=state.slow_tries + 1)
            await leases.save_credential_state(connection, realm, changed)
    await database.close()

asyncio.run(main())
"""


def test_migrations_end_at_the_schema(database_path: Path) -> None:
    """A migrated database differs in nothing from the tables the code knows."""
    migrate(database_path)
    assert differences(database_path) == []


def test_differences_are_noticed(database_path: Path) -> None:
    """A table that migrations do not make the way the code knows it is reported."""
    migrate(database_path)
    with sqlite3.connect(database_path) as connection:
        connection.execute("ALTER TABLE oc_notices DROP COLUMN facts")
    assert any("facts" in str(difference) for difference in differences(database_path))


def test_migrating_twice_keeps_data(database_path: Path) -> None:
    """A second migration changes nothing, and rows stay."""
    migrate(database_path)
    with sqlite3.connect(database_path) as connection:
        connection.execute("INSERT INTO oc_notices (hook, facts, made_at) VALUES ('h', '{}', 1)")
    connection.close()
    migrate(database_path)
    with sqlite3.connect(database_path) as connection:
        assert connection.execute("SELECT hook FROM oc_notices").fetchall() == [("h",)]
    connection.close()


def test_check_refuses_an_empty_database(database_path: Path) -> None:
    """With migrate='check' an unmigrated database is refused with the command that helps."""
    with pytest.raises(MigrationNeeded, match="orcid-connect db upgrade"):
        check_version(database_path)


def test_a_newer_database_is_left_alone(database_path: Path) -> None:
    """A database of a later version is refused, not changed."""
    migrate(database_path)
    with sqlite3.connect(database_path) as connection:
        connection.execute("UPDATE oc_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(MigrationNeeded, match="newer"):
        migrate(database_path)


def test_processes_migrate_one_after_the_other(database_path: Path) -> None:
    """Several processes that start at once on no database all find it migrated."""
    code = "import sys; from pathlib import Path; from orcid_connect.store.database import migrate"
    code += "; migrate(Path(sys.argv[1]))"
    started = [subprocess.Popen([sys.executable, "-c", code, str(database_path)]) for _ in range(3)]
    assert [process.wait(timeout=60) for process in started] == [0, 0, 0]
    check_version(database_path)


@pytest.mark.anyio
async def test_two_processes_lose_no_update(database_path: Path) -> None:
    """Two processes that read and then write the same row count every one of their rounds."""
    migrate(database_path)
    command = [sys.executable, "-c", COUNT, str(database_path), str(ROUNDS)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    started = [subprocess.Popen(command, **pipes) for _ in range(2)]  # type: ignore[call-overload]
    for process in started:
        assert process.stdout.readline() == "ready\n"
    for process in started:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in started:
        process.communicate(timeout=120)
    assert [process.returncode for process in started] == [0, 0]
    database = Database(database_path)
    async with database.reading() as connection:
        state = await leases.credential_state(connection, REALM)
    await database.close()
    assert state == CredentialState(slow_tries=2 * ROUNDS)


@pytest.mark.anyio
async def test_a_failed_transaction_leaves_nothing(database_path: Path) -> None:
    """What a transaction wrote before it failed is gone."""
    migrate(database_path)
    database = Database(database_path)
    with pytest.raises(ZeroDivisionError):
        async with database.writing() as connection:
            await leases.save_credential_state(connection, REALM, CredentialState(slow_tries=1))
            raise ZeroDivisionError
    async with database.reading() as connection:
        state = await leases.credential_state(connection, REALM)
    await database.close()
    assert state.slow_tries == 0


def test_an_unwritable_database_says_what_to_do(tmp_path: Path) -> None:
    """A database that cannot be opened is a sentence about rights, not a driver's error."""
    folder = tmp_path / "database.sqlite"
    folder.mkdir()
    with pytest.raises(StoreError, match="check the rights"):
        migrate(folder)
    with pytest.raises(StoreError, match="does not exist"):
        migrate(tmp_path / "nowhere" / "database.sqlite")
    assert not (tmp_path / "nowhere").exists()


def test_a_damaged_database_is_a_sentence(database_path: Path) -> None:
    """A file that is no database is refused with its name."""
    database_path.write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match="not a database"):
        migrate(database_path)
