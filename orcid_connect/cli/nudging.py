"""`deliveries retry`, `park`, `release`, `remove`: on one delivery, or on all that match."""

import asyncio
import sys
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Annotated, Final

import typer

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
)
from orcid_connect.cli.context import AppOption, opened_if_there
from orcid_connect.cli.output import NEEDS_A_PERSON, WRONG_USAGE, complain, fail, say
from orcid_connect.cli.progress import bar, stopping
from orcid_connect.journeys import exporting, managing, status
from orcid_connect.journeys.managing import ALLOWED, ROWS_PER_TRANSACTION, Deed, Done
from orcid_connect.services import Services
from orcid_connect.store import listings
from orcid_connect.store.ledger import Delivery
from orcid_connect.store.listings import Filters

REASONS_SHOWN = 5
"""Different reasons told why something was not possible."""
_WORDS: Final[dict[Deed, str]] = {
    "retry": "plans {n} again and tries them now",
    "park": "parks {n}: nothing of them is sent until they are retried",
    "release": "sends {n} again that were removed or refused",
    "remove": "takes {n} off the records, and does not send them again",
}

One = Annotated[str, typer.Argument(help="The delivery's id, as listed; or say options instead.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask, whatever the count.")]
Reason = Annotated[str, typer.Option("--reason", help="Shown with the delivery.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("retry")(retry)
    app.command("park")(park)
    app.command("release")(release)
    app.command("remove")(remove)


def retry(
    delivery: One = "",
    state: State = None,
    tenant: Tenant = None,
    kind: Kind = None,
    key: Key = None,
    person: Someone = None,
    activity: Activity = None,
    credential: Credential = None,
    text: Text = None,
    since: Since = None,
    yes: Yes = False,
    app: AppOption = "",
) -> None:
    """Plan a parked or due delivery again and try it now.

    One that its content or a plugin's veto holds back stays parked for as long as that holds.
    """
    filters = filters_from(
        state=state, tenant=tenant, kind=kind, key=key, person=person, activity=activity,
        credential=credential, text=text, since=since,
    )  # fmt: skip
    _run(app, _Order("retry", delivery, filters, yes))


def park(
    delivery: One = "",
    reason: Reason = "",
    state: State = None,
    tenant: Tenant = None,
    kind: Kind = None,
    key: Key = None,
    person: Someone = None,
    activity: Activity = None,
    credential: Credential = None,
    text: Text = None,
    since: Since = None,
    yes: Yes = False,
    app: AppOption = "",
) -> None:
    """Send nothing of a delivery until it is retried, whatever is declared meanwhile."""
    filters = filters_from(
        state=state, tenant=tenant, kind=kind, key=key, person=person, activity=activity,
        credential=credential, text=text, since=since,
    )  # fmt: skip
    _run(app, _Order("park", delivery, filters, yes, reason))


def release(
    delivery: One = "",
    state: State = None,
    tenant: Tenant = None,
    kind: Kind = None,
    key: Key = None,
    person: Someone = None,
    activity: Activity = None,
    credential: Credential = None,
    text: Text = None,
    since: Since = None,
    yes: Yes = False,
    app: AppOption = "",
) -> None:
    """Send again what the researcher removed or refused: only if they asked for it.

    Also what was taken off by `remove`. What a plugin vetoes is not declined but parked: once the
    veto is gone, `retry` it.
    """
    filters = filters_from(
        state=state, tenant=tenant, kind=kind, key=key, person=person, activity=activity,
        credential=credential, text=text, since=since,
    )  # fmt: skip
    _run(app, _Order("release", delivery, filters, yes))


def remove(
    delivery: One = "",
    reason: Reason = "",
    state: State = None,
    tenant: Tenant = None,
    kind: Kind = None,
    key: Key = None,
    person: Someone = None,
    activity: Activity = None,
    credential: Credential = None,
    text: Text = None,
    since: Since = None,
    yes: Yes = False,
    app: AppOption = "",
) -> None:
    """Take our item off the record though the article stays; it is not sent again by itself."""
    filters = filters_from(
        state=state, tenant=tenant, kind=kind, key=key, person=person, activity=activity,
        credential=credential, text=text, since=since,
    )  # fmt: skip
    _run(app, _Order("remove", delivery, filters, yes, reason))


@dataclass(frozen=True, slots=True)
class _Order:
    """What is to be done to which deliveries."""

    deed: Deed
    delivery: str
    filters: Filters
    yes: bool
    reason: str = ""


@dataclass(slots=True)
class _Tally:
    """What came of it so far."""

    done: int = 0
    not_possible: Counter[str] = field(default_factory=Counter)
    stopped: bool = False

    def add(self, told: list[Done]) -> None:
        """Count these in."""
        self.done += sum(one.done for one in told)
        self.not_possible.update(one.sentence for one in told if not one.done)


def _run(app: str, order: _Order) -> None:
    if order.delivery and order.filters != Filters():
        fail("Say one delivery's id or options that choose several, not both.", WRONG_USAGE)
    if order.delivery:
        asyncio.run(_one(app, order))
        return
    if order.filters == Filters():
        fail("Say a delivery's id, or which ones by an option such as --state.", WRONG_USAGE)
    if order.filters.state not in (None, *ALLOWED[order.deed]):
        allowed = " or ".join(ALLOWED[order.deed])
        fail(f"--state {order.filters.state}: {order.deed} is for what is {allowed}.", WRONG_USAGE)
    tally = asyncio.run(_many(app, order))
    _tell(order, tally)


async def _one(app: str, order: _Order) -> None:
    async with opened_if_there(app) as services:
        row = await found(services, order.delivery)
        for one in await managing.act(services, order.deed, [row.id], order.reason):
            if not one.done:
                fail(f"{row.id[:8]}: {one.sentence}")
            say(f"{row.id[:8]} {one.sentence}")


async def _many(app: str, order: _Order) -> _Tally:
    tally = _Tally()
    async with opened_if_there(app) as services:
        count = await _count(services, order)
        if count == 0:
            return tally
        _ask(order, count)
        with stopping() as stop, bar(order.deed, count) as shown:
            async for part in exporting.walk(services, order.filters):
                ids = [row.id for row in part.rows if order.deed in managing.possible(row)]
                for start in range(0, len(ids), ROWS_PER_TRANSACTION):
                    if stop.is_set():
                        tally.stopped = True
                        return tally
                    some = ids[start : start + ROWS_PER_TRANSACTION]
                    tally.add(await managing.act(services, order.deed, some, order.reason))
                    shown.advance(len(some))
    return tally


async def _count(services: Services, order: _Order) -> int:
    states = ALLOWED[order.deed] if order.filters.state is None else (order.filters.state,)
    async with services.database.reading() as connection:
        return sum(
            [
                await listings.count(connection, replace(order.filters, state=state))
                for state in states
            ]
        )


def _ask(order: _Order, count: int) -> None:
    if order.yes:
        return
    noun = "1 delivery" if count == 1 else f"{count:,} deliveries"
    what = f"This {_WORDS[order.deed].format(n=noun)}."
    if not sys.stdin.isatty():
        fail(f"{what} Say --yes to have it done.", WRONG_USAGE)
    if not typer.confirm(f"{what} Go on?"):
        say("Nothing was changed.")
        raise typer.Exit(NEEDS_A_PERSON)


def _tell(order: _Order, tally: _Tally) -> None:
    if tally.stopped:
        complain(
            f"Stopped after {tally.done:,}; each was changed wholly or not at all. "
            "The same command goes on with the rest."
        )
        raise typer.Exit(NEEDS_A_PERSON)
    if not tally.done and not tally.not_possible:
        say(f"No delivery matches that {order.deed} is for.")
        return
    say(f"{order.deed}: {tally.done:,} done; the running engine goes on with them.")
    for sentence, count in tally.not_possible.most_common(REASONS_SHOWN):
        complain(f"{count:,} not: {sentence}")
    if tally.not_possible:
        raise typer.Exit(NEEDS_A_PERSON)


async def found(services: Services, prefix: str) -> Delivery:
    """Return the delivery whose id begins so; ends with exit code 2 if it is not exactly one."""
    rows = await status.find(services, prefix) if prefix else []
    if len(rows) != 1:
        which = "no delivery" if not rows else "more than one delivery"
        fail(f"{which} has an id that begins with {prefix}", WRONG_USAGE)
    return rows[0]
