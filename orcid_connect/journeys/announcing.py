"""Announcing requests: an attempt is committed before every write leaves.

Row, declaration, link, credential and tenant are read again in the same transaction: whoever
withdrew, corrected, disconnected, held back or paused since the visit began has the last word.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection

from orcid_connect.codec import Encoded
from orcid_connect.journeys.rows import is_as_it_was
from orcid_connect.store import bulk, turns
from orcid_connect.store.declared import Subject
from orcid_connect.store.leases import CredentialState
from orcid_connect.store.ledger import Delivery
from orcid_connect.store.people import Link, Realm
from orcid_connect.store.turns import Queue
from orcid_connect.store.unplanned import unplanned_of

NOTHING: Final = Encoded("{}")
"""The payload of a request that has none."""
CANARY_SENTENCE = (
    "The first deliveries of the canary are done: look at them on the records, then let the rest "
    "go with `orcid-connect resume --tenant {tenant}`."
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A request as a visit means to send it."""

    row: Delivery
    link: Link
    method: str


@dataclass(frozen=True, slots=True)
class Announced:
    """The attempt that was committed, and the payload that may leave now."""

    attempt: int
    body: Encoded


@dataclass(frozen=True, slots=True)
class _World:
    """What is true now of everything that several drafts touch."""

    rows: dict[str, Delivery]
    links: dict[str, Link]
    states: dict[Realm, CredentialState]
    queues: dict[tuple[Realm, str], Queue]
    unsettled: frozenset[str]
    unplanned: set[Subject]


def announce_on(
    connection: Connection, drafts: Sequence[Draft], now: float
) -> list[Announced | None]:
    """Open an attempt for each draft that still holds; None for one that must not leave."""
    if not drafts:
        return []
    world = _look(connection, drafts, now)
    holding = {one.row.id: one for one in reversed(drafts) if _may_go(world, one, now)}
    going = list(reversed(holding.values()))  # of two for one row the first, and no other
    going = _past_canaries(connection, world, going, now)
    numbers = bulk.open_attempts(connection, [(draft.row, draft.method) for draft in going], now)
    kept = bulk.bodies_of(connection, (draft.row.desired_hash for draft in going))
    bodies = {digest: Encoded(body) for digest, body in kept.items()}
    announced = {
        draft.row.id: Announced(
            numbers[draft.row.id], bodies.get(draft.row.desired_hash or "", NOTHING)
        )
        for draft in going
    }
    return [announced.pop(draft.row.id, None) for draft in drafts]


def _look(connection: Connection, drafts: Sequence[Draft], now: float) -> _World:
    ids = [draft.row.id for draft in drafts]
    return _World(
        bulk.deliveries_with(connection, ids),
        bulk.links_with(connection, [draft.link.id for draft in drafts]),
        bulk.states_of(connection, [draft.row.realm for draft in drafts]),
        bulk.queues_of_tenants(connection, [draft.row.subject.tenant for draft in drafts]),
        frozenset(bulk.open_attempts_of(connection, ids)),
        unplanned_of(connection, [draft.row.subject for draft in drafts], now),
    )


def _may_go(world: _World, draft: Draft, now: float) -> bool:
    row, state = draft.row, world.states[draft.row.realm]
    queue = world.queues.get((row.realm, row.subject.tenant))
    fresh = world.rows.get(row.id)
    return (
        fresh is not None
        and is_as_it_was(fresh, row)
        and (draft.method == "DELETE" or not fresh.stopped)
        and row.subject not in world.unplanned
        and row.id not in world.unsettled  # nobody else, by mistake, is at the same row
        and world.links.get(draft.link.id) == draft.link
        and state.paused_at is None
        and (state.slow_until or 0.0) <= now
        and (queue is None or queue.paused_at is None)
    )


def _past_canaries(
    connection: Connection, world: _World, going: list[Draft], now: float
) -> list[Draft]:
    """Let no more new items go than a tenant's canary allows; then pause it."""
    left = {key: queue.canary_left for key, queue in world.queues.items()}
    passed: list[Draft] = []
    for draft in going:
        key = (draft.row.realm, draft.row.subject.tenant)
        few = left.get(key)
        if few is not None and draft.method == "POST":
            if few <= 0:
                continue
            left[key] = few - 1
        passed.append(draft)
    for key, queue in world.queues.items():
        if left[key] != queue.canary_left:
            turns.save_queue(connection, _after_canary(queue, left[key] or 0, now))
    return passed


def _after_canary(queue: Queue, left: int, now: float) -> Queue:
    if left > 0:
        return replace(queue, canary_left=left)
    sentence = CANARY_SENTENCE.format(tenant=queue.tenant)
    return turns.paused(replace(queue, canary_left=None), sentence, now)
