"""Turning templates into answers, with what every page shows: who is signed in, what was said."""

from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from . import settings
from .beginnings import User
from .store import Store

SEE_OTHER = 303


class Pages:
    """The journal's templates, and its session."""

    def __init__(self, store: Store, registry_site: str) -> None:
        self._store = store
        self._templates = Environment(
            loader=FileSystemLoader(settings.PACKAGE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(
            journal=settings.JOURNAL,
            issn=settings.ISSN,
            publisher=settings.PUBLISHER,
            registry_site=registry_site,
        )

    async def show(
        self, request: Request, template: str, status: int = 200, **facts: Any
    ) -> HTMLResponse:
        """Return a page; what was said since the last page is shown once."""
        facts["user"] = await self.signed_in(request)
        facts["said"] = request.session.pop("said", [])
        facts["path"] = request.url.path
        text = self._templates.get_template(template).render(facts)
        return HTMLResponse(text, status, headers={"Cache-Control": "no-store"})

    async def signed_in(self, request: Request) -> User | None:
        """Return who is signed in."""
        return await self._store.user(request.session.get("user", ""))

    async def somebody(self, request: Request) -> User:
        """Return who is signed in; send anybody else to the sign-in page."""
        user = await self.signed_in(request)
        if user is None:
            raise go_to(f"/signin?then={quote(request.url.path)}")
        return user

    async def editor(self, request: Request) -> User:
        """Return the editor who is signed in; refuse anybody else."""
        user = await self.somebody(request)
        if user.part != "editor":
            raise HTTPException(
                403, "This room is for the editor. Sign in as the editor to see it."
            )
        return user


class GoTo(Exception):
    """Ends a request by sending the browser elsewhere."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


def go_to(address: str) -> GoTo:
    """Return what to raise in order to send the browser elsewhere."""
    return GoTo(address)


def answer_go_to(_request: Request, error: Exception) -> Response:
    """Send the browser elsewhere."""
    assert isinstance(error, GoTo)
    return RedirectResponse(error.address, SEE_OTHER)


def say(request: Request, *sentences: str) -> None:
    """Have the next page say something."""
    request.session["said"] = [*request.session.get("said", []), *sentences]
