"""Only forms of this site change anything: the browser says where one came from."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class OwnFormsOnly:
    """Refuses forms that a browser sends from another site's page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, unless it is such a form."""
        if (
            scope["type"] == "http"
            and scope["method"] == "POST"
            and _is_foreign(Headers(scope=scope))
        ):
            refusal = PlainTextResponse("This form was sent from another site.", 403)
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_foreign(headers: Headers) -> bool:
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")
