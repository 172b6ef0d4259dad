"""The one address to which ORCID sends people back: of all tenants, and for either errand."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from orcid_connect.journeys import linking
from orcid_connect.journeys.arriving import Arrival, Completion, Outcome, arrive
from orcid_connect.services import Services
from orcid_connect.web.choosing import speak
from orcid_connect.web.doors import Doors
from orcid_connect.web.outcomes import answer_completion
from orcid_connect.web.signin import SigningIn
from orcid_connect.web.state import browser_of

_NOTHING_TO_DO = {
    Outcome.UNANSWERED,
    Outcome.STALE,
    Outcome.OTHER_BROWSER,
    Outcome.REFUSED,
    Outcome.NOBODY,
}
"""After these there is nothing to deliver and no permission to withdraw."""


class Callback:
    """Takes people back from ORCID."""

    def __init__(self, doors: Doors, signing_in: SigningIn) -> None:
        self._doors = doors
        self._signing_in = signing_in

    async def come_back(self, request: Request) -> Response:
        """Take somebody back, to the errand with which they left."""
        if request.method != "GET":
            raise HTTPException(405)  # a HEAD must not use a state up
        services = await self._doors.get_services()
        parameters = request.query_params.multi_items()
        arrival = arrive(services, browser_of(services.settings, request), parameters)
        completion, response = await self._completed(request, services, arrival)
        if response is None:
            response = await self._answer(request, services, completion)
        services.counters.add(f"connection {completion.outcome}")
        if completion.outcome not in _NOTHING_TO_DO and response.background is None:
            response.background = self._doors.afterwards(services)
        return response

    async def _completed(
        self, request: Request, services: Services, arrival: Arrival
    ) -> tuple[Completion, Response | None]:
        if arrival.signs_in:
            return await self._signing_in.come_back(request, services, arrival)
        present = await self._doors.visitor(request)
        return await linking.complete_arrival(services, arrival, present), None

    async def _answer(
        self, request: Request, services: Services, completion: Completion
    ) -> Response:
        if completion.state is not None:
            speak(request, completion.state.language, services.settings)
        pages = await self._doors.pages(request)
        return answer_completion(request, pages, services, completion)
