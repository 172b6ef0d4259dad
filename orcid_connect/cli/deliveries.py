"""`deliveries`: seeing what is on its way to which record, and nudging what rests."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any, Final, get_args

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.cli.context import AppOption, JsonOption, opened_if_there
from orcid_connect.cli.output import (
    WRONG_USAGE,
    fail,
    iso_moment,
    moment,
    say,
    say_json,
    table,
)
from orcid_connect.journeys.contents import HELD
from orcid_connect.store import declared, ledger
from orcid_connect.store.ledger import Attempt, Delivery, DeliveryState

STATES: Final = get_args(DeliveryState)

States = Annotated[
    str | None,
    typer.Option("--state", help=f"One of {', '.join(STATES)}."),
]
Tenant = Annotated[str | None, typer.Option("--tenant", help="Only this tenant's.")]
Article = Annotated[str | None, typer.Option("--key", help="Only of this article or review.")]
DeliveryId = Annotated[str, typer.Argument(help="The delivery's id, as listed.")]
After = Annotated[str, typer.Option("--after", help="Begin behind this id: the next page.")]


def build() -> typer.Typer:
    """Return the `deliveries` family; without a word it lists."""
    app = typer.Typer(help="See and nudge deliveries to ORCID records.", no_args_is_help=False)
    app.callback(invoke_without_command=True)(_default)
    app.command("list")(list_)
    app.command("show")(show)
    app.command("retry")(retry)
    app.command("release")(release)
    return app


def _default(
    context: typer.Context,
    state: States = None,
    tenant: Tenant = None,
    key: Article = None,
    after: After = "",
    app: AppOption = "",
    as_json: JsonOption = False,
) -> None:
    """List deliveries; see also: show, retry, release."""
    if context.invoked_subcommand is None:
        list_(state, tenant, key, after, app, as_json)


def list_(
    state: States = None,
    tenant: Tenant = None,
    key: Article = None,
    after: After = "",
    app: AppOption = "",
    as_json: JsonOption = False,
) -> None:
    """List deliveries, a page at a time. Exit code 1 if any of them is parked."""
    if state is not None and state not in STATES:
        fail(f"--state {state}: say one of {', '.join(STATES)}.", WRONG_USAGE)
    rows = asyncio.run(_page(app, state, tenant, key, after))
    if as_json:
        for row in rows:
            say_json(as_facts(row))
    elif not rows:
        say(_none_found({"--state": state, "--tenant": tenant, "--key": key, "--after": after}))
    else:
        _print(rows)
    if any(row.state == "parked" for row in rows):
        raise typer.Exit(1)


def _none_found(filters: dict[str, str | None]) -> str:
    given = [f"{name} {value}" for name, value in filters.items() if value]
    if given:
        return f"No deliveries match {', '.join(given)}."
    return "No deliveries. They appear when an article or review is declared: see `publish`."


def _print(rows: list[Delivery]) -> None:
    columns = ("id", "state", "what", "for", "record", "put-code", "sentence")
    table(columns, [_cells(row) for row in rows])
    if len(rows) == ledger.PAGE_SIZE:
        say(f"More: --after {rows[-1].id}")


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


def show(delivery: DeliveryId, app: AppOption = "", as_json: JsonOption = False) -> None:
    """Show one delivery with its attempts; the first characters of its id are enough."""
    row, attempts = asyncio.run(_one(app, delivery))
    if as_json:
        say_json(as_facts(row) | {"attempts": [_attempt_facts(attempt) for attempt in attempts]})
        return
    for name, value in as_facts(row).items():
        say(f"{name:>12}  {'-' if value is None else value}")
    columns = ("started", "method", "put-code", "status", "outcome")
    table(columns, [_attempt_cells(attempt) for attempt in attempts])


def retry(delivery: DeliveryId, app: AppOption = "") -> None:
    """Plan a parked or due delivery again and try it now.

    One that its content or a plugin's veto holds back stays parked for as long as that holds.
    """
    row = asyncio.run(_tried_again(app, delivery))
    if _is_held(row):
        why = row.sentence.removeprefix(HELD)
        say(f"{row.id[:8]} is planned again; it stays parked as long as this holds: {why}")
    else:
        say(f"{row.id[:8]} is planned again and due now; the running engine sends it.")


def release(delivery: DeliveryId, app: AppOption = "") -> None:
    """Send again what the researcher removed or refused: only if they asked for it.

    What a plugin vetoes is not declined but parked: once the veto is gone, `retry` it.
    """
    row = asyncio.run(_released(app, delivery))
    say(f"{row.id[:8]} is due now; the running engine sends it.")


async def _tried_again(app: str, delivery: str) -> Delivery:
    """Have a row planned again, and make it due unless its content holds it back."""
    async with opened_if_there(app) as services, services.database.writing() as connection:
        row = await _found(connection, delivery, ("parked", "due"))
        now = services.clock()
        await declared.replan_subject(connection, row.subject, now)
        if not _is_held(row):
            _refuse_without_record(row)
            await ledger.save(connection, row.due(now), now)
        return row


def _is_held(row: Delivery) -> bool:
    return row.state == "parked" and row.sentence.startswith(HELD)


async def _released(app: str, delivery: str) -> Delivery:
    async with opened_if_there(app) as services, services.database.writing() as connection:
        row = await _found(connection, delivery, ("declined",))
        _refuse_without_record(row)
        await ledger.save(connection, row.due(services.clock()), services.clock())
        return row


def _refuse_without_record(row: Delivery) -> None:
    if row.orcid is None:
        fail(f"{row.id[:8]} belongs to no record yet: the person has not connected an iD.")


async def _page(
    app: str, state: str | None, tenant: str | None, key: str | None, after: str
) -> list[Delivery]:
    async with opened_if_there(app) as services, services.database.reading() as connection:
        return await ledger.page(connection, state=state, tenant=tenant, subject=key, after=after)


async def _one(app: str, delivery: str) -> tuple[Delivery, list[Attempt]]:
    async with opened_if_there(app) as services, services.database.reading() as connection:
        row = await _found(connection, delivery, STATES)
        return row, await ledger.attempts_of(connection, row.id)


async def _found(connection: AsyncConnection, delivery: str, states: Sequence[str]) -> Delivery:
    rows = await ledger.by_prefix(connection, delivery)
    if len(rows) != 1:
        which = "no delivery" if not rows else "more than one delivery"
        fail(f"{which} has an id that begins with {delivery}", WRONG_USAGE)
    (row,) = rows
    if row.state not in states:
        fail(f"{row.id[:8]} is {row.state}: only what is {' or '.join(states)} can be sent again.")
    return row


def as_facts(row: Delivery) -> dict[str, Any]:
    """Return a delivery as plain facts for JSON and listings."""
    return {
        "id": row.id,
        "state": row.state,
        "sentence": row.sentence,
        "tenant": row.subject.tenant,
        "kind": row.subject.kind,
        "key": row.subject.key,
        "activity": row.activity,
        "person": row.person,
        "orcid": row.orcid,
        "put_code": row.put_code,
        "due_at": iso_moment(row.due_at),
        "changed_at": iso_moment(row.changed_at),
    }


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
