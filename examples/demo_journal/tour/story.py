"""What every scene of the tour has at hand: browsers, records, waiting, and telling."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from time import monotonic
from typing import Final, TypeVar

from ..beginnings import AT_ORCID, PASSWORD_AT_ORCID
from ..stage import CLIENT_ID, Stage
from .browser import Browser
from .failing import StepFailed
from .records import Item, Record, Records, differences
from .telling import Teller

Found = TypeVar("Found")

LOOK_AGAIN: Final = 0.1  # seconds
TELL_AGAIN: Final = 4.0  # seconds after which a wait is told of
PATIENCE: Final = 20.0  # seconds a check waits for what is on its way
PATIENCE_WITH_FAULTS: Final = 60.0
QUIET: Final = 1.2  # seconds in which nothing may change: longer than the engine's look around
MOST_CONNECTS: Final = 12
"""How often somebody presses “Try again” before giving up, when requests fail at random."""


class Story:
    """The people of the story, each with a browser and, perhaps, a record."""

    def __init__(self, stage: Stage, records: Records, teller: Teller, faults: float) -> None:
        self.stage = stage
        self.records = records
        self.tell = teller
        self.faultless = not faults
        self._patience = PATIENCE_WITH_FAULTS if faults else PATIENCE
        self._browsers: dict[str, Browser] = {}
        self._stack = AsyncExitStack()
        self._seen: dict[str, Record] = {}
        self.orcids = dict(AT_ORCID)
        """Everybody's iD; ORCID may give somebody another one on the way."""

    async def close(self) -> None:
        """Close all browsers."""
        await self._stack.aclose()

    async def as_(self, who: str) -> Browser:
        """Return somebody's browser, signed in at the journal."""
        if who not in self._browsers:
            browser = await self._stack.enter_async_context(Browser(self.stage.journal_url))
            self._browsers[who] = browser
            await browser.open("/signin")
            await browser.choose(who)
        return self._browsers[who]

    async def record(self, who: str) -> Record:
        """Read somebody's record."""
        return await self.records.read(self.orcids[who])

    async def of_journal(self, who: str) -> list[Item]:
        """Return what the journal put on somebody's record."""
        return [item for item in (await self.record(who)).values() if item.source == CLIENT_ID]

    async def services(self, who: str) -> list[Item]:
        """Return the journal's services on somebody's record."""
        return [item for item in await self.of_journal(who) if item.kind == "service"]

    async def requests(self, *, orcid: str | None = None, below: str = "/") -> list[str]:
        """Return what the journal asked of ORCID, of one record or all, below a path."""
        journal = await self.records.control("GET", "journal")
        return [
            f"{entry['method']} {entry['path']}"
            for entry in journal["entries"]
            if entry["client_id"] == CLIENT_ID
            and (orcid is None or entry["orcid"] == orcid)
            and entry["path"].startswith(below)
        ]

    async def work(self, who: str, doi: str) -> Item | None:
        """Return the journal's work with a DOI on somebody's record."""
        found = [item for item in await self.of_journal(who) if f"doi:{doi}" in item.self_ids]
        if len(found) > 1:
            raise StepFailed(f"{doi} once on {who}’s record", f"it {len(found)} times")
        return found[0] if found else None

    async def until(self, what: str, look: Callable[[], Awaitable[Found | None]]) -> Found:
        """Look again and again until there is something to see; raises `StepFailed`."""
        began = told = monotonic()
        with self.tell.waiting(f"until {what}"):
            while True:
                found = await look()
                if found is not None and found is not False:
                    return found
                now = monotonic()
                if now - began > self._patience:
                    raise StepFailed(what, f"not so within {self._patience:.0f} seconds")
                if now - told > TELL_AGAIN:
                    told = now
                    self.tell.still_waiting(what, now - began)
                await asyncio.sleep(LOOK_AGAIN)

    async def quietly(self, what: str, whose: tuple[str, ...]) -> None:
        """Require that nothing changes on these records for a while."""
        before = {who: await self.record(who) for who in whose}
        end = monotonic() + QUIET
        with self.tell.waiting(f"whether {what}"):
            while monotonic() < end:
                await asyncio.sleep(LOOK_AGAIN)
                for who in whose:
                    changed = list(differences(before[who], await self.record(who)))
                    if changed:
                        raise StepFailed(what, "; ".join(changed))

    async def deliveries(self, key: str) -> dict[str, tuple[str, str]]:
        """Return the deliveries of an article as the editor sees them: state and sentence."""
        editor = await self.as_("solveig")
        await editor.open(f"/office/{key}")
        return editor.row_states()

    async def until_states(self, key: str, wanted: dict[str, str]) -> None:
        """Wait until the editor sees these states, by person."""

        async def look() -> bool:
            seen = await self.deliveries(key)
            return all(seen[who][0] == state for who, state in wanted.items())

        words = ", ".join(f"{who} {state}" for who, state in wanted.items())
        await self.until(f"the editor sees: {words}", look)

    async def connect(self, who: str, decision: str = "Authorize access") -> Browser:
        """Have somebody press Connect, sign in at ORCID and decide there."""
        browser = await self.as_(who)
        await browser.open("/desk")
        await browser.follow("Connect your ORCID iD")
        for _ in range(MOST_CONNECTS):
            if browser.heading.startswith("Sign in"):
                await self._sign_in(browser, who)
            if browser.heading == "Authorize access":
                await browser.press(decision)
            if browser.status < 500:
                return browser
            await browser.follow("Try again")
        return browser

    async def at_orcid(self, who: str, page: str) -> Browser:
        """Have somebody open a page at ORCID, and sign in there if ORCID asks."""
        browser = await self.as_(who)
        await browser.open(f"{self.stage.registry_url}/account")
        if browser.heading.startswith("Sign in"):
            await self._sign_in(browser, who)
        await browser.open(f"{self.stage.registry_url}{page}")
        return browser

    async def _sign_in(self, browser: Browser, who: str) -> None:
        typed = {"username": self.orcids[who], "password": PASSWORD_AT_ORCID}
        await browser.press("Sign in", **typed)

    async def connected(self, who: str, page: str = "Your ORCID iD is connected") -> None:
        """Connect somebody and require that it worked."""
        browser = await self.connect(who)
        if browser.heading != page:
            raise StepFailed(f"the page “{page}”", f"“{browser.heading}”")

    async def show(self) -> None:
        """Tell in the middle of a scene what changed on the records so far."""
        self.tell.changed(await self.changes())

    async def changes(self) -> dict[str, list[str]]:
        """Tell what changed on every record since this was asked last."""
        now = {who: await self.record(who) for who in AT_ORCID}
        lines = {
            who: list(differences(self._seen.get(who, {}), record)) for who, record in now.items()
        }
        self._seen = now
        return {who: changed for who, changed in lines.items() if changed}
