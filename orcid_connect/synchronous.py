"""Every call of `OrcidConnect` for hosts without an event loop: `orcid.sync`.

Each waits on the one loop thread that `orcid.wsgi` uses as well, with connections of its own. Call
it from any thread but that one.
"""

import asyncio
import queue
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime
from itertools import islice
from typing import Any, Final

from starlette.requests import Request

from orcid_connect.asynchronous import Asynchronous
from orcid_connect.declarations import AnyDeclaration, Article, Person, Review, Role
from orcid_connect.extras import load
from orcid_connect.immediate import Immediate
from orcid_connect.journeys.backfilling import AT_MOST_GONE, Stated, Summary, WhenGone
from orcid_connect.journeys.entering import SomeDate
from orcid_connect.journeys.intake import Receipt
from orcid_connect.journeys.overview import Overview, Standing
from orcid_connect.journeys.prefilled import Prefill
from orcid_connect.journeys.prefilling import WORKS
from orcid_connect.journeys.wishes import PersonDeed
from orcid_connect.notices import DeliveryNotice
from orcid_connect.store.declared import SubjectKind
from orcid_connect.store.listings import Position
from orcid_connect.threads import LoopThread
from orcid_connect.web.words import ShownId

AT_ONCE: Final = 100
"""What of a backfill is handed over at a time."""


class Synchronous(Immediate):
    """The calls as plain functions. In a transaction of your own: `declare_in`, `statement`."""

    def __init__(self, behind: Asynchronous) -> None:
        super().__init__(behind.settings, behind.clock)
        self.behind = behind
        self.thread = LoopThread(behind.close)

    def article_published(self, article: Article) -> Receipt:
        """Declare that an article is published; returns as soon as it is recorded."""
        return self.thread.run(self.behind.article_published(article))

    def article_updated(self, article: Article) -> Receipt:
        """Declare how a published article reads now; the same as publishing it again."""
        return self.thread.run(self.behind.article_updated(article))

    def article_withdrawn(
        self, tenant: str, key: str, reason: str = "", *, as_of: datetime | None = None
    ) -> Receipt:
        """Declare that an article is no longer published: it goes from every record."""
        return self.thread.run(self.behind.article_withdrawn(tenant, key, reason, as_of=as_of))

    def review_completed(self, review: Review) -> Receipt:
        """Declare that a review is completed."""
        return self.thread.run(self.behind.review_completed(review))

    def review_withdrawn(
        self, tenant: str, key: str, reason: str = "", *, as_of: datetime | None = None
    ) -> Receipt:
        """Declare that a review does not count any more."""
        return self.thread.run(self.behind.review_withdrawn(tenant, key, reason, as_of=as_of))

    def role_started(self, role: Role) -> Receipt:
        """Declare that somebody has a role; again: how it reads now."""
        return self.thread.run(self.behind.role_started(role))

    def role_ended(
        self, tenant: str, key: str, end: SomeDate, *, as_of: datetime | None = None
    ) -> Receipt:
        """Declare that a role is over. Raises `InputError` if no role of that key is known."""
        return self.thread.run(self.behind.role_ended(tenant, key, end, as_of=as_of))

    def declare(self, declaration: AnyDeclaration) -> Receipt:
        """Declare anything: an article, a review, a role, any other item, or a withdrawal."""
        return self.thread.run(self.behind.declare(declaration))

    def retract(
        self,
        tenant: str,
        kind: SubjectKind,
        key: str,
        reason: str = "",
        *,
        as_of: datetime | None = None,
    ) -> Receipt:
        """Declare that something is no longer true: it goes from every record."""
        return self.thread.run(self.behind.retract(tenant, kind, key, reason, as_of=as_of))

    def backfill(
        self,
        tenant: str,
        kind: SubjectKind,
        everything: Iterable[Stated],
        *,
        gone: WhenGone = "report",
        at_most_gone: float = AT_MOST_GONE,
        as_of: datetime | None = None,
        progress: Callable[[Summary], None] | None = None,
        dry_run: bool = False,
    ) -> Summary:
        """Compare everything published with what is known, and record what differs.

        `everything` is walked in the calling thread. Raises `BackfillStopped`.
        """
        handed = _HandedOver(self.thread.loop, everything)
        comparing = asyncio.run_coroutine_threadsafe(
            self.behind.backfill(
                tenant,
                kind,
                handed.walked(),
                gone=gone,
                at_most_gone=at_most_gone,
                as_of=as_of,
                progress=progress,
                dry_run=dry_run,
            ),
            self.thread.loop,
        )
        comparing.add_done_callback(lambda _: handed.wishes.put(None))
        try:
            handed.over()
        except BaseException:
            comparing.cancel()
            raise
        return comparing.result()

    def button(self, environ: dict[str, Any], return_to: str | None = None) -> str:
        """Return the connect button, or the connected iD, as HTML for the host's own page.

        `environ` is that of the request: `request.environ` in Flask, `request.META` in Django.
        """
        bridge = load("a2wsgi.asgi", "wsgi", "orcid.sync.button")
        return self.thread.run(self.behind.button(Request(bridge.build_scope(environ)), return_to))

    def identity(self, person: Person | str, tenant: str | None = None) -> ShownId | None:
        """Return the iD that a person connected here and may be written to, or None."""
        return self.thread.run(self.behind.identity(person, tenant))

    def prefill(
        self, person: Person | str, tenant: str | None = None, *, works: int = WORKS
    ) -> Prefill:
        """Return what the record of a connected person says, to fill a form of theirs with.

        One request to ORCID. Raises `NothingToPrefill` and `RegistryError`.
        """
        return self.thread.run(self.behind.prefill(person, tenant, works=works))

    def identities(self, tenant: str, authors: Iterable[tuple[str, str]]) -> list[ShownId | str]:
        """Return authors for `orcid_connect.display`, from names and iDs in any spelling."""
        return self.thread.run(self.behind.identities(tenant, list(authors)))

    def deliveries(
        self, tenant: str, key: str, kind: SubjectKind = "article"
    ) -> list[DeliveryNotice]:
        """Return how every delivery of something declared stands, for the editor's page."""
        return self.thread.run(self.behind.deliveries(tenant, key, kind))

    def person_overview(
        self,
        person: Person | str,
        tenant: str | None = None,
        *,
        after: Position | None = None,
    ) -> Overview:
        """Return how a person's activities stand, fifty at a time, and what they may decide."""
        return self.thread.run(self.behind.person_overview(person, tenant, after=after))

    def person_decides(
        self,
        person: Person | str,
        delivery_id: str,
        deed: PersonDeed,
        tenant: str | None = None,
    ) -> Standing:
        """Send, hold or remove one of a person's deliveries; raises `InputError`."""
        return self.thread.run(self.behind.person_decides(person, delivery_id, deed, tenant))

    def person_asks_first(self, person: Person | str, ask: bool, tenant: str | None = None) -> None:
        """Keep whether a person is asked before anything new is put on their record."""
        self.thread.run(self.behind.person_asks_first(person, ask, tenant))

    def close(self) -> None:
        """Stop the engine after the request under way, and end the thread.

        It happens by itself when the process ends.
        """
        self.thread.close()


class _HandedOver:
    """What the calling thread walks, for an iterator on the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, everything: Iterable[Stated]) -> None:
        self._loop = loop
        self._everything = iter(everything)
        self.wishes: queue.SimpleQueue[asyncio.Future[list[Stated]] | None] = queue.SimpleQueue()

    async def walked(self) -> AsyncIterator[Stated]:
        """Walk it on the event loop."""
        while True:
            wish: asyncio.Future[list[Stated]] = self._loop.create_future()
            self.wishes.put(wish)
            some = await wish
            for one in some:
                yield one
            if not some:
                return

    def over(self) -> None:
        """Hand over what is wished for, in the calling thread, until nothing is wished any more."""
        while (wish := self.wishes.get()) is not None:
            try:
                some = list(islice(self._everything, AT_ONCE))
            except Exception as error:  # the host's: it breaks the comparison off
                self._loop.call_soon_threadsafe(_settle, wish, [], error)
            else:
                self._loop.call_soon_threadsafe(_settle, wish, some, None)


def _settle(
    wish: asyncio.Future[list[Stated]], some: list[Stated], error: Exception | None
) -> None:
    if wish.done():
        return
    if error is None:
        wish.set_result(some)
    else:
        wish.set_exception(error)
