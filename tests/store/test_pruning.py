"""Pruning forgets what is over and old, and nothing that a delivery or a subject still needs."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import insert, select

from orcid_connect.journeys import tidying
from orcid_connect.services import Services
from orcid_connect.store import bulk, declared, ledger, people, pruning
from orcid_connect.store.declared import Subject
from orcid_connect.store.known import newest_as_of
from orcid_connect.store.schema import attempts, declarations, payloads, used_states
from tests.support.clock import MovedClock
from tests.support.journal import article
from tests.support.ledger import delivery, fill, keep

pytestmark = pytest.mark.anyio

DAY = 86_400.0
OLD = 500 * DAY
"""Seconds ago; a run prunes what is older than 400 days."""


async def prune(services: Services, *, only_count: bool = False) -> Counter[str]:
    """Prune to the end and return what was forgotten."""
    gone: Counter[str] = Counter()
    before = services.clock() - 400 * DAY
    async for step in tidying.prune(services, before, only_count=only_count):
        gone[step.what] += step.forgotten
    return +gone


async def kept(services: Services, column: Any) -> list[Any]:
    """Return what is left in a table."""
    async with services.database.reading() as connection:
        return sorted((await connection.execute(select(column))).scalars())


async def attempt(services: Services, started_at: float, finished_at: float | None) -> None:
    """Store an attempt of the first delivery."""
    row = delivery(1)
    async with services.database.writing() as connection:
        opened = await connection.run_sync(bulk.open_attempts, [(row, "POST")], started_at)
        if finished_at is not None:
            await ledger.close_attempt(
                connection, opened[row.id], status=201, code=None, outcome="done", now=finished_at
            )


async def test_old_closed_attempts_go(services: Services, clock: MovedClock) -> None:
    """An attempt goes when it was closed long ago; an open one stays however old it is."""
    await attempt(services, clock() - OLD, clock() - OLD + 1)
    await attempt(services, clock() - OLD, None)
    await attempt(services, clock() - OLD, clock() - DAY)
    await attempt(services, clock() - DAY, clock() - DAY)
    assert await prune(services, only_count=True) == {"attempts": 1}
    assert len(await kept(services, attempts.c.id)) == 4
    assert await prune(services) == {"attempts": 1}
    assert len(await kept(services, attempts.c.id)) == 3
    assert await prune(services) == {}


async def declare(services: Services, key: str, day: int, received_at: float, due: Any) -> int:
    """Store a declaration; return its number."""
    statement = declared.intake_statement(article(key=key, day=day), f"{key}-{day}", received_at)
    async with services.database.writing() as connection:
        await connection.execute(statement.values(plan_due_at=due))
        query = select(declarations.c.sequence).where(declarations.c.event_id == f"{key}-{day}")
        return int((await connection.execute(query)).scalar_one())


async def withdraw(services: Services, key: str, day: int, received_at: float) -> int:
    """Store a withdrawal."""
    number = await declare(services, key, day, received_at, None)
    async with services.database.writing() as connection:
        await connection.execute(
            declarations.update().where(declarations.c.sequence == number).values(withdrawn=True)
        )
    return number


async def test_superseded_declarations_go(services: Services, clock: MovedClock) -> None:
    """Of each subject stay the one that holds, the last that is no withdrawal, and the unplanned.

    What holds is decided by `as_of`, in whatever order it arrived.
    """
    old = clock() - OLD
    holds = await declare(services, "a", 9, old, None)
    await declare(services, "a", 2, old, None)
    unplanned = await declare(services, "a", 3, old, clock())
    young = await declare(services, "a", 4, clock() - DAY, None)
    await declare(services, "b", 1, old, None)
    last_said = await declare(services, "b", 2, old, None)
    await withdraw(services, "b", 3, old)
    withdrawn = await withdraw(services, "b", 4, old)
    assert await prune(services) == {"declarations": 3}
    left = [holds, unplanned, young, last_said, withdrawn]
    assert await kept(services, declarations.c.sequence) == sorted(left)
    async with services.database.reading() as connection:
        newest = await newest_as_of(connection, Subject("journal", "article", "a"))
    assert newest == article(day=9).as_of.timestamp()


async def test_versions_are_kept(services: Services, clock: MovedClock) -> None:
    """Of an article with versions nothing goes: which of them holds depends on all of them."""
    old = clock() - OLD
    numbers = [await declare(services, "lineage", day, old, None) for day in (1, 2, 3)]
    async with services.database.writing() as connection:
        await connection.execute(
            declarations.update()
            .where(declarations.c.sequence == numbers[1])
            .values(member="version-2")
        )
    assert await prune(services) == {}
    assert await kept(services, declarations.c.sequence) == numbers


async def test_payloads_that_nothing_refers_to_go(services: Services, clock: MovedClock) -> None:
    """A payload stays while a delivery wants or has it, or an attempt that is kept sent it."""
    old = clock() - OLD
    wanted, known, sent, orphan = [
        await keep(services, text, old) for text in ("wanted", "known", "sent", "orphan")
    ]
    young = await keep(services, "young", clock() - DAY)
    await fill(services, delivery(1, desired_hash=wanted, known_hash=known))
    async with services.database.writing() as connection:
        await connection.run_sync(
            bulk.open_attempts, [(delivery(2, desired_hash=sent), "POST")], old
        )
    assert await prune(services) == {"payloads": 1}
    assert await kept(services, payloads.c.hash) == sorted([wanted, known, sent, young])
    assert orphan not in await kept(services, payloads.c.hash)


async def test_a_payload_taken_up_again_stays(services: Services, clock: MovedClock) -> None:
    """A payload that planning takes up between the look and the pruning is not lost."""
    digest = await keep(services, "again", clock() - OLD)
    before = clock() - 400 * DAY
    async with services.database.reading() as connection:
        found = await pruning.find_payloads(connection, digest[0], "", before)
    assert found.names == (digest,)
    await keep(services, "again", clock())
    async with services.database.writing() as connection:
        assert await pruning.forget_payloads(connection, found.names, before) == 0
    assert await kept(services, payloads.c.hash) == [digest]


async def test_planning_and_pruning_at_once(services: Services, clock: MovedClock) -> None:
    """Whichever of the two is first, a payload that planning kept is there afterwards."""
    before = clock() - 400 * DAY
    for number in range(10):
        digest = await keep(services, f"text {number}", clock() - OLD)

        async def forget(digest: str = digest) -> None:
            async with services.database.writing() as connection:
                await pruning.forget_payloads(connection, [digest], before)

        await asyncio.gather(keep(services, f"text {number}", clock()), forget())
        assert digest in await kept(services, payloads.c.hash)


async def test_expired_states_go(services: Services, clock: MovedClock) -> None:
    """Used states of connections go when they have expired, not before."""
    async with services.database.writing() as connection:
        await people.use_state(connection, "gone", clock() - 1)
        await people.use_state(connection, "here", clock() + 1)
    assert await prune(services) == {"states": 1}
    assert await kept(services, used_states.c.fingerprint) == ["here"]


async def test_a_run_goes_in_steps(
    services: Services, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped after any step, what was forgotten is forgotten, and the next run does the rest."""
    monkeypatch.setattr(pruning, "BATCH", 2)
    values = [
        {
            "delivery_id": "d",
            "method": "POST",
            "started_at": clock() - OLD,
            "finished_at": clock() - OLD,
        }
        for _ in range(5)
    ]
    async with services.database.writing() as connection:
        await connection.execute(insert(attempts), values)
    run = tidying.prune(services, clock() - 400 * DAY)
    assert (await anext(run)).forgotten == 2
    assert len(await kept(services, attempts.c.id)) == 3
    assert await prune(services) == {"attempts": 3}
