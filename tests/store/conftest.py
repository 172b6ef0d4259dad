"""An open store without a registry, on each database."""

from collections.abc import AsyncIterator

import pytest

from orcid_connect.services import Services
from tests.support.clock import MovedClock
from tests.support.ledger import services_on


@pytest.fixture
async def services(database: str, clock: MovedClock, anyio_backend: str) -> AsyncIterator[Services]:
    """Services on a fresh database."""
    async with services_on(database, clock) as opened:
        yield opened
