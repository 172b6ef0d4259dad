"""The engine inside a server process: an asyncio loop over the ledger.

Of all processes with one database the holder of the engine lock delivers, the others only record;
the lock is free when its holder dies, and another takes over within seconds.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import uuid4

from orcid_connect.engines.locks import engine_lock
from orcid_connect.errors import StoreError
from orcid_connect.journeys.planning import plan_due
from orcid_connect.journeys.reconciling import Reconciler
from orcid_connect.journeys.revoking import revoke_due
from orcid_connect.journeys.telling import tell_waiting
from orcid_connect.observe import describe, log, where
from orcid_connect.services import Services
from orcid_connect.store.turns import ensure_queues

POLL_SECONDS = 1.0
"""How often an idle loop looks whether another process recorded something."""
PATIENCE = 5.0
"""Seconds a stop waits beyond the request time-out for a request under way."""

Step = Callable[[], Awaitable[bool]]


class EmbeddedEngine:
    """Plans, delivers, tells and revokes until it is stopped, while it holds the lock."""

    def __init__(self, services: Services, *, poll: float = POLL_SECONDS) -> None:
        self._services = services
        self._poll = poll
        self._owner = uuid4().hex
        self._reconciler = Reconciler(services, self._owner)
        self._lock = engine_lock(services.database)
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self._wakers: list[asyncio.Event] = []

    @property
    def delivers(self) -> bool:
        """Tell whether this process is the one that delivers."""
        return self._lock.held

    def start(self) -> None:
        """Begin in the running event loop; a second call changes nothing."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    def wake(self) -> None:
        """Look at once: something was recorded."""
        for event in self._wakers:
            event.set()

    async def stop(self) -> None:
        """Finish the request under way, then let go of the lock."""
        self._stopping = True
        self._reconciler.begin_no_more()
        self.wake()
        task, self._task = self._task, None
        if task is None:
            return
        done, _ = await asyncio.wait(
            {task}, timeout=self._services.settings.request_timeout + PATIENCE
        )
        if not done:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        waker = self._waker()
        while not self._stopping:
            try:
                if await self._lock.acquire():
                    await self._work()
            finally:
                await self._lock.release()
            if not self._stopping:
                await self._rest(waker)

    async def _work(self) -> None:
        """Work until told to stop; where the lock is lost, leave all as it is, as a crash would."""
        log.info("this process delivers from now on")
        self._reconciler = Reconciler(self._services, self._owner)
        both = [asyncio.ensure_future(self._work_on()), asyncio.ensure_future(self._lose_lock())]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._reconciler.abandon()
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)

    async def _work_on(self) -> None:
        try:
            await self._lock.release_leases()
            async with self._services.database.writing() as connection:
                await ensure_queues(connection)
        except StoreError as error:
            log.error("the ledger cannot be taken over: %s", describe(error))
            return
        steps = (self._plan, self._deliver, self._tell, self._revoke)
        await asyncio.gather(*(self._keep_going(step) for step in steps))
        await self._reconciler.end()

    async def _lose_lock(self) -> None:
        """Return when the lock is no longer ours."""
        while await self._lock.still_held():  # noqa: ASYNC110 - the server gives no sign
            await asyncio.sleep(self._poll)
        log.error("the engine lock is lost: this process stops delivering and tries to get it back")

    async def _keep_going(self, step: Step) -> None:
        waker = self._waker()
        while not self._stopping:
            busy = False
            try:
                busy = await step()
            except Exception as error:
                log.error("the engine stumbled: %s at %s", describe(error), where(error))
            if busy:
                self.wake()
            else:
                await self._rest(waker)

    async def _rest(self, waker: asyncio.Event) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(waker.wait(), timeout=self._poll)
        waker.clear()

    def _waker(self) -> asyncio.Event:
        event = asyncio.Event()
        self._wakers.append(event)
        return event

    async def _plan(self) -> bool:
        return await plan_due(self._services) > 0

    async def _deliver(self) -> bool:
        return await self._reconciler.go_on()

    async def _tell(self) -> bool:
        return await tell_waiting(self._services) > 0

    async def _revoke(self) -> bool:
        return await revoke_due(self._services) > 0


async def work_through(services: Services) -> None:
    """Do all that is due now, then return: for commands and tests that own the clock."""
    reconciler = Reconciler(services, uuid4().hex)
    busy = True
    try:
        while busy:
            busy = False
            while await plan_due(services):
                busy = True
            while await reconciler.go_on():
                busy = True
            busy = await tell_waiting(services) > 0 or busy
            busy = await revoke_due(services) > 0 or busy
    finally:
        await reconciler.end()
