"""The demonstration, running in a fresh folder."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.demo.theatre import demo


@pytest.fixture
async def stage(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Any]:
    """The journal and the simulator, as `orcid-connect demo` runs them."""
    async with demo(tmp_path) as running:
        yield running
