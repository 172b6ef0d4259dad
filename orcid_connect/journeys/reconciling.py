"""Making records agree with their rows: several records at a time, one visit to each.

A visit first learns what its open attempts did (`settling`), then sends what is to be sent:
removals and changes one by one, new works together. What visits want of the database at the same
time is done in one transaction (`committing`).
"""

import asyncio

from sqlalchemy import Connection

from orcid_connect.errors import StoreError
from orcid_connect.journeys.committing import Committer
from orcid_connect.journeys.sending import Courier
from orcid_connect.journeys.visits import Visit, load_visits
from orcid_connect.observe import describe, log, where
from orcid_connect.services import Services
from orcid_connect.store import claims
from orcid_connect.store.claims import Claim

LOOK_SECONDS = 1.0
"""How long visits under way may keep us from looking for more work."""


class Reconciler:
    """Visits records that have due rows, `most` at a time, until nothing is due."""

    def __init__(self, services: Services, owner: str) -> None:
        self._services = services
        self._owner = owner
        self._most = services.settings.visits_at_once
        self._under_way: set[asyncio.Task[None]] = set()
        self._visited: set[Claim] = set()
        self._courier = Courier(services, Committer(services))
        self._stopping = False
        self._trouble: StoreError | None = None

    async def go_on(self) -> bool:
        """Begin visits where something is due, and wait for the first to end; false: all quiet.

        Raises `StoreError` if a visit could not even be put off: whoever asks again at once would
        find the same row due, and ask ORCID about it for ever.
        """
        free = self._most - len(self._under_way)
        begun = await self._begin(free) if free * 2 >= self._most and not self._stopping else 0
        if not self._under_way:
            return False
        await asyncio.wait(
            self._under_way,
            return_when=asyncio.FIRST_COMPLETED,
            timeout=None if begun == free else LOOK_SECONDS,
        )
        trouble, self._trouble = self._trouble, None
        if trouble is not None:
            raise trouble
        return True

    def begin_no_more(self) -> None:
        """Have every visit end after the request it is at."""
        self._stopping = True

    async def end(self) -> None:
        """Wait for every visit to end, and hand all records back."""
        self.begin_no_more()
        if self._under_way:
            await asyncio.wait(self._under_way)
        await self._services.database.at_once("writing", self._hand_back)

    def abandon(self) -> None:
        """Cancel every visit; what its requests did is settled by reading, next time."""
        for task in self._under_way:
            task.cancel()

    async def _begin(self, free: int) -> int:
        visits = await self._services.database.at_once(
            "claiming", lambda connection: self._claim(connection, free)
        )
        for visit in visits:
            self._visited.add(visit.claim)
            task = asyncio.get_running_loop().create_task(self._visit(visit))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return len(visits)

    def _claim(self, connection: Connection, free: int) -> list[Visit]:
        services = self._services
        self._hand_back(connection)
        ours = claims.claim_records(connection, self._owner, services.clock(), free)
        # A clock that jumped makes leases lapse: a record being visited is left alone.
        ours = [claim for claim in ours if claim not in self._visited]
        return load_visits(services, connection, ours, lambda: self._stopping)

    async def _visit(self, visit: Visit) -> None:
        try:
            await self._courier.serve(visit)
        except StoreError as error:
            self._trouble = error
        except Exception as error:
            log.error("a visit failed: %s at %s", describe(error), where(error))
        finally:
            self._visited.discard(visit.claim)

    def _hand_back(self, connection: Connection) -> None:
        """Release what is leased to us and not visited: visits that ended, and claims of which
        the database could not say any more that it had kept them."""
        held = claims.leased_by(connection, self._owner)
        ended = [claim for claim in held if claim not in self._visited]
        claims.release_records(connection, ended, self._owner)
