"""The registry's own verdicts (see ../shared/orcid/VECTORS.md)."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Lines = list[dict[str, Any]]


@pytest.fixture(scope="session")
def observed() -> Callable[[str], Lines]:
    """Read one of the files of what the registry's own code was seen to do."""

    def read(name: str) -> Lines:
        path = Path(__file__).parents[1] / "vectors" / f"{name}.jsonl"
        return [json.loads(line) for line in path.read_text("ascii").splitlines()]

    return read
