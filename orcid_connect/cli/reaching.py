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
from orcid_connect.registry.access import Access
from orcid_connect.registry.member import MemberApi
from orcid_connect.registry.public import PublicApi
from orcid_connect.registry.reading import ReadingApi
from orcid_connect.registry.transport import Transport
from orcid_connect.settings import SITES, Credential, Settings, api_address

REQUEST_SECONDS = 30.0

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
    async with Transport(REQUEST_SECONDS) as transport:
        if chosen is None:
            yield _anonymous(transport, environment or "production", site)
        elif chosen.may_write:
            yield MemberApi(transport, chosen)
        else:
            yield PublicApi(Access(transport, chosen), chosen.pub, chosen.orcid_host)


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


def _anonymous(transport: Transport, environment: str, site: str) -> PublicApi:
    if environment not in SITES:
        raise SettingsError(f"--environment {environment}: use one of {', '.join(SITES)}")
    if site and environment != "simulator":
        raise SettingsError("--site goes with --environment simulator")
    host = "sandbox.orcid.org" if environment == "sandbox" else "orcid.org"
    base = api_address(environment, site.rstrip("/") or SITES[environment], "pub")
    return PublicApi(Access(transport, None), base, host)


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
