"""What a person's page says of their works and reviews."""

from collections.abc import Sequence

from orcid_connect.declarations import Person
from orcid_connect.journeys import linking, overview
from orcid_connect.services import Services
from orcid_connect.web.pages import DeliveryRow


async def deliveries_of(services: Services, person: Person) -> Sequence[DeliveryRow]:
    """Return how the activities of a person stand, last changed first."""
    link = await linking.current_link(services, person)
    # A former link's iD may be somebody else's by now.
    orcid = link.orcid if link is not None and link.state == "active" else None
    standings = await overview.of_person(services, person.tenant, person.key, orcid)
    return [DeliveryRow(one.title, one.state, one.sentence) for one in standings]
