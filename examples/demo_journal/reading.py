"""What everybody may read: the front page, articles, and what to try."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from .beginnings import AT_ORCID, PASSWORD_AT_ORCID, PUBLIC
from .declaring import article_of
from .pages import Pages
from .printed import Printed, print_article
from .store import Store, Stored


class Library:
    """Articles as they are printed."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def printed(self, stored: Stored) -> Printed:
        """Return a manuscript ready for a page."""
        authors = await self._store.authors_of(stored.key)
        users = await self._store.users()
        corrections = await self._store.corrections_of(stored.key)
        return print_article(stored, article_of(stored, authors), users, corrections)

    async def all(self) -> list[Printed]:
        """Return all manuscripts, printed."""
        return [await self.printed(stored) for stored in await self._store.manuscripts()]


class ReadingPages:
    """The pages for readers."""

    def __init__(self, pages: Pages, store: Store) -> None:
        self._pages = pages
        self._store = store
        self._library = Library(store)

    async def front(self, request: Request) -> Response:
        """Show what is published, newest issue first."""
        shown = ("published", "retracted")
        articles = [one for one in await self._library.all() if one.state in shown]
        articles.sort(key=lambda one: one.place, reverse=True)
        return await self._pages.show(request, "front.html", articles=articles)

    async def article(self, request: Request) -> Response:
        """Show a published article, or what became of it."""
        stored = await self._store.manuscript(request.path_params["key"])
        if stored is None or stored.state not in PUBLIC:
            raise HTTPException(404, "There is no such article, or it is not published yet.")
        article = await self._library.printed(stored)
        return await self._pages.show(request, "article.html", article=article)

    async def tour(self, request: Request) -> Response:
        """Show what to try."""
        return await self._pages.show(
            request, "try.html", at_orcid=AT_ORCID, password=PASSWORD_AT_ORCID
        )
