"""What may be used only once: states, tickets, and the ids of signed requests."""

from typing import Final

from orcid_connect.services import Services
from orcid_connect.store import people

FORGIVEN_SECONDS: Final = 60
"""For a clock set back: so much longer it is remembered than it could be used."""


async def use_once(services: Services, fingerprint: str, seconds: float) -> bool:
    """Use up what expires in so many seconds at the latest; false if it was used before."""
    now = services.clock()
    async with services.database.writing() as connection:
        await people.forget_states(connection, now)
        return await people.use_state(connection, fingerprint, now + seconds + FORGIVEN_SECONDS)
