"""A journal with its simulator, for every test of the journeys."""

from collections.abc import AsyncIterator

import pytest

from tests.support.clock import MovedClock
from tests.support.journal import Journal, journal_on


@pytest.fixture
async def journal(database: str, clock: MovedClock) -> AsyncIterator[Journal]:
    """A journal on a fresh database, its simulator behind real HTTP."""
    async with journal_on(database, clock) as opened:
        yield opened
