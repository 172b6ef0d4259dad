"""Migrations: they end at the schema, keep what is stored, and one process does the work."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, text

from orcid_connect.errors import MigrationNeeded
from orcid_connect.places import place_of
from orcid_connect.store.database import transaction_now
from orcid_connect.store.migrating import check_version, differences, migrate
from tests.support.postgres import Server


@contextmanager
def writing(database: str) -> Iterator[Connection]:
    """Open a plain transaction."""
    with transaction_now(place_of(database), "writing") as connection:
        yield connection


def test_migrations_end_at_the_schema(new_database: str) -> None:
    """A migrated database differs in nothing from the tables the code knows."""
    migrate(place_of(new_database))
    assert differences(place_of(new_database)) == []


def test_differences_are_noticed(new_database: str) -> None:
    """A table that migrations do not make the way the code knows it is reported."""
    migrate(place_of(new_database))
    with writing(new_database) as connection:
        connection.execute(text("ALTER TABLE oc_notices DROP COLUMN facts"))
    assert any("facts" in str(one) for one in differences(place_of(new_database)))


def test_migrating_twice_keeps_data(new_database: str) -> None:
    """A second migration changes nothing, and rows stay."""
    migrate(place_of(new_database))
    with writing(new_database) as connection:
        connection.execute(
            text("INSERT INTO oc_notices (hook, facts, made_at) VALUES ('h', '{}', 1)")
        )
    migrate(place_of(new_database))
    with writing(new_database) as connection:
        assert connection.execute(text("SELECT hook FROM oc_notices")).all() == [("h",)]


def test_check_refuses_an_empty_database(new_database: str) -> None:
    """With migrate='check' an unmigrated database is refused with the command that helps."""
    with pytest.raises(MigrationNeeded, match="orcid-connect db upgrade"):
        check_version(place_of(new_database))


def test_a_newer_database_is_left_alone(new_database: str) -> None:
    """A database of a later version is refused, not changed."""
    migrate(place_of(new_database))
    with writing(new_database) as connection:
        connection.execute(text("UPDATE oc_version SET version_num = '9999'"))
    with pytest.raises(MigrationNeeded, match="newer"):
        migrate(place_of(new_database))


def test_processes_migrate_one_after_the_other(new_database: str) -> None:
    """Several processes that start at once on no database all find it migrated."""
    code = "import sys; from orcid_connect.places import place_of"
    code += "; from orcid_connect.store.migrating import migrate; migrate(place_of(sys.argv[1]))"
    started = [subprocess.Popen([sys.executable, "-c", code, new_database]) for _ in range(3)]
    assert [process.wait(timeout=60) for process in started] == [0, 0, 0]
    check_version(place_of(new_database))


def test_two_schemas_share_a_database(postgres: Server) -> None:
    """On PostgreSQL a schema of its own is made and used; nothing of ours stands in another."""
    database = postgres.fresh("template0")
    first, second = (place_of(f"{database}&schema={name}") for name in ("journals", "books"))
    migrate(first)
    with pytest.raises(MigrationNeeded):
        check_version(second)
    migrate(second)
    for place in (first, second):
        assert differences(place) == []
    with writing(database) as connection:
        found = connection.execute(
            text("SELECT DISTINCT schemaname FROM pg_tables WHERE tablename LIKE 'oc_%'")
        )
        assert sorted(row[0] for row in found) == ["books", "journals"]
    postgres.drop(database)
