"""Declaring in the host's own transaction: it comes and goes with its work, by any driver."""

import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from orcid_connect import OrcidConnect, Withdrawal
from orcid_connect.errors import InputError, SettingsError, StoreError
from orcid_connect.places import PostgresSchema, SqliteFile, place_of
from orcid_connect.simulator import Simulator
from orcid_connect.store import known
from orcid_connect.store.database import dialect_of
from orcid_connect.store.migrating import migrate
from tests.support.clock import MovedClock
from tests.support.journal import (
    TENANT,
    Journal,
    article,
    at,
    author,
    has_works,
    journal_on,
    settings_for,
)
from tests.support.postgres import Server
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

HOSTS_TABLE = "CREATE TABLE IF NOT EXISTS host_papers (title TEXT)"
HOSTS_WORK = "INSERT INTO host_papers VALUES ('On the Analytical Engine')"


@pytest.fixture
async def journal(database: str, clock: MovedClock) -> AsyncIterator[Journal]:
    """A journal on a fresh database."""
    async with journal_on(database, clock, engine="off") as opened:
        yield opened


@pytest.fixture
def orcid(journal: Journal, clock: MovedClock) -> OrcidConnect:
    """The object that the host mounted; it has not been used yet."""
    return OrcidConnect(journal.services.settings, clock=clock)


@pytest.fixture
async def host(database: str) -> AsyncIterator[AsyncEngine]:
    """The host's own engine on the same database, as it would make it: nothing of ours in it."""
    place = place_of(database)
    engine = create_async_engine(dialect_of(place).url(), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text(HOSTS_TABLE))
    yield engine
    if isinstance(place, PostgresSchema):
        async with engine.begin() as connection:
            await connection.execute(text("DROP TABLE host_papers"))
    await engine.dispose()


def mounted(database: str) -> OrcidConnect:
    """Return the object that a host mounts, with nothing running behind it."""
    client = Simulator().add_client(
        kind="member", name="A journal", redirect_uris=["http://journal.test/orcid/callback"]
    )
    return OrcidConnect(settings_for("http://127.0.0.1:1", client, database))


async def events(journal: Journal) -> list[str]:
    """Return the keys of all that is declared."""
    async with journal.services.database.reading() as connection:
        return await known.keys_known(connection, TENANT, "article", "", 100)


async def papers(host: AsyncEngine) -> int:
    """Return how many rows the host wrote itself."""
    async with host.connect() as connection:
        return int(
            (await connection.execute(text("SELECT COUNT(*) FROM host_papers"))).scalar_one()
        )


async def test_it_is_kept_with_the_hosts_work(
    journal: Journal, orcid: OrcidConnect, host: AsyncEngine
) -> None:
    """Until the host commits nobody sees it; then both are there, and it is delivered."""
    orcid_id = journal.person()
    await journal.connect("ada", orcid_id)
    async with host.begin() as connection:
        await connection.execute(text(HOSTS_WORK))
        receipt = await orcid.article_published(article(author()), connection=connection)
        assert await events(journal) == []
    assert receipt.holds
    assert [one.state for one in receipt.people] == ["linked"]
    assert (await events(journal), await papers(host)) == (["a1"], 1)
    await journal.work()
    assert len(journal.works(orcid_id)) == 1


async def test_it_goes_with_the_hosts_work(
    journal: Journal, orcid: OrcidConnect, host: AsyncEngine
) -> None:
    """Where the host rolls back, nothing was declared: no article, no withdrawal."""
    async with host.connect() as connection:
        await connection.execute(text("SELECT 1"))  # the host only read before
        await orcid.article_published(article(author()), connection=connection)
        await connection.execute(text(HOSTS_WORK))
        await orcid.article_withdrawn(TENANT, "a1", connection=connection)
        await connection.rollback()
    assert (await events(journal), await papers(host)) == ([], 0)


async def test_a_hosts_session_lends_its_connection(
    journal: Journal, orcid: OrcidConnect, host: AsyncEngine
) -> None:
    """A host with SQLAlchemy's ORM gives the connection of its session; the session commits."""
    for key, commits in (("a1", False), ("a2", True)):
        async with AsyncSession(host) as session:
            await session.execute(text(HOSTS_WORK))
            connection = await session.connection()
            await orcid.article_published(article(author(), key=key), connection=connection)
            await (session.commit() if commits else session.rollback())
    assert (await events(journal), await papers(host)) == (["a2"], 1)


async def test_what_the_host_declared_before_counts(
    journal: Journal, orcid: OrcidConnect, host: AsyncEngine
) -> None:
    """A withdrawal in the same transaction is later than the article declared in it."""
    later = article(author()).model_copy(update={"as_of": at(1).replace(year=2040)})
    async with host.begin() as connection:
        await orcid.article_published(later, connection=connection)
        gone = await orcid.article_withdrawn(TENANT, "a1", connection=connection)
    assert gone.holds
    async with journal.services.database.reading() as connection:
        found = await known.known_of(connection, TENANT, "article", ["a1"])
    assert [one.withdrawn for one in found.values()] == [True]


async def test_a_failure_leaves_the_hosts_transaction_usable(
    orcid: OrcidConnect, host: AsyncEngine, journal: Journal
) -> None:
    """If we cannot record, the host hears it as a StoreError and may still commit its own work."""
    async with host.begin() as connection:
        await connection.execute(text(HOSTS_WORK))
        await connection.execute(text("ALTER TABLE oc_declarations RENAME TO oc_elsewhere"))
        with pytest.raises(StoreError, match=r"lacks a table: run `orcid-connect db upgrade`"):
            await orcid.article_published(article(author()), connection=connection)
        await connection.execute(text("ALTER TABLE oc_elsewhere RENAME TO oc_declarations"))
    assert (await events(journal), await papers(host)) == ([], 1)


async def test_the_hosts_own_schema_map_stays(orcid: OrcidConnect, host: AsyncEngine) -> None:
    """A host that maps schemas finds its connection as it lent it."""
    async with host.connect() as plain:
        connection = await plain.execution_options(schema_translate_map={None: "theirs"})
        await orcid.article_published(article(author()), connection=connection)
        assert connection.sync_connection is not None
        options = connection.sync_connection.get_execution_options()
    assert options["schema_translate_map"] == {None: "theirs"}


async def test_the_engine_is_woken_by_the_hosts_commit(
    database: str, clock: MovedClock, host: AsyncEngine
) -> None:
    """A process that has declared only in its own transactions has an engine after the first."""
    async with journal_on(database, clock) as journal:
        orcid_id = journal.person()
        await journal.connect("ada", orcid_id)
        orcid = OrcidConnect(journal.services.settings)
        async with host.begin() as connection:
            await orcid.article_published(article(author()), connection=connection)
            assert not orcid.delivers
        await until(has_works(journal, orcid_id, 1), "the work arrived")
        await orcid.close()


def test_another_kind_of_database_is_told(tmp_path: Any) -> None:
    """A connection to another kind of database than the settings name is refused, by name."""
    engine = create_engine(f"sqlite:///{tmp_path / 'host.sqlite'}", poolclass=NullPool)
    with engine.connect() as connection, pytest.raises(SettingsError, match="same database"):
        mounted("postgresql://host@server/name").declare_in(connection, article(author()))


# --- any other driver ------------------------------------------------------------------------


@contextmanager
def by_sqlite3(database: str) -> Iterator[Any]:
    """Connect as a host that uses the standard library."""
    with closing(sqlite3.connect(database)) as connection:
        yield connection


@contextmanager
def by_psycopg(database: str) -> Iterator[Any]:
    """Connect as a host that uses psycopg by itself."""
    place = place_of(database)
    assert isinstance(place, PostgresSchema)
    with psycopg.connect(
        host=dict(place.options)["host"], user=place.user, dbname=place.database
    ) as connection:
        connection.execute("SET search_path TO pg_catalog")  # the host's leads elsewhere
        yield connection


def driver_of(database: str) -> tuple[Callable[[str], Any], tuple[str, ...]]:
    """Return how to connect to a database by its own driver, and the styles that it takes."""
    if isinstance(place_of(database), SqliteFile):
        return by_sqlite3, ("qmark", "named")
    return by_psycopg, ("format", "pyformat")


async def test_a_statement_declares_by_any_driver(
    journal: Journal, orcid: OrcidConnect, database: str
) -> None:
    """One INSERT in the driver's own style is rolled back and committed with the host's work."""
    connected, styles = driver_of(database)
    for style in styles:
        sql, parameters = orcid.statement(article(author(), key=style), style)  # type: ignore[arg-type]
        assert sql.startswith("INSERT INTO ")
        assert ";" not in sql
        with connected(database) as connection:
            connection.execute(sql, parameters)
            connection.rollback()
        assert style not in await events(journal)
        with connected(database) as connection:
            connection.execute(sql, parameters)
            connection.commit()
    assert await events(journal) == sorted(styles)
    orcid_id = journal.person()
    await journal.connect("ada", orcid_id)
    await journal.work()
    assert len(journal.works(orcid_id)) == len(styles)


async def test_a_statement_withdraws_a_version_where_it_is_known(
    journal: Journal, orcid: OrcidConnect, database: str
) -> None:
    """A Withdrawal's INSERT finds by itself the lineage that a version's key was declared in."""
    orcid_id = journal.person()
    await journal.connect("ada", orcid_id)
    for version in ("1", "2"):
        await journal.declare(article(author(), key=f"v{version}", lineage="l", title=version))
    connected, styles = driver_of(database)
    gone = Withdrawal(tenant=TENANT, key="v2", as_of=at(9), of="article")
    sql, parameters = orcid.statement(gone, styles[0])  # type: ignore[arg-type]
    with connected(database) as connection:
        connection.execute(sql, parameters)
        connection.commit()
    await journal.work()
    (work,) = journal.works(orcid_id)
    assert work["title"]["title"]["value"] == "1"


@pytest.mark.parametrize(
    ("style", "first"),
    [
        ("qmark", "?"),
        ("format", "%s"),
        ("pyformat", "%(event_id)s"),
        ("named", ":event_id"),
        ("numeric", ":1"),
        ("numeric_dollar", "$1"),
    ],
)
@pytest.mark.parametrize("database", ["host.sqlite", "postgresql://host@server/name"])
def test_every_style_is_spelt(style: Any, first: str, database: str) -> None:
    """Each style is spelt with as many values as marks, for either database, without one."""
    sql, parameters = mounted(database).statement(article(author()), style)
    assert first in sql.partition("VALUES")[2]
    values = parameters.values() if isinstance(parameters, dict) else parameters
    assert isinstance(parameters, dict) == (style in ("pyformat", "named"))
    assert any("Analytical" in str(one) for one in values)
    if style in ("qmark", "format"):
        assert sql.count(first) == len(parameters)


def test_an_unknown_style_is_told() -> None:
    """A paramstyle that no driver has is refused with the list of those there are."""
    with pytest.raises(InputError, match="use one of qmark, format"):
        mounted("host.sqlite").statement(article(author()), "dollar")  # type: ignore[arg-type]


def test_no_event_loop_is_needed(tmp_path: Any) -> None:
    """In a thread without a loop, a statement and a synchronous connection both declare."""
    path = tmp_path / "orcid_connect.sqlite"
    orcid = mounted(str(path))
    migrate(orcid.settings.database_place)
    found: list[Any] = []

    def host() -> None:
        with closing(sqlite3.connect(path)) as plain, plain:
            plain.execute(*orcid.statement(article(author(), key="by-statement"), "qmark"))
        engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
        with engine.begin() as connection:
            receipt = orcid.declare_in(connection, article(author(), key="by-connection"))
            found.append(receipt.sentence)
        with engine.connect() as connection:
            found.append(keys_in(connection))

    thread = threading.Thread(target=host)
    thread.start()
    thread.join()
    assert found == [
        "Recorded; it is delivered as soon as ORCID and the people allow.",
        ["by-connection", "by-statement"],
    ]


def keys_in(connection: Connection) -> list[str]:
    """Return the keys of all that is declared."""
    rows = connection.execute(text('SELECT "key" FROM oc_declarations ORDER BY "key"'))
    return [row[0] for row in rows]


def test_a_schema_of_our_own_is_found(postgres: Server) -> None:
    """The statement names our schema, whatever the host's search path is."""
    address = postgres.fresh("template0")
    orcid = mounted(f"{address}&schema=of_orcid")
    migrate(orcid.settings.database_place)
    sql, parameters = orcid.statement(article(author()), "pyformat")
    with by_psycopg(address) as connection:
        connection.execute(sql, parameters)
        connection.commit()
    rows = postgres.run(
        "SELECT key FROM of_orcid.oc_declarations", getattr(place_of(address), "database", "")
    )
    postgres.drop(address)
    assert rows == [("a1",)]
