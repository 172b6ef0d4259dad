"""The button that hosts put into their pages."""

from starlette.requests import Request
from starlette.responses import Response

from orcid_connect.declarations import Person
from orcid_connect.errors import LinkingError
from orcid_connect.journeys import linking
from orcid_connect.journeys.asking import standing_refusal
from orcid_connect.journeys.returning import checked_return
from orcid_connect.languages import Language
from orcid_connect.observe import describe, log
from orcid_connect.services import Services
from orcid_connect.web.doors import Doors
from orcid_connect.web.forms import disconnect_form
from orcid_connect.web.offers import connect_offer
from orcid_connect.web.pages import ButtonFragment, Pages
from orcid_connect.web.replies import html
from orcid_connect.web.state import browser_of
from orcid_connect.web.words import shown_link


class Button:
    """Answers what a page of the host shows of a person's connection."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def show(self, request: Request) -> Response:
        """Give the fragment that a host puts into its own page."""
        pages = await self._doors.pages(request)
        return html(
            pages, await self._fragment(request, pages, request.query_params.get("return_to"))
        )

    async def text(self, request: Request, return_to: str | None) -> str:
        """Return the same fragment to a host that renders its page in this process."""
        pages = await self._doors.pages(request)
        try:
            return pages.render(await self._fragment(request, pages, return_to))
        except LinkingError as error:
            log.warning("the button leads back to home_url instead: %s", describe(error))
            return pages.render(await self._fragment(request, pages, None))

    async def _fragment(
        self, request: Request, pages: Pages, return_to: str | None
    ) -> ButtonFragment:
        services = await self._doors.get_services()
        # A button is part of a page of the host: while it cannot say who is there, it says that
        # one must be signed in, and takes nothing down.
        person = await self._doors.visitor_if_known(request)
        browser = browser_of(services.settings, request)
        return await _fragment(services, pages.language, person, browser, return_to)


async def _fragment(
    services: Services,
    language: Language,
    person: Person | None,
    browser: str,
    return_to: str | None,
) -> ButtonFragment:
    """Make the fragment; without our cookie it leads to /my for disconnecting.

    A host that fetches it for its visitor never carries the cookie, and a new one would replace
    that of a connection under way in another tab.
    """
    base = services.settings.public_url
    my_url = f"{base}/my"
    if person is None:
        return ButtonFragment(False, None, None, None, my_url)
    credential = services.settings.credential_for(person.tenant)
    link = await linking.current_link(services, person)
    if link is not None and link.state == "active":
        form = disconnect_form(services, browser, person, base) if browser else None
        identity = shown_link(credential, link)
        return ButtonFragment(True, identity, None, form, my_url, closed=link.closed)
    back = checked_return(services.settings, return_to)
    offer = connect_offer(services.settings, language, credential, back)
    return ButtonFragment(
        True,
        None,
        offer,
        None,
        my_url,
        refused=await standing_refusal(services, person) is not None,
        closed=None if link is None else link.closed,
        moved=link is not None and link.state == "moved",
    )
