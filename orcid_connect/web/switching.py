"""The links in the foot of a page by which a visitor reads it in another language."""

from gettext import NullTranslations
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request

from orcid_connect.errors import LinkingError
from orcid_connect.journeys.returning import checked_return
from orcid_connect.languages import Language
from orcid_connect.settings import Settings
from orcid_connect.web.choosing import PARAMETER
from orcid_connect.web.pages import LanguageChoice

MAX_CHARACTERS = 2000
"""Of a query that is carried over into every link; a longer one is left out."""
_ASKS_FIRST = {"connect", "signin"}
"""Doors that lead on to ORCID: another language must not press the button for anybody."""
_ONCE = {"callback"}
"""Addresses that work once: opened in another language they would only say so."""
_LEFT_OUT = {PARAMETER, "explain", "code", "state", "ticket", "token"}
"""What the link says itself, and what never stands in a page."""


def language_choices(request: Request, settings: Settings) -> tuple[LanguageChoice, ...]:
    """Return a link for each language; none where the page cannot be asked for again.

    The links are queries alone: whatever a proxy does to paths, they lead to this very page.
    """
    door = request.scope["path"].rstrip("/").rpartition("/")[2]
    offered = settings.languages
    if request.method not in ("GET", "HEAD") or door in _ONCE or len(offered) < 2:
        return ()
    kept = [pair for pair in _kept(request.url.query) if _may_stand_in_a_page(settings, *pair)]
    if door in _ASKS_FIRST:
        kept.append(("explain", "1"))
    return tuple(_choice(code, kept) for code in offered)


def _kept(query: str) -> list[tuple[str, str]]:
    return [] if len(query) > MAX_CHARACTERS else parse_qsl(query)


def _may_stand_in_a_page(settings: Settings, name: str, value: str) -> bool:
    if name in _LEFT_OUT:
        return False
    try:
        return name != "return_to" or bool(checked_return(settings, value))
    except LinkingError:
        return False


def _choice(code: str, kept: list[tuple[str, str]]) -> LanguageChoice:
    spoken = Language(code, NullTranslations())  # its name alone needs no catalogue
    query = urlencode([*kept, (PARAMETER, code)])
    return LanguageChoice(code, spoken.name, spoken.direction, f"?{query}")
