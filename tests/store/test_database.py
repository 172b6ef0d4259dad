"""Transactions that lose nothing between processes, on either database."""

import asyncio
import subprocess
import sys
import threading

import pytest
from sqlalchemy import Connection, text

from orcid_connect.errors import StoreError
from orcid_connect.places import place_of
from orcid_connect.store import leases
from orcid_connect.store.database import Database
from orcid_connect.store.leases import CredentialState
from orcid_connect.store.migrating import migrate
from orcid_connect.store.people import Realm

pytestmark = pytest.mark.anyio

ROUNDS = 150
REALM = Realm("default", "simulator")

COUNT = """
import asyncio, sys
from orcid_connect.places import place_of
from orcid_connect.store import leases
from orcid_connect.store.database import Database
from orcid_connect.store.leases import CredentialState
from orcid_connect.store.people import Realm

async def main():
    database = Database(place_of(sys.argv[1]))
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


async def test_two_processes_lose_no_update(database: str) -> None:
    """Two processes that read and then write the same row count every one of their rounds."""
    migrate(place_of(database))
    command = [sys.executable, "-c", COUNT, database, str(ROUNDS)]
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
    opened = Database(place_of(database))
    async with opened.reading() as connection:
        state = await leases.credential_state(connection, REALM)
    await opened.close()
    assert state == CredentialState(slow_tries=2 * ROUNDS)


async def test_a_failed_transaction_leaves_nothing(database: str) -> None:
    """What a transaction wrote before it failed is gone."""
    migrate(place_of(database))
    opened = Database(place_of(database))
    with pytest.raises(ZeroDivisionError):
        async with opened.writing() as connection:
            await leases.save_credential_state(connection, REALM, CredentialState(slow_tries=1))
            raise ZeroDivisionError
    async with opened.reading() as connection:
        state = await leases.credential_state(connection, REALM)
    await opened.close()
    assert state.slow_tries == 0


async def test_a_reader_sees_one_state(database: str) -> None:
    """What is committed while a reader reads is seen by the next reader, not by this one."""
    migrate(place_of(database))
    opened = Database(place_of(database))
    async with opened.reading() as reader:
        before = await leases.credential_state(reader, REALM)
        async with opened.writing() as writer:
            await leases.save_credential_state(writer, REALM, CredentialState(slow_tries=1))
        assert await leases.credential_state(reader, REALM) == before
    async with opened.reading() as reader:
        assert (await leases.credential_state(reader, REALM)).slow_tries == 1
    await opened.close()


async def test_a_reader_writes_nothing(database: str) -> None:
    """A write in a reading transaction is never kept."""
    migrate(place_of(database))
    opened = Database(place_of(database))
    state = CredentialState(slow_tries=1)
    try:
        async with opened.reading() as connection:
            await leases.save_credential_state(connection, REALM, state)
    except StoreError as error:
        assert "read-only" in str(error)  # noqa: PT017 - PostgreSQL refuses, SQLite forgets
    async with opened.reading() as connection:
        assert (await leases.credential_state(connection, REALM)).slow_tries == 0
    await opened.close()


async def test_writers_wait_for_each_other(database: str) -> None:
    """A second writer begins when the first has ended."""
    migrate(place_of(database))
    opened = Database(place_of(database))
    async with opened.writing() as writer:
        await writer.execute(text("SELECT 1"))
        waiting = asyncio.ensure_future(_write(opened))
        done, _ = await asyncio.wait({waiting}, timeout=0.2)
        assert not done
    await asyncio.wait_for(waiting, 10)
    await opened.close()


async def test_what_needs_no_lock_does_not_wait(postgres_database: str) -> None:
    """On PostgreSQL a host's declaration is taken in, and records are claimed, beside a writer."""
    opened = Database(place_of(postgres_database))
    async with opened.writing() as writer:
        await writer.execute(text("SELECT 1"))
        for kind in (opened.recording, opened.claiming):
            async with asyncio.timeout(5), kind() as connection:
                await connection.execute(text("SELECT 1"))
    await opened.close()


async def _write(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(text("SELECT 1"))


async def test_at_once_is_one_transaction(database: str) -> None:
    """What is done at once is kept as a whole, or not at all."""
    migrate(place_of(database))
    opened = Database(place_of(database))

    def work(connection: Connection, tries: int, fails: bool) -> int:
        before = leases.credential_state_now(connection, REALM)
        after = CredentialState(slow_tries=tries)
        leases.save_credential_state_now(connection, REALM, after)
        if fails:
            raise ZeroDivisionError
        return before.slow_tries

    assert await opened.at_once("writing", lambda at: work(at, 1, fails=False)) == 0
    with pytest.raises(ZeroDivisionError):
        await opened.at_once("writing", lambda at: work(at, 2, fails=True))
    assert await opened.at_once("writing", lambda at: work(at, 3, fails=False)) == 1
    await opened.close()


async def test_what_is_done_at_once_waits_its_turn(database: str) -> None:
    """It begins when a writer has ended, and one that waits too long is told."""
    migrate(place_of(database))
    opened = Database(place_of(database))
    async with opened.writing() as writer:
        await writer.execute(text("SELECT 1"))
        waiting = asyncio.ensure_future(opened.at_once("writing", _write_now))
        done, _ = await asyncio.wait({waiting}, timeout=0.2)
        assert not done
    await asyncio.wait_for(waiting, 10)
    await opened.close()


async def test_a_closed_database_can_be_used_again(database: str) -> None:
    """Closing ends connections and threads; whoever asks again gets new ones."""
    migrate(place_of(database))
    opened = Database(place_of(database))
    for _ in range(2):
        await opened.at_once("reading", _write_now)
        await opened.close()


def _write_now(connection: Connection) -> None:
    connection.execute(text("SELECT 1"))


async def test_closing_waits_for_what_is_under_way(database: str) -> None:
    """What a thread has begun is kept, also of somebody who was cancelled and waits no more."""
    migrate(place_of(database))
    opened = Database(place_of(database))
    begun, go_on = threading.Event(), threading.Event()

    def work(connection: Connection) -> None:
        leases.save_credential_state_now(connection, REALM, CredentialState(slow_tries=1))
        begun.set()
        go_on.wait(10)

    task = asyncio.ensure_future(opened.at_once("writing", work))
    await asyncio.to_thread(begun.wait, 10)
    task.cancel()
    closing = asyncio.ensure_future(opened.close())
    done, _ = await asyncio.wait({closing}, timeout=0.1)
    assert not done
    go_on.set()
    await asyncio.wait_for(closing, 10)
    async with opened.reading() as connection:
        assert (await leases.credential_state(connection, REALM)).slow_tries == 1
    await opened.close()
