"""Finding our own item again on a record, and taking it up: never twice, never another row's."""

from orcid_connect import codec
from orcid_connect.codec import Payload
from orcid_connect.journeys.decisions import surplus
from orcid_connect.journeys.evidence import OnRecord, says
from orcid_connect.journeys.rows import Facts
from orcid_connect.observe import log
from orcid_connect.records import ItemKind
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


async def anothers(
    services: Services, row: Delivery, record: OnRecord, payload: Payload
) -> Delivery | None:
    """Return the row of another subject that owns an item of ours about this payload's thing."""
    async with services.database.reading() as connection:
        for item in await record.ours(payload):
            owner = await ledger.owner_of(connection, row, item.put_code)
            if owner is not None and owner.subject != row.subject:
                return owner
    return None


async def taken_up(
    services: Services, row: Delivery, record: OnRecord, found: list[Item], bodies: dict[str, str]
) -> Facts | None:
    """Take up that of these items which says what we sent, else the oldest; true copies are to go.

    `bodies` are the payloads it may hold, by hash. None: it vanished while we looked.
    Raises `RegistryError`.
    """
    items = await record.in_full([one.put_code for one in found])
    if not items:
        return None

    def said(item: Item) -> str | None:
        says_it = (digest for digest, body in bodies.items() if says(item, record.activity, body))
        return next(says_it, None)

    kept = next((item for item in items if said(item) is not None), items[0])
    copies = [one.put_code for one in items if _is_copy(record.activity, one, kept)]
    if copies:
        await _remove_surplus(services, row, copies)
    return Facts(kept.put_code, said(kept), crowded=bool(copies))


def _is_copy(kind: ItemKind, item: Item, kept: Item) -> bool:
    """Tell whether an item is the kept one once more, and ours to remove.

    It shares an identifier of the thing itself, which one source has once (REGISTRY.md 5.3), or
    says the same in every word. What merely looks alike may be another system's of our client.
    """
    if item.put_code == kept.put_code:
        return False
    ours, theirs = (codec.self_identifiers(kind, one.content) for one in (kept, item))
    return bool(ours & theirs) or codec.same_content(kind, kept.content, item.content)


async def _remove_surplus(services: Services, row: Delivery, put_codes: list[int]) -> None:
    """Give each further copy a row of its own that wants it gone: removed like any other item."""
    log.warning("%d further copies of one item of ours are removed", len(put_codes))
    now = services.clock()
    async with services.database.writing() as connection:
        for put_code in put_codes:
            if await ledger.owner_of(connection, row, put_code) is None:
                await ledger.add(connection, [surplus(row, put_code, now)], now)
