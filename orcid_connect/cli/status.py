"""`status`: how all of it stands, per tenant and credential, on one screen."""

import asyncio
from dataclasses import asdict
from typing import Any, Final

import typer

from orcid_connect.cli.context import AppOption, JsonOption, opened_if_there
from orcid_connect.cli.output import NEEDS_A_PERSON, say, say_json, table_or_list
from orcid_connect.engines.locks import somebody_delivers
from orcid_connect.journeys import status as standing
from orcid_connect.journeys.exporting import iso_moment
from orcid_connect.journeys.status import Line, Status, Stopped
from orcid_connect.store.listings import STATES

FOR_NOBODY: Final = (
    "What was declared is recorded, but there is nothing to deliver: it is for nobody who is known "
    "by a person key or an authenticated iD (see --people of `publish` and `backfill`), or a "
    "policy keeps it back."
)

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("status")(status)


def status(app: AppOption = "", as_json: JsonOption = False) -> None:
    """Show how deliveries stand, what is paused and why, and whether a process delivers.

    Exit code 1 if something needs a person: a parked delivery, a pause, or planning that fails.
    """
    found, delivers = asyncio.run(_look(app))
    if as_json:
        say_json(_facts(found, delivers=delivers))
    else:
        _print(found, delivers=delivers)
    if found.needs_a_person:
        raise typer.Exit(NEEDS_A_PERSON)


async def _look(app: str) -> tuple[Status, bool]:
    async with opened_if_there(app) as services:
        return await standing.look(services), await somebody_delivers(services.database)


def _print(found: Status, *, delivers: bool) -> None:
    if found.lines:
        columns = ("tenant", "credential", *STATES, "oldest due", "to plan")
        table_or_list(columns, [_cells(line, found.at) for line in found.lines], "0")
    else:
        say(FOR_NOBODY if found.declared else "Nothing was declared yet: see `publish`.")
    for one in found.backlogs:
        if one.failed:
            say(f"{one.tenant}: planning of {one.failed} fails; `orcid-connect check` says why.")
    for stopped in found.stopped:
        say(_told(stopped, found.at))
    if found.asked:
        say(f"{found.asked:,} of what waits are for their authors to allow: they are asked first.")
    if found.total("parked"):
        say("What is parked needs a person: `orcid-connect deliveries --state parked`.")
    say("A process delivers." if delivers else "No process delivers now: see `worker`.")


def _cells(line: Line, now: float) -> tuple[str, ...]:
    backlog = line.backlog.count if line.backlog is not None else 0
    return (
        line.tenant,
        line.realm.credential or "none serves it",
        *(f"{line.of(state):,}" for state in STATES),
        "-" if line.oldest_due is None else _age(now - line.oldest_due),
        f"{backlog:,}",
    )


def _told(one: Stopped, now: float) -> str:
    what = f"credential {one.realm.credential}"
    what += f", tenant {one.tenant}," if one.tenant is not None else ""
    if one.paused_at is not None:
        return f"{what} is paused since {_age(now - one.paused_at)}: {one.sentence}"
    left = max((one.until or now) - now, 0.0)
    return f"{what} is slowed down for {_age(left)} more: {one.sentence}"


def _age(seconds: float) -> str:
    if seconds <= 0:
        return "0 s"
    for unit, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= unit:
            return f"{seconds / unit:.0f} {name}"
    return f"{seconds:.0f} s"


def _facts(found: Status, *, delivers: bool) -> dict[str, Any]:
    return {
        "at": iso_moment(found.at),
        "delivers": delivers,
        "totals": {state: found.total(state) for state in STATES},
        "oldest_due": iso_moment(found.oldest_due),
        "to_plan": found.unplanned,
        "waits_for_authors": found.asked,
        "declared": found.declared,
        "tenants": [_line_facts(line) for line in found.lines],
        "stopped": [_stopped_facts(one) for one in found.stopped],
    }


def _line_facts(line: Line) -> dict[str, Any]:
    return {
        "tenant": line.tenant,
        **asdict(line.realm),
        **{state: line.of(state) for state in STATES},
        "oldest_due": iso_moment(line.oldest_due),
        "to_plan": 0 if line.backlog is None else line.backlog.count,
        "planning_fails": 0 if line.backlog is None else line.backlog.failed,
    }


def _stopped_facts(one: Stopped) -> dict[str, Any]:
    return {
        **asdict(one.realm),
        "tenant": one.tenant,
        "sentence": one.sentence,
        "paused_at": iso_moment(one.paused_at),
        "until": iso_moment(one.until),
    }
