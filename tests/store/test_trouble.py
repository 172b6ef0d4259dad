"""Whatever is wrong with a database is a `StoreError` whose sentence says what to do."""

import asyncio
import traceback
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from orcid_connect import Settings
from orcid_connect.errors import SettingsError, StoreError
from orcid_connect.extras import load
from orcid_connect.places import PostgresSchema, SqliteFile, place_of
from orcid_connect.store.database import Database, transaction_now
from orcid_connect.store.migrating import migrate
from tests.support.keys import SECRET_KEY
from tests.support.postgres import Server
from tests.support.waiting import free_port

PASSWORD = "p@ss/wo?rd#1"
QUOTED = "p%40ss%2Fwo%3Frd%231"


def settings_with(database: str) -> Settings:
    """Return settings with a database."""
    credential = {"client_id": "APP-1", "client_secret": "s", "environment": "simulator"}
    return Settings(
        public_url="http://journal.test/orcid",
        secret_keys=[SECRET_KEY],
        credentials=[credential],
        database=database,
    )


def test_an_unwritable_file_says_what_to_do(tmp_path: Path) -> None:
    """A database that cannot be opened is a sentence about rights, not a driver's error."""
    folder = tmp_path / "database.sqlite"
    folder.mkdir()
    with pytest.raises(StoreError, match="check the rights"):
        migrate(SqliteFile(folder))
    with pytest.raises(StoreError, match="does not exist"):
        migrate(SqliteFile(tmp_path / "nowhere" / "database.sqlite"))
    assert not (tmp_path / "nowhere").exists()


def test_a_damaged_file_is_a_sentence(database_path: Path) -> None:
    """A file that is no database is refused with its name."""
    database_path.write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match="not a database"):
        migrate(SqliteFile(database_path))


def test_addresses_are_understood(tmp_path: Path) -> None:
    """A file, a file as address and a server's address say what they mean."""
    assert place_of(f"sqlite:///{tmp_path}/a.db") == SqliteFile(tmp_path / "a.db")
    place = place_of(
        f"postgresql://us%40r:{QUOTED}@db.test:5433/journal?schema=orcid&sslmode=require"
    )
    assert isinstance(place, PostgresSchema)
    assert place.password is not None
    assert place.password.get_secret_value() == PASSWORD
    assert (place.user, place.host, place.port, place.database, place.schema) == (
        *("us@r", "db.test", 5433, "journal", "orcid"),
    )
    assert place.options == (("sslmode", "require"),)
    assert str(place) == "journal at db.test:5433 (schema orcid)"


@pytest.mark.parametrize(
    "address",
    [
        "",
        ":memory:",
        "mysql://user:hunter2@host/name",
        "postgresql://user:hunter2@host",
        "postgresql://user:hunter2@host:port/name",
        "postgresql://user:1/hunter2@host/name",
        "postgresql://user:hunter2#1@host/name",
        "postgresql://user:hunter2?1@host/name",
        "postgresql://user:12?hunter2@host/name",
        "postgresql://user:hunter2@host/name?schema=a;b",
        "postgresql://user:hunter2@host/name?options=-chunter2",
        "postgresql:/user:hunter2@host/name",
        "PostgreSQL:user:hunter2@host/name",
        "jdbc:postgresql:/name?user=user",
        "user:hunter2@host/name",
        "//user:hunter2@host/name",
        "host=db user=user password=hunter2",
        "postgresql://user:hunter2@host/name?port=abc",
        "postgresql://user:hunter2@host/name?port=1,2",
        "postgresql://user:hunter2@db..example.org/name",
        f"postgresql://user:hunter2@{'a' * 64}.example.org/name",
        f"postgresql://user:hunter2@/name?host={'a' * 64}",
    ],
)
def test_a_wrong_address_is_refused_without_repeating_it(address: str) -> None:
    """What cannot be understood is refused with the three spellings, and no part of it is shown."""
    with pytest.raises(SettingsError, match="database") as caught:
        settings_with(address)
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_the_password_is_shown_nowhere() -> None:
    """Neither settings nor place nor engine nor a failed connection shows the password."""
    address = f"postgresql://user:{QUOTED}@127.0.0.1:{free_port()}/journal"
    settings = settings_with(address)
    database = Database(settings.database_place)
    with pytest.raises(StoreError, match="does not answer") as caught:
        asyncio.run(_select(database))
    told = "".join(traceback.format_exception(caught.value))
    for shown in (settings, settings.database_place, database.place, database.__dict__, told):
        assert PASSWORD not in f"{shown} {shown!r}"
        assert QUOTED not in f"{shown} {shown!r}"
    assert QUOTED not in settings.model_dump_json()


def test_a_missing_driver_names_the_extra() -> None:
    """Without the driver the error says which extra to install."""
    with pytest.raises(SettingsError, match=r"pip install 'orcid-connect\[postgres\]'"):
        load("no_such_driver", "postgres", "a PostgreSQL database")


async def _select(database: Database, what: str = "SELECT 1") -> Any:
    try:
        async with database.recording() as connection:
            return (await connection.execute(text(what))).first()
    finally:
        await database.close()


def raised(state: str) -> str:
    """Return a statement that fails with an SQLSTATE."""
    return f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state}'; END $$"


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        (raised("53100"), "make room on its server's disk"),
        (raised("53300"), "raise max_connections"),
        (raised("53200"), "PostgreSQL's log"),
        (raised("57P01"), "see that PostgreSQL runs"),
        (raised("28P01"), "check user and password"),
        (raised("40P01"), "in each other's way"),
        (raised("25006"), "name the primary server"),
        (raised("42501"), "grant it CREATE"),
        ("SELECT * FROM oc_nothing", "orcid-connect db upgrade"),
        ("SELECT pg_sleep(5)", "more than 30 s for a statement"),
        ("SELECT pg_terminate_backend(pg_backend_pid())", "see that PostgreSQL runs"),
        ("SELECT 1/0", "DivisionByZero, 22012"),
    ],
)
def test_a_servers_complaint_is_a_sentence(postgres: Server, what: str, sentence: str) -> None:
    """Disk full, time-outs, too many connections, a lost session: each says what to do."""
    address = postgres.lend()
    if "pg_sleep" in what:
        what = "SET LOCAL statement_timeout = '10ms'; " + what
    with pytest.raises(StoreError, match=sentence):
        asyncio.run(_select(Database(place_of(address)), what))
    postgres.take_back(address)


def test_a_database_that_is_not_there_is_a_sentence(postgres: Server) -> None:
    """A name that the server does not know is told as such."""
    with pytest.raises(StoreError, match="does not exist: create it"):
        migrate(place_of(postgres.address("nowhere")))


def test_a_user_who_is_not_there_is_a_sentence(postgres: Server) -> None:
    """A user that the server does not know is told as such, not as a missing database."""
    with pytest.raises(StoreError, match="check user and password"):
        migrate(place_of(postgres.address().replace("//postgres@", "//nobody_here@")))


def test_values_are_not_told(postgres: Server) -> None:
    """PostgreSQL repeats a refused row in its error; ours does not, nor its traceback."""
    address = postgres.lend()
    insert = "INSERT INTO oc_payloads VALUES ('h', 'a-stored-value', 1)"
    with pytest.raises(StoreError, match="oc_payloads_pkey") as caught:
        asyncio.run(_select(Database(place_of(address)), f"{insert}; {insert}"))
    assert "a-stored-value" not in "".join(traceback.format_exception(caught.value))
    postgres.take_back(address)


def test_a_value_that_it_cannot_hold_is_told(postgres_database: str) -> None:
    """A text with a zero byte, which PostgreSQL has no room for, is no fault of the connection."""
    place = place_of(postgres_database)
    with (
        pytest.raises(StoreError, match=r"refused a change \(DataError\)"),
        transaction_now(place, "recording") as connection,
    ):
        connection.execute(text("SELECT CAST(:value AS text)"), {"value": "a\0b"})


def test_a_schema_may_be_called_as_a_word_of_sql(postgres: Server) -> None:
    """The name of a schema is a name also where SQL has a word like it."""
    address = postgres.fresh("template0")
    place = place_of(f"{address}&schema=order")
    migrate(place)
    with transaction_now(place, "recording") as connection:
        found = connection.execute(text('SELECT count(*) FROM "order".oc_links')).scalar_one()
    assert found == 0
    postgres.drop(address)


def test_a_user_without_rights_is_told(postgres: Server) -> None:
    """Who may not make tables is told what to grant."""
    address = postgres.fresh("template0")
    postgres.run("CREATE ROLE guest LOGIN")
    try:
        with pytest.raises(StoreError, match="grant it CREATE"):
            migrate(place_of(address.replace("postgres@", "guest@")))
    finally:
        postgres.drop(address)
        postgres.run("DROP ROLE guest")


def test_a_lock_held_too_long_is_a_sentence(postgres: Server) -> None:
    """A writer that waits for another longer than it may says that nothing was changed."""
    address = postgres.lend()
    place = place_of(address)
    with (
        pytest.raises(StoreError, match="was locked for"),
        transaction_now(place, "writing"),
        transaction_now(place, "recording") as second,
    ):
        second.execute(text("SET LOCAL lock_timeout = '20ms'"))
        second.execute(text("LOCK TABLE oc_links"))
        with transaction_now(place, "recording") as third:
            third.execute(text("SET LOCAL lock_timeout = '20ms'"))
            third.execute(text("LOCK TABLE oc_links"))
    postgres.take_back(address)
