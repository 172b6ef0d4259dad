"""The doors of connecting: each reads the request, calls the journey and picks the answer."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from orcid_connect.declarations import Person
from orcid_connect.errors import LinkingError, OrcidConnectError
from orcid_connect.journeys import linking
from orcid_connect.journeys.linking import WRITE_SCOPE, Outcome
from orcid_connect.journeys.returning import checked_return
from orcid_connect.observe import describe, log
from orcid_connect.services import Services
from orcid_connect.settings import Credential
from orcid_connect.store.people import Link
from orcid_connect.web.forms import (
    check_form_token,
    form_token,
    is_from_elsewhere,
    read_form,
    refuse_other_sites,
)
from orcid_connect.web.outcomes import answer_completion, answer_elsewhere, connect_url
from orcid_connect.web.pages import (
    ButtonFragment,
    ConnectOffer,
    DeliveryRow,
    DisconnectForm,
    Frame,
    MyPage,
    Pages,
)
from orcid_connect.web.replies import html, wants_page
from orcid_connect.web.state import browser_of, new_browser, remember_browser
from orcid_connect.web.words import moment, permissions, shown_link

GetServices = Callable[[], Awaitable[Services]]
DeliveriesOf = Callable[[Services, Person], Awaitable[Sequence[DeliveryRow]]]

_SEE_OTHER = 303


async def no_deliveries(_services: Services, _person: Person) -> Sequence[DeliveryRow]:
    """Answer for an app that shows no deliveries."""
    return ()


class Doors:
    """What every door needs: the services, the pages, and the bell of the engine."""

    def __init__(
        self,
        get_services: GetServices,
        wake: Callable[[], None],
        deliveries_of: DeliveriesOf = no_deliveries,
    ) -> None:
        self.get_services = get_services
        self.wake = wake
        self._deliveries_of = deliveries_of
        self._pages: Pages | None = None

    async def pages(self, request: Request) -> Pages:
        """Return the host's pages, or plain ones if the services cannot be opened."""
        if self._pages is not None:
            return self._pages
        try:
            services = await self.get_services()
        except Exception:  # whatever it was, its page must still be shown
            return Pages(Frame(static=f"{request.scope.get('root_path', '')}/static"))
        answers = await services.plugins.every("orcid_template_folders", list)
        folders = [folder for answer in answers for folder in answer]
        chosen = [Path(folder) for folder in folders if isinstance(folder, str | Path)]
        self._pages = Pages(Frame.of(services.settings), chosen, services.counters)
        return self._pages

    async def connect(self, request: Request) -> Response:
        """Send the person to ORCID, at the wish of a page of the host or of ours."""
        services = await self.get_services()
        settings = services.settings
        return_to = request.query_params.get("return_to")
        if is_from_elsewhere(settings, request):
            back = checked_return(settings, return_to)
            return answer_elsewhere(request, await self.pages(request), back)
        person = await _somebody(services, request)
        browser = browser_of(settings, request) or new_browser()
        url = await linking.begin(services, person, return_to, browser)
        response = RedirectResponse(url, _SEE_OTHER)
        remember_browser(response, settings, browser)
        return response

    async def callback(self, request: Request) -> Response:
        """Take the person back from ORCID."""
        if request.method != "GET":
            raise HTTPException(405)  # a HEAD must not use a state up
        services = await self.get_services()
        present = await _person_for_sure(services, request)
        browser = browser_of(services.settings, request)
        completion = await linking.complete(
            services, browser, request.query_params.multi_items(), present
        )
        state = completion.state
        credential = None if state is None else services.credential_of(state.realm)
        pages = await self.pages(request)
        response = answer_completion(request, pages, completion, credential)
        services.counters.add(f"connection {completion.outcome}")
        if completion.outcome not in (Outcome.UNANSWERED, Outcome.STALE, Outcome.REFUSED):
            response.background = self._afterwards(services)
        return response

    async def disconnect(self, request: Request) -> Response:
        """End the link of the person who pressed our form."""
        services = await self.get_services()
        settings = services.settings
        refuse_other_sites(settings, request)
        form = await read_form(request)
        person = await _somebody(services, request)
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
        response.background = self._afterwards(services)
        return response

    async def me(self, request: Request) -> Response:
        """Tell as JSON how the person signed in is connected."""
        services = await self.get_services()
        person = await _somebody(services, request)
        credential = services.settings.credential_for(person.tenant)
        link = await linking.current_link(services, person)
        return JSONResponse(_facts(credential, link))

    async def my(self, request: Request) -> Response:
        """Show the person their connection and what became of it."""
        services = await self.get_services()
        person = await _somebody(services, request)
        settings = services.settings
        credential = settings.credential_for(person.tenant)
        link = await linking.current_link(services, person)
        browser = browser_of(settings, request) or new_browser()
        wish = request.query_params.get("return_to")
        back = checked_return(settings, wish)
        active = link is not None and link.state == "active"
        page = MyPage(
            state="none" if link is None else link.state,
            identity=None if link is None else shown_link(credential, link),
            since=None if link is None else moment(link.made_at),
            permissions=permissions(link.scopes) if link is not None and active else (),
            writes=link is not None and WRITE_SCOPE in link.scopes,
            offer=_offer(services, credential, back if wish else f"{settings.public_url}/my"),
            # By path, so that a page opened under another name of this host gets an answer.
            disconnect=_form(services, browser, person, _path(services)) if active else None,
            deliveries=tuple(await self._deliveries_of(services, person)),
            said=request.query_params.get("said", ""),
            return_to=back,
        )
        response = html(await self.pages(request), page)
        remember_browser(response, settings, browser)
        return response

    async def button(self, request: Request) -> Response:
        """Give the fragment that a host puts into its own page."""
        pages = await self.pages(request)
        return html(pages, await self._fragment(request, request.query_params.get("return_to")))

    async def button_text(self, request: Request, return_to: str | None) -> str:
        """Return the same fragment to a host that renders its page in this process."""
        pages = await self.pages(request)
        try:
            return pages.render(await self._fragment(request, return_to))
        except LinkingError as error:
            log.warning("the button leads back to home_url instead: %s", describe(error))
            return pages.render(await self._fragment(request, None))

    async def _fragment(self, request: Request, return_to: str | None) -> ButtonFragment:
        services = await self.get_services()
        # A button is part of a page of the host: while it cannot say who is there, it says that
        # one must be signed in, and takes nothing down.
        person = await services.plugins.first("orcid_current_person", Person, request=request)
        browser = browser_of(services.settings, request)
        return await _fragment(services, person, browser, return_to)

    async def health(self, _request: Request) -> Response:
        """Tell whether the services can be opened and the database be read."""
        services = await self.get_services()
        async with services.database.reading() as connection:
            await connection.exec_driver_sql("SELECT 1")
        return JSONResponse({"status": "ok"})

    def _afterwards(self, services: Services) -> BackgroundTask:
        """Deliver what became due, and revoke what is not kept, once the person has the answer."""
        self.wake()
        return BackgroundTask(_revoke_quietly, services)


async def _person_for_sure(services: Services, request: Request) -> Person | None:
    """Return who the host says is signed in; raises `HostSilent` where it fails to say."""
    return await services.plugins.first_or_fail("orcid_current_person", Person, request=request)


async def _somebody(services: Services, request: Request) -> Person:
    person = await _person_for_sure(services, request)
    if person is None:
        raise LinkingError("nobody is signed in at the host", outcome=Outcome.NOBODY)
    return person


async def _revoke_quietly(services: Services) -> None:
    try:
        await linking.revoke_due(services)
    except OrcidConnectError as error:
        log.error("revocations stay queued: %s", describe(error))


async def _fragment(
    services: Services, person: Person | None, browser: str, return_to: str | None
) -> ButtonFragment:
    """Make the fragment; without our cookie it leads to /my for disconnecting.

    A host that fetches it for its visitor never carries the cookie, and a new one would replace
    that of a connection under way in another tab.
    """
    my_url = f"{services.settings.public_url}/my"
    if person is None:
        return ButtonFragment(False, None, None, None, my_url)
    credential = services.settings.credential_for(person.tenant)
    link = await linking.current_link(services, person)
    if link is not None and link.state == "active":
        form = _form(services, browser, person, services.settings.public_url) if browser else None
        return ButtonFragment(True, shown_link(credential, link), None, form, my_url)
    back = checked_return(services.settings, return_to)
    return ButtonFragment(True, None, _offer(services, credential, back), None, my_url)


def _offer(services: Services, credential: Credential, return_to: str) -> ConnectOffer:
    return ConnectOffer(
        url=connect_url(services.settings.public_url, return_to),
        site=credential.site,
        permissions=permissions(credential.scopes),
        writes=credential.may_write,
    )


def _form(services: Services, browser: str, person: Person, base: str) -> DisconnectForm:
    token = form_token(services.settings, services.clock, browser, person)
    return DisconnectForm(action=f"{base}/disconnect", token=token)


def _path(services: Services) -> str:
    return urlsplit(services.settings.public_url).path


def _facts(credential: Credential, link: Link | None) -> dict[str, Any]:
    if link is None:
        return {"connected": False, "state": "none", "orcid": None}
    identity = shown_link(credential, link)
    active = link.state == "active"
    return {
        "connected": active,
        "state": link.state,
        "orcid": identity.uri,
        "environment": credential.environment,
        "name": link.name,
        "since": moment(link.made_at).iso,
        "may": list(permissions(link.scopes)) if active else [],
    }
