"""`OrcidConnect`, the object a host mounts: an ASGI app, and the calls that declare what is true.

Mounting alone must work, in several processes at once: Starlette passes no lifespan to mounted
apps, so everything opens, and the engine starts, at first use.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from orcid_connect.declarations import Article, Review
from orcid_connect.engines.embedded import EmbeddedEngine
from orcid_connect.journeys import overview
from orcid_connect.journeys.intake import Receipt, take_in, withdraw
from orcid_connect.notices import DeliveryNotice
from orcid_connect.observe import Clock, wall_clock
from orcid_connect.plugins import Plugins
from orcid_connect.registry.transport import HttpTransport
from orcid_connect.services import Services
from orcid_connect.settings import Settings
from orcid_connect.store.declared import Subject, SubjectKind
from orcid_connect.triggers import Triggers
from orcid_connect.web.app import app_behind
from orcid_connect.web.connect import Doors
from orcid_connect.web.standing import deliveries_of


class OrcidConnect:
    """The whole product behind one object; mount it, or serve it by itself."""

    def __init__(
        self,
        settings: Settings,
        plugins: Sequence[object] = (),
        *,
        clock: Clock = wall_clock,
        http: HttpTransport | None = None,
    ) -> None:
        self.settings = settings
        self.plugins = Plugins(
            plugins,
            timeout=settings.hook_timeout,
            load_installed=settings.load_plugins,
            clock=clock,
        )
        self.triggers = Triggers(settings, clock)
        self._clock = clock
        self._http = http
        self._opened: _Opened | None = None
        self._doors = Doors(self.services, self._wake, deliveries_of)
        self._app: Starlette = app_behind(self._doors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as an ASGI app, mounted or by itself."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        else:
            await self._app(scope, receive, send)

    async def article_published(self, article: Article) -> Receipt:
        """Declare that an article is published; returns as soon as it is recorded."""
        services = await self.services()
        receipt = await take_in(services, article)
        self._wake()
        return receipt

    async def article_updated(self, article: Article) -> Receipt:
        """Declare how a published article reads now; the same as publishing it again."""
        return await self.article_published(article)

    async def article_withdrawn(
        self, tenant: str, key: str, reason: str = "", *, as_of: datetime | None = None
    ) -> Receipt:
        """Declare that an article is no longer published: it goes from every record."""
        receipt = await withdraw(await self.services(), tenant, "article", key, reason, as_of)
        self._wake()
        return receipt

    async def review_completed(self, review: Review) -> Receipt:
        """Declare that a review is completed."""
        receipt = await take_in(await self.services(), review)
        self._wake()
        return receipt

    async def review_withdrawn(
        self, tenant: str, key: str, reason: str = "", *, as_of: datetime | None = None
    ) -> Receipt:
        """Declare that a review does not count any more."""
        receipt = await withdraw(await self.services(), tenant, "review", key, reason, as_of)
        self._wake()
        return receipt

    async def button(self, request: Request, return_to: str | None = None) -> str:
        """Return the connect button, or the connected iD, as HTML for the host's own page."""
        return await self._doors.button_text(request, return_to)

    @property
    def delivers(self) -> bool:
        """Tell whether this process is the one that delivers; all others only record."""
        engine = None if self._opened is None else self._opened.engine
        return engine is not None and engine.delivers

    async def deliveries(
        self, tenant: str, key: str, kind: SubjectKind = "article"
    ) -> list[DeliveryNotice]:
        """Return how every delivery of an article or review stands, for the editor's page."""
        return await overview.of_subject(await self.services(), Subject(tenant, kind, key))

    @asynccontextmanager
    async def running(self) -> AsyncIterator["OrcidConnect"]:
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

    def _wake(self) -> None:
        if self._opened is not None and self._opened.engine is not None:
            self._opened.engine.wake()

    async def open_services(self) -> Services:
        """Open the edges for commands and tests that drive the journeys themselves."""
        return await Services.open(self.settings, self.plugins, clock=self._clock, http=self._http)

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

    def __init__(self, owner: OrcidConnect) -> None:
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

    async def _open(self, owner: OrcidConnect) -> Services:
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
