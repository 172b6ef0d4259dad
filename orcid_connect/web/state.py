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
HOST_ONLY = "__Host-"
"""Browsers take a cookie so named only over https, from this very host, for all of its paths: no
sibling host and no plain http can plant one. That asks for `Path=/`, so the host's own pages see
it as well; a narrower path would protect nothing, and `__Secure-` would let siblings plant."""
COOKIE_BYTES = 32
_MADE_HERE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def browser_of(settings: Settings, request: Request) -> str:
    """Return this browser's value, or an empty text if it has none that we made."""
    value = cookie_of(settings, request, COOKIE)
    return value if _MADE_HERE.fullmatch(value) else ""


def cookie_of(settings: Settings, request: Request, name: str) -> str:
    """Return the value of a cookie of ours, or an empty text.

    Its name must be sent to the letter. Starlette forgives white space around it, also such as
    U+00A0, and a browser keeps a cookie of that name from any sibling host: no prefix is in it.
    """
    wanted = cookie_name(settings, name)
    for header in request.headers.getlist("cookie"):
        for pair in header.split(";"):
            given, _, value = pair.strip(" \t").partition("=")
            if given == wanted:
                return value
    return ""


def new_browser() -> str:
    """Return a value nobody can guess."""
    return secrets.token_urlsafe(COOKIE_BYTES)


def remember_browser(response: Response, settings: Settings, browser: str) -> None:
    """Have the browser keep its value; Lax, for ORCID sends people back by a plain link."""
    keep_cookie(response, settings, COOKIE, browser)


def keep_cookie(response: Response, settings: Settings, name: str, value: str) -> None:
    """Have the browser keep a value until it is closed; an empty one is dropped at once."""
    secure = _is_secure(settings)
    response.set_cookie(
        cookie_name(settings, name),
        value,
        max_age=None if value else 0,
        path="/" if secure else urlsplit(settings.public_url).path or "/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def cookie_name(settings: Settings, name: str) -> str:
    """Return the full name of a cookie of ours."""
    return f"{HOST_ONLY}{name}" if _is_secure(settings) else name


def _is_secure(settings: Settings) -> bool:
    return urlsplit(settings.public_url).scheme == "https"
