"""`deliveries`: seeing what is on its way to which record, one page, one row or all as a file."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final, TextIO

import typer

from orcid_connect.cli import nudging
from orcid_connect.cli.choosing import (
    Activity,
    Credential,
    Key,
    Kind,
    Since,
    Someone,
    State,
    Tenant,
    Text,
    filters_from,
    in_words,
)
from orcid_connect.cli.context import AppOption, JsonOption, opened_if_there
from orcid_connect.cli.output import WRONG_USAGE, fail, moment, say, say_json, table
from orcid_connect.cli.progress import bar, stopping
from orcid_connect.cli.status import FOR_NOBODY
from orcid_connect.errors import InputError
from orcid_connect.journeys import exporting, status
from orcid_connect.journeys.exporting import Part, facts, iso_moment
from orcid_connect.journeys.filtering import read_position, written_position
from orcid_connect.journeys.status import Preview
from orcid_connect.services import Services
from orcid_connect.store import ledger, listings
from orcid_connect.store.ledger import Attempt, Delivery
from orcid_connect.store.listings import Filters, Page, Position

STDOUT: Final = "-"

DeliveryId = Annotated[str, typer.Argument(help="The delivery's id, as listed.")]
After = Annotated[str, typer.Option("--after", help="Begin behind this position: the next page.")]
Everything = Annotated[bool, typer.Option("--all", help="With --json: all, not one page.")]
CsvFile = Annotated[
    str, typer.Option("--csv", metavar="FILE", help="Write all as CSV to this file; - prints it.")
]


def build() -> typer.Typer:
    """Return the `deliveries` family; without a word it lists."""
    app = typer.Typer(help="See and nudge deliveries to ORCID records.", no_args_is_help=False)
    app.callback(invoke_without_command=True)(_default)
    app.command("list")(list_)
    app.command("show")(show)
    app.command("preview")(preview)
    nudging.register(app)
    return app


def _default(
    context: typer.Context,
    state: State = None,
    tenant: Tenant = None,
    kind: Kind = None,
    key: Key = None,
    person: Someone = None,
    activity: Activity = None,
    credential: Credential = None,
    text: Text = None,
    since: Since = None,
    after: After = "",
    csv: CsvFile = "",
    every: Everything = False,
    app: AppOption = "",
    as_json: JsonOption = False,
) -> None:
    """List deliveries; see also: show, preview, retry, park, release, remove."""
    if context.invoked_subcommand is None:
        list_(
            state, tenant, kind, key, person, activity, credential, text, since,
            after, csv, every, app, as_json,
        )  # fmt: skip


def list_(
    state: State = None,
    tenant: Tenant = None,
    kind: Kind = None,
    key: Key = None,
    person: Someone = None,
    activity: Activity = None,
    credential: Credential = None,
    text: Text = None,
    since: Since = None,
    after: After = "",
    csv: CsvFile = "",
    every: Everything = False,
    app: AppOption = "",
    as_json: JsonOption = False,
) -> None:
    """List deliveries, last changed first, a page at a time. Exit code 1 if any is parked."""
    filters = filters_from(
        state=state, tenant=tenant, kind=kind, key=key, person=person, activity=activity,
        credential=credential, text=text, since=since,
    )  # fmt: skip
    if csv or (every and as_json):
        asyncio.run(_export(app, filters, csv))
        return
    page = asyncio.run(_page(app, filters, _position(after)))
    if as_json:
        for row in page.rows:
            say_json(facts(row))
    else:
        _print(app, page, filters)
    if any(row.state == "parked" for row in page.rows):
        raise typer.Exit(1)


def _position(text: str) -> Position | None:
    try:
        return read_position(text)
    except InputError as error:
        fail(f"--{error}.", WRONG_USAGE)


def _print(app: str, page: Page, filters: Filters) -> None:
    columns = ("id", "state", "what", "for", "record", "put-code", "sentence")
    if page.rows:
        table(columns, [_cells(row) for row in page.rows])
    elif page.after is None:
        say(asyncio.run(_none_found(app, filters)))
    if page.after is not None:
        say(f"More: --after {written_position(page.after)}")


async def _none_found(app: str, filters: Filters) -> str:
    if filters != Filters():
        return f"No deliveries match {in_words(filters)}."
    async with opened_if_there(app) as services:
        found = await status.look(services)
    if found.declared and not found.unplanned:
        return f"No deliveries. {FOR_NOBODY}"
    return (
        "No deliveries. They appear when an article or review is declared (see `publish`) and an "
        "engine has planned it: `status` says what waits to be planned, and whether one runs."
    )


def _cells(row: Delivery) -> tuple[str, ...]:
    return (
        row.id[:8],
        row.state,
        f"{row.subject.kind} {row.subject.key}",
        row.person,
        row.orcid or "-",
        str(row.put_code or "-"),
        row.sentence,
    )


async def _page(app: str, filters: Filters, after: Position | None) -> Page:
    async with opened_if_there(app) as services, services.database.reading() as connection:
        return await listings.page(connection, filters, after, ledger.PAGE_SIZE)


async def _export(app: str, filters: Filters, path: str) -> None:
    """Write everything that matches: as CSV to a file that is there only when it is whole."""
    async with opened_if_there(app) as services:
        async with services.database.reading() as connection:
            total = await listings.count(connection, _looked_at(filters))
        count = 0
        with _target(path) as file, stopping() as stop, bar("Exporting", total) as shown:
            if path:
                file.write(exporting.header_line())
            async for part in _parts(services, filters):
                if stop.is_set():
                    raise _Stopped
                file.write(_written(part.rows, as_csv=bool(path)))
                count += len(part.rows)
                shown.advance(part.looked_at)
    if path not in ("", STDOUT):
        say(f"{count:,} deliveries in {path}.")


class _Stopped(Exception):
    """Ctrl-C came: a part of a file would look like a whole one."""


def _parts(services: Services, filters: Filters) -> AsyncIterator[Part]:
    return exporting.walk(services, filters)


def _looked_at(filters: Filters) -> Filters:
    """Return which rows a walk looks at: those of an article or person, else all there are."""
    return filters if filters.key or filters.person else Filters()


def _written(rows: Sequence[Delivery], *, as_csv: bool) -> str:
    if as_csv:
        return exporting.csv_lines(rows)
    return "".join(json.dumps(facts(row), ensure_ascii=False) + "\n" for row in rows)


@contextmanager
def _target(path: str) -> Iterator[TextIO]:
    if path in ("", STDOUT):
        try:
            yield sys.stdout
        except _Stopped:
            fail("Stopped: what was printed is not all.")
        return
    whole, part = Path(path), Path(f"{path}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file
        part.replace(whole)
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}")
    except _Stopped:
        fail(f"Stopped: {path} was not written. The same command begins anew.")
    finally:
        part.unlink(missing_ok=True)


def show(delivery: DeliveryId, app: AppOption = "", as_json: JsonOption = False) -> None:
    """Show one delivery with its attempts; the first characters of its id are enough."""
    row, attempts = asyncio.run(_one(app, delivery))
    if as_json:
        say_json(facts(row) | {"attempts": [_attempt_facts(attempt) for attempt in attempts]})
        return
    for name, value in facts(row).items():
        say(f"{name:>17}  {'-' if value is None else value}")
    columns = ("started", "method", "put-code", "status", "outcome")
    table(columns, [_attempt_cells(attempt) for attempt in attempts])


def preview(delivery: DeliveryId, app: AppOption = "", as_json: JsonOption = False) -> None:
    """Show the exact payload that would be sent next, and what we believe stands there.

    ORCID is not asked, and nothing is sent.
    """
    found = asyncio.run(_previewed(app, delivery))
    if as_json:
        say_json(
            {
                "id": found.row.id,
                "state": found.row.state,
                "method": found.method,
                "path": found.path,
                "payload": found.payload,
                "put_code": found.row.put_code,
                "standing": found.standing,
                "known_at": iso_moment(found.row.known_at),
            }
        )
        return
    say(_next_request(found))
    if found.payload is not None:
        say(json.dumps(found.payload, indent=2, ensure_ascii=False))
    say(_believed(found))
    if found.standing is not None:
        say(json.dumps(found.standing, indent=2, ensure_ascii=False))


def _next_request(found: Preview) -> str:
    row = found.row
    if found.method is None:
        return "Nothing is to be sent: the record holds what it should."
    request = f"{found.method} {found.path or '(no record yet)'}"
    if row.state == "due":
        return f"{request}, due since {moment(row.due_at)} UTC:"
    return f"{request}, once it is due; it is {row.state}. {row.sentence}".rstrip()


def _believed(found: Preview) -> str:
    row = found.row
    if row.put_code is None:
        return "We believe that nothing of it stands on the record."
    text = f"We believe since {moment(row.known_at)} UTC that put-code {row.put_code} says:"
    return text if found.standing is not None else text[:-1] + " something we do not know."


async def _one(app: str, delivery: str) -> tuple[Delivery, list[Attempt]]:
    async with opened_if_there(app) as services:
        row = await nudging.found(services, delivery)
        return row, await status.attempts(services, row)


async def _previewed(app: str, delivery: str) -> Preview:
    async with opened_if_there(app) as services:
        return await status.preview(services, await nudging.found(services, delivery))


def _attempt_facts(attempt: Attempt) -> dict[str, Any]:
    return asdict(attempt) | {
        "started_at": iso_moment(attempt.started_at),
        "finished_at": iso_moment(attempt.finished_at),
    }


def _attempt_cells(attempt: Attempt) -> tuple[str, ...]:
    return (
        moment(attempt.started_at),
        attempt.method,
        str(attempt.put_code or "-"),
        str(attempt.status or "-"),
        attempt.outcome or "nothing is known yet",
    )
