"""Our client of ORCID's APIs beside bare httpx and plain json, against the simulator.

Aims: a 2 MB record in types within 8 times `json.loads`; 1,000 works on ten records with 50 times
fewer requests; the same calls one by one within 15 %. The simulator is a process of its own.
"""

import gc
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from time import perf_counter, process_time
from typing import Any

import httpx
from pydantic import SecretStr

from orcid_connect import Credential, MemberApi, RegistryClient
from orcid_connect.codec import decode, decode_work
from orcid_connect.records import Record, Work
from orcid_connect.registry.transport import Answer
from tests.bench.documents import large_record
from tests.bench.effort import Effort
from tests.bench.load import Target, pin_to_core
from tests.bench.served import new_work
from tests.bench.servers import Served, World, child
from tests.bench.tables import print_table, ratios, spread

RECORD_BYTES = 2_000_000
RECORDS, WORKS = 10, 1_000
CALLS = 200
"""One by one, of each kind and in each round; in turn, so that both see the same busy minutes."""
SECONDS_A_CALL = 60.0

Call = Callable[[], Awaitable[object]]


@dataclass(slots=True)
class Spent:
    """What a stretch of work took of this process."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0

    async def on(self, work: Call) -> None:
        """Add what this takes."""
        began, cpu_began = perf_counter(), process_time()
        await work()
        self.seconds += perf_counter() - began
        self.cpu_seconds += process_time() - cpu_began


class Counting(httpx.AsyncHTTPTransport):
    """The way to the simulator, for us and for bare httpx alike; it counts requests."""

    requests = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Count and send."""
        self.requests += 1
        return await super().handle_async_request(request)


class Sides:
    """Our client and bare httpx, each with its own connections to the same simulator."""

    def __init__(self, base_url: str) -> None:
        self.our_way, self.bare_way = Counting(), Counting()
        credential = Credential(
            client_id="APP-BENCH00000000001",
            client_secret=SecretStr("unused"),
            environment="simulator",
            site_url=base_url,
        )
        self.client = RegistryClient([credential], timeout=SECONDS_A_CALL, http=self.our_way)
        self.member: MemberApi = self.client.member()
        self.bare = httpx.AsyncClient(
            base_url=base_url, transport=self.bare_way, timeout=SECONDS_A_CALL
        )
        self._numbers = count()

    async def close(self) -> None:
        """Close the connections of both."""
        await self.client.close()
        await self.bare.aclose()

    def works(self, amount: int) -> Iterator[dict[str, Any]]:
        """Make works that nobody has added yet."""
        for _ in range(amount):
            yield new_work(f"10.5555/bench.{next(self._numbers)}")

    async def add(self, target: Target, work: Work) -> None:
        """Add a work with us."""
        await self.member.add(_orcid(target), "work", work, token=SecretStr(target.token))

    async def add_barely(self, target: Target, work: dict[str, Any]) -> None:
        """Add a work with httpx alone, and take its put-code as anybody must."""
        answer = await self.bare.post(target.path, json=work, headers=_headers(target))
        answer.raise_for_status()
        int(answer.headers["location"].rpartition("/")[2])

    async def add_all(self, target: Target, works: list[Work]) -> None:
        """Add works with us, by the hundred."""
        token = SecretStr(target.token)
        async for added in self.member.add_works(_orcid(target), works, token=token):
            assert added.put_code is not None

    async def read(self, target: Target) -> None:
        """Read a work into its type with us."""
        await self.member.item(
            _orcid(target), "work", _put_code(target), token=SecretStr(target.token)
        )

    async def read_barely(self, target: Target) -> None:
        """Read a work as a dictionary with httpx alone."""
        answer = await self.bare.get(target.path, headers=_headers(target))
        answer.raise_for_status()
        answer.json()


async def measure(effort: Effort) -> None:
    """Measure decoding, then adding by the hundred, then single calls; print all three."""
    pin_to_core(last=True)
    print(f"registry: median (lowest–highest) of {effort.rounds} rounds, one core", flush=True)
    await _decoding(effort)
    async with child(World(people=3 * RECORDS, records=3 * RECORDS, works=10)) as served:
        sides = Sides(served.base_url)
        try:
            await _one_by_one(sides, served, effort)
            await _by_the_hundred(sides, served)
        finally:
            await sides.close()


async def _decoding(effort: Effort) -> None:
    body = await large_record(RECORD_BYTES)
    ours, bare, theirs = [], [], []
    for _ in range(max(5, effort.rounds)):
        theirs.append(_timed(lambda: json.loads(body)))
        ours.append(_timed(lambda: decode(Record, Answer(200, {}, body).json_object())))
        bare.append(_timed(lambda: Record.model_validate(json.loads(body), extra="ignore")))
    rows = [
        ["json.loads", spread(theirs, 1), "1", ""],
        ["our types, json included", spread(ours, 1), ratios(ours, theirs), "8"],
        ["the same, unknown members lost", spread(bare, 1), ratios(bare, theirs), ""],
    ]
    head = ["", "CPU milliseconds", "ratio", "aim at most"]
    print_table(f"A record of {len(body):,} bytes", head, rows)
    print(
        "  Faster would cost losing what ORCID adds to its JSON one day (the last row), or types "
        "compiled\n  for this alone, which check nothing and have no JSON Schema."
    )


def _timed(work: Callable[[], object]) -> float:
    """Return the milliseconds of CPU that this takes, without what others left to collect."""
    gc.collect()
    began = process_time()
    work()
    return (process_time() - began) * 1000


async def _one_by_one(sides: Sides, served: Served, effort: Effort) -> None:
    rows = []
    for name, calls in (("add a work", _adding), ("read a work", _reading)):
        ours, theirs = [], []
        for _ in range(effort.rounds):
            our, bare = Spent(), Spent()
            for our_call, bare_call in calls(sides, served):
                await our.on(our_call)
                await bare.on(bare_call)
            ours.append(our)
            theirs.append(bare)
        rows.append(_compared(name, ours, theirs))
    head = ["one by one", "bare httpx, ms a call", "ours, ms a call", "ratio", "CPU ratio", "aim"]
    print_table(f"The same calls, {CALLS} of each in each round", head, rows)


def _adding(sides: Sides, served: Served) -> Iterator[tuple[Call, Call]]:
    """Make pairs of calls that add a work; the works are made before the clock starts."""
    target = served.writes[0]
    for ours, theirs in zip(sides.works(CALLS), sides.works(CALLS), strict=True):
        yield (
            partial(sides.add, target, decode_work(ours)),
            partial(sides.add_barely, target, theirs),
        )


def _reading(sides: Sides, served: Served) -> Iterator[tuple[Call, Call]]:
    """Make pairs of calls that read the same work."""
    target = served.reads[0]
    for _ in range(CALLS):
        yield partial(sides.read, target), partial(sides.read_barely, target)


def _compared(name: str, ours: list[Spent], theirs: list[Spent]) -> list[str]:
    seconds = [[one.seconds for one in side] for side in (theirs, ours)]
    a_call = [spread([one * 1000 / CALLS for one in side], 2) for side in seconds]
    cpu = ratios([one.cpu_seconds for one in ours], [one.cpu_seconds for one in theirs])
    return [name, *a_call, ratios(seconds[1], seconds[0]), cpu, "1.15"]


async def _by_the_hundred(sides: Sides, served: Served) -> None:
    """Ten records each side; the works are made before the clock starts, ours as types."""
    our, bare = Spent(), Spent()
    before = sides.our_way.requests, sides.bare_way.requests
    pairs = zip(served.writes[1 : RECORDS + 1], served.writes[RECORDS + 1 :], strict=False)
    for ours, theirs in pairs:
        typed = [decode_work(work) for work in sides.works(WORKS)]
        await our.on(partial(sides.add_all, ours, typed))
        for work in list(sides.works(WORKS)):
            await bare.on(partial(sides.add_barely, theirs, work))
    counts = sides.our_way.requests - before[0], sides.bare_way.requests - before[1]
    rows = [
        [name, f"{mine:,.{digits}f}", f"{other:,.{digits}f}", f"{other / mine:.1f}", aim]
        for name, mine, other, digits, aim in (
            ("requests", counts[0], counts[1], 0, "50"),
            ("seconds", our.seconds, bare.seconds, 1, ""),
            ("CPU seconds of the client", our.cpu_seconds, bare.cpu_seconds, 1, ""),
        )
    ]
    head = ["", "ours, by the hundred", "bare httpx, one by one", "times less", "aim"]
    print_table(f"{WORKS:,} works to each of {RECORDS} records", head, rows)


def _orcid(target: Target) -> str:
    return target.path.split("/")[3]


def _put_code(target: Target) -> int:
    return int(target.path.rpartition("/")[2])


def _headers(target: Target) -> dict[str, str]:
    return {"Accept": "application/json", "Authorization": f"Bearer {target.token}"}
