"""`check --after-restore`: the ledger beside every connected record, with a bar and a summary."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from typing import Final

import typer

from orcid_connect.cli.context import opened_if_there
from orcid_connect.cli.output import say, say_json, table
from orcid_connect.cli.progress import bar, stopping
from orcid_connect.journeys import standstill
from orcid_connect.journeys.restoring import Restored, restored, sums
from orcid_connect.services import Services, realm_of
from orcid_connect.store import leases, people
from orcid_connect.store.people import Realm

WHY: Final = "being compared with the records after a restored backup (check --after-restore)"
UNKNOWN_SHOWN: Final = 20
"""Items of ours that the ledger does not know, listed at most."""


def look_after_restore(app: str, *, as_json: bool) -> None:
    """Compare, print what was found, and leave with 1 if a person must look at something."""
    results, finished = asyncio.run(_compare(app))
    troubles = [one for one in results if one.trouble]
    if as_json:
        for one in results:
            say_json(asdict(one))
    else:
        _print(results, troubles)
    if not finished:
        say("Broken off: everything stays paused. Run it again, or `orcid-connect resume`.")
    if troubles or not finished or sums(results).unknown:
        raise typer.Exit(1)


async def _compare(app: str) -> tuple[list[Restored], bool]:
    async with opened_if_there(app) as services:
        paused = await _pause(services)
        async with services.database.reading() as connection:
            total = await people.count_links(connection)
        results: list[Restored] = []
        with bar("Reading records", total) as shown, stopping() as stop:
            async for one in restored(services):
                results.append(one)
                shown.advance(1)
                if stop.is_set():
                    return results, False
        for realm in paused:
            await standstill.resume(services, realm)
        return results, True


async def _pause(services: Services) -> list[Realm]:
    """Let every credential stand still that does not yet; return those to resume afterwards."""
    async with services.database.reading() as connection:
        standing = await leases.paused_credentials(connection)
    realms = [realm_of(credential) for credential in services.settings.credentials]
    ours = [realm for realm in realms if standing.get(realm, WHY) == WHY]
    for realm in ours:
        await standstill.pause(services, realm, WHY)
    return ours


def _print(results: list[Restored], troubles: list[Restored]) -> None:
    found = sums(results)
    table(
        ("", ""),
        [
            ("records read", str(len(results) - len(troubles))),
            ("deliveries as the ledger has them", str(found.confirmed)),
            ("put-codes found again", str(found.found_again)),
            ("changed since, sent again", str(found.changed)),
            ("gone since, left so", str(found.gone)),
            ("ours, but unknown to the ledger", str(len(found.unknown))),
            ("records that could not be read", str(len(troubles))),
        ],
    )
    for line in _lines(found, troubles):
        say(line)


def _lines(found: Restored, troubles: list[Restored]) -> Iterator[str]:
    for item in found.unknown[:UNKNOWN_SHOWN]:
        yield (
            f"{item.orcid}: {item.kind} {item.put_code} is ours, but nothing declared says so: "
            "declare it again (`orcid-connect backfill`), and it is taken up."
        )
    for one in troubles[:UNKNOWN_SHOWN]:
        yield f"{one.orcid}: {one.trouble}"
