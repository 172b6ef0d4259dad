"""What editors do: each deed is kept in the journal's own database first, then declared.

If the journal stopped in between, nothing is lost: at the next start everything is declared once
more, and declaring twice changes nothing.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from orcid_connect import OrcidConnect, Receipt

from .declaring import article_of, review_of
from .settings import TENANT
from .store import Store, Stored, StoredReview

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

    async def complete_review(self, key: str) -> Receipt:
        """Note that a review is complete, and declare it."""
        stored = await self.store.complete_review(key, self._clock())
        if stored is None:
            raise NotPossible("There is no such review.")
        return await self._declare_review(stored)

    async def declare(self, key: str) -> Receipt:
        """Tell orcid_connect how an article stands now; telling it again changes nothing."""
        stored = await self._standing(key, "published", "withdrawn")
        if stored.state == "withdrawn":
            return await self.orcid.article_withdrawn(
                TENANT, key, stored.reason, as_of=stored.true_since
            )
        article = article_of(stored, await self.store.authors_of(key))
        return await self.orcid.article_published(article)

    async def declare_everything(self) -> None:
        """Declare all that is true, for what a crash may have left untold."""
        for stored in await self.store.manuscripts():
            if stored.state in ("published", "withdrawn"):
                await self.declare(stored.key)
        for review in await self.store.reviews():
            if review.completed_at is not None:
                await self._declare_review(review)

    async def _declare_review(self, stored: StoredReview) -> Receipt:
        reviewer = await self.store.user(stored.reviewer)
        assert reviewer is not None
        return await self.orcid.review_completed(review_of(stored, reviewer))

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
