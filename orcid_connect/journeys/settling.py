"""Learning what an attempt did of which no clear answer came: by reading the record.

Sending again and hoping for a 409 would not do: not every kind of item is checked for duplicates,
and a late request could still overtake ours.
"""

import json
from collections.abc import Sequence

from orcid_connect.journeys.evidence import OnRecord, says
from orcid_connect.journeys.finding import nobodys, taken_up
from orcid_connect.journeys.rows import Facts, change, conclude, rest
from orcid_connect.registry.member import Item
from orcid_connect.services import Services
from orcid_connect.store import ledger
from orcid_connect.store.ledger import Attempt, Delivery

GATEWAY = frozenset({502, 503, 504})
"""Answers that something in front of ORCID gives while ORCID may still be at it."""


async def settle(
    services: Services,
    row: Delivery,
    record: OnRecord,
    unsettled: Sequence[Attempt],
    began_at: float,
) -> Delivery | None:
    """Settle the row's open attempts, if any; None: not ready to go on. Raises `RegistryError`.

    `began_at` is when the visit began: what was listed since may be older than now.
    """
    if not unsettled:
        return row
    attempt = unsettled[-1]
    ready_at = ready_at_of(services, attempt)
    if ready_at > began_at:
        sentence = "Its last request broke off; it is looked up before anything is sent again."
        await change(services, row, lambda fresh, _: fresh.due(ready_at, sentence, tries=row.tries))
        return None
    facts = await _learn(services, row, record, attempt)
    if facts is None:
        return None
    settled = await conclude(services, row, facts, "settled by reading the record")
    return settled if settled.state == "due" and not facts.crowded else None


def ready_at_of(services: Services, attempt: Attempt) -> float:
    """A request that ORCID itself did not answer may be under way as long as a request may take.

    Twice as long where we gave up waiting: ORCID may be carrying it out still.
    """
    if attempt.status is not None and attempt.status not in GATEWAY:
        return attempt.started_at
    given_up = attempt.status is None and attempt.outcome is not None
    return attempt.started_at + services.settings.request_timeout * (2 if given_up else 1)


async def _learn(
    services: Services, row: Delivery, record: OnRecord, attempt: Attempt
) -> Facts | None:
    if attempt.method == "POST":
        return await _learn_added(services, row, record, attempt)
    put_code = attempt.put_code or 0
    item = await record.item(put_code)
    if item is None and await record.has(put_code):
        sentence = "ORCID contradicts itself about this item: compare its list and the item."
        await rest(services, row, "parked", sentence)
        return None
    if item is None:
        return Facts(None, None, removed_by_researcher=attempt.method == "PUT")
    return Facts(put_code, await _known_hash(services, row, record, attempt, item))


async def _learn_added(
    services: Services, row: Delivery, record: OnRecord, attempt: Attempt
) -> Facts:
    body = await _body(services, attempt.sent_hash)
    found = await nobodys(services, row, record, json.loads(body))
    if not found:
        return Facts(None, None)
    bodies = {attempt.sent_hash or "": body}
    if row.known_hash is not None:
        bodies[row.known_hash] = await _body(services, row.known_hash)
    return await taken_up(services, row, record, found, bodies) or Facts(None, None)


async def _known_hash(
    services: Services, row: Delivery, record: OnRecord, attempt: Attempt, item: Item
) -> str | None:
    """Return which of the payloads we know of the item says, if any."""
    for digest in (attempt.sent_hash, row.known_hash):
        if digest is None:
            continue
        if says(item, record.activity, await _body(services, digest)):
            return digest
    return None


async def _body(services: Services, digest: str | None) -> str:
    if digest is None:
        return "{}"
    async with services.database.reading() as connection:
        return await ledger.payload(connection, digest)
