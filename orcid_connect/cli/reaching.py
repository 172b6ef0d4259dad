"""How `record` and `search` get at ORCID: with a configured credential, or as anybody.

Refusals that say something about a record become sentences for the person who asked.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import typer

from orcid_connect.cli.context import orcid_from
from orcid_connect.errors import (
    NotFound,
    NotVisible,
    RecordDeactivated,
    RecordLocked,
    RecordMoved,
    RecordUnclaimed,
    RegistryError,
    SettingsError,
)
from orcid_connect.registry.client import RegistryClient
from orcid_connect.registry.public import PublicApi
from orcid_connect.registry.reading import ReadingApi
from orcid_connect.settings import Credential, Settings

EnvironmentOption = Annotated[
    str,
    typer.Option(
        "--environment",
        help="Ask the Public API of production, sandbox or simulator, without credentials. "
        "Without it a configured credential is used, if there is one.",
    ),
]
SiteOption = Annotated[
    str,
    typer.Option("--site", help="Where the simulator is, if not at http://127.0.0.1:8700."),
]
CredentialOption = Annotated[
    str, typer.Option("--credential", help="The name of the credential to use.")
]


@asynccontextmanager
async def reached(
    environment: str, site: str, app: str, credential: str
) -> AsyncIterator[ReadingApi]:
    """Open the API to read from; raises `SettingsError`."""
    if site and not environment:
        environment = "simulator"
    chosen = None if environment else _credential(app, credential)
    async with RegistryClient([] if chosen is None else [chosen]) as client:
        if chosen is None:
            yield _anonymous(client, environment or "production", site)
        else:
            yield client.member() if chosen.may_write else client.public()


def _credential(app: str, name: str) -> Credential | None:
    """Return the credential named, or the only or first one; None where none is configured."""
    if not app and "ORCID_CONNECT_CREDENTIALS" not in os.environ:
        if name:
            raise SettingsError("no credentials are configured: set ORCID_CONNECT_CREDENTIALS")
        return None
    settings: Settings = orcid_from(app).settings
    found = [one for one in settings.credentials if name in ("", one.name)]
    if not found:
        known = ", ".join(one.name for one in settings.credentials)
        raise SettingsError(f"there is no credential {name!r}; there are: {known}")
    return found[0]


def _anonymous(client: RegistryClient, environment: str, site: str) -> PublicApi:
    if site and environment != "simulator":
        raise SettingsError("--site goes with --environment simulator")
    return client.anonymous(environment, site)


def told(error: RegistryError, orcid: str) -> str:
    """Return what a refusal means for whoever asked about a record."""
    match error:
        case RecordMoved(primary=str() as primary):
            return f"{orcid} was merged into another record: {primary}. Ask for that one."
        case RecordMoved():
            return f"{orcid} was merged into another record."
        case RecordDeactivated():
            return f"{orcid} is deactivated: its owner has closed the record."
        case RecordLocked():
            return f"{orcid} is locked by ORCID; nobody can read it now."
        case RecordUnclaimed():
            return f"{orcid} is reserved for somebody who has not claimed it yet."
        case NotFound():
            return f"There is no record {orcid} in this environment."
        case NotVisible():
            return f"{orcid} shows nothing of this to us."
        case _:
            return f"{error}."
