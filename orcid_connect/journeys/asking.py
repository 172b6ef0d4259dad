"""Who is asked to connect, and who is left in peace for a while because they said no."""

from dataclasses import dataclass

from orcid_connect.declarations import Person
from orcid_connect.services import Services
from orcid_connect.store import refusals

DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """That somebody said no at ORCID, and from when on they are asked again."""

    refused_at: float
    ask_again_at: float


async def standing_refusal(services: Services, person: Person) -> Refusal | None:
    """Return the refusal of this person, unless its time is over (`ask_again_days`)."""
    async with services.database.reading() as connection:
        refused_at = await refusals.refused_at(connection, person.tenant, person.key)
    if refused_at is None:
        return None
    ask_again_at = refused_at + services.settings.ask_again_days * DAY_SECONDS
    return Refusal(refused_at, ask_again_at) if services.clock() < ask_again_at else None
