"""Killed at any line, everything ends on the record exactly once, and every row is explained."""

import asyncio
import json
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from orcid_connect.journeys.intake import take_in, withdraw
from orcid_connect.store import ledger
from tests.engines.crash_launcher import PHASES
from tests.support.clock import MovedClock
from tests.support.journal import Journal, article, author, journal_on

pytestmark = pytest.mark.anyio

HOUR = 3600.0
BULK = "BULK"
METHODS = ("POST", "PUT", "DELETE", BULK)
WORKS = 3
"""In one request of the bulk."""
SEED = 20_261_123


class Launcher:
    """The process that forks a delivering child for each order."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def order(self, **order: Any) -> dict[str, Any]:
        """Have an order carried out and return how it ended."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write((json.dumps(order) + "\n").encode())
        await stdin.drain()
        answer = await asyncio.wait_for(stdout.readline(), timeout=60)
        facts: dict[str, Any] = json.loads(answer)
        return facts


@asynccontextmanager
async def launcher() -> AsyncIterator[Launcher]:
    """Start the launcher, and end it by its own input's end."""
    script = Path(__file__).with_name("crash_launcher.py")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(script),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Launcher(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


async def prepare(journal: Journal, method: str, key: str) -> None:
    """Bring an article to where the next thing due is one request of this method."""
    if method in ("POST", BULK):
        for name in keys_of(method, key):
            await take_in(journal.services, article(author(), key=name, title="Second"))
        return
    await journal.declare(article(author(), key=key, title="First"))
    if method == "PUT":
        await take_in(journal.services, article(author(), key=key, day=2, title="Second"))
    else:
        await withdraw(journal.services, "journal", "article", key, "")


def keys_of(method: str, key: str) -> list[str]:
    """Return the keys of the articles that an order is about."""
    return [f"{key}-{number}" for number in range(WORKS)] if method == BULK else [key]


def settings_of(journal: Journal) -> dict[str, Any]:
    """Return the journal's settings as the child needs them, secrets included."""
    settings = journal.services.settings
    credential = settings.credentials[0]
    return {
        "public_url": settings.public_url,
        "secret_keys": [key.get_secret_value() for key in settings.secret_keys],
        "database": settings.database.get_secret_value(),
        "request_timeout": settings.request_timeout,
        "load_plugins": False,
        "credentials": [
            {
                "client_id": credential.client_id,
                "client_secret": credential.client_secret.get_secret_value(),
                "environment": credential.environment,
                "site_url": credential.site_url,
            }
        ],
    }


async def run(
    journal: Journal, children: Launcher, method: str, key: str, kill_at: int | None
) -> dict[str, Any]:
    """Let a child deliver one article and die at a line."""
    await prepare(journal, method, key)
    return await children.order(settings=settings_of(journal), now=journal.clock(), kill_at=kill_at)


async def check(journal: Journal, orcid: str, method: str, key: str) -> None:
    """Restart, and see that the record and the ledger agree and nothing is left open."""
    await journal.work(after=HOUR)
    for name in keys_of(method, key):
        await check_one(journal, orcid, method, name)


async def check_one(journal: Journal, orcid: str, method: str, key: str) -> None:
    """See that one article stands right, on the record and in the ledger."""
    on_record = [
        work
        for work in journal.works(orcid)
        if work["external-ids"]["external-id"][0]["external-id-value"] == f"10.5555/{key}"
    ]
    row = await journal.row(key)
    if method == "DELETE":
        assert on_record == []
        assert row.state == "withdrawn"
    else:
        assert [work["title"]["title"]["value"] for work in on_record] == ["Second"]
        assert row.state == "delivered"
        assert row.put_code == on_record[0]["put-code"]
    async with journal.services.database.reading() as connection:
        attempts = await ledger.attempts_of(connection, row.id)
    assert attempts
    assert all(attempt.finished_at and attempt.outcome for attempt in attempts)


async def kill_many(database: str, clock: MovedClock, points: int) -> Counter[str]:
    """Kill at seeded points, evenly over methods and phases; return where they really fell."""
    chance = random.Random(SEED)
    fell: Counter[str] = Counter()
    async with journal_on(database, clock) as journal, launcher() as children:
        orcid = journal.person()
        await journal.connect("ada", orcid)
        begins = {}
        for method in METHODS:
            survived = await run(journal, children, method, f"dry-{method.lower()}", None)
            await check(journal, orcid, method, f"dry-{method.lower()}")
            begins[method] = [*survived["begins"], survived["lines"]]
            assert len(begins[method]) == len(PHASES) + 1
        for point in range(points):
            method = METHODS[point % len(METHODS)]
            phase = point // len(METHODS) % len(PHASES)
            kill_at = chance.randint(begins[method][phase] + 1, begins[method][phase + 1])
            ended = await run(journal, children, method, f"k{point}", kill_at)
            fell[ended["phase"]] += 1
            assert ended["signal"] == signal.SIGKILL or ended["phase"] == "survived"
            await check(journal, orcid, method, f"k{point}")
        # Nothing was sent again in the hope of a 409 or a 404: the record was read first. (A 400
        # is a request that was cut in half by its sender's death.)
        assert {status for _, status in journal.writes()} <= {200, 201, 204, 400}
    return fell


async def test_killed_anywhere_everything_ends_exactly_once(
    database: str, clock: MovedClock
) -> None:
    """Kills, at least a tenth of them in each phase of a request, leave nothing doubled."""
    points = 32 if database.startswith("postgresql") else 64
    fell = await kill_many(database, clock, points)
    print(dict(fell))
    assert all(fell[phase] >= points // 10 for phase in PHASES)


@pytest.mark.soak
async def test_killed_a_thousand_times(database: str, clock: MovedClock) -> None:
    """A thousand kills leave nothing doubled, lost or unexplained."""
    fell = await kill_many(database, clock, points=1000)
    print(dict(fell))
    assert all(fell[phase] >= 100 for phase in PHASES)
