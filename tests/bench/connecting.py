"""Connecting: `/connect` and `/callback` beside a minimal Starlette and Authlib application.

Both stand on one server in a process of its own, ask the same simulator in another, and serve the
same people in turn. Measured is what each waits for; what ORCID takes before it sends the person
back is not.
"""

import gzip
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from urllib.parse import urlsplit

import httpx

from orcid_connect.web.embed import embed_script
from tests.bench.effort import Effort
from tests.bench.hosts import MINIMAL, OURS, PUBLIC
from tests.bench.load import LoadFailed
from tests.bench.servers import Host, Served, World, child
from tests.bench.tables import print_table, ratios, spread

PEOPLE = 60
"""In each round, each of whom connects at both."""
MILLISECONDS = 1000.0


@dataclass
class Waited:
    """Seconds somebody waited, each time."""

    connect: list[float] = field(default_factory=list)
    callback: list[float] = field(default_factory=list)


async def measure(effort: Effort) -> None:
    """Have people connect at both in turn, print the medians of each round, and the embed."""
    medians: dict[str, list[tuple[float, float]]] = {OURS: [], MINIMAL: []}
    with tempfile.TemporaryDirectory() as folder:
        async with child(World()) as sim, httpx.AsyncClient(timeout=30.0) as browser:
            host = await _registered(browser, sim, Path(folder) / "bench.sqlite")
            async with child(host) as served:
                await _round(browser, sim, served, 3)  # what happens once happens now
                for _ in range(effort.rounds):
                    for place, waited in (await _round(browser, sim, served, PEOPLE)).items():
                        medians[place].append((median(waited.connect), median(waited.callback)))
    _print(medians)
    _print_embed()


async def _registered(browser: httpx.AsyncClient, sim: Served, database: Path) -> Host:
    uris = [f"{PUBLIC}{place}/callback" for place in (OURS, MINIMAL)]
    order = {"kind": "member", "name": "A journal", "redirect_uris": uris}
    client = (await browser.post(f"{sim.base_url}/_control/clients", json=order)).json()
    return Host(sim.base_url, client["client_id"], client["client_secret"], str(database))


async def _round(
    browser: httpx.AsyncClient, sim: Served, served: Served, people: int
) -> dict[str, Waited]:
    waited = {OURS: Waited(), MINIMAL: Waited()}
    for number in range(people):
        async with _signed_in(browser, sim) as visitor:
            # Who comes first changes: ORCID knows the person already when the second asks.
            for place in (OURS, MINIMAL) if number % 2 else (MINIMAL, OURS):
                await _connect(visitor, sim, served, place, waited[place])
    return waited


@asynccontextmanager
async def _signed_in(browser: httpx.AsyncClient, sim: Served) -> AsyncIterator[httpx.AsyncClient]:
    """Give the browser of somebody new who is signed in at ORCID and at the host."""
    order = {"given": "Ada", "family": "Lovelace"}
    person = (await browser.post(f"{sim.base_url}/_control/people", json=order)).json()
    async with httpx.AsyncClient(timeout=30.0, headers={"x-account": person["orcid"]}) as visitor:
        form = {"username": person["orcid"], "password": person["password"]}
        _expect(await visitor.post(f"{sim.base_url}/signin", data=form), 303)
        yield visitor


async def _connect(
    visitor: httpx.AsyncClient, sim: Served, served: Served, place: str, waited: Waited
) -> None:
    began = perf_counter()
    left = await visitor.get(f"{served.base_url}{place}/connect")
    waited.connect.append(perf_counter() - began)
    asked = urlsplit(_expect(left, 302, 303).headers["location"]).query
    form = {"request": asked, "decision": "authorize"}
    back = _expect(await visitor.post(f"{sim.base_url}/oauth/authorize", data=form), 303)
    callback = back.headers["location"].replace(PUBLIC, served.base_url, 1)
    began = perf_counter()
    answer = await visitor.get(callback, headers={"accept": "text/html"})
    waited.callback.append(perf_counter() - began)
    _expect(answer, 200)


def _expect(answer: httpx.Response, *statuses: int) -> httpx.Response:
    if answer.status_code not in statuses:
        raise LoadFailed(f"{answer.url.path} answered {answer.status_code}: {answer.text[:300]}")
    return answer


def _print(medians: dict[str, list[tuple[float, float]]]) -> None:
    rows = []
    for place, name in enumerate(("/connect", "/callback")):
        ours = [MILLISECONDS * one[place] for one in medians[OURS]]
        minimal = [MILLISECONDS * one[place] for one in medians[MINIMAL]]
        rows.append([name, spread(ours, 1), spread(minimal, 1), ratios(minimal, ours)])
    head = ["ms, median of the rounds", "orcid_connect", "minimal application", "speed, ratio"]
    print_table(f"connecting: {PEOPLE} people at both, one after another", head, rows)


def _print_embed() -> None:
    size = len(gzip.compress(embed_script().encode(), 9))
    print(f"\nembed.js: {size:,} bytes gzipped")
