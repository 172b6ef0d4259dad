"""How a person is connected, as JSON: for the person there, and for who holds a watch."""

from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from orcid_connect.declarations import Person
from orcid_connect.journeys import linking
from orcid_connect.journeys.asking import standing_refusal
from orcid_connect.journeys.returning import is_own_origin
from orcid_connect.journeys.tickets import read_watch
from orcid_connect.languages import Language
from orcid_connect.services import Services
from orcid_connect.settings import Settings
from orcid_connect.web.display import display_url
from orcid_connect.web.doors import Doors
from orcid_connect.web.words import moment, permissions, shown_link

Facts = dict[str, Any]

STALE_WATCH: Final = "This watch has expired or was not made here: ask POST /tickets for another."


class Me:
    """Answers `GET /me`."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def show(self, request: Request) -> Response:
        """Tell how the person there is connected, or whom the watch in the address is about."""
        services = await self._doors.get_services()
        language = await self._doors.language(request)
        watch = request.query_params.get("watch")
        if watch is None:
            person = await self._doors.somebody(request)
            return JSONResponse(await facts_of(services, language, person))
        headers = _readable_for(services.settings, request)
        watched = read_watch(services.settings, services.clock, watch)
        if watched is None:
            raise HTTPException(403, STALE_WATCH, headers)
        return JSONResponse(await facts_of(services, language, watched), headers=headers)


async def facts_of(services: Services, language: Language, person: Person) -> Facts:
    """Return how a person is connected."""
    credential = services.settings.credential_for(person.tenant)
    link = await linking.current_link(services, person)
    refusal = await standing_refusal(services, person)
    asking = {
        "refused_at": None if refusal is None else moment(language, refusal.refused_at).iso,
        "ask_again_at": None if refusal is None else moment(language, refusal.ask_again_at).iso,
    }
    if link is None:
        state = "none" if refusal is None else "refused"
        return {"connected": False, "state": state, "orcid": None, "record": None, **asking}
    shown = display_url(services.settings, person.tenant, link.orcid, "full", link.name or "")
    quiet = refusal is not None and link.state == "ended"
    active = link.state == "active"
    return {
        "connected": active,
        "state": "refused" if quiet else link.state,
        "orcid": shown_link(credential, link).uri,
        "environment": credential.environment,
        "record": "moved" if link.state == "moved" else link.closed,
        "name": link.name,
        "since": moment(language, link.made_at).iso,
        "display_url": shown if active else None,
        "may": list(permissions(language, link.scopes)) if active else [],
        **asking,
    }


def _readable_for(settings: Settings, request: Request) -> dict[str, str]:
    """Let pages of the host and of listed origins read the answer, without any cookie."""
    origin = request.headers.get("origin", "")
    allowed = {"Access-Control-Allow-Origin": origin} if is_own_origin(settings, origin) else {}
    return {"Vary": "Origin", **allowed}
