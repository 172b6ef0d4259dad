"""The engine inside a server process: an asyncio loop over the ledger.

Of all processes with one database the holder of a file lock delivers, the others only record; the
operating system lets go of the lock when its holder dies, and another takes over within seconds.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout

from orcid_connect.journeys.planning import plan_due
from orcid_connect.journeys.reconciling import Reconciler
from orcid_connect.journeys.revoking import revoke_due
from orcid_connect.journeys.telling import tell_waiting
from orcid_connect.observe import describe, log, where
from orcid_connect.services import Services
from orcid_connect.store.turns import release_leases

POLL_SECONDS = 1.0
"""How often an idle loop looks whether another process recorded something."""
PATIENCE = 5.0
"""Seconds a stop waits beyond the request time-out for a request under way."""

Step = Callable[[], Awaitable[bool]]


def lock_path(database: Path) -> Path:
    """Return the file whose lock makes a process the one that delivers."""
    return database.with_name(database.name + ".engine.lock")


def somebody_delivers(database: Path) -> bool:
    """Tell whether some process holds the engine lock of this database now."""
    lock = FileLock(lock_path(database), timeout=0, thread_local=False)
    try:
        with lock:
            return False
    except Timeout:
        return True


class EmbeddedEngine:
    """Plans, delivers, tells and revokes until it is stopped, while it holds the lock."""

    def __init__(self, services: Services, *, poll: float = POLL_SECONDS) -> None:
        self._services = services
        self._poll = poll
        self._reconciler = Reconciler(services, uuid4().hex)
        self._lock = FileLock(
            lock_path(services.settings.database_path), timeout=0, thread_local=False
        )
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self._wakers: list[asyncio.Event] = []

    @property
    def delivers(self) -> bool:
        """Tell whether this process is the one that delivers."""
        return bool(self._lock.is_locked)

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
        try:
            while not self._stopping and not self._took_lock():
                await self._rest(waker)
            if not self._stopping:
                await self._work()
        finally:
            self._lock.release()

    def _took_lock(self) -> bool:
        try:
            self._lock.acquire()
        except (Timeout, OSError) as error:
            if not isinstance(error, Timeout):
                log.error("the engine lock cannot be taken: %s", describe(error))
            return False
        return True

    async def _work(self) -> None:
        log.info("this process delivers from now on")
        async with self._services.database.writing() as connection:
            await release_leases(connection)
        steps = (self._plan, self._deliver, self._tell, self._revoke)
        try:
            await asyncio.gather(*(self._keep_going(step) for step in steps))
            await self._reconciler.end()
        finally:
            self._reconciler.abandon()

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
    while busy:
        busy = await plan_due(services) > 0
        while await reconciler.go_on():
            busy = True
        busy = await tell_waiting(services) > 0 or busy
        busy = await revoke_due(services) > 0 or busy
