"""How fast the ledger empties: due works brought to their records, beside bare httpx.

Both send the same payloads to the same simulator, which runs in a process of its own; bare httpx
posts them one by one, as a script would, and keeps no account of anything. What it reaches with ten
works in a request, several requests at a time, is the most that anybody could with this simulator.
First the simulator answers at once, which weighs nothing but the processors' time; then as late as
a registry that is near.
"""

import asyncio
import json
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from time import perf_counter, process_time

import httpx
from pydantic import SecretStr

from orcid_connect import Credential, Settings
from orcid_connect.engines.embedded import work_through
from orcid_connect.journeys.intake import take_in
from orcid_connect.journeys.planning import plan_due
from orcid_connect.plugins import Plugins
from orcid_connect.services import Services, realm_of
from orcid_connect.store import ledger, people
from orcid_connect.store.people import NewLink
from tests.bench.databases import databases
from tests.bench.effort import Effort
from tests.bench.load import LoadFailed, Target
from tests.bench.servers import Served, World, child
from tests.bench.tables import print_table
from tests.support.journal import TENANT, article, author
from tests.support.keys import SECRET_KEY
from tests.support.ledger import rows_by_id

AUTHORS = 10
"""Of each article."""
DATABASES = ("SQLite", "PostgreSQL")
BARE = "bare httpx, one by one"
MOST = "bare httpx, ten in a request"
AT_ONCE = 64
"""Requests under way at a time, of ours and of the most that is possible."""
WORKS_EACH = 10
"""Works that each person gets."""
LINKS_PER_TRANSACTION = 500
LATENCIES = (0.0, 0.02)
"""Seconds before the simulator's answers."""
BARE_SECONDS = 60.0
"""How long bare httpx may wait for late answers: it posts fewer works, but no slower."""


@dataclass(frozen=True, slots=True)
class Drained:
    """How many works went in how many requests, in how many seconds and CPU seconds of ours."""

    works: int
    requests: int
    seconds: float
    cpu: float


async def measure(effort: Effort) -> None:
    """Drain the ledger on each database, then post the same payloads by hand; print all."""
    for latency in LATENCIES:
        await _measure_at(effort.linked, latency)


async def _measure_at(count: int, latency: float) -> None:
    answers = _answers(latency)
    print(
        f"draining: {count * WORKS_EACH:,} works for {count:,} people, no limiter, {answers}",
        flush=True,
    )
    measured: dict[str, Drained] = {}
    payloads: list[bytes] = []
    with databases() as made:
        async with child(world(count * (2 + len(DATABASES)), latency)) as served:
            for place, (name, database) in enumerate(made.each()):
                targets = served.writes[place * count : (place + 1) * count]
                measured[name], payloads = await _drained(served, targets, database)
            more, rest = served.writes[-2 * count : -count], served.writes[-count:]
            measured[MOST] = await post_by_the_ten(served.base_url, more, payloads)
            few = payloads[: round(BARE_SECONDS / latency)] if latency else payloads
            measured[BARE] = await post_one_by_one(served.base_url, rest, few)
    print_drained(f"Draining, {answers}", measured)


def _answers(latency: float) -> str:
    return f"answers after {latency * 1000:.0f} ms" if latency else "answers at once"


async def _drained(
    served: Served, targets: list[Target], database: str
) -> tuple[Drained, list[bytes]]:
    settings = settings_for(served.base_url, database)
    services = await Services.open(
        settings.model_copy(update={"visits_at_once": AT_ONCE}), Plugins(())
    )
    try:
        await link(services, targets)
        await declare(services, len(targets))
        works = len(targets) * WORKS_EACH
        drained = Drained(works, len(targets), *await drain(services, works))
        return drained, await planned_payloads(services)
    finally:
        await services.close()


def world(count: int, latency: float = 0.0) -> World:
    return World(people=count, records=count, works=1, targets=count, latency=latency)


def settings_for(base_url: str, database: str, *, rate: float = 0) -> Settings:
    """Return settings at so many requests a second, without a limiter if that is 0."""
    credential = Credential(
        client_id="APP-BENCH",
        client_secret=SecretStr("unused"),
        environment="simulator",
        site_url=base_url,
        requests_per_second=rate,
    )
    return Settings(
        public_url="http://journal.test/orcid",
        secret_keys=[SECRET_KEY],
        credentials=[credential],
        database=database,
        load_plugins=False,
        engine="off",
    )


async def link(services: Services, targets: list[Target]) -> None:
    """Link a person to each record, as completed sign-ins do."""
    realm = realm_of(services.settings.credentials[0])
    for start in range(0, len(targets), LINKS_PER_TRANSACTION):
        async with services.database.writing() as connection:
            for place, target in enumerate(targets[start : start + LINKS_PER_TRANSACTION], start):
                new = NewLink(
                    tenant=TENANT,
                    person_key=f"p{place}",
                    realm=realm,
                    orcid=target.path.split("/")[3],
                    name=None,
                    scopes=frozenset({"/activities/update", "/read-limited"}),
                    access_token=SecretStr(target.token or ""),
                    refresh_token=None,
                    expires_at=None,
                )
                await people.make_link(connection, services.vault, new, 1.0)


async def declare(services: Services, count: int) -> None:
    """Declare articles until every person has so many works; plan them all."""
    for number in range(count * WORKS_EACH // AUTHORS):
        first = number * AUTHORS % count
        named = [author(f"p{(first + place) % count}") for place in range(AUTHORS)]
        await take_in(services, article(*named, key=f"a{number}"))
    while await plan_due(services):
        pass


async def drain(services: Services, works: int) -> tuple[float, float]:
    """Deliver all that is due; return the seconds and the CPU seconds. Raise LoadFailed."""
    began, used = perf_counter(), process_time()
    await work_through(services)
    seconds, cpu = perf_counter() - began, process_time() - used
    async with services.database.reading() as connection:
        states = await ledger.counts(connection)
    if states != {"delivered": works}:
        raise LoadFailed(f"draining ended with {states}, not with {works} delivered")
    return seconds, cpu


async def planned_payloads(services: Services) -> list[bytes]:
    """Return every payload that was sent, in the order of its rows."""
    bodies = []
    after = ""
    async with services.database.reading() as connection:
        while rows := await rows_by_id(connection, after=after):
            after = rows[-1].id
            for row in rows:
                body = json.loads(await ledger.payload(connection, row.desired_hash or ""))
                bodies.append(json.dumps(body).encode())
    return bodies


async def post_one_by_one(
    base_url: str, targets: Sequence[Target], payloads: list[bytes]
) -> Drained:
    """Post works with bare httpx."""
    began, used = perf_counter(), process_time()
    async with httpx.AsyncClient(timeout=30.0) as client:
        for place, payload in enumerate(payloads):
            target = targets[place % len(targets)]
            await _post(client, base_url + target.path, target, payload)
    count = len(payloads)
    return Drained(count, count, perf_counter() - began, process_time() - used)


async def post_by_the_ten(
    base_url: str, targets: Sequence[Target], payloads: list[bytes]
) -> Drained:
    """Post ten works in a request with bare httpx, and read what was answered."""
    works = [b'{"work":' + payload + b"}" for payload in payloads]
    bodies = (
        b'{"bulk":[' + b",".join(works[start : start + WORKS_EACH]) + b"]}"
        for start in range(0, len(works), WORKS_EACH)
    )
    waiting = zip(targets, bodies, strict=True)

    async def keep_posting(client: httpx.AsyncClient) -> None:
        for target, body in waiting:  # the next that nobody has taken
            answer = await _post(client, f"{base_url}{target.path}s", target, body)
            json.loads(answer.content)

    context = httpx.create_ssl_context()  # once: it costs as much as many requests
    async with AsyncExitStack() as stack:
        clients = [httpx.AsyncClient(timeout=30.0, verify=context) for _ in range(AT_ONCE)]
        for client in clients:
            await stack.enter_async_context(client)
        began, used = perf_counter(), process_time()
        await asyncio.gather(*map(keep_posting, clients))
        seconds, cpu = perf_counter() - began, process_time() - used
    return Drained(len(works), len(targets), seconds, cpu)


async def _post(client: httpx.AsyncClient, url: str, target: Target, body: bytes) -> httpx.Response:
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    bearer = {"Authorization": f"Bearer {target.token}"}
    answer = await client.post(url, content=body, headers=headers | bearer)
    if answer.status_code not in (200, 201, 409):
        raise LoadFailed(f"bare httpx was answered {answer.status_code}: {answer.text}")
    return answer


def print_drained(title: str, measured: dict[str, Drained]) -> None:
    """Print all as works and requests per second, beside bare httpx."""
    bare = measured[BARE]
    rows = []
    for name, one in measured.items():
        works, requests = one.works / one.seconds, one.requests / one.seconds
        cells = [f"{one.seconds:.1f}", f"{one.cpu:.1f}", f"{works:,.0f}"]
        cells.append(f"{works * bare.seconds / bare.works:.1f}")
        cells.append(f"{requests * bare.seconds / bare.requests:.2f}")
        rows.append([name, *cells])
    head = ["", "seconds", "our CPU", "works/s", "works, ratio", "requests, ratio"]
    print_table(title, head, rows)
