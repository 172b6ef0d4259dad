"""`backfill`: comparing whole folders of what is published with what is known, again and again."""

import asyncio
import os
from asyncio import Event
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, get_args

import typer

from orcid_connect.cli.context import AppOption, JsonOption, opened
from orcid_connect.cli.files import (
    People,
    ReadFile,
    Source,
    line_of,
    moment_given,
    person_map,
    read_file,
    tell_elsewhere,
)
from orcid_connect.cli.output import NEEDS_A_PERSON, WRONG_USAGE, complain, fail, say, say_json
from orcid_connect.cli.progress import Bar, bar, stopping
from orcid_connect.errors import InputError, Problem
from orcid_connect.inputs.people import PersonMap, article_names
from orcid_connect.journeys.backfilling import (
    AT_MOST_GONE,
    BackfillStopped,
    Comparison,
    Summary,
    Unreadable,
    WhenGone,
    backfill,
)
from orcid_connect.journeys.comparing import Stated
from orcid_connect.journeys.participants import participants

DEFAULT_TENANT: Final = "default"
GONE: Final[dict[str, WhenGone]] = {word: word for word in get_args(WhenGone)}
SUFFIX: Final = ".xml"
"""Files of a folder that are read."""
NAMES_SHOWN: Final = 20

Paths = Annotated[
    list[Path],
    typer.Argument(help="Files, or folders with JATS files (*.xml) at any depth: all there is."),
]
Tenant = Annotated[
    str,
    typer.Option("--tenant", help=f"Whose articles they are; {DEFAULT_TENANT} if left out."),
]
Gone = Annotated[
    str,
    typer.Option(
        "--gone",
        help="What becomes of articles that are known but not among the files: report only names "
        "them, withdraw takes them off the records, keep does not look.",
    ),
]
AtMostGone = Annotated[
    float,
    typer.Option(
        "--at-most-gone",
        min=0.0,
        max=1.0,
        help="The part of the known that may be gone; if more is missing, nothing is withdrawn.",
    ),
]
AsOf = Annotated[
    str,
    typer.Option(
        "--as-of",
        help="When the files were exported, ISO 8601; now if left out. What was declared since is "
        "neither undone nor taken for gone.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only compare; record nothing.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("backfill")(backfill_files)


class _Interrupted(Exception):
    """Somebody pressed Ctrl-C."""


def backfill_files(
    paths: Paths,
    tenant: Tenant = "",
    people: People = None,
    gone: Gone = "report",
    at_most_gone: AtMostGone = AT_MOST_GONE,
    as_of: AsOf = "",
    dry_run: DryRun = False,
    app: AppOption = "",
    as_json: JsonOption = False,
) -> None:
    """Compare all published articles with what is known, and record what differs.

    For the first time, and every night: what has not changed costs nothing. Ctrl-C stops it, and
    the next run goes on. Exit code 1 if a file needs a person or nothing could be withdrawn.
    """
    if gone not in GONE:
        fail(f"--gone {gone}: say {' or '.join(GONE)}.", WRONG_USAGE)
    mapping = person_map(people)
    moment = moment_given(as_of)
    whose = tenant or DEFAULT_TENANT
    comparison = _comparison(whose, GONE[gone], at_most_gone, moment, dry_run)
    files = _Files(list(_found(paths)), Source(whose, moment, None, mapping, False))
    summary, trouble = asyncio.run(_compare(app, comparison, files))
    _tell(summary, files, dry_run, trouble, as_json)
    if not (tenant or dry_run or as_json) and (summary.new or summary.changed):
        say(f"Recorded under tenant {DEFAULT_TENANT}: give --tenant for another.")
    if people is not None and mapping is not None and not trouble:
        tell_elsewhere(people, _elsewhere(mapping, files), as_json)
    if trouble or summary.refused or files.held:
        raise typer.Exit(NEEDS_A_PERSON)


def _comparison(
    tenant: str, gone: WhenGone, at_most_gone: float, as_of: datetime, dry_run: bool
) -> Comparison:
    try:
        return Comparison(tenant, "article", gone, at_most_gone, as_of, dry_run)
    except InputError as error:
        fail(f"{error}.", WRONG_USAGE)


def _found(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(_in_folder(path))
        elif path.exists():
            yield path
        else:
            fail(f"{path}: there is no such file or folder.", WRONG_USAGE)


def _in_folder(folder: Path) -> Iterator[Path]:
    """Yield its files at any depth; what is passed over would be taken for gone.

    Linked folders are folders too; one that leads back to where we were is entered once.
    """
    entered = {folder.resolve()}
    for parent, folders, names in os.walk(folder, onerror=_refuse_folder, followlinks=True):
        folders[:] = [name for name in folders if _is_new(Path(parent, name), entered)]
        for one in (Path(parent, name) for name in names):
            if one.suffix.lower() == SUFFIX and (one.is_file() or one.is_symlink()):
                yield one


def _is_new(folder: Path, entered: set[Path]) -> bool:
    place = folder.resolve()
    if place in entered:
        return False
    entered.add(place)
    return True


def _refuse_folder(error: OSError) -> None:
    name = Path(str(error.filename)).name
    fail(f"{name}: this folder cannot be read ({error.strerror}); nothing was compared.")


class _Files:
    """The files as they are read one by one, and what was found on the way."""

    def __init__(self, paths: list[Path], source: Source) -> None:
        self.paths = paths
        self.held: list[str] = []
        self.names: set[str] = set()
        self.for_nobody = 0
        self._source = source

    async def stream(self, stop: Event, shown: Bar) -> AsyncIterator[Stated]:
        """Yield each article, or why there is none; raises `_Interrupted` between two files."""
        for path in self.paths:
            await asyncio.sleep(0)  # so that Ctrl-C is noticed
            if stop.is_set():
                raise _Interrupted
            yield self._stated(read_file(path, self._source))
            shown.advance(1)

    def _stated(self, read: ReadFile) -> Stated:
        if read.article is None:
            sentence = "; ".join(problem.message for problem in read.problems)
            return Unreadable(sentence, source=str(read.path))
        if self._source.people is not None:
            self.names |= article_names(read.article)
        self.for_nobody += not participants(read.article)
        for problem in (*read.problems, *read.misfits):
            if problem.holds:
                self.held.append(f"{read.path}: {line_of(problem)}")
        return read.article


def _elsewhere(mapping: PersonMap, files: _Files) -> list[Problem]:
    return mapping.elsewhere(files.names)


async def _compare(app: str, comparison: Comparison, files: _Files) -> tuple[Summary, str]:
    """Return what was found, and what stopped it, if anything did."""
    async with opened(app) as services:
        with stopping() as stop, bar("Comparing", len(files.paths)) as shown:
            watch = _Watch(stop, shown)
            try:
                return await backfill(services, comparison, files.stream(stop, shown), watch), ""
            except BackfillStopped as stopped:
                interrupted = isinstance(stopped.__cause__, _Interrupted)
                return stopped.summary, INTERRUPTED if interrupted else str(stopped)
            except _Interrupted:
                return watch.last, INTERRUPTED


class _Watch:
    """Says what is under way, and stops the search for what is gone; a withdrawal goes through."""

    def __init__(self, stop: Event, shown: Bar) -> None:
        self.last = Summary()
        self._stop = stop
        self._shown = shown

    def __call__(self, summary: Summary) -> None:
        self.last = summary
        if summary.known:
            self._shown.describe("Looking for what is gone")
            if self._stop.is_set() and not summary.withdrawn:
                raise _Interrupted


FOR_NOBODY: Final = (
    "{count:,} of them cannot be delivered to anybody: neither a person key nor an authenticated "
    "iD is given. Say by --people MAP.csv who the authors are, and run it again."
)
INTERRUPTED: Final = "stopped; nothing was withdrawn. Start it again: it goes on where it was"


def _tell(summary: Summary, files: _Files, dry_run: bool, trouble: str, as_json: bool) -> None:
    if as_json:
        told = {"for_nobody": files.for_nobody, "dry_run": dry_run, "stopped": trouble}
        facts = asdict(summary) | {"held": files.held} | told
        say_json(facts)
        return
    for one in summary.refusals:
        complain(f"{one.source or one.key or 'one of them'}: {one.sentence}")
    for line in files.held:
        complain(line)
    for key in summary.gone_keys[:NAMES_SHOWN]:
        say(f"  gone: {key}")
    if summary.gone > NAMES_SHOWN:
        say(f"  gone: … and {summary.gone - NAMES_SHOWN} more; --json names them")
    say(_counted(summary, dry_run))
    if files.for_nobody:
        say(FOR_NOBODY.format(count=files.for_nobody))
    if trouble:
        complain(f"{trouble[0].upper()}{trouble[1:]}.")


def _counted(summary: Summary, dry_run: bool) -> str:
    parts = {
        "seen": summary.seen,
        "new": summary.new,
        "changed": summary.changed,
        "unchanged": summary.unchanged,
        "older than what is known": summary.older,
        "not readable": summary.refused,
        "gone": summary.gone,
        "withdrawn": summary.withdrawn,
    }
    always = ("seen", "new", "changed", "unchanged")
    told = [f"{count:,} {word}" for word, count in parts.items() if count or word in always]
    return ", ".join(told) + (" (dry run: nothing was recorded)." if dry_run else ".")
