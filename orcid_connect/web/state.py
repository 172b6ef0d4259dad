"""What a browser keeps for us: one random cookie that binds states and forms to it.

It identifies nobody and is no session; it only proves that the same browser came back.
"""

import re
import secrets
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from orcid_connect.settings import Settings

COOKIE = "oc_browser"
COOKIE_BYTES = 32
_MADE_HERE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def browser_of(request: Request) -> str:
    """Return this browser's value, or an empty text if it has none that we made."""
    value = request.cookies.get(COOKIE, "")
    return value if _MADE_HERE.fullmatch(value) else ""


def new_browser() -> str:
    """Return a value nobody can guess."""
    return secrets.token_urlsafe(COOKIE_BYTES)


def remember_browser(response: Response, settings: Settings, browser: str) -> None:
    """Have the browser keep its value; Lax, for ORCID sends people back by a plain link."""
    parts = urlsplit(settings.public_url)
    response.set_cookie(
        COOKIE,
        browser,
        path=parts.path or "/",
        secure=parts.scheme == "https",
        httponly=True,
        samesite="lax",
    )
