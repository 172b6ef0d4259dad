"""`pause` and `resume`: stopping everything of one credential, and letting it go on."""

import asyncio
from typing import Annotated

import typer

from orcid_connect.cli.context import AppOption, opened_if_there
from orcid_connect.cli.output import WRONG_USAGE, fail, say
from orcid_connect.services import Services, realm_of
from orcid_connect.store import leases
from orcid_connect.store.leases import CredentialState
from orcid_connect.store.people import Realm

CredentialName = Annotated[str, typer.Argument(help="The credential's name in the settings.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("pause")(pause)
    app.command("resume")(resume)


def pause(
    credential: CredentialName = "default",
    reason: Annotated[str, typer.Option("--reason", help="Shown until it is resumed.")] = "",
    app: AppOption = "",
) -> None:
    """Send nothing more with a credential until it is resumed. Nothing declared is lost."""
    asyncio.run(_pause(app, credential, reason or "paused by hand"))
    say(f"{credential} is paused. `orcid-connect resume {credential}` lets it go on.")


def resume(credential: CredentialName = "default", app: AppOption = "") -> None:
    """Let a paused credential go on with all that is due."""
    asyncio.run(_resume(app, credential))
    say(f"{credential} goes on; the running engine sends what is due.")


async def _pause(app: str, credential: str, reason: str) -> None:
    async with opened_if_there(app) as services, services.database.writing() as connection:
        state = CredentialState(paused_at=services.clock(), paused_sentence=reason)
        await leases.save_credential_state(connection, _realm(services, credential), state)


async def _resume(app: str, credential: str) -> None:
    async with opened_if_there(app) as services, services.database.writing() as connection:
        realm = _realm(services, credential)
        await leases.save_credential_state(connection, realm, CredentialState())


def _realm(services: Services, name: str) -> Realm:
    known = {credential.name: credential for credential in services.settings.credentials}
    if name not in known:
        names = ", ".join(known)
        fail(f"there is no credential {name!r} in the settings; there is: {names}", WRONG_USAGE)
    return realm_of(known[name])
