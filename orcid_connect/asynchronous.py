"""The calls of `OrcidConnect` for hosts with an event loop, and the ASGI app itself.

Mounting alone must work, in several processes at once: Starlette passes no lifespan to mounted
apps, so everything opens, and the engine starts, at first use.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final, Self

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from orcid_connect.deciding import PersonCalls
from orcid_connect.declarations import AnyDeclaration, Article, Person, Review, Role
from orcid_connect.engines.embedded import EmbeddedEngine
from orcid_connect.errors import OrcidConnectError
from orcid_connect.immediate import Immediate
from orcid_connect.journeys import overview
from orcid_connect.journeys.backfilling import (
    AT_MOST_GONE,
    Comparison,
    Stated,
    Summary,
    WhenGone,
    backfill,
)
from orcid_connect.journeys.entering import SomeDate
from orcid_connect.journeys.expecting import expect, expect_connection, expect_stream
from orcid_connect.journeys.intake import Enter, Receipt, take_in_by, take_in_with
from orcid_connect.journeys.linking import current_link
from orcid_connect.journeys.prefilled import Prefill
from orcid_connect.journeys.prefilling import WORKS, prefill
from orcid_connect.journeys.tickets import person_named
from orcid_connect.notices import DeliveryNotice
from orcid_connect.observe import Clock, describe, log, wall_clock
from orcid_connect.plugins import Plugins
from orcid_connect.registry.transport import HttpTransport
from orcid_connect.services import Services
from orcid_connect.settings import Settings
from orcid_connect.store import declared
from orcid_connect.store.declared import Subject, SubjectKind
from orcid_connect.triggers import Triggers
from orcid_connect.web.app import app_behind
from orcid_connect.web.button import Button
from orcid_connect.web.display import identities
from orcid_connect.web.doors import Doors
from orcid_connect.web.words import ShownId, shown_link

AFTER_COMMIT_SECONDS: Final = 0.05
"""How long after a host begins to commit the engine looks; if it is not done by then, the engine
finds it the next time it looks by itself."""


class Asynchronous(Immediate, PersonCalls):
    """An ASGI app, and every call that waits for something."""

    def __init__(
        self,
        settings: Settings,
        plugins: Sequence[object] = (),
        *,
        clock: Clock = wall_clock,
        http: HttpTransport | None = None,
    ) -> None:
        super().__init__(settings, clock)
        self.plugins = Plugins(
            plugins,
            timeout=settings.hook_timeout,
            load_installed=settings.load_plugins,
            clock=clock,
        )
        self.triggers = Triggers(settings, clock)
        self._http = http
        self._opened: _Opened | None = None
        self._waking: set[asyncio.Task[None]] = set()
        doors = Doors(self.services, self.wake)
        self._button = Button(doors)
        self._app: Starlette = app_behind(doors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as an ASGI app, mounted or by itself."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        else:
            await self._app(scope, receive, send)

    async def article_published(
        self, article: Article, *, connection: AsyncConnection | None = None
    ) -> Receipt:
        """Declare that an article is published; returns as soon as it is recorded.

        With `connection`, your own on the same database, it is recorded in your transaction and
        is delivered only if you commit. Raises `StoreError` if it cannot be kept.
        """
        expect(article, Article, "article_published")
        return await self.declare(article, connection=connection)

    async def article_updated(
        self, article: Article, *, connection: AsyncConnection | None = None
    ) -> Receipt:
        """Declare how a published article reads now; the same as publishing it again."""
        expect(article, Article, "article_updated")
        return await self.declare(article, connection=connection)

    async def article_withdrawn(
        self,
        tenant: str,
        key: str,
        reason: str = "",
        *,
        as_of: datetime | None = None,
        connection: AsyncConnection | None = None,
    ) -> Receipt:
        """Declare that an article is no longer published: it goes from every record."""
        return await self.retract(
            tenant, "article", key, reason, as_of=as_of, connection=connection
        )

    async def review_completed(
        self, review: Review, *, connection: AsyncConnection | None = None
    ) -> Receipt:
        """Declare that a review is completed."""
        expect(review, Review, "review_completed")
        return await self.declare(review, connection=connection)

    async def review_withdrawn(
        self,
        tenant: str,
        key: str,
        reason: str = "",
        *,
        as_of: datetime | None = None,
        connection: AsyncConnection | None = None,
    ) -> Receipt:
        """Declare that a review does not count any more."""
        return await self.retract(tenant, "review", key, reason, as_of=as_of, connection=connection)

    async def role_started(
        self, role: Role, *, connection: AsyncConnection | None = None
    ) -> Receipt:
        """Declare that somebody has a role: editor, board member … ; again: how it reads now."""
        expect(role, Role, "role_started")
        return await self.declare(role, connection=connection)

    async def role_ended(
        self,
        tenant: str,
        key: str,
        end: SomeDate,
        *,
        as_of: datetime | None = None,
        connection: AsyncConnection | None = None,
    ) -> Receipt:
        """Declare that a role is over; it stays on the record, with its end.

        Raises `InputError` if no role of that key is known.
        """
        return await self._record(
            lambda intake, at: intake.end_role(at, tenant, key, end, as_of), connection
        )

    async def declare(
        self, declaration: AnyDeclaration, *, connection: AsyncConnection | None = None
    ) -> Receipt:
        """Declare anything: an article, a review, a role, any other item, or a withdrawal.

        Raises `InputError` for a peer review that is no `Review`.
        """
        expect(declaration, AnyDeclaration, "declare")
        return await self._record(lambda intake, at: intake.enter(at, declaration), connection)

    async def retract(
        self,
        tenant: str,
        kind: SubjectKind,
        key: str,
        reason: str = "",
        *,
        as_of: datetime | None = None,
        connection: AsyncConnection | None = None,
    ) -> Receipt:
        """Declare that something is no longer true: it goes from every record.

        Without `as_of` it is later than everything known of it.
        """
        subject = Subject(tenant, kind, key)
        return await self._record(
            lambda intake, at: intake.withdraw(at, subject, reason, as_of), connection
        )

    async def backfill(
        self,
        tenant: str,
        kind: SubjectKind,
        everything: AsyncIterator[Stated],
        *,
        gone: WhenGone = "report",
        at_most_gone: float = AT_MOST_GONE,
        as_of: datetime | None = None,
        progress: Callable[[Summary], None] | None = None,
        dry_run: bool = False,
    ) -> Summary:
        """Compare everything published with what is known, and record what differs.

        `everything` is all there is of this tenant and kind as of `as_of`, now if left out.
        Raises `BackfillStopped` if it breaks off, or if too much is missing to be withdrawn.
        """
        expect_stream(everything)
        comparison = Comparison(
            tenant, kind, gone=gone, at_most_gone=at_most_gone, as_of=as_of, dry_run=dry_run
        )
        try:
            return await backfill(await self.services(), comparison, everything, progress)
        finally:
            self.wake()

    async def _record(self, enter: Enter, connection: AsyncConnection | None) -> Receipt:
        if connection is not None:
            expect_connection(connection, AsyncConnection)
            receipt = await take_in_with(self.settings, self.clock(), connection, enter)
            self._wake_upon_commit(connection)
            return receipt
        receipt = await take_in_by(await self.services(), enter)
        self.wake()
        return receipt

    def _wake_upon_commit(self, connection: AsyncConnection) -> None:
        """Have the engine look when the host has committed, which is told just before it is."""
        loop = asyncio.get_running_loop()

        def committed(_connection: Connection) -> None:
            loop.call_later(AFTER_COMMIT_SECONDS, self._open_and_wake)

        if connection.sync_connection is not None:
            event.listen(connection.sync_connection, "commit", committed, once=True)

    def _open_and_wake(self) -> None:
        task = asyncio.get_running_loop().create_task(self._opened_and_woken())
        self._waking.add(task)
        task.add_done_callback(self._waking.discard)

    async def _opened_and_woken(self) -> None:
        try:
            await self.services()
        except OrcidConnectError as error:
            log.error("what the host recorded waits for an engine: %s", describe(error))
        self.wake()

    async def button(self, request: Request, return_to: str | None = None) -> str:
        """Return the connect button, or the connected iD, as HTML for the host's own page."""
        return await self._button.text(request, return_to)

    async def prefill(
        self, person: Person | str, tenant: str | None = None, *, works: int = WORKS
    ) -> Prefill:
        """Return what the record of a connected person says, to fill a form of theirs with.

        One request to ORCID. Raises `NothingToPrefill`, and `RegistryError` if ORCID does not
        answer as it should.
        """
        return await prefill(await self.services(), person_named(person, tenant), works)

    async def identities(
        self, tenant: str, authors: Iterable[tuple[str, str]]
    ) -> list[ShownId | str]:
        """Return authors for `orcid_connect.display`, from names and iDs in any spelling.

        An iD that somebody proved here is authenticated; who has none, or a wrong one, is a name.
        """
        return await identities(await self.services(), tenant, authors)

    async def identity(self, person: Person | str, tenant: str | None = None) -> ShownId | None:
        """Return the iD that a person connected here and may be written to, or None.

        For `orcid_connect.display`, or for its `uri` alone.
        """
        meant = person_named(person, tenant)
        services = await self.services()
        link = await current_link(services, meant)
        if link is None or link.state != "active":
            return None
        return shown_link(self.settings.credential_for(meant.tenant), link)

    @property
    def delivers(self) -> bool:
        """Tell whether this process is the one that delivers; all others only record."""
        engine = None if self._opened is None else self._opened.engine
        return engine is not None and engine.delivers

    async def deliveries(
        self, tenant: str, key: str, kind: SubjectKind = "article"
    ) -> list[DeliveryNotice]:
        """Return how every delivery of something declared stands, for the editor's page."""
        services = await self.services()
        async with services.database.reading() as connection:
            entry = await declared.entry_of_key(connection, Subject(tenant, kind, key))
        return await overview.of_subject(services, entry.subject)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        """Open at once and close in good order, for hosts that own a lifespan."""
        await self.services()
        try:
            yield self
        finally:
            await self.close()

    async def services(self) -> Services:
        """Return the opened edges of this event loop, opening them and the engine at first use."""
        opened = self._opened
        if opened is None or not opened.usable:
            opened = self._opened = _Opened(self)
        return await asyncio.shield(opened.services)

    async def close(self) -> None:
        """Stop the engine after the request under way, and close every connection."""
        opened, self._opened = self._opened, None
        if opened is not None:
            await opened.close()

    def wake(self) -> None:
        """Have the engine of this process, if it has one, look for what is due."""
        if self._opened is not None and self._opened.engine is not None:
            self._opened.engine.wake()

    async def open_services(self) -> Services:
        """Open the edges for commands and tests that drive the journeys themselves."""
        return await Services.open(self.settings, self.plugins, clock=self.clock, http=self._http)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self.services()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.close()
                await send({"type": "lifespan.shutdown.complete"})
                return


class _Opened:
    """What one event loop holds open: the services, and the engine if this process may deliver."""

    def __init__(self, owner: Asynchronous) -> None:
        self.loop = asyncio.get_running_loop()
        self.engine: EmbeddedEngine | None = None
        self.services: asyncio.Task[Services] = self.loop.create_task(self._open(owner))

    @property
    def usable(self) -> bool:
        """Tell whether this belongs to the running loop and did not fail to open."""
        failed = self.services.done() and (
            self.services.cancelled() or self.services.exception() is not None
        )
        return self.loop is asyncio.get_running_loop() and not failed

    async def _open(self, owner: Asynchronous) -> Services:
        services = await owner.open_services()
        if owner.settings.engine == "embedded":
            self.engine = EmbeddedEngine(services)
            self.engine.start()
        return services

    async def close(self) -> None:
        services = await self.services
        if self.engine is not None:
            await self.engine.stop()
        await services.close()
