"""The editor's rooms: all manuscripts at a glance, one with everything that can be done to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from .deeds import Deeds
from .office import Office
from .pages import SEE_OTHER, Pages, say
from .printed import Author, Printed
from .reading import Library
from .standing import Standing, plainly, standings
from .store import StoredReview, Term


@dataclass(frozen=True, slots=True)
class Line:
    """One author of an article, and where the delivery to their record stands."""

    author: Author
    standing: Standing


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One review, who writes it, and where its delivery stands."""

    review: StoredReview
    reviewer: str
    title: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class TermLine:
    """One office, who holds it, and where the delivery of their term stands."""

    term: Term
    name: str
    standing: Standing


class EditingPages:
    """The editor's pages and forms."""

    def __init__(self, pages: Pages, office: Office) -> None:
        self._pages = pages
        self._office = office
        self._deeds = Deeds(office)
        self._library = Library(office.store)

    async def overview(self, request: Request) -> Response:
        """Show all manuscripts and reviews, and who holds which office."""
        await self._pages.editor(request)
        articles = [(one, await self._lines(one)) for one in await self._library.all()]
        return await self._pages.show(
            request,
            "office.html",
            articles=articles,
            reviews=await self._reviews(),
            terms=await self._terms(),
            today=datetime.now(UTC).date(),
        )

    async def manuscript(self, request: Request) -> Response:
        """Show one manuscript: what can be done, and where each delivery stands."""
        await self._pages.editor(request)
        article = await self._article(request)
        reviews = [one for one in await self._reviews() if one.review.manuscript == article.key]
        return await self._pages.show(
            request,
            "manuscript.html",
            article=article,
            lines=await self._lines(article),
            notice_lines=await self._notice_lines(article),
            reviews=reviews,
        )

    async def act(self, request: Request) -> Response:
        """Do what a button of the manuscript's page says."""
        await self._pages.editor(request)
        key = (await self._article(request)).key
        deed = request.path_params["deed"]
        say(request, await self._deeds.to_manuscript(deed, key, await request.form()))
        return RedirectResponse(f"/office/{key}", SEE_OTHER)

    async def act_on_review(self, request: Request) -> Response:
        """Do what the button beside a review says."""
        await self._pages.editor(request)
        asked = request.path_params
        form = await request.form()
        say(request, await self._deeds.to_review(asked["deed"], asked["key"], form))
        return RedirectResponse("/office#reviews", SEE_OTHER)

    async def act_on_term(self, request: Request) -> Response:
        """Do what the button beside an office says."""
        await self._pages.editor(request)
        asked = request.path_params
        form = await request.form()
        say(request, await self._deeds.to_term(asked["deed"], asked["key"], form))
        return RedirectResponse("/office#offices", SEE_OTHER)

    async def _article(self, request: Request) -> Printed:
        stored = await self._office.store.manuscript(request.path_params["key"])
        if stored is None:
            raise HTTPException(404, "There is no such manuscript.")
        return await self._library.printed(stored)

    async def _lines(self, article: Printed) -> list[Line]:
        known = await standings(self._office.orcid, "article", article.key)
        return [Line(author, _standing(author, article, known)) for author in article.authors]

    async def _notice_lines(self, article: Printed) -> list[Line]:
        """Return where the notice of a retracted article goes: to nobody's record."""
        if article.notice is None:
            return []
        known = await standings(self._office.orcid, "article", article.notice.key)
        return [
            Line(author, known[author.user.key])
            for author in article.authors
            if author.user is not None and author.user.key in known
        ]

    async def _reviews(self) -> list[ReviewLine]:
        titles = {one.key: one.title for one in await self._library.all()}
        users = await self._office.store.users()
        lines = []
        for one in await self._office.store.reviews():
            known = await standings(self._office.orcid, "review", one.key)
            standing = known.get(one.reviewer) or plainly("unsent")
            name = users[one.reviewer].name
            lines.append(ReviewLine(one, name, titles[one.manuscript], standing))
        return lines

    async def _terms(self) -> list[TermLine]:
        users = await self._office.store.users()
        lines = []
        for one in await self._office.store.terms():
            known = await standings(self._office.orcid, "role", one.key)
            standing = known.get(one.user) or plainly("unsent")
            lines.append(TermLine(one, users[one.user].name, standing))
        return lines


def _standing(author: Author, article: Printed, known: Mapping[str, Standing]) -> Standing:
    if author.user is None:
        return plainly("stranger")
    is_out = article.state in ("published", "retracted")
    return known.get(author.user.key) or plainly("due" if is_out else "unsent")
