"""Changing a row of the ledger together with its attempt, on what it is by now.

Planning may have changed a row while a request was under way: every change starts from the row as
it stands in the same transaction.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.journeys.decisions import REMOVED_BY_RESEARCHER, at_rest, removed_for_good
from orcid_connect.journeys.telling import SETTLED, tell_all_settled, tell_settled
from orcid_connect.journeys.trust import went_well
from orcid_connect.journeys.twins import follow
from orcid_connect.pacing import backoff
from orcid_connect.services import Services
from orcid_connect.store import bulk, ledger, people
from orcid_connect.store.ledger import Delivery, DeliveryState
from orcid_connect.store.people import Link

Change = Callable[[Delivery, float], Delivery]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an item now: where it is and what it says; no put-code: it is not there."""

    put_code: int | None
    known_hash: str | None
    removed_by_researcher: bool = False
    crowded: bool = False  # further copies of it are to go first


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What is known now of a row's item, and in words how it became known."""

    row: Delivery
    facts: Facts
    outcome: str
    note: str = ""  # shown with the delivered row


async def conclude(services: Services, row: Delivery, facts: Facts, outcome: str) -> Delivery:
    """Close the row's attempts with what is known now, and see where the row stands."""
    known = [Conclusion(row, facts, outcome)]
    (changed,) = await services.database.at_once(
        "writing", lambda connection: conclude_on(connection, services, known)
    )
    return changed


def conclude_on(
    connection: Connection, services: Services, known: Sequence[Conclusion]
) -> list[Delivery]:
    """Do so for several rows, in a transaction together with others."""
    now = services.clock()
    closed: dict[str, list[str]] = {}
    for one in known:
        closed.setdefault(one.outcome, []).append(one.row.id)
    bulk.close_attempts(connection, closed, now)
    for realm in {one.row.realm for one in known}:
        went_well(connection, realm)
    fresh = bulk.deliveries_with(connection, (one.row.id for one in known))
    before = [fresh.get(one.row.id, one.row) for one in known]
    after = [
        restated(row, one.facts, now, one.note) if row.orcid == one.row.orcid else row
        for row, one in zip(before, known, strict=True)  # what is known is of that record alone
    ]
    bulk.save_known(connection, after, now)
    follow(connection, list(zip(before, after, strict=True)), now)
    if services.plugins.hear(SETTLED):  # who delivers tells: what nobody hears is not written down
        tell_all_settled(connection, list(zip(before, after, strict=True)), now)
    return after


async def change(services: Services, row: Delivery, how: Change) -> None:
    """Change a row that is still as it was; one that was planned anew meanwhile is left alone."""
    async with services.database.writing() as connection:
        await change_on(connection, row, how, services.clock())


async def change_on(connection: AsyncConnection, row: Delivery, how: Change, now: float) -> None:
    """Do so in a transaction together with what causes it."""

    def if_unchanged(fresh: Delivery, now: float) -> Delivery:
        return how(fresh, now) if is_as_it_was(fresh, row) else fresh

    await _apply(connection, row, if_unchanged, now)


async def set_right(services: Services, row: Delivery, how: Change) -> None:
    """Change a row to what was read on its record, unless its item changed hands meanwhile."""

    def if_same_item(fresh: Delivery, now: float) -> Delivery:
        same = (fresh.orcid, fresh.put_code) == (row.orcid, row.put_code)
        return how(fresh, now) if same else fresh

    async with services.database.writing() as connection:
        await _apply(connection, row, if_same_item, services.clock())


async def rest(services: Services, row: Delivery, state: DeliveryState, sentence: str) -> None:
    """Let a row rest, unless it was planned anew meanwhile."""
    await change(services, row, lambda fresh, _now: fresh.rest(state, sentence))


async def wait_for_link(
    services: Services, row: Delivery, link: Link | None, sentence: str
) -> None:
    """Let a row wait whose link may not write, unless the link did not stay as it was seen."""
    now = services.clock()
    async with services.database.writing() as connection:
        known = None if row.link_id is None else await people.link_with_id(connection, row.link_id)
        if known == link:
            await change_on(connection, row, lambda fresh, _: fresh.rest("waiting", sentence), now)


async def later(services: Services, row: Delivery, sentence: str) -> None:
    """Try a row again after a while, longer each time."""
    settings = services.settings

    def how(fresh: Delivery, now: float) -> Delivery:
        tries = fresh.tries + 1
        wait = backoff(
            # By record: what failed together is looked up together.
            tries,
            base=settings.backoff_base,
            limit=settings.backoff_limit,
            key=fresh.orcid or fresh.id,
        )
        return fresh.due(now + wait, sentence, tries=tries)

    await change(services, row, how)


def is_as_it_was(fresh: Delivery, row: Delivery) -> bool:
    """Tell whether a due row still wants the same, on the same record, with the same link.

    What its person decided meanwhile is another wish: it is for the next visit to carry out.
    """
    return fresh.state == "due" and (
        fresh.desired_hash,
        fresh.put_code,
        fresh.link_id,
        fresh.orcid,
        fresh.wish,
    ) == (row.desired_hash, row.put_code, row.link_id, row.orcid, row.wish)


def restated(fresh: Delivery, facts: Facts, now: float, note: str = "") -> Delivery:
    """Return the row with what is known of its item, and the state that follows."""
    known = replace(fresh, put_code=facts.put_code, known_hash=facts.known_hash, known_at=now)
    if facts.removed_by_researcher:  # for ever: a withdrawal in between undoes nothing
        return known.rest("declined", REMOVED_BY_RESEARCHER)
    if fresh.wish == "ask" and facts.put_code is not None:
        known = replace(known, wish=None, wished_at=None)  # it stands there: there is no asking
    if fresh.state == "withdrawn" and facts.put_code is not None:
        return known.due(now)  # it was withdrawn while its request was under way
    if fresh.state != "due":
        return known
    if fresh.desired_hash is None:
        return _without_item(known) if facts.put_code is None else known.due(now, known.sentence)
    if known.stopped:
        return at_rest(known)  # decided while its request was under way
    if facts.put_code is not None and facts.known_hash == fresh.desired_hash:
        return known.rest("delivered", note)
    return known.due(now)


def _without_item(known: Delivery) -> Delivery:
    """Return the row at rest; its sentence says why it went, unless trouble overwrote that."""
    if known.kept_off:
        return removed_for_good(known)
    return known.rest("withdrawn", "" if known.tries else known.sentence)


async def _apply(connection: AsyncConnection, row: Delivery, how: Change, now: float) -> Delivery:
    fresh = await ledger.get(connection, row.id) or row
    changed = how(fresh, now)
    if changed != fresh:
        await ledger.save(connection, changed, now)
        await connection.run_sync(follow, [(fresh, changed)], now)
        await tell_settled(connection, fresh, changed, now)
    return changed
