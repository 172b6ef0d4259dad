"""Letting in who comes with a ticket, before the page they want is shown.

The ticket leaves the address at once. Whom it names is taken at its word only where the browser
says that a page of the host led here: else anybody could send others a ticket of their own, and
have their ORCID iD connected to an account that is not theirs. There the person is asked first.
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Final, Literal
from urllib.parse import unquote, urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from orcid_connect.journeys.tickets import (
    Refusal,
    Ticket,
    TicketRefused,
    read_ticket,
    use_up,
)
from orcid_connect.languages import marked
from orcid_connect.services import Services
from orcid_connect.web.choosing import PARAMETER, speak
from orcid_connect.web.doors import Doors
from orcid_connect.web.forms import (
    check_form_token,
    form_token,
    is_from_the_host,
    read_form,
    refuse_other_sites,
)
from orcid_connect.web.headers import leading_to
from orcid_connect.web.replies import html, problem, wants_page
from orcid_connect.web.sessions import begin_session, same, session_of
from orcid_connect.web.state import browser_of, new_browser, remember_browser
from orcid_connect.web.ticket_pages import ContinuePage, TicketPage

FORM: Final = "orcid_connect.ticket_form.v1"
_SEE_OTHER = 303
_AHEAD: Final = ("sec-purpose", "purpose", "x-moz")
"""Where browsers say that they load ahead what nobody pressed yet; the last two did so before."""
_DETAILS: dict[Refusal, str] = {
    "missing": marked("There is no ticket in this request."),
    "forged": marked("This ticket is damaged or was not made here."),
    "expired": marked("This ticket has expired: it lives for ten minutes."),
    "used": marked("This ticket was used already, in another browser."),
    "person": marked("Somebody else is signed in at the host."),
}
_OPEN_IN_A_BROWSER = marked(
    "No page of the host led here: open this address in a browser, which asks the person first, "
    "or list the host's origin in return_origins."
)

Destination = Literal["connect", "my"]
Endpoint = Callable[[Request], Awaitable[Response]]


class Redeeming:
    """Turns tickets into sessions."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    def before(self, destination: Destination, door: Endpoint) -> Endpoint:
        """Return a door that takes tickets: it lets in, and leads to itself without the ticket."""

        @wraps(door)
        async def enter(request: Request) -> Response:
            if "ticket" not in request.query_params:
                return await door(request)
            return await self._arrive(request, destination)

        return enter

    async def _arrive(self, request: Request, destination: Destination) -> Response:
        if request.method != "GET":
            raise HTTPException(405)  # a HEAD must not use a ticket up
        if any("prefetch" in request.headers.get(name, "") for name in _AHEAD):
            raise HTTPException(503, marked("A ticket is not used up by loading ahead."))
        signed = request.query_params["ticket"]
        wish = {
            "destination": destination,
            "display": "popup" if request.query_params.get("display") == "popup" else "",
        }
        services = await self._doors.get_services()
        try:
            ticket = await self._read(request, services, signed)
            session = session_of(services.settings, services.clock, request)
            if session is not None and session.ticket == ticket.fingerprint:
                return _go_on(services, ticket, wish)  # the same browser, once more
            replaces = session is not None and not session.is_of(ticket.person)
            from_the_host = is_from_the_host(services.settings, request)
            if replaces or not from_the_host or _stood_in_an_address(request, signed):
                return await self._ask(request, services, ticket, wish | {"ticket": signed})
            return await self._let_in(request, services, ticket, wish)
        except TicketRefused as refused:
            return await self._refuse(request, refused.reason)

    async def agree(self, request: Request) -> Response:
        """Let in who pressed that they are whom the ticket names."""
        services = await self._doors.get_services()
        settings = services.settings
        refuse_other_sites(settings, request)
        form = await read_form(request)
        try:
            ticket = await self._read(request, services, form.get("ticket", ""))
            browser = browser_of(settings, request)
            token = form.get("token", "")
            check_form_token(settings, services.clock, token, browser, ticket.person, FORM)
            session = session_of(settings, services.clock, request)
            if session is not None and session.ticket == ticket.fingerprint:
                return _go_on(services, ticket, form)  # pressed twice
            return await self._let_in(request, services, ticket, form)
        except TicketRefused as refused:
            return await self._refuse(request, refused.reason)

    async def _read(self, request: Request, services: Services, signed: str) -> Ticket:
        """Return a ticket that the host, asked itself, does not contradict."""
        ticket = read_ticket(services.settings, services.clock, signed)
        present = await self._doors.said_by_host(request)
        if present is not None and not same(present, ticket.person):
            raise TicketRefused("person")
        if ticket.language:
            speak(request, ticket.language, services.settings)
        return ticket

    async def _let_in(
        self, request: Request, services: Services, ticket: Ticket, wish: dict[str, str]
    ) -> Response:
        await use_up(services, ticket)
        settings = services.settings
        browser = browser_of(settings, request) or new_browser()
        response = _go_on(services, ticket, wish)
        remember_browser(response, settings, browser)
        begin_session(response, settings, services.clock, ticket, browser)
        return response

    async def _ask(
        self, request: Request, services: Services, ticket: Ticket, wish: dict[str, str]
    ) -> Response:
        settings = services.settings
        if not wants_page(request):
            speak = (await self._doors.language(request)).gettext
            return problem(403, speak(marked("Not let in yet")), speak(_OPEN_IN_A_BROWSER))
        browser = browser_of(settings, request) or new_browser()
        token = form_token(settings, services.clock, browser, ticket.person, FORM)
        pages = await self._doors.pages(request)
        named = next((one.name for one in settings.tree.chain(ticket.tenant) if one.name), "")
        session = session_of(settings, services.clock, request)
        page = ContinuePage(
            name=ticket.name,
            site=named or settings.site_name,
            replaces=session is not None,
            action=f"{pages.frame.path}/continue",
            fields={"token": token, **wish},
            home_url=settings.home_url,
        )
        response = html(pages, page)
        remember_browser(response, settings, browser)
        # The form leads to ORCID by way of /connect, and browsers hold the policy against that.
        site = settings.credential_for(ticket.tenant).site
        response.headers["Content-Security-Policy"] = leading_to(site)
        return response

    async def _refuse(self, request: Request, reason: Refusal) -> Response:
        pages = await self._doors.pages(request)
        if wants_page(request):
            return html(pages, TicketPage(reason, pages.frame.home_url), 403)
        speak = pages.language.gettext
        title, detail = speak(marked("Not let in")), speak(_DETAILS[reason])
        return problem(403, title, detail, outcome="ticket", reason=reason)


def _stood_in_an_address(request: Request, signed: str) -> bool:
    """Tell whether the page that led here had the ticket in its own address.

    Then whoever made that link chose it: a host's sign-in leads on to whatever `next` says.
    """
    address = request.headers.get("referer", "")
    return signed in address or signed in unquote(unquote(address))


def _go_on(services: Services, ticket: Ticket, wish: dict[str, str]) -> Response:
    """Lead to the door itself, with what the ticket says and without the ticket."""
    asked = {
        "return_to": ticket.return_to,
        "purpose": ticket.purpose or "",
        PARAMETER: ticket.language,
        "display": "popup" if wish.get("display") == "popup" else "",
    }
    destination = "my" if wish.get("destination") == "my" else "connect"
    query = urlencode({name: value for name, value in asked.items() if value})
    address = f"{services.settings.public_url}/{destination}"
    # The door asks once more whether a page of the host led there: the redirect must still say so.
    headers = {"Referrer-Policy": "origin"}
    return RedirectResponse(f"{address}?{query}" if query else address, _SEE_OTHER, headers)
