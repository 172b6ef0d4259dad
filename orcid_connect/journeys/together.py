"""Doing in one go what several visits want at the same time: one transaction serves them all.

While one transaction runs, what comes in meanwhile gathers for the next. Nothing waits when nothing
else is going on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Wish = TypeVar("Wish")
Result = TypeVar("Result")

CarryOut = Callable[[Sequence[Wish]], Awaitable[Sequence[Result]]]


@dataclass(frozen=True, slots=True, eq=False)
class _Group(Generic[Wish, Result]):
    """What one visit wants carried out, and where it waits for the results."""

    wishes: Sequence[Wish]
    future: asyncio.Future[list[Result]]


class Together(Generic[Wish, Result]):
    """Gathers groups of wishes and carries them out together; each gets its results or its error.

    A transaction serves `most` wishes, or one group that has more.
    """

    def __init__(self, carry_out: CarryOut[Wish, Result], *, most: int) -> None:
        self._carry_out = carry_out
        self._most = most
        self._gathered: list[_Group[Wish, Result]] = []
        self._task: asyncio.Task[None] | None = None

    async def wish(self, wish: Wish) -> Result:
        """Have this carried out, with others if there are any; raises what carrying out raised."""
        (result,) = await self.all([wish])
        return result

    async def all(self, wishes: Sequence[Wish]) -> list[Result]:
        """Have a group carried out and return its results in order."""
        if not wishes:
            return []
        loop = asyncio.get_running_loop()
        group: _Group[Wish, Result] = _Group(wishes, loop.create_future())
        self._gathered.append(group)
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._go_on())
        return await group.future

    async def _go_on(self) -> None:
        while self._gathered:
            part = self._take()
            try:
                results = list(
                    await self._carry_out([one for group in part for one in group.wishes])
                )
            except Exception as error:
                await self._one_by_one(part, error)
            else:
                for group in part:
                    _fulfil(group.future, results[: len(group.wishes)])
                    del results[: len(group.wishes)]

    def _take(self) -> list[_Group[Wish, Result]]:
        part = [self._gathered.pop(0)]
        size = len(part[0].wishes)
        while self._gathered and size + len(self._gathered[0].wishes) <= self._most:
            part.append(self._gathered.pop(0))
            size += len(part[-1].wishes)
        return part

    async def _one_by_one(self, part: list[_Group[Wish, Result]], error: Exception) -> None:
        """The transaction was rolled back: a group that cannot be carried out spoils no other."""
        if len(part) == 1:
            _disappoint(part[0].future, error)
            return
        for group in part:
            try:
                results = list(await self._carry_out(group.wishes))
            except Exception as its_own:
                _disappoint(group.future, its_own)
            else:
                _fulfil(group.future, results)


def _fulfil(future: asyncio.Future[list[Result]], results: list[Result]) -> None:
    if not future.done():  # its visit may have been cancelled
        future.set_result(results)


def _disappoint(future: asyncio.Future[list[Result]], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
