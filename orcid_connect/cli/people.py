"""`people`: who is connected, and taking over the connections of an older system."""

import asyncio
import csv
import stat
from asyncio import Event
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, TextIO, get_args

import typer

from orcid_connect.cli.context import AppOption, JsonOption, opened, opened_if_there
from orcid_connect.cli.output import (
    NEEDS_A_PERSON,
    WRONG_USAGE,
    complain,
    fail,
    iso_moment,
    say,
    say_json,
    table,
)
from orcid_connect.cli.progress import Bar, bar, stopping
from orcid_connect.errors import InputError, RegistryError
from orcid_connect.inputs.older_systems import Unread, count_lines, read_items, read_links
from orcid_connect.journeys.exporting import harmless
from orcid_connect.journeys.importing import Importer, OldLink, Taken
from orcid_connect.journeys.importing_items import Kept, OldItem
from orcid_connect.store import people
from orcid_connect.store.people import Link, LinkState

PAGE_SIZE: Final = 100
STATES: Final = get_args(LinkState)
NOT_TAKEN: Final = ".not-taken.csv"
REPORT_COLUMNS: Final = ("file", "line", "person_key", "orcid", "reason")
_OTHERS_MAY_READ: Final = stat.S_IRGRP | stat.S_IROTH

File = Annotated[
    Path,
    typer.Argument(
        help="CSV with a header line, or JSON lines: person_key, orcid, access_token, "
        "refresh_token, expires, scope, name. It holds tokens: keep it readable by you alone, and "
        "delete it afterwards."
    ),
]
PutCodes = Annotated[
    Path | None,
    typer.Option(
        "--put-codes",
        help="CSV or JSON lines of what stands on records already: person_key or orcid, kind "
        "(article, review, role, item), key, put_code. Declare what they are about before.",
    ),
]
Report = Annotated[
    Path | None,
    typer.Option("--report", help=f"Where what was not taken is listed; FILE{NOT_TAKEN} if not."),
]
Tenant = Annotated[str, typer.Option("--tenant", help="Whose people they are.")]
State = Annotated[str | None, typer.Option("--state", help=f"One of {', '.join(STATES)}.")]
After = Annotated[str, typer.Option("--after", help="Begin behind this id: the next page.")]


def build() -> typer.Typer:
    """Return the `people` family."""
    app = typer.Typer(help="See who is connected; import an older system's connections.")
    app.command("list")(list_)
    app.command("import")(import_)
    return app


def list_(
    tenant: Tenant = "default",
    state: State = None,
    after: After = "",
    app: AppOption = "",
    as_json: JsonOption = False,
) -> None:
    """List a tenant's connections, a page at a time; never a token."""
    if state is not None and state not in STATES:
        fail(f"--state {state}: say one of {', '.join(STATES)}.", WRONG_USAGE)
    links = asyncio.run(_page(app, tenant, state, after))
    if as_json:
        for link in links:
            say_json(link_facts(link))
        return
    if not links:
        say(f"Nobody of tenant {tenant} is listed here.")
        return
    columns = ("person", "iD", "name", "state", "may", "credential", "since")
    table(columns, [_cells(link) for link in links])
    if len(links) == PAGE_SIZE:
        say(f"More: --after {links[-1].id}")


async def _page(app: str, tenant: str, state: str | None, after: str) -> list[Link]:
    async with opened_if_there(app) as services, services.database.reading() as connection:
        return await people.page(connection, tenant, state, after, PAGE_SIZE)


def link_facts(link: Link) -> dict[str, Any]:
    """Return a link for JSON, without its tokens."""
    return {
        "id": link.id,
        "tenant": link.tenant,
        "person_key": link.person_key,
        "orcid": link.orcid,
        "name": link.name,
        "state": link.state,
        "scopes": sorted(link.scopes),
        "credential": link.realm.credential,
        "environment": link.realm.environment,
        "made_at": iso_moment(link.made_at),
        "reason": link.reason,
    }


def _cells(link: Link) -> tuple[str, ...]:
    return (
        link.person_key,
        link.orcid,
        link.name or "-",
        link.state,
        " ".join(sorted(link.scopes)),
        link.realm.credential,
        (iso_moment(link.made_at) or "-")[:10],
    )


# --- import ----------------------------------------------------------------------------------


@dataclass
class _Import:
    """An import under way: what is to be taken over, and what came of it so far."""

    file: Path
    items: dict[str, list[OldItem]]
    report: "_Report"
    counts: Counter[str] = field(default_factory=Counter)

    def note(self, taken: Taken) -> None:
        """Count what became of a line, and report what was not taken."""
        self.counts[taken.outcome] += 1
        if taken.outcome == "refused":
            self.report.add(taken.line, taken.person_key, taken.orcid, taken.sentence)
        self.note_items(taken.items)

    def note_items(self, kept: Sequence[Kept]) -> None:
        """Do so with put-codes."""
        for one in kept:
            self.counts[f"put-codes {one.outcome}"] += 1
            if one.outcome == "refused":
                self.report.add(one.line, one.item.person, "", one.sentence, item=True)

    def note_unread(self, unread: Unread, *, item: bool = False) -> None:
        """Do so with a line that cannot be read."""
        self.counts["put-codes refused" if item else "refused"] += 1
        self.report.add(unread.line, unread.person_key, unread.orcid, unread.sentence, item=item)

    @property
    def refused(self) -> int:
        """How many lines were not taken."""
        return self.counts["refused"] + self.counts["put-codes refused"]


class _Report:
    """The file of what was not taken, line by line; made with the first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: TextIO | None = None

    def add(self, line: int, person: str, orcid: str, reason: str, *, item: bool = False) -> None:
        """Write one line at once, so that a stop loses none."""
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8", newline="")
            csv.writer(self._file).writerow(REPORT_COLUMNS)
        what = "put-codes" if item else "people"
        cells = (what, line, harmless(person), orcid, harmless(reason))
        csv.writer(self._file).writerow(cells)
        self._file.flush()

    def close(self) -> None:
        """Close it, if there is one."""
        if self._file is not None:
            self._file.close()


def import_(
    file: File,
    tenant: Tenant = "default",
    put_codes: PutCodes = None,
    report: Report = None,
    app: AppOption = "",
    as_json: JsonOption = False,
) -> None:
    """Take over iDs, tokens and put-codes of an older system, each checked before it is used.

    A token is proved by one read of its record; an iD without a token is no link. Links that are
    here already stay as they are, and nothing is written to any record. Ctrl-C stops it, and the
    next run goes on. Exit code 1 if a line was not taken; the report says why.
    """
    _warn_if_open(file)
    if report is not None and report in (file, put_codes):
        fail(f"--report {report}: this file is read; name another.", WRONG_USAGE)
    with _reporting(report or file.with_name(file.name + NOT_TAKEN)) as lines:
        try:
            under_way = _Import(file, {}, lines)
            _sort_items(under_way, put_codes)
            trouble = asyncio.run(_import(app, tenant, under_way, count_lines(file)))
        except InputError as error:
            fail(f"{error}.", WRONG_USAGE)
        except OSError as error:
            fail(f"{lines.path}: {error.strerror or type(error).__name__}.", WRONG_USAGE)
    _tell(under_way, trouble, as_json)
    if trouble or under_way.refused:
        raise typer.Exit(NEEDS_A_PERSON)


def _warn_if_open(file: Path) -> None:
    try:
        mode = file.stat().st_mode
    except OSError as error:
        fail(f"{file}: {error.strerror or type(error).__name__}.", WRONG_USAGE)
    if mode & _OTHERS_MAY_READ:
        complain(f"{file} holds tokens and others on this machine may read it: chmod 600 it.")


@contextmanager
def _reporting(path: Path) -> Iterator[_Report]:
    report = _Report(path)
    try:
        yield report
    finally:
        report.close()


def _sort_items(under_way: _Import, put_codes: Path | None) -> None:
    for item in () if put_codes is None else read_items(put_codes):
        if isinstance(item, Unread):
            under_way.note_unread(item, item=True)
        else:
            under_way.items.setdefault(item.person, []).append(item)


async def _import(app: str, tenant: str, under_way: _Import, total: int) -> str:
    """Take over line after line; return what stopped it, if anything did."""
    async with opened(app) as services:
        services.settings.credential_for(tenant)
        importer = Importer(services, tenant, asyncio.sleep)
        with stopping() as stop, bar("Importing", total) as shown:
            try:
                done = await _take_all(importer, under_way, stop, shown)
            except RegistryError as error:
                return f"{error}. Start it again: what was taken is recognised"
    return "" if done else "stopped. Start it again: what was taken is recognised"


async def _take_all(importer: Importer, under_way: _Import, stop: Event, shown: Bar) -> bool:
    for old in read_links(under_way.file):
        await asyncio.sleep(0)  # so that Ctrl-C is noticed
        if stop.is_set():
            return False
        if isinstance(old, OldLink):
            under_way.note(await importer.take(old, _items_of(under_way, old)))
        else:
            under_way.note_unread(old)
        shown.advance(1)
    for person, items in under_way.items.items():
        if stop.is_set():
            return False
        under_way.note_items(await importer.take_items(person, items))
    return True


def _items_of(under_way: _Import, old: OldLink) -> list[OldItem]:
    return [item for name in (old.person_key, old.orcid) for item in under_way.items.pop(name, [])]


def _tell(under_way: _Import, trouble: str, as_json: bool) -> None:
    counts = under_way.counts
    if as_json:
        facts = {name.replace("-", "_").replace(" ", "_"): counts[name] for name in _WORDS}
        report = str(under_way.report.path) if under_way.refused else None
        say_json(facts | {"report": report, "stopped": trouble})
        return
    told = [f"{counts[name]:,} {words}" for name, words in _WORDS.items() if counts[name]]
    say(f"{', '.join(told) or 'Nothing to import'}.")
    if under_way.refused:
        complain(f"What was not taken, and why: {under_way.report.path}")
    if trouble:
        complain(f"{trouble[0].upper()}{trouble[1:]}.")


_WORDS: Final = {
    "linked": "linked",
    "known": "taken earlier",
    "refused": "not taken",
    "put-codes kept": "put-codes kept",
    "put-codes known": "put-codes taken earlier",
    "put-codes refused": "put-codes not taken",
}
