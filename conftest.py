"""The few things most tests need: a clock to move, and settings on a fresh database."""

from pathlib import Path

import pytest

from tests.support.clock import MovedClock

pytest_plugins = ("tests.support.leaks",)


@pytest.fixture
def anyio_backend() -> str:
    """We are asynchronous on asyncio only."""
    return "asyncio"


@pytest.fixture
def clock() -> MovedClock:
    """A clock that stands still until a test moves it."""
    return MovedClock()


@pytest.fixture
def database_path(tmp_path: Path) -> Path:
    """Where this test's database is."""
    return tmp_path / "orcid_connect.sqlite"
