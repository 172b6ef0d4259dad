"""The app for WSGI servers: Flask, Django and whatever else speaks PEP 3333."""

import asyncio
from collections.abc import Callable, Iterable
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
        self._app = _Answering(app)
        self._thread = thread
        self._path = urlsplit(settings.public_url).path

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if not self._can_be_read(environ):
            start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
            return [NOT_A_REQUEST]
        bridge = self._bridge.ASGIMiddleware(self._app, loop=self._thread.loop)
        answer: Iterable[bytes] = bridge(environ, start_response)
        return answer

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


class _Answering:
    """Ends with the answer: what goes on in the background keeps no thread of the server busy."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._behind: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answered = asyncio.Event()

        async def send_on(message: Message) -> None:
            silent = scope["method"] == "HEAD" and "body" in message  # ASGI leaves it to servers
            await send({**message, "body": b""} if silent else message)
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                answered.set()

        async def serve() -> None:
            await self._app(scope, receive, send_on)

        task = asyncio.create_task(serve())
        self._behind.add(task)
        task.add_done_callback(self._behind.discard)
        waiting = asyncio.create_task(answered.wait())
        try:
            await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            if not answered.is_set():
                task.cancel()  # done, or nobody waits for it any more
        if task.done():
            task.result()
