"""What every answer carries, and the last net under every door.

Pages are never framed, send no referrer to other sites, load nothing from elsewhere and are not
stored: they show somebody's own connection.
"""

from collections.abc import Awaitable, Callable

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orcid_connect.observe import describe, log, where
from orcid_connect.web.choosing import language_cookie
from orcid_connect.web.sessions import dropped_session

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
WITH_SCRIPT = f"{CONTENT_SECURITY_POLICY}; script-src 'self'"
"""For a page with one of our own static scripts."""


def leading_to(site: str) -> str:
    """Return the policy of a page whose form leads on to a site: browsers follow it there."""
    return CONTENT_SECURITY_POLICY.replace("form-action 'self'", f"form-action 'self' {site}")


HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    # Not no-referrer: with that, browsers send `Origin: null` along with our own forms.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-site",
    "Cache-Control": "no-store",
}

AnswerError = Callable[[Request, Exception], Awaitable[Response]]


class Guard:
    """Adds the headers, and turns an unexpected error into a page that can be quoted."""

    def __init__(self, app: ASGIApp, answer_error: AnswerError) -> None:
        self._app = app
        self._answer_error = answer_error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                for cookie in (language_cookie(scope), dropped_session(scope)):
                    if cookie is not None:
                        headers.append("Set-Cookie", cookie)
            await send(message)

        try:
            await self._app(scope, receive, send_guarded)
        except Exception as error:
            if started:
                log.error("after an answer had begun: %s at %s", describe(error), where(error))
                return
            response = await self._answer_error(Request(scope, receive), error)
            await response(scope, receive, send_guarded)
