"""Several processes that share one pace, and what the simulator counted of them."""

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Any

from pydantic import SecretStr

from orcid_connect.simulator import Simulator, serving
from tests.support.journal import WRITING, settings_for

RATE = 24.0
"""Requests a second of a member's client (REGISTRY.md 8)."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What the processes sent within the counted time, and what the registry refused of all."""

    counted: int
    everything: int
    refused: int
    seconds: float

    @property
    def share(self) -> float:
        """How much of the allowed rate was used."""
        return self.counted / (RATE * self.seconds)


async def send_together(
    database: str, processes: int, *, connections: int = 8, burst_over: float, seconds: float
) -> Sent:
    """Let processes send at once, and count what they sent once the burst is over."""
    simulator = Simulator(rate=True)
    async with serving(simulator) as base_url:
        client = simulator.add_client(kind="member", name="A", redirect_uris=["http://a.test/"])
        orcid = str(simulator.add_person(given="Ada", family="Lovelace").orcid)
        settings = settings_for(base_url, client, database, request_timeout=20)
        order = {
            "settings": _told(settings.model_dump(exclude_defaults=True)),
            "orcid": orcid,
            "token": simulator.issue_token(client.client_id, orcid, WRITING),
            "connections": connections,
            "seconds": seconds,
        }
        started = [await _start(order) for _ in range(processes)]
        for process in started:
            assert process.stdout is not None
            assert await process.stdout.readline() == b"ready\n"
        begin = f"{time() + burst_over}\n".encode()
        outputs = await asyncio.gather(*(process.communicate(begin) for process in started))
        counts = [json.loads(output) for output, _ in outputs]
    return Sent(
        counted=sum(one["counted"] for one in counts),
        everything=sum(one["all"] for one in counts),
        refused=sum(one["refused"] for one in counts),
        seconds=seconds,
    )


async def _start(order: dict[str, Any]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, str(Path(__file__).with_name("pace_process.py")), json.dumps(order)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )


def _told(values: Any) -> Any:
    """Return settings as JSON holds them, secrets in clear: they go to a child of ours only."""
    if isinstance(values, SecretStr):
        return values.get_secret_value()
    if isinstance(values, dict):
        told = {name: _told(value) for name, value in values.items()}
        return told | ({"requests_per_second": RATE} if "client_id" in told else {})
    if isinstance(values, list | tuple):
        return [_told(value) for value in values]
    return values
