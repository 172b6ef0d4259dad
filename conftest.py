"""The few things most tests need: a clock to move, and settings on a fresh database."""

import os
from pathlib import Path

import pytest

from tests.support.clock import MovedClock

pytest_plugins = (
    "tests.support.certificates",
    "tests.support.chromium",
    "tests.support.leaks",
    "tests.support.postgres",
)


def pytest_configure(config: pytest.Config) -> None:
    """Measure the workers of a run, not what its tests start: that would start half as fast."""
    if not config.getoption("numprocesses", None):
        os.environ.pop("COVERAGE_PROCESS_CONFIG", None)


@pytest.fixture(scope="session")
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
