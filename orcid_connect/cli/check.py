"""`check`: whether the settings, the database, the credentials and ORCID are in order."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from typing import Literal

import typer

from orcid_connect.cli.context import AppOption, JsonOption, opened
from orcid_connect.cli.output import say_json, table
from orcid_connect.engines.embedded import somebody_delivers
from orcid_connect.errors import RegistryError
from orcid_connect.services import Services
from orcid_connect.settings import Credential
from orcid_connect.store import declared, leases, ledger, people

CLOCK_SECONDS = 120.0
"""How far our clock may be from ORCID's: id_tokens are judged by it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at, how it is, and what to do if it is not well."""

    about: str
    state: Literal["ok", "note", "wrong"]
    sentence: str


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check")(check)


def check(app: AppOption = "", as_json: JsonOption = False) -> None:
    """Look at settings, database, engine, credentials and ORCID. Exit code 1 if one is wrong."""
    findings = asyncio.run(_look(app))
    if as_json:
        for finding in findings:
            say_json(asdict(finding))
    else:
        table(("", "", ""), [(one.state, one.about, one.sentence) for one in findings])
    if any(finding.state == "wrong" for finding in findings):
        raise typer.Exit(1)


async def _look(app: str) -> list[Finding]:
    async with opened(app) as services:
        return [finding async for finding in _findings(services)]


async def _findings(services: Services) -> AsyncIterator[Finding]:
    settings = services.settings
    yield Finding("redirect URI", "ok", f"register exactly this at ORCID: {settings.redirect_uri}")
    yield Finding("plugins", "ok", ", ".join(services.plugins.names()) or "none")
    async for finding in _database(services):
        yield finding
    yield _engine(services)
    for credential in settings.credentials:
        yield await _credential(services, credential)


async def _database(services: Services) -> AsyncIterator[Finding]:
    async with services.database.reading() as connection:
        links = await people.count_links(connection)
        counts = await ledger.counts(connection)
        unplanned = await declared.count_unplanned(connection)
        paused = await leases.paused_credentials(connection)
    rows = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    name = services.settings.database_path.name
    yield Finding("database", "ok", f"{name}: {links} links; deliveries: {rows or 'none'}")
    if unplanned:
        yield Finding("declarations", "note", f"{unplanned} wait to be planned")
    if counts.get("parked"):
        sentence = (
            f"{counts['parked']} need a person: see `orcid-connect deliveries --state parked`"
        )
        yield Finding("parked", "wrong", sentence)
    for realm, sentence in paused.items():
        yield Finding(f"credential {realm.credential}", "wrong", f"paused: {sentence}")


def _engine(services: Services) -> Finding:
    if somebody_delivers(services.settings.database_path):
        return Finding("engine", "ok", "a process delivers")
    sentence = (
        "no process delivers now: one starts with the first request to a mounted app; "
        "for a quiet site run `orcid-connect worker --app MODULE:NAME`"
    )
    return Finding("engine", "note", sentence)


async def _credential(services: Services, credential: Credential) -> Finding:
    about = f"credential {credential.name} ({credential.environment}, {credential.kind})"
    try:
        moment = await services.member_api(credential).registry_time()
        await services.oauth(credential).client_token("/read-public")
    except RegistryError as error:
        return Finding(about, "wrong", f"{error}: check client_id, client_secret and environment")
    drift = abs(moment - services.clock()) if moment is not None else 0.0
    if drift > CLOCK_SECONDS:
        return Finding(about, "wrong", f"our clock and ORCID's differ by {drift:.0f} s: set ours")
    return Finding(about, "ok", f"{credential.site} accepts it")
