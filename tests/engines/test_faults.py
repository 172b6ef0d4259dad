"""What may befall database or engines: afterwards everything is on the record exactly once."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from time import time

import pytest
from sqlalchemy import event, text

from orcid_connect.engines.embedded import EmbeddedEngine, work_through
from orcid_connect.engines.locks import lock_path, somebody_delivers
from orcid_connect.errors import StoreError
from orcid_connect.journeys.intake import take_in
from orcid_connect.places import SqliteFile
from orcid_connect.plugins import Plugins
from orcid_connect.services import Services
from orcid_connect.store import ledger
from orcid_connect.store.claims import release_leases
from tests.journeys.test_races import Meanwhile
from tests.support.clock import MovedClock
from tests.support.journal import Journal, article, author, journal_on, review
from tests.support.postgres import Server
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

PEOPLE = 3
ARTICLES = 6
DAY = 86_400.0
CONFLICT = 409
"""What ORCID answers to whoever sends twice; nobody here may ever be told so."""


class TickingClock(MovedClock):
    """The clock on the wall, as far off as it was moved."""

    def __init__(self) -> None:
        super().__init__(0.0)

    def __call__(self) -> float:
        return time() + self.now


async def people_of(journal: Journal) -> dict[str, str]:
    """Connect some people; return their iDs by key."""
    found = {f"p{number}": journal.person() for number in range(PEOPLE)}
    for key, orcid in found.items():
        await journal.connect(key, orcid)
    return found


async def declare(journal: Journal, people: dict[str, str], keys: list[str]) -> None:
    """Declare articles of all of them and a review by each, as a host does: until it is kept."""
    names = list(people)
    for number, key in enumerate(keys):
        authors = [author(name) for name in names]
        reviewer = author(names[number % len(names)])
        for said in (article(*authors, key=key), review(f"r-{key}", reviewer=reviewer)):
            while True:
                with suppress(StoreError):
                    await take_in(journal.services, said)
                    break
                await asyncio.sleep(0.05)


def all_rest(journal: Journal, articles: int) -> Callable[[], Awaitable[bool]]:
    """Return the condition that every declaration is planned and every delivery done."""

    async def condition() -> bool:
        with suppress(StoreError):
            rows = await journal.rows()
            expected = articles * (PEOPLE + 1)
            return len(rows) == expected and {row.state for row in rows} == {"delivered"}
        return False

    return condition


def sent_more_than(journal: Journal, count: int) -> Callable[[], Awaitable[bool]]:
    """Return the condition that more than so many requests to write arrived."""

    async def condition() -> bool:
        return len(journal.writes()) > count

    return condition


async def check(journal: Journal, people: dict[str, str], keys: list[str]) -> None:
    """See that every record holds every article and review once, and every row says so."""
    for orcid in people.values():
        found = sorted(
            work["external-ids"]["external-id"][0]["external-id-value"]
            for work in journal.works(orcid)
        )
        assert found == sorted(f"10.5555/{key}" for key in keys)
    assert sum(len(journal.reviews(orcid)) for orcid in people.values()) == len(keys)
    rows = await journal.rows()
    assert len(rows) == len(keys) * (len(people) + 1)
    assert {row.state for row in rows} == {"delivered"}
    async with journal.services.database.reading() as connection:
        for row in rows:
            attempts = await ledger.attempts_of(connection, row.id)
            assert attempts
            assert all(attempt.finished_at and attempt.outcome for attempt in attempts)
    assert CONFLICT not in {status for _, status in journal.writes()}


@asynccontextmanager
async def engine_on(services: Services, poll: float = 0.05) -> AsyncIterator[EmbeddedEngine]:
    """Run an engine."""
    engine = EmbeddedEngine(services, poll=poll)
    engine.start()
    try:
        yield engine
    finally:
        await engine.stop()


async def break_lock(journal: Journal, postgres: Server | None) -> None:
    """Have the lock of the engine that delivers be free, without its engine knowing."""
    place = journal.services.settings.database_place
    if isinstance(place, SqliteFile):
        lock_path(place.path).unlink()
        return
    assert postgres is not None
    postgres.run(
        "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid) "
        f"WHERE locktype = 'advisory' AND datname = '{place.name}' AND state = 'idle'"
    )


@pytest.fixture
def server(request: pytest.FixtureRequest, database: str) -> Server | None:
    """The PostgreSQL server, if the test runs on it."""
    if not database.startswith("postgresql"):
        return None
    found: Server = request.getfixturevalue("postgres")
    return found


async def test_two_engines_by_mistake(database: str, server: Server | None) -> None:
    """Two engines that both believe to be the only one send nothing twice."""
    keys = [f"a{number}" for number in range(ARTICLES)]
    async with journal_on(database, TickingClock(), request_timeout=1.0) as journal:
        journal.simulator.settings.latency = 0.03
        people = await people_of(journal)
        services = journal.services
        second = await Services.open(services.settings, Plugins(), clock=services.clock)
        async with engine_on(services, poll=600.0) as first:
            await until(lambda: _true(first.delivers), "the first engine delivers")
            await declare(journal, people, keys)
            first.wake()
            await until(lambda: _true(bool(journal.writes())), "something was sent")
            await break_lock(journal, server)
            async with engine_on(second) as other:
                await until(lambda: _true(other.delivers), "the second engine delivers, too")
                assert first.delivers
                await declare(journal, people, more := [f"b{number}" for number in range(3)])
                first.wake()
                await until(all_rest(journal, len(keys + more)), "all is delivered")
        await second.close()
        await check(journal, people, keys + more)


async def test_two_are_never_at_the_same_row(database: str, clock: MovedClock) -> None:
    """Whoever looked at a row before another announced its request sends nothing of it."""
    mine, theirs = Meanwhile(), Meanwhile()
    arrived, go_on = asyncio.Event(), asyncio.Event()
    working: list[asyncio.Task[None]] = []

    async def hold() -> None:
        arrived.set()
        await go_on.wait()

    async with journal_on(database, clock, http=mine) as journal:
        services = journal.services
        orcid = journal.person()
        await journal.connect("ada", orcid)
        other = await Services.open(services.settings, Plugins(), clock=services.clock, http=theirs)

        async def meet() -> None:
            async with services.database.writing() as connection:
                await release_leases(connection)
            working.append(asyncio.ensure_future(work_through(other)))
            await asyncio.wait_for(arrived.wait(), 10)

        mine.after("POST", meet)  # of the first review; by now the second was looked at
        theirs.before("POST", hold)
        await take_in(services, review("r1"))
        await journal.declare(review("r2"))
        assert [status for _, status in journal.writes()] == [201]
        go_on.set()
        await asyncio.gather(*working)
        await journal.work(after=3600)
        await other.close()
        assert len(working) == 1
        assert [status for _, status in journal.writes()] == [201, 201]
        assert len(journal.reviews(orcid)) == 2
        assert {row.state for row in await journal.rows()} == {"delivered"}


async def _true(fact: bool) -> bool:
    return fact


async def test_a_lost_lock_is_noticed_and_taken_again(
    postgres_database: str, postgres: Server
) -> None:
    """When the lock's session dies the engine stops, tries again, and goes on when it has it."""
    async with journal_on(postgres_database, TickingClock()) as journal:
        people = await people_of(journal)
        async with engine_on(journal.services) as engine:
            await until(lambda: _true(engine.delivers), "it delivers")
            await break_lock(journal, postgres)
            await until(lambda: _true(not engine.delivers), "it notices")
            await until(lambda: _true(engine.delivers), "it has the lock again")
            assert await somebody_delivers(journal.services.database)
            await declare(journal, people, ["a1"])
            await until(all_rest(journal, 1), "it delivers again")
        assert not await somebody_delivers(journal.services.database)
        await check(journal, people, ["a1"])


async def test_the_server_restarts_during_load(postgres_database: str, postgres: Server) -> None:
    """PostgreSQL that crashes and comes back in the middle of it loses and doubles nothing."""
    keys = [f"a{number}" for number in range(ARTICLES)]
    async with journal_on(
        postgres_database, TickingClock(), request_timeout=1.0, backoff_base=0.5
    ) as journal:
        journal.simulator.settings.latency = 0.02
        people = await people_of(journal)
        async with engine_on(journal.services):
            declaring = asyncio.ensure_future(declare(journal, people, keys))
            for how in ("immediate", "fast"):
                await until(sent_more_than(journal, len(journal.writes())), "something was sent")
                await asyncio.to_thread(postgres.control, "restart", "-m", how)
            await declaring
            await until(all_rest(journal, len(keys)), "all is delivered")
        await check(journal, people, keys)


FULL = {
    "sqlite": "CREATE TRIGGER oc_full_{0} BEFORE {1} ON {0} BEGIN "
    "SELECT RAISE(ABORT, 'database or disk is full'); END",
    "postgresql": "CREATE TRIGGER oc_full_{0} BEFORE {1} ON {0} EXECUTE FUNCTION oc_full()",
}
FUNCTION = (
    "CREATE FUNCTION oc_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$"
)


async def fill(journal: Journal, changes: tuple[tuple[str, str], ...]) -> None:
    """Let there be no room for these changes any more."""
    async with journal.services.database.writing() as connection:
        kind = connection.dialect.name
        if kind == "postgresql":
            await connection.execute(text(FUNCTION))
        for table, change in changes:
            await connection.execute(text(FULL[kind].format(table, change)))


async def try_to_work(journal: Journal) -> None:
    """Do what can be done; it must come to an end, and say what is wrong if that stops it."""
    async with asyncio.timeout(20):
        with suppress(StoreError):
            await journal.work()


async def make_room(journal: Journal, changes: tuple[tuple[str, str], ...]) -> None:
    """Make room again."""
    async with journal.services.database.writing() as connection:
        kind = connection.dialect.name
        for table, _ in changes:
            on = f" ON {table}" if kind == "postgresql" else ""
            await connection.execute(text(f"DROP TRIGGER oc_full_{table}{on}"))
        if kind == "postgresql":
            await connection.execute(text("DROP FUNCTION oc_full()"))


@pytest.mark.parametrize(
    "changes",
    [
        (("oc_declarations", "INSERT"),),
        (("oc_declarations", "UPDATE"), ("oc_deliveries", "INSERT")),
        (("oc_attempts", "INSERT"),),
        (("oc_attempts", "UPDATE"),),
        (("oc_deliveries", "UPDATE"),),
        (("oc_record_leases", "INSERT"),),
        (("oc_record_leases", "DELETE"),),
    ],
    ids=lambda changes: "+".join("-".join(change) for change in changes),
)
async def test_the_disk_is_full(
    database: str, clock: MovedClock, changes: tuple[tuple[str, str], ...]
) -> None:
    """Wherever there is no room, the host is told, nothing is sent unannounced or twice, and once
    there is room all goes on."""
    meanwhile = Meanwhile()
    async with journal_on(database, clock, http=meanwhile) as journal:
        people = await people_of(journal)
        await declare(journal, people, ["a1"])
        await journal.work()
        if changes != (("oc_declarations", "INSERT"),):
            await declare(journal, people, ["a2"])
        await fill(journal, changes)
        await try_to_work(journal)
        if changes == (("oc_declarations", "INSERT"),):
            with pytest.raises(StoreError, match="make room"):
                await take_in(journal.services, article(author(), key="a2"))
        await make_room(journal, changes)
        await declare(journal, people, ["a2"])
        for _ in range(3):
            await journal.work(after=3600)
        await check(journal, people, ["a1", "a2"])


async def test_an_sqlite_file_that_may_not_grow(tmp_path: object, clock: MovedClock) -> None:
    """A file that has reached its last page keeps what it has, says so, and goes on when it may."""
    limit = {"pages": 1_000_000}
    async with journal_on(f"{tmp_path}/small.sqlite", clock) as journal:
        people = await people_of(journal)

        def on_checkout(connection: object, *_: object) -> None:
            cursor = connection.cursor()  # type: ignore[attr-defined]
            cursor.execute(f"PRAGMA max_page_count={limit['pages']}")
            cursor.close()

        database = journal.services.database
        for engine in (database._engine.sync_engine, database._threads.engine):
            event.listen(engine, "checkout", on_checkout)
        await declare(journal, people, ["a1"])
        await journal.work()
        limit["pages"] = 1  # SQLite takes it as: no more than there are now
        kept = []
        with pytest.raises(StoreError, match="there is no room"):
            for number in itertools.count():
                await take_in(journal.services, article(author("p0"), key=f"more{number}"))
                kept.append(f"more{number}")
        await try_to_work(journal)
        limit["pages"] = 1_000_000
        for _ in range(3):
            await journal.work(after=3600)
        found = len(journal.works(people["p0"]))
        assert found == 1 + len(kept)
        assert {row.state for row in await journal.rows()} == {"delivered"}
        assert CONFLICT not in {status for _, status in journal.writes()}


async def test_the_clock_jumps(database: str, clock: MovedClock) -> None:
    """A clock that goes back and forth, between and during requests, delays and doubles nothing."""
    meanwhile = Meanwhile()
    jumps = (-3600.0, DAY, -2 * DAY, 600.0, -30.0, 7 * DAY)
    keys = [f"a{number}" for number in range(len(jumps))]

    async def jumping(seconds: float) -> None:
        clock.move(seconds)

    async with journal_on(database, clock, http=meanwhile) as journal:
        people = await people_of(journal)
        for key, jump in zip(keys, jumps, strict=True):
            await declare(journal, people, [key])
            meanwhile.after("POST", partial(jumping, jump))
            await journal.work()
            meanwhile.before("POST", partial(jumping, -jump / 2))
            await journal.work(after=-jump / 3)
        await journal.work(after=30 * DAY)
        await check(journal, people, keys)
