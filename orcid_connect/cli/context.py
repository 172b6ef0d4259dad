"""Where commands get their settings from, and how they open the services."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Annotated, Final

import typer

from orcid_connect.cli.output import fail
from orcid_connect.errors import OrcidConnectError, SettingsError
from orcid_connect.mount import OrcidConnect
from orcid_connect.places import SqliteFile
from orcid_connect.services import Services
from orcid_connect.settings import Settings

AppOption = Annotated[
    str,
    typer.Option(
        "--app",
        metavar="MODULE:NAME",
        help="The OrcidConnect object of your application, e.g. journal.web:orcid. "
        "Without it the settings come from ORCID_CONNECT_* variables.",
    ),
]
TAKE_FROM_APP: Final = (
    "or take the settings of your application: --app MODULE:NAME, e.g. --app journal:orcid"
)
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]


def orcid_from(app: str) -> OrcidConnect:
    """Return the host's object, or one made from the environment; raises `SettingsError`."""
    if app:
        return _imported(app)
    try:
        return OrcidConnect(Settings())
    except SettingsError as error:
        if "is missing" in str(error):
            raise SettingsError(f"{error}; {TAKE_FROM_APP}") from None
        raise


@asynccontextmanager
async def opened(app: str) -> AsyncIterator[Services]:
    """Open the services without an engine, for a command that looks or changes something."""
    services = await orcid_from(app).open_services()
    try:
        yield services
    finally:
        await services.close()


@asynccontextmanager
async def opened_if_there(app: str) -> AsyncIterator[Services]:
    """Open the services as `opened` does, but end with a sentence rather than make a database."""
    place = orcid_from(app).settings.database_place
    if isinstance(place, SqliteFile) and not place.path.exists():
        fail(
            f"there is no database at {place.path.absolute()}: name the right file by "
            "ORCID_CONNECT_DATABASE or --app; `orcid-connect db upgrade` makes a new one."
        )
    async with opened(app) as services:
        yield services


def _imported(app: str) -> OrcidConnect:
    module_name, _, name = app.partition(":")
    if not name:
        raise SettingsError(f"--app {app}: write it as MODULE:NAME, e.g. journal.web:orcid")
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        found = getattr(import_module(module_name), name)
    except (ImportError, AttributeError) as error:
        raise SettingsError(f"--app {app} cannot be loaded: {error}") from error
    if not isinstance(found, OrcidConnect):
        raise SettingsError(f"--app {app} is a {type(found).__name__}, not an OrcidConnect")
    return found


def sentence(error: OrcidConnectError) -> str:
    """Return an error as one line for the terminal."""
    return f"orcid-connect: {error}"
