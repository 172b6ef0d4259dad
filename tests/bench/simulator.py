"""The simulator beside a bare Starlette application that answers the same bytes.

Aims: single-item reads at least a quarter of it, writes at least an eighth; flat as a record and
the world grow. Where the world is kept is measured both ways: in memory and in a SQLite file.
"""

import json
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from tests.bench.effort import Effort
from tests.bench.load import Errand, Load, Target, pin_to_core, require_wrk
from tests.bench.served import WORK, new_work
from tests.bench.servers import Bare, Said, Served, World, child
from tests.bench.tables import print_table, ratios, spread

MEMORY, SQLITE = "in memory", "SQLite file"
STORAGES = (MEMORY, SQLITE)
WORDS = ("read", "write")
ENOUGH_TO_WEIGH = 5_000
FEW_PEOPLE, MORE_PEOPLE = 10, 10_000
FEW_WORKS, MORE_WORKS = 10, 1_000
COUNTED_BY_THE_SERVER = frozenset({"content-length", "date", "server"})


@dataclass(frozen=True, slots=True)
class Measured:
    """A running server with what is asked of it."""

    served: Served
    errands: dict[str, Errand]


class Bench:
    """Everything one run shares: its effort, its load, its files, its running servers."""

    def __init__(self, effort: Effort, folder: Path, stack: AsyncExitStack) -> None:
        self.effort = effort
        self._load = Load(effort)
        self._folder = folder
        self._stack = stack
        self._servers = 0
        self._body = self._file("work.json", json.dumps(WORK))

    async def simulated(self, world: World, storage: str) -> Measured:
        """Start a simulator with this world, kept this way."""
        self._servers += 1
        if storage == SQLITE:
            world = replace(world, database=str(self._folder / f"world{self._servers}.sqlite"))
        served = await self._stack.enter_async_context(child(world))
        return Measured(served, self._errands(served))

    async def bare(self, like: Measured) -> Measured:
        """Start a bare application that answers the bytes that this simulator answers."""
        read, write = await _answers_of(like.served)
        served = await self._stack.enter_async_context(child(Bare(read, write)))
        return Measured(served, like.errands)

    async def rates(self, servers: Sequence[Measured], word: str) -> list[list[float]]:
        """Load the servers in turn, round after round; return the rates of each."""
        found: list[list[float]] = [[] for _ in servers]
        for _ in range(self.effort.rounds):
            for place, server in enumerate(servers):
                rate = await self._load.rate(server.served.base_url, server.errands[word])
                found[place].append(rate)
        return found

    def _errands(self, served: Served) -> dict[str, Errand]:
        reads = self._file(f"reads{self._servers}", _lines(served.reads))
        writes = self._file(f"writes{self._servers}", _lines(served.writes))
        return {"read": Errand(reads), "write": Errand(writes, self._body)}

    def _file(self, name: str, text: str) -> Path:
        path = self._folder / name
        path.write_text(text)
        return path


def _lines(targets: Sequence[Target]) -> str:
    return "".join(f"{target.path} {target.token}\n" for target in targets)


async def _answers_of(served: Served) -> tuple[Said, Said]:
    """Ask a simulator once for each of the two answers that are measured."""
    async with httpx.AsyncClient(base_url=served.base_url) as http:
        reading, writing = served.reads[0], served.writes[0]
        read = await http.get(reading.path, headers=_headers(reading))
        body = new_work("10.5555/asked-once")
        write = await http.post(writing.path, headers=_headers(writing), json=body)
    return _said(read, 200), _said(write, 201)


def _headers(target: Target) -> dict[str, str]:
    return {"Accept": "application/json", "Authorization": f"Bearer {target.token}"}


def _said(answer: httpx.Response, status: int) -> Said:
    assert answer.status_code == status, answer.text
    headers = [
        (name, value) for name, value in answer.headers.items() if name not in COUNTED_BY_THE_SERVER
    ]
    return Said(answer.status_code, answer.text, headers)


# --- what is measured ------------------------------------------------------------------------


async def measure(effort: Effort) -> None:
    """Measure against the bare application, then growth; print both, and memory."""
    require_wrk()
    pin_to_core(last=True)
    rounds = f"median (lowest–highest) of {effort.rounds} rounds of {effort.seconds} s"
    print(
        f"simulator: requests per second on one core, {effort.connections} connections, {rounds}",
        flush=True,
    )
    await _beside_bare(effort)
    await _growing_record(effort)
    await _growing_world(effort)


async def _beside_bare(effort: Effort) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as stack:
            bench = Bench(effort, Path(folder), stack)
            world = World(people=100, records=100, works=FEW_WORKS)
            simulators = [await bench.simulated(world, storage) for storage in STORAGES]
            bare = await bench.bare(simulators[0])
            rows = []
            for word, aim in zip(WORDS, ("0.25", "0.125"), strict=True):
                theirs, *ours = await bench.rates([bare, *simulators], word)
                cells = [cell for rates in ours for cell in (spread(rates), ratios(rates, theirs))]
                rows.append([f"{word} one work", spread(theirs), *cells, aim])
    head = ["", "bare Starlette"]
    head += [cell for storage in STORAGES for cell in (f"simulator, {storage}", "ratio")]
    print_table("Beside a bare application", [*head, "aim"], rows)


async def _growing_record(effort: Effort) -> None:
    """The same number of works in all, on many short records or on one long one."""
    worlds = {}
    for size in _up_to(effort.works, FEW_WORKS, MORE_WORKS):
        records = effort.works // size
        worlds[size] = World(people=records, records=records, works=size)
    await _growing(effort, "works on a record", worlds)


async def _growing_world(effort: Effort) -> None:
    """The same works in all, in a small world or in a large one."""
    worlds = {
        size: World(people=size, records=FEW_PEOPLE, works=FEW_WORKS)
        for size in _up_to(effort.people, FEW_PEOPLE, MORE_PEOPLE)
    }
    await _growing(effort, "people in the world", worlds)


def _up_to(largest: int, *others: int) -> list[int]:
    return [*(size for size in others if size < largest), largest]


async def _growing(effort: Effort, what: str, worlds: Mapping[int, World]) -> None:
    """Load worlds of all sizes in turn, so that a slower minute slows all of them."""
    for storage in STORAGES:
        with tempfile.TemporaryDirectory() as folder:
            async with AsyncExitStack() as stack:
                bench = Bench(effort, Path(folder), stack)
                servers = [await bench.simulated(world, storage) for world in worlds.values()]
                found = [await bench.rates(servers, word) for word in WORDS]
        rows = []
        for size, server, reads, writes in zip(worlds, servers, *found, strict=True):
            cells = [
                cell
                for rates, smallest in ((reads, found[0][0]), (writes, found[1][0]))
                for cell in (spread(rates), ratios(rates, smallest))
            ]
            rows.append([f"{size:,}", *cells, *_weights(server.served, worlds[size])])
        head = [what, "read", "to the first", "write", "to the first", "per person", "per work"]
        print_table(f"Growing, {storage}: {what}", head, rows)


def _weights(served: Served, world: World) -> list[str]:
    """Write what a person and a work weigh in memory, where there are enough to tell."""
    amounts = (
        (served.people_bytes, world.people),
        (served.works_bytes, world.records * world.works),
    )
    return [
        f"{weight / count:,.0f} bytes" if weight and count >= ENOUGH_TO_WEIGH else "–"
        for weight, count in amounts
    ]
