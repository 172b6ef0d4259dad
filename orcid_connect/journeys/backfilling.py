"""Comparing all that a host has published with what is known, for hosts without hooks or after.

Only what differs is recorded: a nightly run over what has not changed writes nothing. What is
known but missing is told or withdrawn, never because an export was empty, broken or cut off.
Starting again resumes: what was recorded is found unchanged.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, TypeVar

from orcid_connect.declarations import Withdrawal
from orcid_connect.errors import InputError, OrcidConnectError
from orcid_connect.journeys.comparing import (
    MISSING,
    PAGE,
    Difference,
    Readable,
    Refusal,
    Stated,
    Unreadable,
    compared,
    read_stated,
)
from orcid_connect.journeys.entering import Intake, entry_by
from orcid_connect.journeys.participants import Positive
from orcid_connect.observe import describe
from orcid_connect.services import Services
from orcid_connect.store import declared, known
from orcid_connect.store.declared import Entry, Subject, SubjectKind
from orcid_connect.store.known import Known
from orcid_connect.store.noted import Missing, Noted

__all__ = [
    "AT_MOST_GONE",
    "BackfillStopped",
    "Comparison",
    "Refusal",
    "Stated",
    "Summary",
    "Unreadable",
    "WhenGone",
    "backfill",
]

WhenGone = Literal["withdraw", "report", "keep"]
# withdraw  what is known but missing is withdrawn
# report    it is only told
# keep      nobody looks for it: `everything` is a part

Named = TypeVar("Named")

AT_MOST_GONE: Final = 0.05
"""The part of the known that may be missing before it is taken for a broken export."""
MOST_NAMED: Final = 1000
"""Keys and refusals that a summary names; all are counted."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared: everything of a tenant and kind as of a moment, now if left out.

    Raises `InputError` for values that cannot be.
    """

    tenant: str
    kind: SubjectKind
    gone: WhenGone = "report"
    at_most_gone: float = AT_MOST_GONE
    as_of: datetime | None = None
    dry_run: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.at_most_gone <= 1:
            raise InputError("at_most_gone is a part of all: between 0 and 1")
        if self.as_of is not None and self.as_of.tzinfo is None:
            raise InputError("as_of needs a time zone")


@dataclass(frozen=True, slots=True)
class Summary:
    """What a comparison found so far. With a dry run it is what would have been done."""

    seen: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    older: int = 0
    refused: int = 0
    known: int = 0
    gone: int = 0
    withdrawn: int = 0
    refusals: tuple[Refusal, ...] = ()
    older_keys: tuple[str, ...] = ()
    gone_keys: tuple[str, ...] = ()


class BackfillStopped(OrcidConnectError):
    """A comparison that did not come to its end; nothing was withdrawn, what differed is kept."""

    def __init__(self, message: str, summary: Summary) -> None:
        super().__init__(message)
        self.summary = summary


Progress = Callable[[Summary], None]


async def backfill(
    services: Services,
    comparison: Comparison,
    everything: AsyncIterator[Stated],
    progress: Progress | None = None,
) -> Summary:
    """Record what differs, then look for what is gone.

    Raises `BackfillStopped` if `everything` raises, or if what is missing may not be withdrawn.
    """
    with Noted() as noted:
        run = _Run(services, comparison, noted, progress or (lambda _summary: None))
        await run.compare(everything)
        if comparison.gone != "keep":
            await run.look_for_gone()
            await run.withdraw_gone()
        return run.summary()


class _Run:
    """One comparison under way."""

    def __init__(
        self, services: Services, comparison: Comparison, noted: Noted, progress: Progress
    ) -> None:
        self._services = services
        self._comparison = comparison
        self._noted = noted
        self._progress = progress
        self._as_of = comparison.as_of or datetime.fromtimestamp(services.clock(), UTC)
        self._counts = dict.fromkeys(
            (
                "seen", "new", "changed", "unchanged", "older", "refused", "known", "gone",
                "withdrawn",
            ),
            0,
        )  # fmt: skip
        self._refusals: list[Refusal] = []
        self._older: list[str] = []
        self._gone: list[str] = []
        self._nameless = 0
        self._page: dict[Entry, Positive] = {}

    def summary(self) -> Summary:
        """Return what was found so far."""
        return Summary(
            **self._counts,
            refusals=tuple(self._refusals),
            older_keys=tuple(self._older),
            gone_keys=tuple(self._gone),
        )

    # --- what is there ---------------------------------------------------------------------------

    async def compare(self, everything: AsyncIterator[Stated]) -> None:
        """Take in everything, page by page; one that cannot be read stops no other."""
        iterator = aiter(everything)
        while True:
            try:
                stated = await anext(iterator)
            except StopAsyncIteration:
                break
            except Exception as error:
                await self._flush()
                raise self._stopped(
                    f"what was to be compared broke off ({describe(error)}): nothing is taken for "
                    "gone; correct that and start again"
                ) from error
            await self._take(stated)
        await self._flush()

    async def _take(self, stated: Stated) -> None:
        self._counts["seen"] += 1
        read = read_stated(stated, self._comparison.tenant, self._comparison.kind, self._as_of)
        if isinstance(read, Readable):
            entry = entry_by(self._services.settings, read.declaration)
            if entry in self._page or len(self._page) >= PAGE:
                await self._flush()
            self._page[entry] = read.declaration
            return
        self._counts["refused"] += 1
        _name(self._refusals, read)
        if read.key is None:
            self._nameless += 1
        else:
            self._noted.see([read.key])

    async def _flush(self) -> None:
        page, self._page = self._page, {}
        if not page:
            return
        self._noted.see(one.key for one in page.values())
        tenant, kind = self._comparison.tenant, self._comparison.kind
        async with self._services.database.reading() as connection:
            found = await known.known_of(
                connection, tenant, kind, [entry.subject.key for entry in page]
            )
        differing = [self._judge(compared(entry, one, found)) for entry, one in page.items()]
        await self._record([one for one in differing if one is not None])
        self._progress(self.summary())

    def _judge(self, difference: Difference) -> Positive | None:
        self._counts[difference.what] += 1
        if difference.what == "older":
            _name(self._older, difference.declaration.key)
        return difference.declaration if difference.what in ("new", "changed") else None

    async def _record(self, differing: list[Positive]) -> None:
        if not differing or self._comparison.dry_run:
            return
        intake = Intake(self._services.settings, self._services.clock())
        async with self._services.database.recording() as connection:
            for one in differing:
                await connection.execute(intake.insertion(one))

    # --- what is gone ----------------------------------------------------------------------------

    async def look_for_gone(self) -> None:
        """Note what is known, not withdrawn, and was not there; what is younger is left alone."""
        tenant, kind = self._comparison.tenant, self._comparison.kind
        after = ""
        while True:
            async with self._services.database.reading() as connection:
                keys = await known.keys_known(connection, tenant, kind, after, PAGE)
                found = await known.known_of(connection, tenant, kind, keys)
            if not keys:
                return
            after = keys[-1]
            self._note_missing([one for one in known.standing(found.values()) if self._is_due(one)])
            self._progress(self.summary())

    def _is_due(self, one: Known) -> bool:
        """Tell whether it should have been there: not if it came, or is true, only since."""
        moment = self._as_of.timestamp()
        return one.as_of <= moment and one.received_at <= moment

    def _note_missing(self, due: list[Known]) -> None:
        unseen = self._noted.unseen([one.own_key for one in due])
        missing = [one for one in due if one.own_key in unseen and not self._is_scheduled(one)]
        self._counts["known"] += len(due)
        self._counts["gone"] += len(missing)
        for one in missing:
            _name(self._gone, one.own_key)
        self._noted.miss(Missing(one.own_key, one.sequence) for one in missing)

    def _is_scheduled(self, one: Known) -> bool:
        """Tell whether it is not published yet, and so not among what is."""
        when = declared.declaration_in(one.body).not_before
        return when is not None and when > self._as_of

    async def withdraw_gone(self) -> None:
        """Withdraw what is missing, if it is wished and plausible; raises `BackfillStopped`."""
        if self._comparison.gone != "withdraw" or not self._counts["gone"]:
            return
        self._check_plausible()
        if self._comparison.dry_run:
            return
        for page in self._noted.missing(PAGE):
            await self._withdraw(page)
            self._progress(self.summary())

    def _check_plausible(self) -> None:
        gone, all_known = self._counts["gone"], self._counts["known"]
        if self._counts["seen"] == 0:
            raise self._stopped(
                f"there was nothing to compare, but {all_known} are known: an empty export "
                "withdraws nothing; withdraw one by one what is really gone"
            )
        if self._nameless:
            raise self._stopped(
                f"{self._nameless} could not be read and do not say their key: any of the {gone} "
                "missing may be among them, so nothing is withdrawn; correct them and start again"
            )
        if gone > self._comparison.at_most_gone * all_known:
            raise self._stopped(
                f"{gone} of {all_known} known are missing, more than "
                f"{self._comparison.at_most_gone:.1%}: this looks like a broken export, so nothing "
                f"is withdrawn; if they are really gone, say at_most_gone={_above(gone, all_known)}"
            )

    async def _withdraw(self, page: list[Missing]) -> None:
        tenant, kind = self._comparison.tenant, self._comparison.kind
        intake = Intake(self._services.settings, self._services.clock())
        async with self._services.database.writing() as connection:
            for one in page:
                subject = Subject(tenant, kind, one.key)
                entry = await declared.entry_of_key(connection, subject)
                newest = await known.known_of(connection, tenant, kind, [entry.subject.key])
                if newest[entry].sequence != one.sequence:
                    continue  # something was declared of it meanwhile
                gone = Withdrawal(
                    tenant=tenant, key=one.key, as_of=self._as_of, of=kind, reason=MISSING
                )
                await connection.execute(intake.insertion(gone))
                self._counts["withdrawn"] += 1

    def _stopped(self, sentence: str) -> BackfillStopped:
        return BackfillStopped(sentence, self.summary())


def _above(gone: int, all_known: int) -> float:
    """Return a part of all, in whole hundredths, that this many would not be more than."""
    return min(1.0, (gone * 100 // all_known + 1) / 100)


def _name(names: list[Named], one: Named) -> None:
    if len(names) < MOST_NAMED:
        names.append(one)
