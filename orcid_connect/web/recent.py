"""What pages and metrics show again and again, asked of the database once in a while only."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from orcid_connect.journeys import status
from orcid_connect.journeys.status import Status
from orcid_connect.services import Services
from orcid_connect.store import coverage, reports
from orcid_connect.store.coverage import Coverage
from orcid_connect.store.reports import Day
from orcid_connect.web.admin_chart import DAY_SECONDS, STATES, day_starts

Answer = TypeVar("Answer")

FRESH_SECONDS = 10.0
"""How long an answer is shown again before it is asked for anew."""
MOST_ANSWERS = 200
"""Answers kept at most."""


class Recent:
    """Answers of the last seconds."""

    def __init__(self) -> None:
        self._answers: dict[str, tuple[float, Any]] = {}

    def forget(self) -> None:
        """Ask everything anew: something was changed here."""
        self._answers.clear()

    async def status(self, services: Services) -> Status:
        """Return how all of it stands."""
        return await self._recently(services, "status", lambda: status.look(services))

    async def days(self, services: Services, tenant: str | None) -> list[Day]:
        """Return how many deliveries came to rest on each of the last days."""

        async def ask() -> list[Day]:
            starts = day_starts(services.clock())
            async with services.database.reading() as connection:
                return await reports.changed_by_day(connection, tenant, STATES, starts, DAY_SECONDS)

        name = "days" if tenant is None else f"days of {tenant}"
        return await self._recently(services, name, ask)

    async def coverage(self, services: Services, tenant: str) -> list[Coverage]:
        """Return how many of the people named in a tenant are connected."""

        async def ask() -> list[Coverage]:
            realm = status.realm_for(services, tenant)
            async with services.database.reading() as connection:
                return await coverage.coverage(connection, realm, tenant)

        return await self._recently(services, f"coverage of {tenant}", ask)

    async def _recently(
        self, services: Services, name: str, ask: Callable[[], Awaitable[Answer]]
    ) -> Answer:
        now = services.clock()
        at, known = self._answers.get(name, (float("-inf"), None))
        if known is not None and abs(now - at) < FRESH_SECONDS:
            answer: Answer = known
            return answer
        if len(self._answers) >= MOST_ANSWERS:
            self._answers.clear()
        fresh = await ask()
        self._answers[name] = (now, fresh)
        return fresh
