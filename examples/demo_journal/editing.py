"""The editor's rooms: all manuscripts at a glance, one with everything that can be done to it."""

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from orcid_connect import OrcidConnectError, Receipt

from .office import NotPossible, Office
from .pages import SEE_OTHER, Pages, say
from .printed import Author, Printed
from .reading import Library
from .standing import Standing, plainly, standings
from .store import StoredReview

NOT_DECLARED = (
    "Kept here, but orcid_connect could not record it. Press “Declare again” when it works again."
)


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


class EditingPages:
    """The editor's pages and forms."""

    def __init__(self, pages: Pages, office: Office) -> None:
        self._pages = pages
        self._office = office
        self._library = Library(office.store)

    async def overview(self, request: Request) -> Response:
        """Show all manuscripts and reviews."""
        await self._pages.editor(request)
        articles = [(one, await self._lines(one)) for one in await self._library.all()]
        reviews = await self._reviews()
        return await self._pages.show(request, "office.html", articles=articles, reviews=reviews)

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
            reviews=reviews,
        )

    async def act(self, request: Request) -> Response:
        """Do what a button of the manuscript's page says."""
        await self._pages.editor(request)
        key = (await self._article(request)).key
        try:
            sentence = await self._do(request, key)
        except NotPossible as refusal:
            sentence = str(refusal)
        except OrcidConnectError:
            sentence = NOT_DECLARED
        say(request, sentence)
        return RedirectResponse(f"/office/{key}", SEE_OTHER)

    async def complete_review(self, request: Request) -> Response:
        """Note that a review is complete."""
        await self._pages.editor(request)
        try:
            receipt = await self._office.complete_review(request.path_params["key"])
            sentence = f"The review is complete. {_promise(receipt)}"
        except NotPossible as refusal:
            sentence = str(refusal)
        except OrcidConnectError:
            sentence = NOT_DECLARED
        say(request, sentence)
        return RedirectResponse("/office#reviews", SEE_OTHER)

    async def _do(self, request: Request, key: str) -> str:
        deed = request.path_params["deed"]
        form = await request.form()
        if deed == "accept":
            await self._office.accept(key)
            return "Accepted. Nobody outside the journal hears of it before it is published."
        if deed == "publish":
            return f"Published. {_promise(await self._office.publish(key))}"
        if deed == "correct":
            title, abstract = str(form.get("title", "")), str(form.get("abstract", ""))
            receipt = await self._office.correct(key, title, abstract)
            return f"Corrected. {_promise(receipt)}" if receipt else "Nothing was different."
        if deed == "withdraw":
            await self._office.withdraw(key, str(form.get("reason", "")))
            return "Withdrawn. It is taken off every record it was put on."
        if deed == "declare":
            await self._office.declare(key)
            return "Declared again. What the records hold already is not sent a second time."
        raise HTTPException(404)

    async def _article(self, request: Request) -> Printed:
        stored = await self._office.store.manuscript(request.path_params["key"])
        if stored is None:
            raise HTTPException(404, "There is no such manuscript.")
        return await self._library.printed(stored)

    async def _lines(self, article: Printed) -> list[Line]:
        known = await standings(self._office.orcid, "article", article.key)
        return [Line(author, _standing(author, article, known)) for author in article.authors]

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


def _standing(author: Author, article: Printed, known: dict[str, Standing]) -> Standing:
    if author.user is None:
        return plainly("stranger")
    return known.get(author.user.key) or plainly(
        "due" if article.state == "published" else "unsent"
    )


def _promise(receipt: Receipt) -> str:
    """Say what happens next, from the receipt."""
    linked = sum(person.state == "linked" for person in receipt.people)
    waiting = sum(person.state == "waiting" for person in receipt.people)
    parts = []
    if linked:
        parts.append(f"{_people(linked)} will see it on their ORCID record within seconds.")
    if waiting:
        parts.append(f"For {_people(waiting).lower()} it waits until they connect an ORCID iD.")
    return " ".join(parts) or receipt.sentence


def _people(count: int) -> str:
    return "One person" if count == 1 else f"{count} people"
