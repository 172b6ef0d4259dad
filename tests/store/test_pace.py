"""One pace for all processes of a database: nothing over the rate, next to nothing wasted."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from orcid_connect.places import place_of
from orcid_connect.store.database import Database
from orcid_connect.store.migrating import migrate
from orcid_connect.store.pace import AHEAD_SECONDS, SHARED_BURST, SharedPace
from orcid_connect.store.people import Realm
from tests.support.clock import MovedClock
from tests.support.senders import RATE, send_together

pytestmark = pytest.mark.anyio

REALM = Realm("default", "simulator")


@pytest.fixture
async def opened(database: str, anyio_backend: str) -> AsyncIterator[Database]:
    """A migrated database."""
    migrate(place_of(database))
    opened = Database(place_of(database))
    yield opened
    await opened.close()


def pace_on(opened: Database, clock: MovedClock) -> SharedPace:
    """Return the turns of one process more; waiting moves the clock."""

    async def sleep(seconds: float) -> None:
        clock.move(seconds)

    return SharedPace(opened, REALM, RATE, clock=clock, sleep=sleep)


async def taken_until(opened: Database) -> float:
    """Return until when slots are spoken for."""
    async with opened.reading() as connection:
        return float(
            (await connection.execute(text("SELECT taken_until FROM oc_pace"))).scalar_one()
        )


async def test_a_burst_goes_at_once_then_the_rate_holds(
    opened: Database, clock: MovedClock
) -> None:
    """The first requests go at once; after them each waits for its slot, and none is wasted."""
    pace, start = pace_on(opened, clock), clock()
    for _ in range(int(SHARED_BURST)):
        await pace.turn()
    assert clock() == pytest.approx(start, abs=0.001)
    for _ in range(240):
        await pace.turn()
    assert clock() - start == pytest.approx(240 / RATE, rel=0.02)


async def test_processes_share_one_rate(opened: Database, clock: MovedClock) -> None:
    """Three processes together go as fast as one may, and no slot is left unused."""
    paces, start = [pace_on(opened, clock) for _ in range(3)], clock()
    for turn in range(480):
        await paces[turn % 3].turn()
    expected = (480 - SHARED_BURST) / RATE
    assert clock() - start >= expected * 0.98
    reserved = (await taken_until(opened) - start) * RATE + SHARED_BURST
    assert 479.9 <= reserved <= 480 * 1.02


async def test_in_no_second_more_than_allowed(opened: Database, clock: MovedClock) -> None:
    """Whoever asks and when, no second holds more than the burst and the rate of a second."""
    paces, sent = [pace_on(opened, clock) for _ in range(4)], []
    for turn in range(300):
        clock.move(0.7 if turn % 97 == 96 else 0.0)
        await paces[(turn * 7) % 4].turn()
        sent.append(clock())
    for start in sent:
        assert sum(start <= one < start + 1 for one in sent) <= SHARED_BURST + RATE + 12


async def test_many_at_once_wait_in_order(opened: Database, clock: MovedClock) -> None:
    """Requests that ask at the same time each get a slot of their own."""
    pace, start = pace_on(opened, clock), clock()
    await asyncio.gather(*(pace.turn() for _ in range(60)))
    assert clock() - start >= (60 - SHARED_BURST) / RATE * 0.98 - 0.5
    assert (await taken_until(opened) - start) * RATE + SHARED_BURST <= 66


async def test_a_clock_set_back_does_not_stall(opened: Database, clock: MovedClock) -> None:
    """After the clock went back by an hour, turns come at once; after it went on, too."""
    pace, other = pace_on(opened, clock), pace_on(opened, clock)
    for _ in range(50):
        await pace.turn()
    for jump in (-3600.0, 7200.0, -60.0):
        clock.move(jump)
        before = clock()
        for _ in range(24):
            await pace.turn()
            await other.turn()
        assert clock() - before <= 48 / RATE + AHEAD_SECONDS


async def test_a_cancelled_wait_gives_its_slot_back(opened: Database, clock: MovedClock) -> None:
    """A request that is given up while it waits leaves its slot to the next."""
    held = asyncio.Event()

    async def sleep(seconds: float) -> None:
        held.set()
        await asyncio.Event().wait()

    pace = SharedPace(opened, REALM, RATE, 1.0, clock=clock, sleep=sleep)
    await pace.turn()
    waiting = asyncio.ensure_future(pace.turn())
    await asyncio.wait_for(held.wait(), 5)
    until = await taken_until(opened)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    clock.move(0.1)
    await pace.turn()
    assert await taken_until(opened) == until


async def test_two_processes_stay_within_the_registrys_limit(database: str) -> None:
    """Two real processes use nearly all of the rate, and the limiter refuses not one request."""
    migrate(place_of(database))
    sent = await send_together(database, 2, burst_over=1.0, seconds=3.0)
    assert sent.refused == 0
    assert 0.5 <= sent.share <= 1.1
