"""Doing in one go what several visits want at the same time: one transaction serves them all.

While one transaction runs, what comes in meanwhile gathers for the next. Nothing waits when nothing
else is going on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Wish = TypeVar("Wish")
Result = TypeVar("Result")

CarryOut = Callable[[Sequence[Wish]], Awaitable[Sequence[Result]]]


class Together(Generic[Wish, Result]):
    """Gathers wishes and carries them out together; each gets its own result or error."""

    def __init__(self, carry_out: CarryOut[Wish, Result], *, most: int) -> None:
        self._carry_out = carry_out
        self._most = most
        self._gathered: list[tuple[Wish, asyncio.Future[Result]]] = []
        self._task: asyncio.Task[None] | None = None

    async def wish(self, wish: Wish) -> Result:
        """Have this carried out, with others if there are any; raises what carrying out raised."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._gathered.append((wish, future))
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._go_on())
        return await future

    async def all(self, wishes: Sequence[Wish]) -> list[Result]:
        """Have several carried out and return the results in order; raises the first error."""
        return list(await asyncio.gather(*(self.wish(one) for one in wishes)))

    async def _go_on(self) -> None:
        while self._gathered:
            part, self._gathered = self._gathered[: self._most], self._gathered[self._most :]
            try:
                results = await self._carry_out([wish for wish, _ in part])
            except Exception as error:
                await self._one_by_one(part, error)
            else:
                for (_, future), result in zip(part, results, strict=True):
                    _fulfil(future, result)

    async def _one_by_one(
        self, part: list[tuple[Wish, asyncio.Future[Result]]], error: Exception
    ) -> None:
        """The transaction was rolled back: one wish that cannot be carried out spoils no other."""
        if len(part) == 1:
            _disappoint(part[0][1], error)
            return
        for wish, future in part:
            try:
                (result,) = await self._carry_out([wish])
            except Exception as its_own:
                _disappoint(future, its_own)
            else:
                _fulfil(future, result)


def _fulfil(future: asyncio.Future[Result], result: Result) -> None:
    if not future.done():  # its visit may have been cancelled
        future.set_result(result)


def _disappoint(future: asyncio.Future[Result], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
