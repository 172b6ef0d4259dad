"""Signing in, which here means choosing who you are: an invented journal needs no passwords."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from .pages import SEE_OTHER, Pages, say
from .store import Store

PLACES = {"editor": "/office"}
"""Where people find themselves after signing in, if they did not want to be anywhere else."""


class SigningIn:
    """The sign-in page and its forms."""

    def __init__(self, pages: Pages, store: Store) -> None:
        self._pages = pages
        self._store = store

    async def show(self, request: Request) -> Response:
        """Show everybody there is."""
        users = list((await self._store.users()).values())
        then = _local(request.query_params.get("then", ""))
        return await self._pages.show(request, "signin.html", users=users, then=then)

    async def sign_in(self, request: Request) -> Response:
        """Become somebody."""
        form = await request.form()
        user = await self._store.user(str(form.get("user", "")))
        if user is None:
            raise HTTPException(400, "There is nobody of that name here.")
        request.session.clear()
        request.session["user"] = user.key
        then = _local(str(form.get("then", ""))) or PLACES.get(user.part, "/desk")
        return RedirectResponse(then, SEE_OTHER)

    async def sign_out(self, request: Request) -> Response:
        """Be nobody again."""
        request.session.clear()
        say(request, "You are signed out here. At ORCID you may still be signed in.")
        return RedirectResponse("/", SEE_OTHER)


def _local(address: str) -> str:
    """Keep an address only if it stays on this site."""
    is_path = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if is_path and address.isprintable() else ""
