"""The journal's application: its routes, and orcid_connect mounted below /orcid."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from orcid_connect import OrcidConnect

from .desk import DeskPages
from .editing import EditingPages
from .office import Office
from .own_forms import OwnFormsOnly
from .pages import GoTo, Pages, answer_go_to
from .plugin import JournalPlugin
from .reading import ReadingPages
from .settings import PACKAGE, JournalSettings
from .signing_in import SigningIn
from .store import Store

SESSION_COOKIE = "imagined_results"
FORTNIGHT = 14 * 24 * 3600  # seconds


def build_journal(settings: JournalSettings) -> Starlette:
    """Return the journal as an ASGI application."""
    store = Store(settings.database)
    orcid = OrcidConnect(settings.orcid, plugins=[JournalPlugin(store)])
    pages = Pages(store, settings.registry_site)
    office = Office(store, orcid)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await store.prepare()
        async with orcid.running():
            await office.declare_everything()
            yield

    app = Starlette(
        routes=_routes(pages, store, office),
        middleware=[Middleware(OwnFormsOnly), _session(settings)],
        exception_handlers={HTTPException: _Errors(pages).answer, GoTo: answer_go_to},
        lifespan=lifespan,
    )
    app.mount("/orcid", orcid)
    return app


def _routes(pages: Pages, store: Store, office: Office) -> list[Route | Mount]:
    reading, signing_in = ReadingPages(pages, store), SigningIn(pages, store)
    desk, editing = DeskPages(pages, store, office.orcid), EditingPages(pages, office)
    return [
        # For readers:
        Route("/", reading.front),
        Route("/try", reading.tour),
        Route("/articles/{key}", reading.article),
        # For people with an account:
        Route("/signin", signing_in.show, methods=["GET"]),
        Route("/signin", signing_in.sign_in, methods=["POST"]),
        Route("/signout", signing_in.sign_out, methods=["POST"]),
        Route("/desk", desk.show),
        # For the editor:
        Route("/office", editing.overview),
        Route("/office/reviews/{key}/{deed}", editing.act_on_review, methods=["POST"]),
        Route("/office/terms/{key}/{deed}", editing.act_on_term, methods=["POST"]),
        Route("/office/{key}", editing.manuscript, methods=["GET"]),
        Route("/office/{key}/{deed}", editing.act, methods=["POST"]),
        Mount("/static", StaticFiles(directory=PACKAGE / "static"), name="static"),
    ]


def _session(settings: JournalSettings) -> Middleware:
    return Middleware(
        SessionMiddleware,
        secret_key=settings.session_key,
        session_cookie=SESSION_COOKIE,
        max_age=FORTNIGHT,
        same_site="lax",
        https_only=settings.orcid.public_url.startswith("https:"),
    )


TITLES = {403: "Another person’s room", 404: "There is nothing here"}


class _Errors:
    """Answers what went wrong with a page of the journal's own."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    async def answer(self, request: Request, error: Exception) -> Response:
        """Return the page for an error."""
        assert isinstance(error, HTTPException)
        phrase = HTTPStatus(error.status_code).phrase
        detail = error.detail if error.detail != phrase else "There is nothing to see here."
        title = TITLES.get(error.status_code, phrase)
        return await self._pages.show(
            request, "error.html", error.status_code, title=title, detail=detail
        )
