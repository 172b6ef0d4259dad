"""A journal with ORCID behind it, and somebody signed in there."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser as Chromium

from tests.web.host import Browser, Journal, running_journal
from tests.web.site import Site, running_site


@pytest.fixture
async def journal(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Journal]:
    """A journal whose credential may write."""
    async with running_journal(tmp_path) as running:
        yield running


@pytest.fixture
def ada(journal: Journal) -> str:
    """The iD of somebody at ORCID."""
    return journal.sim.add_person("Ada", "Lovelace").orcid


@pytest.fixture
def browser(journal: Journal) -> Browser:
    """A browser in which the account `anne` is signed in."""
    return Browser(journal, "anne")


@pytest.fixture
async def site(tmp_path: Path, chromium: Chromium) -> AsyncIterator[Site]:
    """The journal on a port, for a real browser."""
    async with running_site(tmp_path, chromium) as running:
        yield running
