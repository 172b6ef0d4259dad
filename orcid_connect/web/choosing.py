"""In which language a visitor is answered.

First what this address asks for (`?lang=`), then what the host says, then what the visitor chose
before on one of our pages, then what the browser prefers, then the setting.
"""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from orcid_connect.languages import Language, accepted, language, spoken
from orcid_connect.services import Services
from orcid_connect.settings import Settings

PARAMETER = "lang"
COOKIE = "oc_language"
COOKIE_SECONDS = 365 * 86_400
_KEPT = "orcid_connect.language"
_COOKIE_KEPT = "orcid_connect.language_cookie"


async def choose(services: Services, request: Request) -> Language:
    """Return the visitor's language; the host is asked once for each request."""
    kept = request.scope.get(_KEPT)
    if not isinstance(kept, Language):
        kept = language(await _code(services, request))
        request.scope[_KEPT] = kept
    return kept


def speak(request: Request, code: str, settings: Settings) -> None:
    """Answer this request in a language that was chosen before the visitor left for ORCID."""
    found = spoken(code, settings.languages)
    if found is not None and language_asked_for(request, settings.languages) is None:
        request.scope[_KEPT] = language(found)


async def choose_for_this_answer(services: Services, request: Request) -> Language:
    """Return the language of an answer that others may keep: its address sets no cookie."""
    chosen = await choose(services, request)
    request.scope.pop(_COOKIE_KEPT, None)
    return chosen


def language_asked_for(request: Request, offered: tuple[str, ...]) -> str | None:
    """Return the language that the address names, if it is offered."""
    return spoken(request.query_params.get(PARAMETER), offered)


def language_cookie(scope: Scope) -> str | None:
    """Return the cookie by which the browser keeps a language chosen in the address, if one was."""
    cookie = scope.get(_COOKIE_KEPT)
    return cookie if isinstance(cookie, str) else None


def _cookie(settings: Settings, code: str) -> str:
    parts = urlsplit(settings.public_url)
    response = Response()
    response.set_cookie(
        COOKIE,
        code,
        max_age=COOKIE_SECONDS,
        path=parts.path or "/",
        secure=parts.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return response.headers["set-cookie"]


async def _code(services: Services, request: Request) -> str:
    settings = services.settings
    offered = settings.languages
    asked = language_asked_for(request, offered)
    if asked is not None:
        request.scope[_COOKIE_KEPT] = _cookie(settings, asked)
        return asked
    host = await services.plugins.first("orcid_language", str, request=request)
    return (
        spoken(host, offered)
        or spoken(request.cookies.get(COOKIE), offered)
        or accepted(request.headers.get("accept-language", ""), offered)
        or settings.language
    )
