"""The calls by which a host's own page shows people their deliveries and lets them decide."""

from abc import ABC, abstractmethod

from orcid_connect.declarations import Person
from orcid_connect.errors import InputError
from orcid_connect.journeys import overview, wishes
from orcid_connect.journeys.overview import Overview, Standing
from orcid_connect.journeys.tickets import person_named
from orcid_connect.journeys.wishes import PersonDeed, deed_named
from orcid_connect.services import Services
from orcid_connect.store.listings import Position


class PersonCalls(ABC):
    """What the page `/my` does, for hosts that build their own; ask only for who is signed in."""

    @abstractmethod
    async def services(self) -> Services:
        """Return the opened edges."""

    @abstractmethod
    def wake(self) -> None:
        """Have the engine look for what is due."""

    async def person_overview(
        self,
        person: Person | str,
        tenant: str | None = None,
        *,
        after: Position | None = None,
    ) -> Overview:
        """Return how a person's activities stand, fifty at a time, and what they may decide.

        `after` is the `after` of the page before.
        """
        meant = person_named(person, tenant)
        return await overview.of_person(await self.services(), meant, after)

    async def person_decides(
        self,
        person: Person | str,
        delivery_id: str,
        deed: PersonDeed,
        tenant: str | None = None,
    ) -> Standing:
        """Send, hold or remove one of a person's deliveries; return how it stands then.

        Nothing the host does overrides it. Raises `InputError` if it is not theirs, or does not
        allow that by now.
        """
        meant, services = person_named(person, tenant), await self.services()
        decided = await wishes.decide(services, meant, delivery_id, deed_named(deed))
        found = await overview.of_one(services, meant, delivery_id)
        if decided is None or found is None:
            raise InputError("this person has no such delivery")
        if not decided.done:
            allowed = ", ".join(found.deeds) or "nothing"
            raise InputError(f"as it stands, its person may decide: {allowed}; not {deed}")
        self.wake()
        return found

    async def person_asks_first(
        self, person: Person | str, ask: bool, tenant: str | None = None
    ) -> None:
        """Keep whether a person is asked before anything new is put on their record."""
        await wishes.set_ask_first(await self.services(), person_named(person, tenant), ask=ask)
        self.wake()
