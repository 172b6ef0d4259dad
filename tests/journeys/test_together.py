"""What several visits want at once is done in one go, and one that fails spoils no other."""

import asyncio
from collections.abc import Sequence

import pytest

from orcid_connect.journeys.together import Together

pytestmark = pytest.mark.anyio


class Doubling:
    """Doubles numbers together; remembers how they came, and refuses a thirteen."""

    def __init__(self) -> None:
        self.rounds: list[list[int]] = []

    async def carry_out(self, wishes: Sequence[int]) -> list[int]:
        """Double them."""
        self.rounds.append(list(wishes))
        await asyncio.sleep(0)
        if 13 in wishes:
            raise ValueError("thirteen")
        return [2 * wish for wish in wishes]


async def test_what_comes_together_goes_together() -> None:
    """Each gets its own results in order, and those that wait go in one round."""
    doubling = Doubling()
    together: Together[int, int] = Together(doubling.carry_out, most=10)
    one, two, none = await asyncio.gather(together.wish(1), together.all([2, 3]), together.all([]))
    assert (one, two, none) == (2, [4, 6], [])
    assert doubling.rounds == [[1, 2, 3]]


async def test_a_round_has_a_size() -> None:
    """No round is larger than said, but a group is never torn apart."""
    doubling = Doubling()
    together: Together[int, int] = Together(doubling.carry_out, most=3)
    await asyncio.gather(together.all([1, 2]), together.all([3, 4]), together.all([5, 6, 7, 8]))
    assert doubling.rounds == [[1, 2], [3, 4], [5, 6, 7, 8]]


async def test_a_failure_is_its_own() -> None:
    """One group that fails gets its error; the others are carried out again without it."""
    doubling = Doubling()
    together: Together[int, int] = Together(doubling.carry_out, most=10)
    one, thirteen, two = await asyncio.gather(
        together.wish(1), together.wish(13), together.wish(2), return_exceptions=True
    )
    assert [one, two] == [2, 4]
    assert isinstance(thirteen, ValueError)


async def test_a_cancelled_wish_holds_up_nobody() -> None:
    """Who no longer waits is not told; the others are."""
    doubling = Doubling()
    together: Together[int, int] = Together(doubling.carry_out, most=10)
    leaving = asyncio.create_task(together.wish(1))
    staying = asyncio.create_task(together.wish(2))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == 4
