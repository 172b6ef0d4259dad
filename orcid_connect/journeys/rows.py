"""Changing a row of the ledger together with its attempt, on what it is by now.

Planning may have changed a row while a request was under way: every change starts from the row as
it stands in the same transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.journeys.decisions import removed_for_good
from orcid_connect.journeys.telling import tell_settled
from orcid_connect.journeys.trust import went_well
from orcid_connect.pacing import backoff
from orcid_connect.services import Services
from orcid_connect.store import ledger
from orcid_connect.store.ledger import Delivery, DeliveryState

Change = Callable[[Delivery, float], Delivery]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an item now: where it is and what it says; no put-code: it is not there."""

    put_code: int | None
    known_hash: str | None
    removed_by_researcher: bool = False


REMOVED = "Removed from the record by the researcher; sent again only if somebody releases it."


async def conclude(services: Services, row: Delivery, facts: Facts, outcome: str) -> Delivery:
    """Close the row's attempts with what is known now, and see where the row stands."""
    now = services.clock()
    async with services.database.writing() as connection:
        for attempt in await ledger.open_attempts(connection, row.id):
            await ledger.close_attempt(
                connection,
                attempt.id,
                status=attempt.status,
                code=None,
                outcome=outcome,
                now=now,
            )
        await went_well(connection, row.realm)
        return await _apply(connection, row, lambda fresh, at: restated(fresh, facts, at), now)


async def change(services: Services, row: Delivery, how: Change) -> None:
    """Change a row that is still as it was; one that was planned anew meanwhile is left alone."""

    def if_unchanged(fresh: Delivery, now: float) -> Delivery:
        return how(fresh, now) if is_as_it_was(fresh, row) else fresh

    async with services.database.writing() as connection:
        await _apply(connection, row, if_unchanged, services.clock())


async def rest(services: Services, row: Delivery, state: DeliveryState, sentence: str) -> None:
    """Let a row rest, unless it was planned anew meanwhile."""
    await change(services, row, lambda fresh, _now: fresh.rest(state, sentence))


async def later(services: Services, row: Delivery, sentence: str) -> None:
    """Try a row again after a while, longer each time."""
    settings = services.settings

    def how(fresh: Delivery, now: float) -> Delivery:
        tries = fresh.tries + 1
        wait = backoff(
            tries, base=settings.backoff_base, limit=settings.backoff_limit, key=fresh.id
        )
        return fresh.due(now + wait, sentence, tries=tries)

    await change(services, row, how)


def is_as_it_was(fresh: Delivery, row: Delivery) -> bool:
    """Tell whether a due row still wants the same, on the same record, with the same link."""
    return fresh.state == "due" and (
        fresh.desired_hash,
        fresh.put_code,
        fresh.link_id,
        fresh.orcid,
    ) == (row.desired_hash, row.put_code, row.link_id, row.orcid)


def restated(fresh: Delivery, facts: Facts, now: float) -> Delivery:
    """Return the row with what is known of its item, and the state that follows."""
    known = replace(fresh, put_code=facts.put_code, known_hash=facts.known_hash, known_at=now)
    if facts.removed_by_researcher:
        return known.rest("declined", REMOVED)  # for ever: a withdrawal in between undoes nothing
    if fresh.state == "withdrawn" and facts.put_code is not None:
        return known.due(now)  # it was withdrawn while its request was under way
    if fresh.state != "due":
        return known
    if fresh.desired_hash is None:
        return _without_item(known) if facts.put_code is None else known.due(now)
    if facts.put_code is not None and facts.known_hash == fresh.desired_hash:
        return known.rest("delivered")
    return known.due(now)


def _without_item(known: Delivery) -> Delivery:
    return removed_for_good(known) if known.held == "removed" else known.rest("withdrawn")


async def _apply(connection: AsyncConnection, row: Delivery, how: Change, now: float) -> Delivery:
    fresh = await ledger.get(connection, row.id) or row
    changed = how(fresh, now)
    if changed != fresh:
        await ledger.save(connection, changed, now)
        await tell_settled(connection, fresh, changed, now)
    return changed
