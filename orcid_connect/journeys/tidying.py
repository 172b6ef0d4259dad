"""Pruning as one run: everything that nothing needs any more, step by small step.

A run may stop after any step and loses nothing; the next one finds what is left.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.services import Services
from orcid_connect.store import pruning
from orcid_connect.store.pruning import Found

LEAST_SECONDS = 2 * 86_400.0
"""The youngest that may be pruned: payloads younger than a day are not renewed when reused."""

Find = Callable[[AsyncConnection, Any], Awaitable[Found]]
Forget = Callable[[AsyncConnection, tuple[Any, ...]], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Step:
    """What one step did: of what, how many were looked at and how many forgotten."""

    what: str
    looked_at: int
    forgotten: int


async def sizes(services: Services) -> dict[str, int]:
    """Return how many rows a run looks through, by what they are."""
    async with services.database.reading() as connection:
        return await pruning.sizes(connection)


async def prune(
    services: Services, before: float, *, only_count: bool = False
) -> AsyncIterator[Step]:
    """Forget what was over before a time; with `only_count` forget nothing."""
    run = _Run(services, before, only_count)
    async for step in run.attempts():
        yield step
    async for step in run.declarations():
        yield step
    async for step in run.payloads():
        yield step
    async for step in run.states():
        yield step


class _Run:
    def __init__(self, services: Services, before: float, only_count: bool) -> None:
        self._services = services
        self._before = before
        self._only_count = only_count

    def attempts(self) -> AsyncIterator[Step]:
        find = partial(pruning.find_attempts, before=self._before)
        return self._walk("attempts", 0, find, pruning.forget_attempts)

    def declarations(self) -> AsyncIterator[Step]:
        find = partial(pruning.find_declarations, before=self._before)
        return self._walk("declarations", 0, find, pruning.forget_declarations)

    async def payloads(self) -> AsyncIterator[Step]:
        forget = partial(pruning.forget_payloads, before=self._before)
        for part in pruning.HASH_PARTS:
            find = _Unneeded(part, self._before)
            async for step in self._walk("payloads", "", find, forget):
                yield step

    def states(self) -> AsyncIterator[Step]:
        find = partial(pruning.find_states, now=self._services.clock())
        return self._walk("states", "", find, pruning.forget_states)

    async def _walk(self, what: str, start: Any, find: Find, forget: Forget) -> AsyncIterator[Step]:
        after: Any | None = start
        while after is not None:
            async with self._services.database.reading() as connection:
                found = await find(connection, after)
            gone = len(found.names)
            if found.names and not self._only_count:
                async with self._services.database.writing() as connection:
                    gone = await forget(connection, found.names)
            yield Step(what, found.looked_at, gone)
            after = found.after


class _Unneeded:
    """Finds old payloads of one part to which nothing refers; what is needed is read once."""

    def __init__(self, part: str, before: float) -> None:
        self._part = part
        self._before = before
        self._needed: set[str] | None = None

    async def __call__(self, connection: AsyncConnection, after: Any) -> Found:
        found = await pruning.find_payloads(connection, self._part, after, self._before)
        if found.names and self._needed is None:
            self._needed = await pruning.needed_payloads(connection, self._part)
        unneeded = tuple(name for name in found.names if name not in (self._needed or ()))
        return Found(unneeded, found.after, found.looked_at)
