"""What editors do: each deed is kept in the journal's own database first, then declared.

If the journal stopped in between, nothing is lost: at the next start everything is declared once
more, and declaring twice changes nothing.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime

from orcid_connect import OrcidConnect, Receipt

from .beginnings import PUBLIC
from .declaring import article_of, notice_of, review_of, role_of
from .settings import TENANT
from .store import Store, Stored, StoredReview, Term

MOST_CHARACTERS = 5000
"""Characters of a corrected title or abstract, more than anybody needs."""


class NotPossible(Exception):
    """A deed that does not fit where the manuscript stands; the text is for the editor."""


def now_in_utc() -> datetime:
    """Return the present."""
    return datetime.now(UTC)


class Office:
    """The editorial office: the journal's store, and orcid_connect to declare to."""

    def __init__(
        self, store: Store, orcid: OrcidConnect, clock: Callable[[], datetime] = now_in_utc
    ) -> None:
        self.store = store
        self.orcid = orcid
        self._clock = clock

    async def accept(self, key: str) -> None:
        """Accept a manuscript; nobody outside hears of it."""
        await self._standing(key, "in review")
        await self.store.set_state(key, "accepted", self._clock())

    async def publish(self, key: str) -> Receipt:
        """Publish a manuscript, also one that was withdrawn."""
        await self._standing(key, "accepted", "withdrawn")
        await self.store.set_state(key, "published", self._clock())
        return await self.declare(key)

    async def correct(self, key: str, title: str, abstract: str) -> Receipt | None:
        """Correct a published article; return None if it reads so already."""
        stored = await self._standing(key, "published")
        title, abstract = " ".join(title.split()), abstract.strip()
        if not title or len(title) > MOST_CHARACTERS or len(abstract) > MOST_CHARACTERS:
            raise NotPossible("An article needs a title, and neither it nor the abstract a novel.")
        article = article_of(stored, {})
        changed = [
            word
            for word, is_same in (
                ("title", title == article.title),
                ("abstract", _lines(abstract) == _lines(article.abstract or "")),
            )
            if not is_same
        ]
        if not changed:
            return None
        await self.store.correct(key, title, abstract, " and ".join(changed), self._clock())
        return await self.declare(key)

    async def withdraw(self, key: str, reason: str) -> Receipt:
        """Withdraw a published article; its page stays and says so."""
        await self._standing(key, "published")
        await self.store.set_state(key, "withdrawn", self._clock(), reason.strip())
        return await self.declare(key)

    async def retract(self, key: str, reason: str) -> Receipt:
        """Retract a published article: it stays, marked, and a notice says why."""
        stored = await self._standing(key, "published")
        if stored.without_doi:
            raise NotPossible("A notice names the article’s DOI: register that first.")
        await self.store.set_state(key, "retracted", self._clock(), reason.strip())
        return await self.declare(key)

    async def register_doi(self, key: str) -> Receipt:
        """Note that the DOI of an article that is out already is registered."""
        stored = await self._standing(key, "published")
        if not stored.without_doi:
            raise NotPossible("The DOI of this article is registered.")
        await self.store.register_doi(key, self._clock())
        return await self.declare(key)

    async def begin_term(self, key: str, day: date) -> Receipt:
        """Note that somebody took up an office."""
        term = await self._term(key)
        if term.began is not None:
            raise NotPossible("This term has begun.")
        await self.store.set_term(key, day, None, self._clock())
        return await self._declare_term(await self._term(key))

    async def end_term(self, key: str, day: date) -> Receipt:
        """Note that somebody left an office; what they did stays on their record."""
        term = await self._term(key)
        if term.began is None or term.ended is not None:
            raise NotPossible("Only a term that goes on can end.")
        if day < term.began:
            raise NotPossible("A term cannot end before it began.")
        now = self._clock()
        await self.store.set_term(key, term.began, day, now)
        return await self.orcid.role_ended(TENANT, key, day, as_of=now)

    async def complete_review(self, key: str) -> Receipt:
        """Note that a review is complete, and declare it."""
        stored = await self.store.complete_review(key, self._clock())
        if stored is None:
            raise NotPossible("There is no such review.")
        return await self._declare_review(stored)

    async def declare(self, key: str) -> Receipt:
        """Tell orcid_connect how an article stands now; telling it again changes nothing."""
        stored = await self._standing(key, *PUBLIC)
        if stored.state == "withdrawn":
            return await self.orcid.article_withdrawn(
                TENANT, key, stored.reason, as_of=stored.true_since
            )
        article = article_of(stored, await self.store.authors_of(key))
        receipt = await self.orcid.article_published(article)
        if article.retracted:
            await self.orcid.article_published(notice_of(article))
        return receipt

    async def declare_everything(self) -> None:
        """Declare all that is true, for what a crash may have left untold."""
        for stored in await self.store.manuscripts():
            if stored.state in PUBLIC:
                await self.declare(stored.key)
        for review in await self.store.reviews():
            if review.completed_at is not None:
                await self._declare_review(review)
        for term in await self.store.terms():
            if term.began is not None:
                await self._declare_term(term)

    async def _declare_review(self, stored: StoredReview) -> Receipt:
        reviewer = await self.store.user(stored.reviewer)
        assert reviewer is not None
        return await self.orcid.review_completed(review_of(stored, reviewer))

    async def _declare_term(self, term: Term) -> Receipt:
        user = await self.store.user(term.user)
        assert user is not None
        return await self.orcid.role_started(role_of(term, user))

    async def _term(self, key: str) -> Term:
        found = next((one for one in await self.store.terms() if one.key == key), None)
        if found is None:
            raise NotPossible("There is no such office.")
        return found

    async def _standing(self, key: str, *states: str) -> Stored:
        stored = await self.store.manuscript(key)
        if stored is None:
            raise NotPossible("There is no such manuscript.")
        if stored.state not in states:
            raise NotPossible(f"This manuscript is {stored.state}: that is not possible now.")
        return stored


def _lines(text: str) -> list[str]:
    """Return a text as browsers may change it on the way: without line ends and spaces around."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]
