"""The app for WSGI servers: Flask, Django and whatever else speaks PEP 3333."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orcid_connect.extras import load
from orcid_connect.settings import Settings
from orcid_connect.threads import LoopThread

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WsgiApp = Callable[[Environ, StartResponse], Iterable[bytes]]

NOT_A_REQUEST: Final = b"This request cannot be read: its path, query or length is malformed.\n"


class Wsgi:
    """A WSGI app. Hooks find the environ of a request at `request.scope["wsgi_environ"]`."""

    def __init__(self, app: ASGIApp, thread: LoopThread, settings: Settings) -> None:
        self._bridge = load("a2wsgi.asgi", "wsgi", "orcid.wsgi")
        self._app = app
        self._thread = thread
        self._path = urlsplit(settings.public_url).path

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if not self._can_be_read(environ):
            start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
            return [NOT_A_REQUEST]
        loop = self._thread.loop
        one = _Request(self._app, loop, self._thread.behind)
        bridge = self._bridge.ASGIMiddleware(one, loop=loop)
        return _given_out(bridge(environ, start_response), one)

    def beside(self, host: WsgiApp) -> WsgiApp:
        """Return the host's app with ours below the path of `public_url`.

        For hosts that have no way of their own to mount another app, such as Django.
        """

        def both(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            path = str(environ.get("PATH_INFO", ""))
            if not f"{path}/".startswith(f"{self._path}/"):
                return host(environ, start_response)
            ours = {
                **environ,
                "SCRIPT_NAME": f"{environ.get('SCRIPT_NAME', '')}{self._path}",
                "PATH_INFO": path.removeprefix(self._path),
            }
            return self(ours, start_response)

        return both

    def _can_be_read(self, environ: Environ) -> bool:
        try:
            self._bridge.build_scope(environ)
            return int(environ.get("CONTENT_LENGTH") or 0) >= 0
        except ValueError:
            return False


def _given_out(parts: Iterable[bytes], one: "_Request") -> Iterator[bytes]:
    """Hand parts to the server, which may close them before the last: nobody waits any more."""
    try:
        yield from parts
    finally:
        one.give_up()


class _Request:
    """One request. What goes on behind its answer keeps no thread of the server busy."""

    def __init__(
        self, app: ASGIApp, loop: asyncio.AbstractEventLoop, behind: set[asyncio.Task[None]]
    ) -> None:
        self._app = app
        self._loop = loop
        self._behind = behind
        self._answered = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._task = task = asyncio.create_task(self._serve(scope, receive, send))
        self._behind.add(task)
        task.add_done_callback(self._behind.discard)
        waiting = asyncio.create_task(self._answered.wait())
        try:
            await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if task.done() and not task.cancelled():
            task.result()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_on(message: Message) -> None:
            silent = scope["method"] == "HEAD" and "body" in message  # ASGI leaves it to servers
            await send({**message, "body": b""} if silent else message)
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                self._answered.set()

        await self._app(scope, receive, send_on)

    def give_up(self) -> None:
        """End what has not been answered; from any thread."""
        if not self._answered.is_set() and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._cancel)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
