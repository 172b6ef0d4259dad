"""`withdraw`: declaring that something is no longer true, so that it goes from every record."""

import asyncio
from typing import Annotated, Final, get_args

import typer

from orcid_connect.cli.context import AppOption, JsonOption, opened_if_there
from orcid_connect.cli.output import WRONG_USAGE, fail, say, say_json
from orcid_connect.cli.publish import receipt_facts
from orcid_connect.journeys.intake import Receipt
from orcid_connect.journeys.intake import withdraw as take_back
from orcid_connect.store import declared, known
from orcid_connect.store.declared import Subject, SubjectKind

KINDS: Final[dict[str, SubjectKind]] = {name: name for name in get_args(SubjectKind)}

Key = Annotated[str, typer.Argument(help="The key it was declared with: its DOI in lower case …")]
Tenant = Annotated[str, typer.Option("--tenant", help="Whose it is.")]
Kind = Annotated[str, typer.Option("--kind", help=f"One of {', '.join(KINDS)}.")]
Reason = Annotated[str, typer.Option("--reason", help="Kept with the withdrawal.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("withdraw")(withdraw)


def withdraw(
    key: Key,
    tenant: Tenant = "default",
    kind: Kind = "article",
    reason: Reason = "",
    app: AppOption = "",
    as_json: JsonOption = False,
) -> None:
    """Declare that an article, review, role or item is gone: it goes from every record.

    Exit code 1 if nothing was ever declared under this key.
    """
    if kind not in KINDS:
        fail(f"--kind {kind}: say {' or '.join(KINDS)}.", WRONG_USAGE)
    receipt = asyncio.run(_withdraw(app, Subject(tenant, KINDS[kind], key), reason))
    if as_json:
        say_json({"key": key, "receipt": receipt_facts(receipt)})
    else:
        say(f"{key}: {receipt.sentence}")


async def _withdraw(app: str, subject: Subject, reason: str) -> Receipt:
    async with opened_if_there(app) as services:
        async with services.database.reading() as connection:
            entry = await declared.entry_of_key(connection, subject)
            newest = await known.newest_as_of(connection, entry.subject)
        if newest is None:
            fail(
                f"no {subject.kind} {subject.key} of tenant {subject.tenant} was ever declared: "
                "`orcid-connect deliveries` lists the keys."
            )
        return await take_back(services, subject.tenant, subject.kind, subject.key, reason)
