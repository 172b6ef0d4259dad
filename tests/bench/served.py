"""The child's side of a measured server: fills a world, or stands in for one, and serves it."""

import asyncio
import gc
import json
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from orcid_connect.simulator import Simulator, serving
from tests.bench.hosts import host_app
from tests.bench.load import Target, pin_to_core
from tests.bench.servers import Host, Said, Served, World
from tests.simulator.callers import EVERYTHING

WORK: dict[str, Any] = {
    "title": {"title": {"value": "On the Analytical Engine, and how long its answers take"}},
    "journal-title": {"value": "Journal of Engines"},
    "type": "journal-article",
    "publication-date": {"year": {"value": "2026"}, "month": {"value": "05"}},
    "url": {"value": "https://doi.org/@DOI@"},
    "external-ids": {
        "external-id": [
            {
                "external-id-type": kind,
                "external-id-value": value,
                "external-id-relationship": relationship,
            }
            for kind, value, relationship in (
                ("doi", "@DOI@", "self"),
                ("issn", "2049-3630", "part-of"),
            )
        ]
    },
    "contributors": {
        "contributor": [
            {
                "credit-name": {"value": name},
                "contributor-attributes": {
                    "contributor-sequence": sequence,
                    "contributor-role": "author",
                },
            }
            for name, sequence in (("Ada Lovelace", "first"), ("Mary Somerville", "additional"))
        ]
    },
}
"""What a journal writes: of the size and shape that an article of two authors has."""


async def serve() -> None:
    """Serve what the first line of the input orders, until the input ends."""
    pin_to_core(last=False)
    order = json.loads(await asyncio.to_thread(sys.stdin.readline))
    what = order["what"]
    async with _SERVING[order["kind"]](what) as served:
        print(json.dumps(asdict(served)), flush=True)
        await asyncio.to_thread(sys.stdin.read)


@asynccontextmanager
async def _simulating(what: dict[str, Any]) -> AsyncIterator[Served]:
    world = World(**what)
    simulator = Simulator(database=Path(world.database) if world.database else None)
    empty = _resident_bytes()
    simulator.settings.max_works = sys.maxsize  # a writing benchmark grows its records
    orcids = [simulator.add_person("Ada", "Lovelace").orcid for _ in range(world.people)]
    peopled = _resident_bytes()
    client = simulator.add_client("member", "A journal").client_id
    # Spread over the whole world, so that nothing is near by chance.
    chosen = orcids[:: max(1, len(orcids) // world.records)][: world.records]
    writes: list[Target] = []
    reads: list[Target] = []
    for orcid in chosen:
        token = simulator.issue_token(client, orcid, EVERYTHING)
        code = _plant(simulator, client, orcid, world.works)
        if len(reads) < world.targets:
            writes.append(Target(f"/api/v3.0/{orcid}/work", token))
            reads.append(Target(f"/api/v3.0/{orcid}/work/{code}", token))
    filled = _resident_bytes()
    simulator.settings.latency = world.latency
    async with serving(simulator) as base_url:
        yield Served(base_url, writes, reads, peopled - empty, filled - peopled)
    simulator.close()


def _plant(simulator: Simulator, client: str, orcid: str, works: int) -> int:
    """Put works on a record; return the put-code of the one in the middle."""
    codes = [
        simulator.put_item(orcid, "work", new_work(f"10.5555/{orcid}.{number}"), client_id=client)
        for number in range(works)
    ]
    return codes[len(codes) // 2]


def new_work(doi: str) -> Any:
    """Return a work with this DOI."""
    return json.loads(json.dumps(WORK).replace("@DOI@", doi))


@asynccontextmanager
async def _answering(what: dict[str, Any]) -> AsyncIterator[Served]:
    read, write = Said(**what["read"]), Said(**what["write"])

    async def answer(request: Request) -> Response:
        said = write if request.method == "POST" else read
        await request.body()
        return Response(said.body, said.status, dict(said.headers))

    application = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
    async with _on_a_port(application) as base_url:
        yield Served(base_url)


@asynccontextmanager
async def _hosting(what: dict[str, Any]) -> AsyncIterator[Served]:
    async with _on_a_port(host_app(Host(**what))) as base_url:
        yield Served(base_url)


_SERVING = {"World": _simulating, "Bare": _answering, "Host": _hosting}


@asynccontextmanager
async def _on_a_port(application: Starlette) -> AsyncIterator[str]:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(application, access_log=False, log_level="warning", server_header=False)
    )
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110 - uvicorn gives no event
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await task


def _resident_bytes() -> int:
    """Return the memory this process holds; 0 where /proc does not tell."""
    gc.collect()
    status = Path("/proc/self/statm")
    if not status.exists():
        return 0
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    asyncio.run(serve())
