"""A person's own page: their ORCID iD, their articles and their reviews."""

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from orcid_connect import OrcidConnect

from .beginnings import User
from .pages import Pages
from .printed import Printed
from .reading import Library
from .standing import Standing, plainly, standings
from .store import Store, StoredReview

_WAITS_FOR_YOU: Final = "It is sent when you connect your ORCID iD."
"""What a delivery's own sentence says to editors, of "the person"."""


@dataclass(frozen=True, slots=True)
class OwnArticle:
    """A manuscript of the person, and where its delivery to their record stands."""

    article: Printed
    standing: Standing


@dataclass(frozen=True, slots=True)
class OwnReview:
    """A review by the person, and where its delivery to their record stands."""

    review: StoredReview
    title: str
    standing: Standing


class DeskPages:
    """The page of whoever is signed in."""

    def __init__(self, pages: Pages, store: Store, orcid: OrcidConnect) -> None:
        self._pages = pages
        self._store = store
        self._orcid = orcid
        self._library = Library(store)

    async def show(self, request: Request) -> Response:
        """Show the desk."""
        user = await self._pages.somebody(request)
        button = await self._orcid.button(request, return_to="/desk")
        articles = [
            OwnArticle(one, await self._standing("article", one.key, user))
            for one in await self._library.all()
            if any(author.user and author.user.key == user.key for author in one.authors)
        ]
        return await self._pages.show(
            request,
            "desk.html",
            button=Markup(button),  # noqa: S704 - orcid_connect escapes what it renders
            articles=articles,
            reviews=await self._reviews(user),
        )

    async def _reviews(self, user: User) -> list[OwnReview]:
        titles = {one.key: one.title for one in await self._library.all()}
        return [
            OwnReview(one, titles[one.manuscript], await self._standing("review", one.key, user))
            for one in await self._store.reviews()
            if one.reviewer == user.key
        ]

    async def _standing(self, kind: str, key: str, user: User) -> Standing:
        known = await standings(self._orcid, "review" if kind == "review" else "article", key)
        standing = known.get(user.key) or plainly("unsent")
        if standing.state == "waiting" and user.orcid is None:
            return Standing(standing.state, _WAITS_FOR_YOU)
        return standing
