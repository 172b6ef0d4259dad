"""Finding our own item again on a record, and taking it up: never twice, never another row's."""

from orcid_connect.codec import Payload
from orcid_connect.journeys.decisions import surplus
from orcid_connect.journeys.evidence import OnRecord, says
from orcid_connect.journeys.rows import Facts
from orcid_connect.observe import log
from orcid_connect.registry.member import Item
from orcid_connect.services import Services
from orcid_connect.store import ledger
from orcid_connect.store.ledger import Delivery


async def nobodys(
    services: Services, row: Delivery, record: OnRecord, payload: Payload
) -> list[Item]:
    """Return the items of ours about this payload's thing that no other row owns, oldest first.

    Reads the record's list once a visit; raises `RegistryError`.
    """
    found: list[Item] = []
    for candidate in await record.ours(payload):
        async with services.database.reading() as connection:
            owner = await ledger.owner_of(connection, row, candidate.put_code)
        if owner is None or owner.id == row.id:
            found.append(candidate)
    return sorted(found, key=lambda item: item.put_code)


async def taken_up(
    services: Services, row: Delivery, record: OnRecord, found: list[Item], bodies: dict[str, str]
) -> Facts | None:
    """Take up the oldest of these items; whatever else of ours says the same is to go.

    `bodies` are the payloads it may hold, by hash. None: it vanished while we looked.
    Raises `RegistryError`.
    """
    item = await record.item(found[0].put_code)
    if item is None:
        return None
    if len(found) > 1:
        await _remove_surplus(services, row, [one.put_code for one in found[1:]])
    known = next(
        (digest for digest, body in bodies.items() if says(item, record.activity, body)), None
    )
    return Facts(item.put_code, known, crowded=len(found) > 1)


async def _remove_surplus(services: Services, row: Delivery, put_codes: list[int]) -> None:
    """Give each further copy a row of its own that wants it gone: removed like any other item."""
    log.warning("%d further copies of one item of ours are removed", len(put_codes))
    now = services.clock()
    async with services.database.writing() as connection:
        for put_code in put_codes:
            if await ledger.owner_of(connection, row, put_code) is None:
                await ledger.add(connection, [surplus(row, put_code, now)], now)
