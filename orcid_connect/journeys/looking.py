"""Looking at a record before something is added to it, where ORCID itself would not tell.

ORCID refuses a second copy of a work; of affiliations, addresses and others it does not always
(REGISTRY.md 5.3). And a tenant may not want a work added that another source put there already.
"""

import json
from dataclasses import replace
from typing import Final

from orcid_connect import codec
from orcid_connect.codec import Payload, same_thing
from orcid_connect.journeys.decisions import named_to, stands_already
from orcid_connect.journeys.finding import anothers, nobodys, taken_up
from orcid_connect.journeys.likeness import likeness, stands_unknown
from orcid_connect.journeys.rows import change, conclude, later, rest
from orcid_connect.journeys.settling import ready_at_of
from orcid_connect.journeys.twins import twin_on_record
from orcid_connect.journeys.visits import Ready
from orcid_connect.records import ItemKind
from orcid_connect.registry.member import Item
from orcid_connect.services import Services
from orcid_connect.store import bulk, ledger
from orcid_connect.store.ledger import Attempt

ALWAYS_CHECKED: Final[frozenset[ItemKind]] = frozenset(
    {"work", "keyword", "other-name", "researcher-url", "external-identifier"}
)
"""Kinds of which ORCID refuses a second copy from one source, whatever it holds."""


async def look_first(services: Services, one: Ready) -> Ready | None:
    """Return the row if it may be added; None if it was concluded. Raises `RegistryError`.

    Costs one reading of the section's list a visit, and only where it is needed.
    """
    policy = services.settings.tree.policy(one.row.subject.tenant).works.elsewhere
    by_policy = one.row.activity == "work" and policy != "add"
    if one.row.activity in ALWAYS_CHECKED and not by_policy:
        return one
    async with services.database.reading() as connection:
        body = await ledger.payload(connection, one.row.desired_hash or "")
    payload: Payload = json.loads(body)
    if by_policy:
        return await _as_policy_has_it(services, one, payload, policy)
    if codec.is_duplicate(one.row.activity, payload, payload):
        return one
    return await _unless_there(services, one, payload, body)


async def look_before_change(services: Services, one: Ready) -> Ready | None:
    """Return a row whose item is changed into another thing, of which ORCID would take a second
    one, as one that is to be looked up beside the others (`is_alone`); None if it was concluded.

    Reads the section's list only where an item stands of which is not known what it says. Raises
    `RegistryError`.
    """
    row = one.row
    if row.activity in ALWAYS_CHECKED:
        return one
    digests = (row.known_hash or "", row.desired_hash or "")
    async with services.database.reading() as connection:
        bodies = await connection.run_sync(bulk.bodies_of, digests)
        others = await ledger.of_record(connection, row.realm, row.orcid or "", row.activity)
    before, after = (json.loads(bodies.get(digest, "{}")) for digest in digests)
    said, says = (likeness(row.subject, row.activity, each) for each in (before, after))
    if same_thing(said, says):
        return one
    if any(stands_unknown(other) for other in others if other.subject != row.subject):
        other = await anothers(services, row, one.record, after)
        if other is not None:
            await change(services, row, lambda fresh, _now: stands_already(fresh, other))
            return None
    return replace(one, unchecked=after)


async def _unless_there(
    services: Services, one: Ready, payload: Payload, body: str
) -> Ready | None:
    found = await nobodys(services, one.row, one.record, payload)
    if not found:
        other = await anothers(services, one.row, one.record, payload)
        if other is None:
            return replace(one, unchecked=payload)
        await change(services, one.row, lambda fresh, _now: stands_already(fresh, other))
        return None
    bodies = {one.row.desired_hash or "": body}
    facts = await taken_up(services, one.row, one.record, found, bodies)
    if facts is None:
        return replace(one, unchecked=payload)
    await conclude(services, one.row, facts, "found on the record before it was added")
    return None


async def is_alone(services: Services, one: Ready) -> bool:
    """Tell whether no other row put the same there since we looked, or may have; if so, this one
    waits. Nothing that ORCID would take twice is sent without asking."""
    if one.unchecked is None:
        return True

    def may_arrive(attempt: Attempt) -> bool:
        """Else we saw whether it did, also where nobody may look for its row any more."""
        return ready_at_of(services, attempt) >= one.looked_at

    async with services.database.reading() as connection:
        other = await twin_on_record(connection, one.row, one.unchecked, may_arrive)
    if other is None:
        return True
    if other.put_code is not None:
        await change(services, one.row, lambda fresh, _now: stands_already(fresh, other))
    else:
        what = named_to(one.row.subject.tenant, other.subject)
        sentence = f"Whether {what} stands there, which says the same, is still unclear: it waits."
        await later(services, one.row, sentence)
    return False


async def _as_policy_has_it(
    services: Services, one: Ready, payload: Payload, policy: str
) -> Ready | None:
    other = await one.record.elsewhere(payload)
    if other is None:
        return one
    if policy == "skip":
        sentence = (
            f"It is on the record already, put there by {_source(other)}; this tenant's policy "
            "adds no second copy. Change works.elsewhere and `release` it to send it all the same."
        )
        await rest(services, one.row, "declined", sentence)
        return None
    note = (
        f"{_source(other)} put it on the record too; ORCID shows both as one. On the record, "
        "“Make primary” lets ours be the one that is seen."
    )
    return replace(one, note=note)


def _source(item: Item) -> str:
    name = ((item.content.get("source") or {}).get("source-name") or {}).get("value")
    return str(name) if name else "another source"
