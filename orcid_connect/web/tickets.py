"""Tickets for hosts in another process: `POST /tickets`, signed with a host's key."""

from datetime import UTC, datetime
from typing import Any, Final

from pydantic import Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from orcid_connect.declarations import Key, Person
from orcid_connect.declarations.base import Declared
from orcid_connect.errors import InputError, SettingsError
from orcid_connect.journeys.tickets import TICKET_SECONDS, issue_ticket, issue_watch
from orcid_connect.languages import language, spoken
from orcid_connect.purposes import Purpose
from orcid_connect.services import Services
from orcid_connect.settings import HostKey, Settings
from orcid_connect.web.doors import Doors
from orcid_connect.web.facts import facts_of
from orcid_connect.web.signed import signed_body

BODY_BYTES: Final = 16 * 1024


class TicketWish(Declared):
    """What a host asks a ticket for: who is signed in there, and what the page is about."""

    tenant: Key = "default"
    person: Key = Field(description="the host's own key of who is signed in there")
    purpose: Purpose | None = None
    return_to: str | None = None
    name: str = Field(default="", description="of the account, to be shown")
    language: str | None = None


class TicketOffice:
    """Hands out tickets to hosts that sign."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def issue(self, request: Request) -> Response:
        """Answer with a ticket's addresses, a watch, and how the person is connected now."""
        services = await self._doors.get_services()
        key, body = await signed_body(services, request, BODY_BYTES)
        wish = _read(request, body)
        if not may_speak_for(services.settings, key, wish.tenant):
            raise HTTPException(
                403, f"The host key {key.name!r} may not speak for tenant {wish.tenant!r}."
            )
        try:
            answer = await _answer(services, wish)
        except (InputError, SettingsError) as error:
            raise HTTPException(422, str(error)) from None
        return JSONResponse(answer, 201)


def may_speak_for(settings: Settings, key: HostKey, tenant: str) -> bool:
    """Tell whether a host key counts for a tenant: its own, one above it, or any."""
    line = {tenant, *(one.key for one in settings.tree.chain(tenant))}
    return not key.tenants or not line.isdisjoint(key.tenants)


async def _answer(services: Services, wish: TicketWish) -> dict[str, Any]:
    settings, clock = services.settings, services.clock
    person = Person(tenant=wish.tenant, key=wish.person, name=wish.name or None)
    ticket = issue_ticket(settings, clock, person, wish.purpose, wish.return_to, wish.language)
    expires = datetime.fromtimestamp(int(clock()) + TICKET_SECONDS, UTC)
    speaking = language(spoken(wish.language, settings.languages) or settings.language)
    return {
        "url": f"{settings.public_url}/connect?ticket={ticket}",
        "my_url": f"{settings.public_url}/my?ticket={ticket}",
        "expires_at": expires.isoformat(),
        "watch": issue_watch(settings, clock, person),
        **await facts_of(services, speaking, person),
    }


def _read(request: Request, body: bytes) -> TicketWish:
    """Return what is asked for; raises HTTP 415 or 422 with what to change."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(415, "Send this as application/json.")
    try:
        return TicketWish.model_validate_json(body)
    except ValidationError as error:
        told = [
            f"{'.'.join(str(part) for part in one['loc']) or 'the body'}: {one['msg']}"
            for one in error.errors(include_url=False, include_input=False)
        ]
        known = ", ".join(TicketWish.model_fields)
        raise HTTPException(422, f"{'; '.join(told)}. Known here: {known}.") from None
