"""The servers that are measured: what they can be, and how one is started and stopped.

Each is a process of its own (`tests.bench.served`): what to serve goes in as one line of JSON,
where it is comes out as one line, and it ends when its input ends.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field

from tests.bench.load import Target

START_SECONDS = 300.0
"""How long a child may take to fill a large world."""


@dataclass(frozen=True, slots=True)
class World:
    """A simulated world: so many people, and so many works on each of the first records."""

    people: int = 1
    records: int = 1
    works: int = 1
    targets: int = 100  # records that are asked for in turn, at most
    database: str | None = None
    latency: float = 0.0  # seconds before every answer


@dataclass(frozen=True, slots=True)
class Said:
    """What a bare application answers, whatever it is asked."""

    status: int
    body: str
    headers: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Bare:
    """A Starlette application that answers these bytes to GET and to POST."""

    read: Said
    write: Said


@dataclass(frozen=True, slots=True)
class Host:
    """A host that connects people by ORCID at `site`: with ours, and with a minimal application."""

    site: str
    client_id: str
    client_secret: str
    database: str


@dataclass(frozen=True, slots=True)
class Served:
    """A running child: where it is, whom to ask for, and what its world weighs in bytes."""

    base_url: str
    writes: list[Target] = field(default_factory=list)
    reads: list[Target] = field(default_factory=list)
    people_bytes: int = 0
    works_bytes: int = 0


@asynccontextmanager
async def child(what: World | Bare | Host) -> AsyncIterator[Served]:
    """Start a server in a process of its own; it stops when the block ends."""
    order = {"kind": type(what).__name__, "what": asdict(what)}
    process = await asyncio.create_subprocess_exec(
        # Authlib's own warning of a successor to httpx tells a measurement nothing.
        *(sys.executable, "-W", "ignore:The httpx module", "-m", "tests.bench.served"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**24,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(order).encode() + b"\n")
        said = json.loads(await asyncio.wait_for(process.stdout.readline(), START_SECONDS))
        for name in ("writes", "reads"):
            said[name] = [Target(**target) for target in said[name]]
        yield Served(**said)
    finally:
        process.stdin.close()
        await process.wait()
