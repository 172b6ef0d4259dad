"""The doors of connecting: each reads the request, calls the journey and picks the answer."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from orcid_connect.journeys import linking
from orcid_connect.journeys.linking import Leaving, Outcome
from orcid_connect.journeys.returning import checked_return
from orcid_connect.purposes import PURPOSES
from orcid_connect.web.choosing import speak
from orcid_connect.web.doors import Doors
from orcid_connect.web.forms import (
    check_form_token,
    is_from_elsewhere,
    read_form,
    refuse_other_sites,
)
from orcid_connect.web.outcomes import answer_completion, answer_elsewhere
from orcid_connect.web.replies import wants_page
from orcid_connect.web.state import browser_of, new_browser, remember_browser

_SEE_OTHER = 303


class Connecting:
    """Sends people to ORCID, takes them back, and ends a connection."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def leave(self, request: Request) -> Response:
        """Send the person to ORCID, at the wish of a page of the host or of ours."""
        services = await self._doors.get_services()
        settings = services.settings
        leaving = await self._leaving(request)
        if is_from_elsewhere(settings, request):
            back = checked_return(settings, leaving.return_to)
            return answer_elsewhere(request, await self._doors.pages(request), back)
        person = await self._doors.somebody(request)
        browser = browser_of(settings, request) or new_browser()
        url = await linking.begin(services, person, leaving, browser)
        response = RedirectResponse(url, _SEE_OTHER)
        remember_browser(response, settings, browser)
        return response

    async def _leaving(self, request: Request) -> Leaving:
        """Read what the address asks for; raises HTTP 400 for a purpose there is not."""
        language = await self._doors.language(request)
        wish = request.query_params.get("purpose") or None
        purpose = next((one for one in PURPOSES if one == wish), None)
        if wish is not None and purpose is None:
            sentence = language.gettext("The purpose must be one of: %(purposes)s.")
            raise HTTPException(400, sentence % {"purposes": ", ".join(PURPOSES)})
        popup = request.query_params.get("display") == "popup"
        return Leaving(
            return_to=request.query_params.get("return_to"),
            purpose=purpose,
            display="popup" if popup else "page",
            language=language.code,
        )

    async def come_back(self, request: Request) -> Response:
        """Take the person back from ORCID."""
        if request.method != "GET":
            raise HTTPException(405)  # a HEAD must not use a state up
        services = await self._doors.get_services()
        present = await self._doors.visitor(request)
        browser = browser_of(services.settings, request)
        completion = await linking.complete(
            services, browser, request.query_params.multi_items(), present
        )
        state = completion.state
        credential = None if state is None else services.credential_of(state.realm)
        if state is not None:
            speak(request, state.language, services.settings)
        pages = await self._doors.pages(request)
        response = answer_completion(request, pages, completion, credential)
        services.counters.add(f"connection {completion.outcome}")
        if completion.outcome not in (Outcome.UNANSWERED, Outcome.STALE, Outcome.REFUSED):
            response.background = self._doors.afterwards(services)
        return response

    async def disconnect(self, request: Request) -> Response:
        """End the link of the person who pressed our form."""
        services = await self._doors.get_services()
        settings = services.settings
        refuse_other_sites(settings, request)
        form = await read_form(request)
        person = await self._doors.somebody(request)
        check_form_token(
            settings, services.clock, form.get("token", ""), browser_of(settings, request), person
        )
        link = await linking.disconnect(services, person.tenant, person.key)
        if wants_page(request):
            response: Response = RedirectResponse(
                f"{settings.public_url}/my?said=disconnected", _SEE_OTHER
            )
        else:
            response = JSONResponse({"disconnected": link is not None})
        response.background = self._doors.afterwards(services)
        return response
