"""`pause` and `resume`: stopping everything of one credential or tenant, and letting it go on."""

import asyncio
from typing import Annotated

import typer

from orcid_connect.cli.context import AppOption, opened_if_there
from orcid_connect.cli.output import WRONG_USAGE, fail, say
from orcid_connect.journeys import standstill
from orcid_connect.journeys import status as standing
from orcid_connect.journeys.standstill import Resumed
from orcid_connect.services import Services, realm_of
from orcid_connect.store import turns
from orcid_connect.store.people import Realm

CredentialName = Annotated[str, typer.Argument(help="The credential's name in the settings.")]
TenantOption = Annotated[str, typer.Option("--tenant", help="Only this tenant, by its key.")]
CanaryOption = Annotated[
    int, typer.Option("--canary", min=0, help="Only so many new items, then wait for a person.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("pause")(pause)
    app.command("resume")(resume)


def pause(
    credential: CredentialName = "default",
    tenant: TenantOption = "",
    reason: Annotated[str, typer.Option("--reason", help="Shown until it is resumed.")] = "",
    app: AppOption = "",
) -> None:
    """Send nothing more of a credential, or of one tenant, until it is resumed. Nothing is lost."""
    asyncio.run(_pause(app, credential, tenant, reason or "paused by hand"))
    what, again = _named(credential, tenant)
    say(f"{what} is paused. `orcid-connect resume {again}` lets it go on.")


def resume(
    credential: CredentialName = "default",
    tenant: TenantOption = "",
    canary: CanaryOption = 0,
    app: AppOption = "",
) -> None:
    """Let a paused credential or tenant go on with all that is due, or with a few first."""
    resumed = asyncio.run(_resume(app, credential, tenant, canary or None))
    what, _ = _named(credential, tenant)
    say(f"{what} {_came_of(resumed, canary)}")


def _came_of(resumed: Resumed, canary: int) -> str:
    few = f" After {canary} new items it waits for you." if resumed.counts else ""
    if resumed.stood:
        return f"goes on; the running engine sends what is due.{few}"
    if resumed.counts:
        return f"was not paused and goes on.{few}"
    if canary:
        return (
            "was not paused, and of nothing that goes on was anything planned yet, so nothing "
            "changes and nothing is counted: `orcid-connect status`."
        )
    return "was not paused, so nothing changes: `orcid-connect status`."


def _named(credential: str, tenant: str) -> tuple[str, str]:
    return (f"tenant {tenant}", f"--tenant {tenant}") if tenant else (credential, credential)


async def _pause(app: str, credential: str, tenant: str, reason: str) -> None:
    async with opened_if_there(app) as services:
        if tenant:
            if not await _heard_of(services, tenant):
                say(f"Nothing of tenant {tenant} is known here: is it misspelt? See `status`.")
            await standstill.pause_tenant(services, tenant, reason)
        else:
            await standstill.pause(services, _realm(services, credential), reason)


async def _resume(app: str, credential: str, tenant: str, canary: int | None) -> Resumed:
    async with opened_if_there(app) as services:
        if tenant:
            await _refuse_unheard_of(services, tenant)
            return await standstill.resume_tenant(services, tenant, canary)
        return await standstill.resume(services, _realm(services, credential), canary)


async def _heard_of(services: Services, tenant: str) -> bool:
    """Say whether a tenant is in the settings, or anything of it was declared."""
    if any(services.settings.tree.chain(tenant)):
        return True
    found = await standing.look(services)
    known = any(line.tenant == tenant for line in found.lines)
    return known or await standing.has_declared(services, tenant)


async def _refuse_unheard_of(services: Services, tenant: str) -> None:
    async with services.database.reading() as connection:
        has_queue = bool(await turns.queues_of(connection, tenant))
    if not has_queue and not await _heard_of(services, tenant):
        fail(
            f"tenant {tenant} is not paused, and nothing of it was declared: is it misspelt? "
            "`orcid-connect status` lists tenants.",
            WRONG_USAGE,
        )


def _realm(services: Services, name: str) -> Realm:
    known = {credential.name: credential for credential in services.settings.credentials}
    if name not in known:
        names = ", ".join(known)
        fail(f"there is no credential {name!r} in the settings; there is: {names}", WRONG_USAGE)
    return realm_of(known[name])
