"""Storms: every answer on every verb, faults at random, days of outage; nothing is lost."""

import os
from collections import Counter
from random import Random
from typing import Any

import pytest

from orcid_connect.journeys.intake import take_in
from orcid_connect.store import ledger
from tests.journeys.test_repairing import HOUR, WORK_PATH, connected
from tests.support.clock import MovedClock
from tests.support.journal import Journal, article, author, journal_on

pytestmark = pytest.mark.anyio

DAY = 86_400.0
STATUSES = (200, 204, 301, 400, 401, 403, 404, 409, 410, 429, 500, 502, 503)
VERBS = ("POST", "PUT", "DELETE")
SEED = int(os.environ.get("SOAK_SEED", "1"))
PEOPLE, AUTHORS, WORKS_EACH = 500, 10, 10
FEWER_PEOPLE = 100
"""On PostgreSQL, to keep the whole suite short; make soak has it with all."""
SOAK_PEOPLE = 10_000
ROUNDS = 60
"""How often time passes at most until all has arrived, besides what the rate asks for."""
PEOPLE_A_ROUND = 20
"""The rate allows some sixty requests in a moment that stands still: a third of them is enough."""

FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 502, "applied": True},
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 504, "applied": True},
    {"kind": "status", "status": 429},
    {"kind": "cut-before"},
    {"kind": "cut-after"},
    {"kind": "half-body"},
    {"kind": "html", "status": 502, "applied": True},
    {"kind": "content-type"},
)
"""Each hits one request in a hundred: together ten."""


@pytest.mark.parametrize(
    ("method", "status"),
    # 204 without having deleted anything is a lie that nobody could tell.
    [(verb, one) for verb in VERBS for one in STATUSES if (verb, one) != ("DELETE", 204)],
)
async def test_every_status_on_every_verb(journal: Journal, method: str, status: int) -> None:
    """Whatever ORCID answers once, the item ends right or the row says what to do; never twice."""
    orcid = await connected(journal)
    if method != "POST":
        await journal.declare(article(author()))
    journal.simulator.add_fault("status", status=status, method=method, path=WORK_PATH, count=1)
    if method == "DELETE":
        await journal.withdraw("a1")
    else:
        await journal.declare(article(author(), day=2, title="Second"))
    for _ in range(3):
        await journal.work(after=DAY)
    row, works = await journal.row(), journal.works(orcid)
    assert len(works) <= 1
    assert row.state != "due"
    if row.state in ("parked", "waiting", "declined"):
        assert row.sentence
    else:
        titles = [work["title"]["title"]["value"] for work in works]
        assert titles == ([] if method == "DELETE" else ["Second"])


async def test_days_without_a_registry(journal: Journal) -> None:
    """Three days of outage cost nothing but time: all arrives afterwards, once."""
    orcid = await connected(journal)
    journal.simulator.add_fault("outage", seconds=30 * DAY)
    for number in range(5):
        await take_in(journal.services, article(author(), key=f"a{number}"))
    for _ in range(12):
        await journal.work(after=DAY / 4)
    assert {row.state for row in await journal.rows()} == {"due"}
    journal.simulator.clear_faults()
    await journal.work(after=DAY)
    assert len(journal.works(orcid)) == 5
    assert {row.state for row in await journal.rows()} == {"delivered"}


async def weather(journal: Journal, people: int, seed: int) -> None:
    """Deliver ten works to each of so many people while one request in ten goes wrong."""
    orcids = {f"p{number}": journal.person() for number in range(people)}
    for key, orcid in orcids.items():
        await journal.connect(key, orcid)
    stranger = journal.person("Some", "Stranger")
    for place, fault in enumerate(FAULTS):
        journal.simulator.add_fault(
            **fault, path="/api/*", probability=0.01, seed=seed * len(FAULTS) + place
        )
    dice = Random(seed)
    keys = list(orcids)
    for number in range(people * WORKS_EACH // AUTHORS):
        first = number * AUTHORS
        named = [author(keys[(first + place) % people]) for place in range(AUTHORS)]
        dice.shuffle(named)
        await take_in(journal.services, article(*named, key=f"a{number}"))
    for _ in range(ROUNDS + people // PEOPLE_A_ROUND):
        await journal.work(after=HOUR)
        async with journal.services.database.reading() as connection:
            states = await ledger.counts(connection)
        if set(states) == {"delivered"}:
            break
    assert states == {"delivered": people * WORKS_EACH}
    for orcid in orcids.values():
        counted = Counter(
            work["external-ids"]["external-id"][0]["external-id-value"]
            for work in journal.works(orcid)
        )
        assert len(counted) == WORKS_EACH
        assert set(counted.values()) == {1}
    assert journal.works(stranger) == []


async def test_faults_at_random(database: str, clock: MovedClock) -> None:
    """Five thousand deliveries with one request in ten going wrong: each arrives exactly once."""
    people = FEWER_PEOPLE if database.startswith("postgresql") else PEOPLE
    async with journal_on(database, clock) as journal:
        await weather(journal, people, SEED)


@pytest.mark.soak
async def test_faults_at_random_for_long(database: str, clock: MovedClock) -> None:
    """A hundred thousand deliveries, likewise; `SOAK_SEED` begins with that seed."""
    async with journal_on(database, clock) as journal:
        await weather(journal, SOAK_PEOPLE, SEED)
