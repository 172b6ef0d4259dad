"""Who is cancelled in a transaction, wherever: nothing of it is kept, and nothing stays locked."""

import asyncio
import gc
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterator
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from anyio import CancelScope, to_thread
from sqlalchemy import Connection, select

from orcid_connect.places import PostgresSchema, SqliteFile, place_of
from orcid_connect.store import leases, unbroken
from orcid_connect.store.database import Database
from orcid_connect.store.leases import CredentialState
from orcid_connect.store.people import Realm
from orcid_connect.store.postgres import Postgres, lock_key
from orcid_connect.store.schema import deliveries
from orcid_connect.store.sqlite import Sqlite
from orcid_connect.store.threads import THREADS
from tests.support import sqlite

pytestmark = pytest.mark.anyio

ONE, OTHER = Realm("default", "simulator"), Realm("other", "simulator")
TURNS = (0, 1, 4)
"""Turns of the event loop between a wait and the cancellation."""

Awaiting = Callable[["Watched"], Awaitable[bool]]


@pytest.fixture(autouse=True)
def _nothing_swept() -> Iterator[None]:
    """What is forgotten is not found by the garbage collector either."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


class Watched:
    """Awaits something, and at the given time that it waits, cancels after so many turns."""

    def __init__(self, work: Coroutine[Any, Any, None], at: int, turns: int) -> None:
        self._work, self._at, self._turns = work, at, turns
        self.cancel: Callable[[], object] = lambda: None

    def __await__(self) -> Generator[Any, None, None]:
        steps = self._work.__await__()
        go_on: Callable[[], Any] = partial(next, steps)
        for waits in count(1):
            try:
                waits_for = go_on()
            except StopIteration:
                return
            if waits == self._at:
                self._cancel_after(self._turns)
            try:
                yield waits_for
                go_on = partial(next, steps)
            except BaseException as error:
                go_on = partial(steps.throw, error)

    def _cancel_after(self, turns: int) -> None:
        if turns == 0:
            self.cancel()
        else:
            asyncio.get_running_loop().call_soon(self._cancel_after, turns - 1)


def cancel_often(task: asyncio.Task[None], times: int) -> None:
    """Cancel a task, once in each turn of the event loop."""
    task.cancel()
    if times > 1:
        asyncio.get_running_loop().call_soon(cancel_often, task, times - 1)


async def cancelled_as_task(watched: Watched, times: int = 1) -> bool:
    """Await it in a task that is cancelled, as asyncio does; tell whether it was."""

    async def awaiting() -> None:
        await watched

    task = asyncio.create_task(awaiting())
    watched.cancel = lambda: cancel_often(task, times)
    await asyncio.wait([task], timeout=10)
    return task.cancelled() or task.result() is not None


async def cancelled_often(watched: Watched) -> bool:
    """Do so with somebody who cancels again and again."""
    return await cancelled_as_task(watched, 5)


async def cancelled_as_scope(watched: Watched) -> bool:
    """Await it in a scope: as anyio does, each `await` is cancelled anew; tell whether it was."""
    async with asyncio.timeout(10):
        with CancelScope() as scope:
            watched.cancel = scope.cancel
            await watched
    return scope.cancelled_caught


def is_free(database: str, seconds: int = 0) -> bool:
    """Tell whether somebody else, who waits no longer than this, may write."""
    place = place_of(database)
    if isinstance(place, SqliteFile):
        with closing(
            sqlite3.connect(place.path, timeout=seconds, isolation_level=None)
        ) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            return True
    assert isinstance(place, PostgresSchema)
    url = Postgres(place).sync_url()
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connected:
        key = lock_key(place.schema, "writing")
        connected.execute(f"SET lock_timeout = {1 + seconds * 1000}")
        try:
            connected.execute("SELECT pg_advisory_xact_lock(%s)", (key,))
        except psycopg.errors.LockNotAvailable:
            return False
    return True


async def write(opened: Database, number: int, ended: list[int]) -> None:
    """Say the same of two credentials, and note that all was said."""
    async with opened.writing() as connection:
        state = CredentialState(slow_tries=number)
        await leases.save_credential_state(connection, ONE, state)
        async with connection.begin_nested():
            await leases.save_credential_state(connection, OTHER, state)
        (await connection.execute(select(deliveries))).all()
        ended.append(number)


async def read(opened: Database) -> tuple[int, int]:
    """Return what is said of both."""
    async with opened.reading() as connection:
        one = await leases.credential_state(connection, ONE)
        other = await leases.credential_state(connection, OTHER)
    return one.slow_tries, other.slow_tries


@pytest.mark.parametrize("awaiting", [cancelled_as_task, cancelled_often, cancelled_as_scope])
@pytest.mark.parametrize("turns", TURNS)
async def test_a_cancelled_writer_is_gone(database: str, awaiting: Awaiting, turns: int) -> None:
    """Cancelled wherever it waits, a writer has written all or nothing, and others may write."""
    opened = Database(place_of(database))
    before, ended, was_cancelled, at = 0, list[int](), True, 0
    tasks = asyncio.all_tasks()
    while was_cancelled:
        at += 1
        was_cancelled = await awaiting(Watched(write(opened, at, ended), at, turns))
        assert is_free(database), f"cancelled at its wait number {at}"
        assert asyncio.all_tasks() == tasks
        one, other = await read(opened)
        assert one == other
        assert one == before or at in ended
        before = one
    assert at > 5, "it was cancelled at many points"
    assert before == at, "who was not cancelled has written"
    await opened.close()


@pytest.mark.parametrize("awaiting", [cancelled_as_task, cancelled_as_scope])
async def test_a_cancelled_reader_is_gone(database: str, awaiting: Awaiting) -> None:
    """Cancelled wherever it waits, a reader leaves a connection to those after it."""
    opened = Database(place_of(database))

    async def reading() -> None:
        await read(opened)

    at = 1
    while await awaiting(Watched(reading(), at, 0)):
        assert is_free(database)
        at += 1
    assert at > 3, "it was cancelled at many points"
    await opened.close()


async def test_what_keeps_silent_is_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is cancelled does not wait for ever for a database that says nothing any more."""
    monkeypatch.setattr(unbroken, "BUSY_SECONDS", 0.01)
    monkeypatch.setattr(unbroken, "BREAK_OFF_SECONDS", 0.01)
    ended = asyncio.Event()

    async def silent() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    task = asyncio.create_task(unbroken.to_its_end(silent()))
    await asyncio.wait([task], timeout=0)
    task.cancel()
    await asyncio.wait([task], timeout=10)
    assert task.cancelled()
    assert ended.is_set()


async def test_what_a_thread_has_begun_ends_before_the_cancellation(database: str) -> None:
    """Who is cancelled while a thread writes is gone once the thread is done."""
    opened = Database(place_of(database))
    begun, may_end = threading.Event(), threading.Event()

    def work(connection: Connection) -> None:
        leases.save_credential_state_now(connection, ONE, CredentialState(slow_tries=1))
        begun.set()
        assert may_end.wait(10)

    task = asyncio.create_task(opened.at_once("writing", work))
    assert await to_thread.run_sync(begun.wait, 10)
    task.cancel()
    await asyncio.wait([task], timeout=0)
    assert not task.done()
    may_end.set()
    await asyncio.wait([task], timeout=10)
    assert task.cancelled()
    assert is_free(database)
    await opened.close()


async def test_what_no_thread_has_begun_is_never_done(database: str) -> None:
    """Who is cancelled while all threads are busy goes at once, and nothing of it is done."""
    opened = Database(place_of(database))
    begun, may_end, done = threading.Barrier(THREADS + 1), threading.Event(), list[str]()

    def busy(_connection: Connection) -> None:
        begun.wait(10)
        assert may_end.wait(10)

    others = [asyncio.create_task(opened.at_once("reading", busy)) for _ in range(THREADS)]
    await to_thread.run_sync(begun.wait, 10)
    task = asyncio.create_task(opened.at_once("reading", lambda _: done.append("never")))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task], timeout=10)
    assert task.cancelled()
    may_end.set()
    await asyncio.gather(*others)
    await opened.close()
    assert done == []


def test_sqlite_lets_go_with_a_statement_left(database_path: Path) -> None:
    """A closed connection is out of its transaction, though a statement of it is still known."""
    place = place_of(sqlite.fresh(database_path))
    assert isinstance(place, SqliteFile)
    options = Sqlite(place).engine_options()["connect_args"]
    connection = sqlite3.connect(place.path, isolation_level=None, **options)
    connection.execute("BEGIN IMMEDIATE")
    left = connection.execute("SELECT name FROM sqlite_schema")
    assert left.fetchone()
    assert not is_free(str(database_path))
    connection.close()
    assert is_free(str(database_path))
    connection.close()
    del left


@pytest.mark.parametrize("turns", range(5))
def test_a_loop_that_ends_leaves_nothing_locked(database: str, turns: int) -> None:
    """A loop that ends cancels also what sees a statement out: nothing is kept, nor locked."""
    opened = Database(place_of(database))

    async def writing(begun: asyncio.Event) -> None:
        async with opened.writing() as connection:
            await leases.save_credential_state(connection, ONE, CredentialState(slow_tries=1))
            begun.set()
            while True:
                (await connection.execute(select(deliveries))).all()

    async def main() -> None:
        begun = asyncio.Event()
        task = asyncio.create_task(writing(begun))
        await begun.wait()
        for _ in range(turns):
            await asyncio.sleep(0)
        assert not task.done()

    asyncio.run(main())
    assert is_free(database, 5), "PostgreSQL notices a moment later who is gone"
    assert asyncio.run(read(opened)) == (0, 0)
    asyncio.run(opened.close())
