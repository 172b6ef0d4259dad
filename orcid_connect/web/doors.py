"""What every door needs: the services, the bell of the engine, who is there, and the pages."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.requests import Request

from orcid_connect.declarations import Person
from orcid_connect.errors import HostSilent, LinkingError, OrcidConnectError
from orcid_connect.journeys import linking
from orcid_connect.journeys.linking import Outcome
from orcid_connect.languages import ENGLISH, NAMES, Language, language
from orcid_connect.observe import describe, log
from orcid_connect.services import Services
from orcid_connect.web.choosing import choose, language_asked_for
from orcid_connect.web.pages import Frame, Pages
from orcid_connect.web.sessions import drop_session, session_of
from orcid_connect.web.switching import language_choices

GetServices = Callable[[], Awaitable[Services]]


class Doors:
    """One per mounted app; the rooms behind the doors are built upon it."""

    def __init__(self, get_services: GetServices, wake: Callable[[], None]) -> None:
        self.get_services = get_services
        self.wake = wake
        self._pages: Pages | None = None

    async def pages(self, request: Request) -> Pages:
        """Return the host's pages in this visitor's language.

        Plain ones if the services cannot be opened: an error still needs its page.
        """
        try:
            services = await self.get_services()
        except Exception:  # whatever it was, its page must still be shown
            code = language_asked_for(request, tuple(NAMES)) or ENGLISH
            frame = Frame(static=f"{request.scope.get('root_path', '')}/static")
            return Pages(frame, language=language(code))
        chosen = await choose(services, request)
        if self._pages is None:
            self._pages = await _pages(services)
        choices = language_choices(request, services.settings)
        return self._pages.speaking(chosen).offering(choices)

    async def language(self, request: Request) -> Language:
        """Return this visitor's language."""
        return await choose(await self.get_services(), request)

    async def said_by_host(self, request: Request) -> Person | None:
        """Return who the host's own plugins say is there; raises `HostSilent` if they fail to."""
        plugins = (await self.get_services()).plugins
        return await plugins.first_or_fail("orcid_current_person", Person, request=request)

    async def visitor(self, request: Request) -> Person | None:
        """Return who is there: whom the host names, else who came here with a ticket.

        Raises `HostSilent` where the host fails to say. A session of another than the host names
        is over.
        """
        said = await self.said_by_host(request)
        services = await self.get_services()
        session = session_of(services.settings, services.clock, request)
        if session is None or said is None:
            return said if session is None else session.person
        if not session.is_of(said):
            drop_session(request, services.settings)
        return said

    async def visitor_if_known(self, request: Request) -> Person | None:
        """Return who is there; nobody while the host cannot say."""
        try:
            return await self.visitor(request)
        except HostSilent:
            return None

    async def somebody(self, request: Request) -> Person:
        """Return who is there; raises `LinkingError` if nobody is."""
        person = await self.visitor(request)
        if person is None:
            raise LinkingError("nobody is signed in at the host", outcome=Outcome.NOBODY)
        return person

    def afterwards(self, services: Services) -> BackgroundTask:
        """Deliver what became due, and revoke what is not kept, once the person has the answer."""
        self.wake()
        return BackgroundTask(_revoke_quietly, services)


async def _pages(services: Services) -> Pages:
    answers = await services.plugins.every("orcid_template_folders", list)
    folders = [folder for answer in answers for folder in answer]
    given = [Path(folder) for folder in folders if isinstance(folder, str | Path)]
    return Pages(Frame.of(services.settings), given, services.counters)


async def _revoke_quietly(services: Services) -> None:
    try:
        await linking.revoke_due(services)
    except OrcidConnectError as error:
        log.error("revocations stay queued: %s", describe(error))
