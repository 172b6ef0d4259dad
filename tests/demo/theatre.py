"""The demo journal and its simulator on free ports, for tests that visit them as browsers do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx

from orcid_connect.cli.demo import load_journal

PASSWORD = "orcid-demo"


def part(name: str) -> Any:
    """Return a module of the demo journal, wherever it was found."""
    return import_module(f"{load_journal().__name__}.{name}")


ORCIDS: dict[str, str] = part("beginnings").AT_ORCID


@asynccontextmanager
async def demo(folder: Path) -> AsyncIterator[Any]:
    """Run the demonstration in a folder while the block runs."""
    async with part("stage").set_up(folder, port=0, simulator_port=0) as stage:
        yield stage


@asynccontextmanager
async def visitor(stage: Any, account: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """Open a plain HTTP browser at the journal, signed in as one of its users."""
    async with httpx.AsyncClient(
        base_url=stage.journal_url, headers={"accept": "text/html"}
    ) as client:
        if account is not None:
            answer = await client.post("/signin", data={"user": account})
            assert answer.status_code == 303
        yield client


def works(stage: Any, who: str) -> list[str]:
    """Return the titles of the journal's works on somebody's record."""
    return [
        item["title"]["title"]["value"]
        for item in stage.simulator.items(ORCIDS[who], "work")
        if (item["source"]["source-client-id"] or {}).get("path") == part("stage").CLIENT_ID
    ]
