"""Whatever is said, corrected, refused and lost in whatever order, under ever new keys: no thing
stands twice, and none that was refused is written."""

import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random

import pytest

from orcid_connect.journeys import wishes
from orcid_connect.journeys.intake import take_in, withdraw
from orcid_connect.journeys.restoring import restored
from orcid_connect.store.declared import SubjectKind
from tests.journeys.test_alike import CASES
from tests.journeys.test_kinds import on_record
from tests.journeys.test_wishes_walk import FAULTS
from tests.support.journal import TENANT, Journal, at
from tests.support.wishes import ADA, HOUR, own_row, so_far

pytestmark = pytest.mark.anyio

SEED = int(os.environ.get("SOAK_SEED", "1"))
STEPS, SOAK_STEPS, SOAK_WALKS = 40, 100, 20
SAYS = {
    "role without ROR": ('"Editor"', '"Reader"'),
    "country": ('"GB"', '"FR"'),
    "keyword": ('"looms"', '"mills"'),
    "profile": ('-value": "1"', '-value": "2"'),
    "grant by number": ('"Engines 1"', '"Engines 2"'),
}
"""By case, what tells its two things apart in what is sent and read."""
Thing = tuple[str, int]


@dataclass
class Walk:
    """A record of which things are declared under keys that come, turn into others, and go."""

    journal: Journal
    orcid: str
    dice: Random
    keys: dict[str, list[str]] = field(default_factory=lambda: {case: [] for case in SAYS})
    """By case, the keys that say one of its things."""
    ever: dict[str, set[Thing]] = field(default_factory=dict)
    """By key, all that it ever said."""
    refused: dict[Thing, int] = field(default_factory=dict)
    """By thing, the number of the last request before it was refused, if not let go since."""
    removed: dict[Thing, int] = field(default_factory=dict)
    """By thing, the item that was removed at ORCID last."""
    let_go: set[str] = field(default_factory=set)
    """The keys that she had sent after all: whatever they say, it is let go."""
    count: int = 0

    async def declare(self, case: str) -> None:
        """Say either of its things under a known key, or under a new one."""
        if not self.keys[case] or self.dice.random() < 0.5:
            self.count += 1
            self.keys[case].append(f"key-{self.count}")
        await self._say(case, self.dice.choice(self.keys[case]), self.dice.randrange(2))

    async def _say(self, case: str, key: str, which: int) -> None:
        self.journal.clock.move(1.0)
        self.ever.setdefault(key, set()).add((case, which))
        if key in self.let_go:
            self.refused.pop((case, which), None)
        declaration = CASES[case][1](key, which)
        now = at(1).fromtimestamp(self.journal.clock(), at(1).tzinfo)
        await take_in(self.journal.services, declaration.model_copy(update={"as_of": now}))

    async def withdraw(self, case: str) -> None:
        """Withdraw one of its keys."""
        if self.keys[case]:
            key = self.dice.choice(self.keys[case])
            kind: SubjectKind = "role" if case.startswith("role") else "item"
            await withdraw(self.journal.services, TENANT, kind, key, "")

    async def decide(self, case: str) -> None:
        """Let Ada do something that she may."""
        key = self.dice.choice(self.keys[case] or ["none"])
        if not await self.journal.rows(key):
            return
        row = await own_row(self.journal, key)
        deeds = wishes.possible(row)
        if not deeds:
            return
        deed = self.dice.choice(deeds)
        self.journal.clock.move(1.0)
        said = await self._said(key, case)
        decided = await wishes.decide(self.journal.services, ADA, row.id, deed)
        assert decided is not None
        if deed == "send":
            self.let_go.add(key)
            for thing in self.ever[key]:
                self.refused.pop(thing, None)
        elif said is not None:
            self.refused[said] = so_far(self.journal)

    async def _said(self, key: str, case: str) -> Thing | None:
        """Return what stands of a key, if anything does."""
        code = (await own_row(self.journal, key)).put_code
        return next((thing for thing, one in self.there(case) if one == code), None)

    def there(self, case: str) -> list[tuple[Thing, int]]:
        """Return the things of a case that are on the record, with their put-codes."""
        items = on_record(self.journal, self.orcid, CASES[case][0])
        return [
            ((case, which), item["put-code"])
            for item in items
            for which, text in enumerate(SAYS[case])
            if text in json.dumps(item)
        ]

    async def remove_at_orcid(self, case: str) -> None:
        """Let Ada take what we know of off her record at ORCID."""
        known = {row.put_code for row in await self.journal.rows()}
        for thing, put_code in self.there(case):
            self.journal.clock.move(1.0)
            self.journal.simulator.remove_item(self.orcid, put_code)
            if put_code in known:
                self.refused[thing] = so_far(self.journal)
                self.removed[thing] = put_code

    def forget_what_nobody_can_tell(self) -> None:
        """After a withdrawal whose answer was lost nobody can tell who took the item off."""
        for entry in self.journal.simulator.journal():
            for thing, put_code in list(self.removed.items()):
                ours = entry["path"].endswith(f"/{put_code}") and entry["method"] == "DELETE"
                if ours and (entry["fault"] or entry["status"] not in (204, 404)):
                    del self.removed[thing]
                    self.refused.pop(thing, None)

    async def fail(self, _case: str) -> None:
        """Let a request fail."""
        kind, options = self.dice.choice(FAULTS)
        method = self.dice.choice(("POST", "PUT", "DELETE", "GET"))
        self.journal.simulator.add_fault(kind, method=method, count=1, path="/api/*", **options)

    async def compare(self, _case: str) -> None:
        """Compare the records with the ledger as after a restore: of what is being withdrawn nobody
        can tell then who took it off."""
        going = {row.put_code for row in await self.journal.rows() if row.desired_hash is None}
        for thing, put_code in list(self.removed.items()):
            if put_code in going:
                self.refused.pop(thing, None)
        assert len([one async for one in restored(self.journal.services)]) == 1

    async def step(self) -> None:
        """Let one thing happen, and mostly what follows from it."""
        deeds: tuple[Callable[[str], Awaitable[None]], ...] = (
            self.declare, self.declare, self.declare, self.declare, self.decide, self.decide,
            self.withdraw, self.withdraw, self.remove_at_orcid, self.fail, self.compare,
        )  # fmt: skip
        await self.dice.choice(deeds)(self.dice.choice(list(SAYS)))
        if self.dice.random() < 0.8:
            await self.journal.work(after=self.dice.choice((0.0, 5.0, HOUR)))
        self.check()

    def check(self) -> None:
        """No thing is there twice, and none was written since it was refused."""
        for case in SAYS:
            there = [thing for thing, _ in self.there(case)]
            assert len(there) == len(set(there)), there
        self.forget_what_nobody_can_tell()
        for (case, which), since in self.refused.items():
            for entry in self.journal.simulator.journal(after=since):
                section = f"/{CASES[case][0]}" in entry["path"]
                changed = entry["method"] == "PUT" and entry["status"] == 200  # else it was gone
                written = section and (changed or entry["method"] == "POST")
                assert not written or SAYS[case][which] not in json.dumps(entry["sent"]), entry


async def walk(journal: Journal, seed: int, steps: int) -> None:
    """Walk so far, then let all that is due happen: every item is some row's, none is due."""
    going = Walk(journal, await journal.person_who_allows_everything(), Random(seed))
    for _ in range(steps):
        await going.step()
    journal.simulator.clear_faults()
    for _ in range(4):
        await journal.work(after=25 * HOUR)
    going.check()
    rows = await journal.rows()
    assert all(row.state != "due" for row in rows)
    codes = {row.put_code for row in rows}
    assert {code for case in SAYS for _, code in going.there(case)} <= codes


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_walk_of_things_said_alike(journal: Journal, seed: int) -> None:
    """Forty things that happen at random."""
    await walk(journal, seed, STEPS)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(SEED, SEED + SOAK_WALKS))
async def test_long_walks_of_things_said_alike(journal: Journal, seed: int) -> None:
    """Two thousand in twenty walks; `SOAK_SEED` begins with that seed."""
    await walk(journal, seed, SOAK_STEPS)
