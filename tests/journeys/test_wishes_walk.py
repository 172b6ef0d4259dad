"""Whatever happens in whatever order, with faults in between: what a person stopped is not sent."""

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random

import pytest

from orcid_connect.journeys import managing, wishes
from orcid_connect.journeys.intake import take_in, withdraw
from orcid_connect.journeys.linking import disconnect
from orcid_connect.journeys.restoring import restored
from tests.support.clock import MovedClock
from tests.support.journal import TENANT, Journal, article, author, journal_on
from tests.support.wishes import ADA, HOUR, on_record, own_row, so_far, written

pytestmark = pytest.mark.anyio

SEED = int(os.environ.get("SOAK_SEED", "1"))
STEPS, SOAK_STEPS = 30, 2_000
KEYS = ("w1", "w2", "w3")
FAULTS: tuple[tuple[str, dict[str, object]], ...] = (
    ("status", {"status": 503}),
    ("status", {"status": 500, "applied": True}),
    ("cut-before", {}),
    ("cut-after", {}),
)


@dataclass
class Walk:
    """A journal in which things happen at random, and which works are stopped since when."""

    journal: Journal
    orcid: str
    dice: Random
    day: int = 0
    stopped: dict[str, int] = field(default_factory=dict)
    """By key, the number of the last request before it was stopped."""

    async def declare(self, key: str) -> None:
        """Publish or correct it."""
        self.day += 1
        now = article(author(), key=key, title=f"Version {self.day}")
        await take_in(self.journal.services, now.model_copy(update={"as_of": self._as_of()}))

    def _as_of(self) -> object:
        return article(author()).as_of.replace(year=2030 + self.day // 300, day=1 + self.day % 28)

    async def withdraw(self, key: str) -> None:
        """Withdraw it."""
        await withdraw(self.journal.services, TENANT, "article", key, "")

    async def decide(self, key: str) -> None:
        """Let Ada do something that she may."""
        row = await own_row(self.journal, key)
        deeds = wishes.possible(row)
        if not deeds:
            return
        deed = self.dice.choice(deeds)
        decided = await wishes.decide(self.journal.services, ADA, row.id, deed)
        assert decided is not None
        assert decided.done
        if deed == "send":
            self.stopped.pop(key, None)
        else:
            self.stopped[key] = so_far(self.journal)

    async def meddle(self, key: str) -> None:
        """Let the editor try something."""
        row = await own_row(self.journal, key)
        await managing.act(self.journal.services, self.dice.choice(managing.DEEDS), [row.id])

    async def ask(self, _key: str) -> None:
        """Let Ada be asked first, or no more."""
        await wishes.set_ask_first(self.journal.services, ADA, ask=self.dice.random() < 0.5)

    async def reconnect(self, _key: str) -> None:
        """Let Ada disconnect and come back, sometimes later."""
        await disconnect(self.journal.services, TENANT, "ada")
        if self.dice.random() < 0.5:
            await self.journal.work()
        await self.journal.connect("ada", self.orcid)

    async def fail(self, _key: str) -> None:
        """Let a request fail."""
        kind, options = self.dice.choice(FAULTS)
        method = self.dice.choice(("POST", "PUT", "DELETE"))
        self.journal.simulator.add_fault(kind, method=method, count=1, path="/api/*", **options)

    async def compare(self, _key: str) -> None:
        """Compare the records with the ledger as after a restore."""
        assert len([one async for one in restored(self.journal.services)]) == 1

    async def step(self) -> None:
        """Let one thing happen, and mostly what follows from it."""
        deeds: tuple[Callable[[str], Awaitable[None]], ...] = (
            self.declare, self.declare, self.declare, self.decide, self.decide, self.decide,
            self.withdraw, self.meddle, self.ask, self.reconnect, self.fail, self.compare,
        )  # fmt: skip
        await self.dice.choice(deeds)(self.dice.choice(KEYS))
        if self.dice.random() < 0.8:
            await self.journal.work(after=self.dice.choice((0.0, 5.0, HOUR)))
        self.check()

    def check(self) -> None:
        """Nothing that is stopped was written since, and nothing stands there twice."""
        for key, since in self.stopped.items():
            assert key not in written(self.journal, "POST", "PUT", after=since), key
        there = on_record(self.journal, self.orcid)
        assert len(there) == len(set(there))


async def walk(journal: Journal, seed: int, steps: int) -> None:
    """Walk so far, then let all that is due happen: what was removed is gone."""
    going = Walk(journal, journal.person(), Random(seed))
    await journal.connect("ada", going.orcid)
    for key in KEYS:
        await going.declare(key)
    await journal.work()
    for _ in range(steps):
        await going.step()
    for _ in range(4):
        await journal.work(after=25 * HOUR)
    going.check()
    for key in KEYS:
        row = await own_row(journal, key)
        assert row.state != "due"
        assert not (row.wish == "remove" and key in on_record(journal, going.orcid))


@pytest.mark.parametrize("seed", [1])
async def test_a_walk_of_decisions(journal: Journal, seed: int) -> None:
    """Thirty things that happen at random."""
    await walk(journal, seed, STEPS)


@pytest.mark.soak
async def test_a_long_walk_of_decisions(database: str, clock: MovedClock) -> None:
    """Two thousand; `SOAK_SEED` begins with that seed."""
    async with journal_on(database, clock) as journal:
        await walk(journal, SEED, SOAK_STEPS)
