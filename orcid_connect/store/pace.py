"""One pace for all processes of one database: slots for requests, reserved in small blocks.

Virtual scheduling: `taken_until` is when the last slot spoken for is due (in the past, as far as
the burst reaches, if there are slots to spare). ORCID's limits are those of REGISTRY.md 8.
"""

import asyncio
from collections import deque
from math import ceil

from sqlalchemy import case, update
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.pacing import BURST, Clock, Sleep
from orcid_connect.store.database import Database
from orcid_connect.store.dialects import insert_into
from orcid_connect.store.people import Realm
from orcid_connect.store.schema import pace

SHARED_BURST = BURST / 2
"""Requests of all processes that may come at once: half of what the registry takes. The other half
is for those that arrive bunched, though they left in turn."""
BLOCK_SECONDS = 0.25
"""How much of the rate one process reserves at most at a time."""
LEAD_SECONDS = 0.5
"""A process whose last slot is further off than this reserves no more for now."""
CROWDED_SECONDS = 1.0
"""Where slots are further off than this, many processes ask, and each takes one at a time."""
KEPT_SECONDS = 0.5
"""How long after its time a slot is still used; used later, it would add to the others."""
AHEAD_SECONDS = 5.0
"""A row that speaks for more than this was written by a clock since set back: it is not believed.
Processes that keep to the limits above come as far only if a hundred of them ask at once."""


async def reserve(
    connection: AsyncConnection,
    realm: Realm,
    count: int,
    *,
    rate: float,
    burst: float,
    now: float,
) -> float:
    """Reserve slots and return the time of the last; the others are `1 / rate` apart before it."""
    spare = now - burst / rate
    taken = pace.c.taken_until
    base = case((taken < spare, spare), (taken > now + AHEAD_SECONDS, now), else_=taken)
    statement = (
        update(pace)
        .where(pace.c.credential == realm.credential, pace.c.environment == realm.environment)
        .values(taken_until=base + count / rate)
        .returning(taken)
    )
    until = (await connection.execute(statement)).scalar_one_or_none()
    if until is None:
        await _make_row(connection, realm, spare)
        until = (await connection.execute(statement)).scalar_one()
    return float(until)


async def _make_row(connection: AsyncConnection, realm: Realm, spare: float) -> None:
    statement = insert_into(connection, pace).values(
        credential=realm.credential, environment=realm.environment, taken_until=spare
    )
    await connection.execute(statement.on_conflict_do_nothing())


class SharedPace:
    """A credential's turns in this process, taken from what all processes share."""

    def __init__(
        self,
        database: Database,
        realm: Realm,
        rate: float,
        burst: float = SHARED_BURST,
        *,
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._database, self._realm = database, realm
        self._rate, self._burst = rate, burst
        self._clock, self._sleep = clock, sleep
        self._slots: deque[float] = deque()
        self._used: deque[float] = deque(maxlen=ceil(rate * BLOCK_SECONDS))
        self._last = 0.0
        self._far = 0.0
        self._waiting = 0
        self._asking = asyncio.Lock()

    async def turn(self) -> None:
        """Wait until one more request fits the rate; raises `StoreError`."""
        self._waiting += 1
        try:
            async with self._asking:
                slot = await self._next_slot()
        finally:
            self._waiting -= 1
        wait = slot - self._clock()
        if wait <= 0:
            return
        try:
            await self._sleep(wait)
        except asyncio.CancelledError:
            self._slots.appendleft(slot)
            raise

    async def _next_slot(self) -> float:
        now = self._clock()
        while self._slots and not -KEPT_SECONDS <= self._slots[0] - now <= AHEAD_SECONDS:
            self._slots.popleft()
        if not self._slots:
            await self._reserve()
        slot = self._slots.popleft()
        self._used.append(slot)
        return slot

    async def _reserve(self) -> None:
        early = self._last - LEAD_SECONDS - self._clock()
        if 0 < early <= AHEAD_SECONDS:
            await self._sleep(early)
        now = self._clock()
        count = self._block(now)
        async with self._database.recording() as connection:
            until = await reserve(
                connection, self._realm, count, rate=self._rate, burst=self._burst, now=now
            )
        self._last = until
        first = until - (count - 1) / self._rate
        self._far = first - now
        self._slots.extend(max(now, first + place / self._rate) for place in range(count))

    def _block(self, now: float) -> int:
        """As many as are waiting, or as were used of late; few enough that none is left over."""
        if self._far > CROWDED_SECONDS:
            return 1
        recent = sum(1 for slot in self._used if abs(now - slot) <= BLOCK_SECONDS)
        most = max(1, ceil(self._rate * BLOCK_SECONDS))
        return max(1, min(most, max(self._waiting, recent)))
