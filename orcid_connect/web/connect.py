"""The doors of connecting: each reads the request, calls the journey and picks the answer."""

from dataclasses import replace

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from orcid_connect.declarations import Person
from orcid_connect.journeys import linking
from orcid_connect.journeys.linking import Leaving
from orcid_connect.journeys.returning import checked_return
from orcid_connect.languages import Language
from orcid_connect.purposes import PURPOSES, Purpose, allowed
from orcid_connect.services import Services
from orcid_connect.web.doors import Doors
from orcid_connect.web.explaining import (
    ELSEWHERE,
    EXPLAIN,
    PURPOSE_WORDS,
    answer_explanation,
    asks_for_explanation,
)
from orcid_connect.web.forms import (
    check_form_token,
    is_from_elsewhere,
    read_form,
    refuse_other_sites,
)
from orcid_connect.web.offers import connect_url
from orcid_connect.web.outcome_pages import ExplainPage
from orcid_connect.web.outcomes import asked_display
from orcid_connect.web.replies import wants_page
from orcid_connect.web.state import browser_of, new_browser, remember_browser
from orcid_connect.web.words import permissions, shown_link

_SEE_OTHER = 303


class Connecting:
    """Sends people to ORCID, and ends a connection."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def leave(self, request: Request) -> Response:
        """Send the person to ORCID, at the wish of a page of the host or of ours."""
        services = await self._doors.get_services()
        settings = services.settings
        leaving = await self._leaving(request)
        from_elsewhere = is_from_elsewhere(settings, request)
        if from_elsewhere or asks_for_explanation(request):
            return await self._ask_first(request, leaving, from_elsewhere=from_elsewhere)
        person = await self._doors.somebody(request)
        browser = browser_of(settings, request) or new_browser()
        url = await linking.begin(services, person, leaving, browser)
        response = RedirectResponse(url, _SEE_OTHER)
        remember_browser(response, settings, browser)
        return response

    async def _leaving(self, request: Request) -> Leaving:
        """Read what the address asks for; raises HTTP 400 for a purpose there is not."""
        language = await self._doors.language(request)
        return Leaving(
            return_to=request.query_params.get("return_to"),
            purpose=_purpose(request, language),
            display=asked_display(request),
            language=language.code,
        )

    async def _ask_first(
        self, request: Request, leaving: Leaving, *, from_elsewhere: bool
    ) -> Response:
        """Say what will be asked, for what, and how to undo it; one press of the button goes on."""
        services = await self._doors.get_services()
        back = checked_return(services.settings, leaving.return_to)
        # From another site a strict session cookie does not come along; the page is shown all the
        # same, and says what is asked of whom.
        person = await (self._doors.visitor if from_elsewhere else self._doors.somebody)(request)
        pages = await self._doors.pages(request)
        base = services.settings.public_url
        page = ExplainPage(
            outcome=ELSEWHERE if from_elsewhere else EXPLAIN,
            errand="link",
            return_to=back,
            go_url=connect_url(base, back, leaving.purpose, leaving.display),
            my_url=f"{base}/my",
        )
        if person is not None:
            page = await _explained(services, pages.language, person, leaving, page)
        return answer_explanation(request, pages, page)

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


def _purpose(request: Request, language: Language) -> Purpose | None:
    wish = request.query_params.get("purpose") or None
    purpose = next((one for one in PURPOSES if one == wish), None)
    if wish is not None and purpose is None:
        sentence = language.gettext("The purpose must be one of: %(purposes)s.")
        raise HTTPException(400, sentence % {"purposes": ", ".join(PURPOSES)})
    return purpose


async def _explained(
    services: Services, language: Language, person: Person, leaving: Leaving, page: ExplainPage
) -> ExplainPage:
    """Say of the page what this person is asked; what a credential cannot do is not asked."""
    credential = services.settings.credential_for(person.tenant)
    purpose: Purpose = leaving.purpose or services.settings.purpose
    if not credential.may_write:
        purpose = "identify"
    link = await linking.current_link(services, person)
    connected = link is not None and link.state == "active"
    scopes = await linking.scopes_to_ask(services, person, purpose)
    return replace(
        page,
        site=credential.site,
        purpose=purpose,
        purpose_words=language.gettext(PURPOSE_WORDS[purpose]),
        permissions=permissions(language, scopes),
        only_identifies=allowed(frozenset(scopes)) <= {"openid"},
        identity=shown_link(credential, link) if link is not None and connected else None,
    )
