"""`check`: whether the settings, the database, the credentials and ORCID are in order."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final, Literal

import typer
from pydantic import SecretStr

from orcid_connect.cli.context import AppOption, JsonOption, opened, orcid_from
from orcid_connect.cli.output import say_json, table
from orcid_connect.cli.restored import look_after_restore
from orcid_connect.engines.locks import somebody_delivers
from orcid_connect.errors import (
    RateLimited,
    RegistryDown,
    RegistryError,
    RegistryRefusal,
    RegistryUnreachable,
)
from orcid_connect.places import Place, SqliteFile
from orcid_connect.services import Services
from orcid_connect.settings import Credential, Settings
from orcid_connect.store import declared, leases, ledger, people, replanning

NETWORK: Final = "check the network or its status page"
FAILURES_SHOWN = 10
"""Failed plannings that are listed at most."""
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


def check(
    app: AppOption = "",
    as_json: JsonOption = False,
    after_restore: Annotated[
        bool,
        typer.Option(
            "--after-restore",
            help="After a restored backup: read every connected record and set the ledger right; "
            "nothing is sent meanwhile.",
        ),
    ] = False,
) -> None:
    """Look at settings, database, engine, credentials and ORCID. Exit code 1 if one is wrong."""
    if after_restore:
        look_after_restore(app, as_json=as_json)
        return
    findings = asyncio.run(_look(app))
    if as_json:
        for finding in findings:
            say_json(asdict(finding))
    else:
        table(("", "", ""), [(one.state, one.about, one.sentence) for one in findings])
    if any(finding.state == "wrong" for finding in findings):
        raise typer.Exit(1)


async def _look(app: str) -> list[Finding]:
    settings = orcid_from(app).settings
    there = _is_there(settings.database_place)
    async with opened(app) if there else _opened_beside(app) as services:
        found = [
            Finding(
                "redirect URI", "ok", f"register exactly this at ORCID: {settings.redirect_uri}"
            ),
            *_variables(),
            Finding("plugins", "ok", ", ".join(services.plugins.names()) or "none"),
        ]
        if there:
            found += [finding async for finding in _database(services)]
        else:
            found.append(_no_database(settings, settings.database_place))
        return found + [finding async for finding in _running(services)]


@asynccontextmanager
async def _opened_beside(app: str) -> AsyncIterator[Services]:
    """Open the services on a database that is thrown away: looking must not make the real one."""
    orcid = orcid_from(app)
    with TemporaryDirectory() as folder:
        changes = {"database": SecretStr(str(Path(folder) / "check.sqlite")), "migrate": "auto"}
        services = await Services.open(orcid.settings.model_copy(update=changes), orcid.plugins)
        try:
            yield services
        finally:
            await services.close()


def _variables() -> Iterator[Finding]:
    prefix = str(Settings.model_config["env_prefix"])
    for name in sorted(os.environ):
        known = name.upper().removeprefix(prefix).lower() in Settings.model_fields
        if name.upper().startswith(prefix) and not known:
            sentence = "not a setting of orcid_connect; a plugin's?"
            yield Finding(f"variable {name}", "note", sentence)


def _is_there(place: Place) -> bool:
    """A server is asked by opening it: it cannot be made by looking."""
    return not isinstance(place, SqliteFile) or place.path.exists()


def _no_database(settings: Settings, place: Place) -> Finding:
    assert isinstance(place, SqliteFile)
    path = place.path.absolute()
    if not path.parent.is_dir():
        sentence = f"the folder of {path} does not exist: make it, or set ORCID_CONNECT_DATABASE"
        return Finding("database", "wrong", sentence)
    if settings.migrate == "check":
        sentence = f"not made yet: {path}; `orcid-connect db upgrade` makes it"
        return Finding("database", "wrong", sentence)
    return Finding("database", "note", f"not made yet: {path}; it is made at first start")


async def _running(services: Services) -> AsyncIterator[Finding]:
    settings = services.settings
    yield await _engine(services)
    yield _hosts(services)
    for credential in settings.credentials:
        yield await _credential(services, credential)


async def _database(services: Services) -> AsyncIterator[Finding]:
    async with services.database.reading() as connection:
        links = await people.count_links(connection)
        counts = await ledger.counts(connection)
        unplanned = await replanning.count_unplanned(connection, services.clock())
        failed = await declared.not_planned(connection, FAILURES_SHOWN)
        paused = await leases.paused_credentials(connection)
    rows = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    name = services.settings.database_place.name
    yield Finding("database", "ok", f"{name}: {links} links; deliveries: {rows or 'none'}")
    if unplanned:
        yield Finding("declarations", "note", f"{unplanned} wait to be planned")
    for snapshot in failed:
        told = snapshot.problems[0].message if snapshot.problems else "Planning failed."
        yield Finding(f"{snapshot.subject.kind} {snapshot.subject.key}", "wrong", told)
    if counts.get("parked"):
        sentence = (
            f"{counts['parked']} need a person: see `orcid-connect deliveries --state parked`"
        )
        yield Finding("parked", "wrong", sentence)
    for realm, sentence in paused.items():
        yield Finding(f"credential {realm.credential}", "wrong", f"paused: {sentence}")


def _hosts(services: Services) -> Finding:
    """Tell how it is known who is there: by a plugin, by tickets, or not at all."""
    names = ", ".join(one.name for one in services.settings.host_keys)
    if names:
        return Finding("hosts", "ok", f"POST /tickets is open to {names}")
    if services.plugins.hear("orcid_current_person"):
        return Finding("hosts", "ok", "a plugin says who is signed in")
    sentence = (
        "no plugin says who is signed in, and no host has a key: people come by connect_url of "
        "this application alone; for a host in another process set ORCID_CONNECT_HOST_KEYS"
    )
    return Finding("hosts", "note", sentence)


async def _engine(services: Services) -> Finding:
    if await somebody_delivers(services.database):
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
        return Finding(about, "wrong", _trouble(error))
    drift = abs(moment - services.clock()) if moment is not None else 0.0
    if drift > CLOCK_SECONDS:
        return Finding(about, "wrong", f"our clock and ORCID's differ by {drift:.0f} s: set ours")
    return Finding(about, "ok", f"{credential.site} accepts it")


def _trouble(error: RegistryError) -> str:
    """Return what to look at: the credential only where ORCID refused it."""
    said = str(error)
    if isinstance(error, RegistryUnreachable):
        return (
            f"{said}: {NETWORK}"
            if error.sent
            else f"ORCID could not be reached from here: {NETWORK}"
        )
    asked_again_later = isinstance(error, RateLimited | RegistryDown)
    if isinstance(error, RegistryRefusal) and not asked_again_later and "client_id" not in said:
        return f"{said}; check client_id, client_secret and environment"
    return said
