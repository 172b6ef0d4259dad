"""The door of signing in with ORCID, for people who are nobody at the host yet.

What the host makes of the identity is the host's: no account is made, found or joined here.
"""

from dataclasses import replace
from typing import cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from orcid_connect.errors import LinkingError, SettingsError
from orcid_connect.journeys.arriving import Arrival, Completion, Outcome
from orcid_connect.journeys.linking import Leaving
from orcid_connect.journeys.returning import checked_return
from orcid_connect.journeys.signing_in import PURPOSE, begin_sign_in, complete_sign_in
from orcid_connect.languages import marked
from orcid_connect.observe import describe, log
from orcid_connect.services import Services
from orcid_connect.settings import Settings
from orcid_connect.web.doors import Doors
from orcid_connect.web.explaining import (
    ELSEWHERE,
    EXPLAIN,
    PURPOSE_WORDS,
    answer_explanation,
    asks_for_explanation,
)
from orcid_connect.web.forms import is_from_elsewhere
from orcid_connect.web.offers import sign_in_url
from orcid_connect.web.outcome_pages import ExplainPage
from orcid_connect.web.outcomes import asked_display
from orcid_connect.web.state import browser_of, new_browser, remember_browser
from orcid_connect.web.words import permissions

HOOK = "orcid_signed_in"
DEFAULT_TENANT = "default"
_SEE_OTHER = 303
_ANSWERS = cast("type[str | Response]", str | Response)


class SigningIn:
    """Sends people to ORCID to say who they are, and hands the host what ORCID said."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def leave(self, request: Request) -> Response:
        """Send somebody to ORCID; raises HTTP 400 for a tenant that no credential serves."""
        services = await self._doors.get_services()
        settings = services.settings
        tenant = _tenant(settings, request)
        leaving = Leaving(
            return_to=request.query_params.get("return_to"),
            purpose=PURPOSE,
            display=asked_display(request),
            language=(await self._doors.language(request)).code,
        )
        from_elsewhere = is_from_elsewhere(settings, request)
        if from_elsewhere or asks_for_explanation(request):
            return await self._ask_first(request, tenant, leaving, from_elsewhere=from_elsewhere)
        browser = browser_of(settings, request) or new_browser()
        response = RedirectResponse(begin_sign_in(services, tenant, leaving, browser), _SEE_OTHER)
        remember_browser(response, settings, browser)
        return response

    async def _ask_first(
        self, request: Request, tenant: str, leaving: Leaving, *, from_elsewhere: bool
    ) -> Response:
        settings = (await self._doors.get_services()).settings
        pages = await self._doors.pages(request)
        credential = settings.credential_for(tenant)
        back = checked_return(settings, leaving.return_to)
        page = ExplainPage(
            outcome=ELSEWHERE if from_elsewhere else EXPLAIN,
            errand="sign-in",
            return_to=back,
            go_url=sign_in_url(settings.public_url, back, tenant, leaving.display),
            my_url=f"{settings.public_url}/my",
            site=credential.site,
            purpose=PURPOSE,
            purpose_words=pages.language.gettext(PURPOSE_WORDS[PURPOSE]),
            permissions=permissions(pages.language, credential.scopes(PURPOSE)),
        )
        return answer_explanation(request, pages, page)

    async def come_back(
        self, request: Request, services: Services, arrival: Arrival
    ) -> tuple[Completion, Response | None]:
        """Take somebody back: a signed-in person to where the host says, with its own answer."""
        completion = await complete_sign_in(services, arrival)
        if completion.outcome is not Outcome.SIGNED_IN:
            return completion, None
        if not services.plugins.hear(HOOK):
            log.error("somebody signed in with ORCID, but no plugin implements %s", HOOK)
            return replace(completion, outcome=Outcome.NOBODY_HOME, reason="unheard"), None
        answer = await services.plugins.first_or_fail(
            HOOK, _ANSWERS, identity=completion.identity, request=request
        )
        if answer is None:
            return replace(completion, outcome=Outcome.NOBODY_HOME), None
        return completion, _response(services.settings, answer, completion)


def _response(settings: Settings, answer: str | Response, completion: Completion) -> Response:
    if isinstance(answer, Response):
        return answer
    back = settings.home_url if completion.state is None else completion.state.return_to
    try:
        address = checked_return(settings, answer or back)
    except LinkingError as error:
        log.error("the host sends nobody there after signing in: %s", describe(error))
        address = back
    return RedirectResponse(address, _SEE_OTHER)


def _tenant(settings: Settings, request: Request) -> str:
    """Return the tenant that the address names, or the only one there is."""
    named = request.query_params.get("tenant")
    only = [one.key for one in settings.tenants] if len(settings.tenants) == 1 else []
    tenant = named or (only[0] if only else DEFAULT_TENANT)
    try:
        settings.credential_for(tenant)
    except SettingsError:
        raise HTTPException(400, marked("There is no such tenant here.")) from None
    return tenant
