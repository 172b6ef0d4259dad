"""Who may open the administration: nobody, unless a plugin of the host answers True."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from orcid_connect.languages import marked
from orcid_connect.web.doors import GetServices

HOOK = "orcid_may_administer"
CLOSED = marked(
    "The administration is closed. It opens to those for whom a plugin of this site answers True "
    "to the hook orcid_may_administer(request)."
)


async def refuse_strangers(get_services: GetServices, request: Request) -> None:
    """Raise HTTP 403 unless the host says that this request may administer."""
    services = await get_services()
    if not await services.plugins.allows(HOOK, request=request):
        raise HTTPException(403, CLOSED)


class AdminGuard:
    """Stands around a group of routes, so that none of them can be forgotten."""

    def __init__(self, app: ASGIApp, get_services: GetServices) -> None:
        self._app = app
        self._get_services = get_services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, if it may come in."""
        await refuse_strangers(self._get_services, Request(scope))
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            # PostgreSQL keeps no NUL, and refuses even to look for one.
            raise HTTPException(400)
        await self._app(scope, receive, send)
