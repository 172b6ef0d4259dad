"""Several server processes on one database: all record, one delivers, another takes over."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.engines.test_crash import settings_of
from tests.support.clock import MovedClock
from tests.support.journal import article, author, has_works, journal_on
from tests.support.waiting import free_port, until

pytestmark = pytest.mark.anyio


class Server:
    """One server process of the host."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process = process
        self.client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=5)

    async def answers(self) -> bool:
        """Tell whether the server is up."""
        try:
            return (await self.client.get("/orcid/healthz")).status_code == 200
        except httpx.HTTPError:
            return False

    async def delivers(self) -> bool:
        """Tell whether this process is the one that delivers."""
        return bool((await self.client.get("/delivers")).json()["delivers"])

    async def publish(self, key: str) -> None:
        """Declare an article at this process."""
        body = article(author(), key=key).model_dump(mode="json", exclude_defaults=True)
        answer = await self.client.post("/publish", json=body)
        assert answer.status_code == 200

    async def kill(self) -> None:
        """End the process as a crash would."""
        if self.process.returncode is None:
            os.kill(self.process.pid, signal.SIGKILL)
        await self.process.wait()
        await self.client.aclose()


@asynccontextmanager
async def two_servers(settings: dict[str, Any]) -> AsyncIterator[list[Server]]:
    """Start two server processes on one database, and end both."""
    script = Path(__file__).with_name("server_process.py")
    servers = []
    for _ in range(2):
        port = free_port()
        command = (sys.executable, str(script), json.dumps(settings), str(port))
        servers.append(Server(await asyncio.create_subprocess_exec(*command), port))
    try:
        for server in servers:
            await until(server.answers, "a server process answers")
        yield servers
    finally:
        for server in servers:
            await server.kill()


async def test_another_process_takes_over(database: str, clock: MovedClock) -> None:
    """Both processes take declarations, one delivers; when it is killed the other does."""
    async with journal_on(database, clock) as journal:
        orcid = journal.person()
        await journal.connect("ada", orcid)
        async with two_servers(settings_of(journal)) as servers:
            for number, server in enumerate(servers):
                await server.publish(f"before{number}")
            await until(has_works(journal, orcid, 2), "both articles are on the record")
            states = [await server.delivers() for server in servers]
            assert sorted(states) == [False, True]
            leader, other = servers if states[0] else reversed(servers)
            await leader.kill()
            await until(other.delivers, "the other process delivers")
            await other.publish("after")
            await until(has_works(journal, orcid, 3), "what was declared afterwards arrived")
