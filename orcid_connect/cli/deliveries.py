"""`deliveries`: seeing what is on its way to which record, and nudging what rests."""

import asyncio
from dataclasses import asdict
from typing import Annotated, Any

import typer

from orcid_connect.cli.context import AppOption, JsonOption, opened
from orcid_connect.cli.output import WRONG_USAGE, fail, moment, say, say_json, table
from orcid_connect.store import ledger
from orcid_connect.store.ledger import Attempt, Delivery

States = Annotated[
    str | None,
    typer.Option("--state", help="waiting, due, delivered, parked, declined or withdrawn"),
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
    rows = asyncio.run(_page(app, state, tenant, key, after))
    if as_json:
        for row in rows:
            say_json(as_facts(row))
    elif not rows:
        say("No deliveries. They appear when an article or review is declared: see `publish`.")
    else:
        _print(rows)
    if any(row.state == "parked" for row in rows):
        raise typer.Exit(1)


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
        say_json(as_facts(row) | {"attempts": [asdict(attempt) for attempt in attempts]})
        return
    for name, value in as_facts(row).items():
        say(f"{name:>12}  {value}")
    columns = ("started", "method", "put-code", "status", "outcome")
    table(columns, [_attempt_cells(attempt) for attempt in attempts])


def retry(delivery: DeliveryId, app: AppOption = "") -> None:
    """Try a parked or due delivery again now."""
    _make_due(app, delivery, ("parked", "due"))


def release(delivery: DeliveryId, app: AppOption = "") -> None:
    """Send again what the researcher removed or a policy held: only if they asked for it."""
    _make_due(app, delivery, ("declined",))


def _make_due(app: str, delivery: str, states: tuple[str, ...]) -> None:
    row = asyncio.run(_due_now(app, delivery, states))
    say(f"{row.id[:8]} is due now; the running engine sends it.")


async def _due_now(app: str, delivery: str, states: tuple[str, ...]) -> Delivery:
    async with opened(app) as services, services.database.writing() as connection:
        row = await _found(connection, delivery)
        if row.state not in states or row.orcid is None:
            fail(f"{row.id[:8]} is {row.state}: only {' or '.join(states)} can be sent again.")
        changed = row.due(services.clock())
        await ledger.save(connection, changed, services.clock())
        return changed


async def _page(
    app: str, state: str | None, tenant: str | None, key: str | None, after: str
) -> list[Delivery]:
    async with opened(app) as services, services.database.reading() as connection:
        return await ledger.page(connection, state=state, tenant=tenant, subject=key, after=after)


async def _one(app: str, delivery: str) -> tuple[Delivery, list[Attempt]]:
    async with opened(app) as services, services.database.reading() as connection:
        row = await _found(connection, delivery)
        return row, await ledger.attempts_of(connection, row.id)


async def _found(connection: Any, delivery: str) -> Delivery:
    rows = await ledger.by_prefix(connection, delivery)
    if len(rows) != 1:
        which = "no delivery" if not rows else "more than one delivery"
        fail(f"{which} has an id that begins with {delivery}", WRONG_USAGE)
    return rows[0]


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
        "due_at": moment(row.due_at),
        "changed_at": moment(row.changed_at),
    }


def _attempt_cells(attempt: Attempt) -> tuple[str, ...]:
    return (
        moment(attempt.started_at),
        attempt.method,
        str(attempt.put_code or "-"),
        str(attempt.status or "-"),
        attempt.outcome or "nothing is known yet",
    )
