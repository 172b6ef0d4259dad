"""Whatever happens in whatever order, with faults in between: what a person stopped is not sent."""

import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random

import pytest

from orcid_connect.journeys import managing, wishes
from orcid_connect.journeys.decisions import removed_at_orcid
from orcid_connect.journeys.intake import take_in, withdraw
from orcid_connect.journeys.linking import disconnect
from orcid_connect.journeys.restoring import restored
from tests.support.journal import TENANT, Journal, article, author
from tests.support.wishes import ADA, HOUR, on_record, own_row, so_far, written

pytestmark = pytest.mark.anyio

SEED = int(os.environ.get("SOAK_SEED", "1"))
STEPS, SOAK_STEPS, SOAK_WALKS = 30, 200, 10
"""A long walk gives each work ever more keys, so several reach more than one that is longer."""
WORKS = ("w1", "w2", "w3")
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
    keys: dict[str, list[str]] = field(
        default_factory=lambda: {work: [f"{work}-0"] for work in WORKS}
    )
    """By work, the keys that the host declared it under."""
    stopped: dict[str, int] = field(default_factory=dict)
    """By key, the number of the last request before it was stopped."""
    refused: dict[str, int] = field(default_factory=dict)
    """By work, that of the last request before it was refused under any key, or removed at ORCID,
    if it was not to be sent after all since."""
    removed: dict[str, int] = field(default_factory=dict)
    """By work, the item that was removed at ORCID last."""

    def key(self, work: str) -> str:
        """Return one of the keys that a work has."""
        return self.dice.choice(self.keys[work])

    async def declare(self, work: str) -> None:
        """Publish or correct it."""
        await self._declare(work, self.key(work))

    async def _declare(self, work: str, key: str) -> None:
        self.day += 1
        now = article(author(), key=key, doi=f"10.5555/{work}", title=f"10.5555/{key}")
        changes = {"as_of": self._as_of(), "volume": str(self.day)}
        await take_in(self.journal.services, now.model_copy(update=changes))

    def _as_of(self) -> object:
        return article(author()).as_of.replace(year=2030 + self.day // 300, day=1 + self.day % 28)

    async def declare_anew(self, work: str) -> None:
        """Publish it under another key, with the same DOI; sometimes the former is withdrawn."""
        former = self.keys[work][-1]
        key = f"{work}-{len(self.keys[work])}"
        late = self.dice.random() < 0.5
        if self.dice.random() < 0.7 and not late:
            await withdraw(self.journal.services, TENANT, "article", former, "")
        if self.dice.random() < 0.5:
            await self.journal.work()
        await self._declare(work, key)
        await self.journal.work()
        self.keys[work].append(key)
        if late:
            await withdraw(self.journal.services, TENANT, "article", former, "")

    async def withdraw(self, work: str) -> None:
        """Withdraw it."""
        await withdraw(self.journal.services, TENANT, "article", self.key(work), "")

    async def decide(self, work: str) -> None:
        """Let Ada do something that she may."""
        key = self.key(work)
        row = await own_row(self.journal, key)
        deeds = wishes.possible(row)
        if not deeds:
            return
        deed = self.dice.choice(deeds)
        self.journal.clock.move(1.0)  # what was decided last counts
        decided = await wishes.decide(self.journal.services, ADA, row.id, deed)
        assert decided is not None
        assert decided.done
        if deed == "send":
            self.stopped.pop(key, None)
            self.refused.pop(work, None)
        else:
            self.stopped[key] = self.refused[work] = so_far(self.journal)

    async def remove_at_orcid(self, work: str) -> None:
        """Let Ada take it off her record at ORCID.

        If the answer to the request that put it there was lost, and nothing was looked up since,
        nobody can tell that it was ever there.
        """
        known = {row.put_code for row in await self.journal.rows()}
        for item in self.journal.works(self.orcid):
            if f'"10.5555/{work}"' in json.dumps(item["external-ids"]):
                self.journal.clock.move(1.0)
                self.journal.simulator.remove_item(self.orcid, item["put-code"])
                if item["put-code"] in known:
                    self.refused[work] = so_far(self.journal)
                    self.removed[work] = item["put-code"]

    def forget_what_nobody_can_tell(self) -> None:
        """After a withdrawal whose answer was lost nobody can tell who took the item off."""
        for entry in self.journal.simulator.journal():
            for work, put_code in list(self.removed.items()):
                ours = entry["path"].endswith(f"/work/{put_code}") and entry["method"] == "DELETE"
                if ours and (entry["fault"] or entry["status"] not in (204, 404)):
                    del self.removed[work]
                    self.refused.pop(work, None)

    async def meddle(self, work: str) -> None:
        """Let the editor try something."""
        row = await own_row(self.journal, self.key(work))
        deed = self.dice.choice(managing.DEEDS)
        (told,) = await managing.act(self.journal.services, deed, [row.id])
        if told.done and deed == "release" and removed_at_orcid(row):
            self.refused.pop(work, None)

    async def ask(self, _work: str) -> None:
        """Let Ada be asked first, or no more."""
        await wishes.set_ask_first(self.journal.services, ADA, ask=self.dice.random() < 0.5)

    async def reconnect(self, _work: str) -> None:
        """Let Ada disconnect and come back, sometimes later."""
        await disconnect(self.journal.services, TENANT, "ada")
        if self.dice.random() < 0.5:
            await self.journal.work()
        await self.journal.connect("ada", self.orcid)

    async def fail(self, _work: str) -> None:
        """Let a request fail."""
        kind, options = self.dice.choice(FAULTS)
        method = self.dice.choice(("POST", "PUT", "DELETE"))
        self.journal.simulator.add_fault(kind, method=method, count=1, path="/api/*", **options)

    async def compare(self, _work: str) -> None:
        """Compare the records with the ledger as after a restore."""
        assert len([one async for one in restored(self.journal.services)]) == 1

    async def step(self) -> None:
        """Let one thing happen, and mostly what follows from it."""
        deeds: tuple[Callable[[str], Awaitable[None]], ...] = (
            self.declare, self.declare, self.declare, self.decide, self.decide, self.decide,
            self.withdraw, self.meddle, self.ask, self.reconnect, self.fail, self.compare,
            self.declare_anew, self.declare_anew, self.remove_at_orcid,
        )  # fmt: skip
        await self.dice.choice(deeds)(self.dice.choice(WORKS))
        if self.dice.random() < 0.8:
            await self.journal.work(after=self.dice.choice((0.0, 5.0, HOUR)))
        self.check()

    def check(self) -> None:
        """Nothing that is stopped was written since, under no key, and nothing stands there
        twice."""
        for key, since in self.stopped.items():  # the title tells the key
            assert key not in written(self.journal, "POST", "PUT", after=since), key
        self.forget_what_nobody_can_tell()
        for work, since in self.refused.items():
            assert work not in written(self.journal, "POST", after=since), work
        there = on_record(self.journal, self.orcid)
        assert len(there) == len(set(there))


async def walk(journal: Journal, seed: int, steps: int) -> None:
    """Walk so far, then let all that is due happen: what was removed is gone."""
    going = Walk(journal, journal.person(), Random(seed))
    await journal.connect("ada", going.orcid)
    for work in WORKS:
        await going.declare(work)
    await journal.work()
    for _ in range(steps):
        await going.step()
    for _ in range(4):
        await journal.work(after=25 * HOUR)
    going.check()
    there = {row.put_code for row in await journal.rows() if row.put_code is not None}
    assert {work["put-code"] for work in journal.works(going.orcid)} <= there
    for key in (one for keys in going.keys.values() for one in keys):
        row = await own_row(journal, key)
        assert row.state != "due"
        assert row.wish != "remove" or row.put_code is None


@pytest.mark.parametrize("seed", [4])
async def test_a_walk_of_decisions(journal: Journal, seed: int) -> None:
    """Thirty things that happen at random."""
    await walk(journal, seed, STEPS)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(SEED, SEED + SOAK_WALKS))
async def test_long_walks_of_decisions(journal: Journal, seed: int) -> None:
    """Two thousand in ten walks; `SOAK_SEED` begins with that seed."""
    await walk(journal, seed, SOAK_STEPS)
