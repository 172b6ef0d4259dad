"""My ORCID: a person's own page of their connection and of what became of it."""

from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from orcid_connect.declarations import Person
from orcid_connect.journeys import linking
from orcid_connect.journeys.linking import WRITE_SCOPE
from orcid_connect.journeys.returning import checked_return
from orcid_connect.services import Services
from orcid_connect.web.doors import Doors
from orcid_connect.web.forms import disconnect_form
from orcid_connect.web.offers import connect_offer
from orcid_connect.web.pages import DeliveryRow, MyPage
from orcid_connect.web.replies import html
from orcid_connect.web.state import browser_of, new_browser, remember_browser
from orcid_connect.web.words import moment, permissions, shown_link

DeliveriesOf = Callable[[Services, Person], Awaitable[Sequence[DeliveryRow]]]


async def no_deliveries(_services: Services, _person: Person) -> Sequence[DeliveryRow]:
    """Answer for an app that shows no deliveries."""
    return ()


class MyOrcid:
    """Answers the person signed in about themselves."""

    def __init__(self, doors: Doors, deliveries_of: DeliveriesOf) -> None:
        self._doors = doors
        self._deliveries_of = deliveries_of

    async def show(self, request: Request) -> Response:
        """Show the person their connection and what became of it."""
        services = await self._doors.get_services()
        person = await self._doors.somebody(request)
        settings = services.settings
        credential = settings.credential_for(person.tenant)
        link = await linking.current_link(services, person)
        browser = browser_of(settings, request) or new_browser()
        wish = request.query_params.get("return_to")
        back = checked_return(settings, wish)
        active = link is not None and link.state == "active"
        pages = await self._doors.pages(request)
        language = pages.language
        again = back if wish else f"{settings.public_url}/my"
        # By path, so that a page opened under another name of this host gets an answer.
        base = urlsplit(settings.public_url).path
        page = MyPage(
            state="none" if link is None else link.state,
            identity=None if link is None else shown_link(credential, link),
            since=None if link is None else moment(language, link.made_at),
            permissions=(permissions(language, link.scopes) if link is not None and active else ()),
            writes=link is not None and WRITE_SCOPE in link.scopes,
            offer=connect_offer(settings, language, credential, again),
            disconnect=disconnect_form(services, browser, person, base) if active else None,
            deliveries=tuple(await self._deliveries_of(services, person)),
            said=request.query_params.get("said", ""),
            return_to=back,
        )
        response = html(pages, page)
        remember_browser(response, settings, browser)
        return response
