"""`GET /gallery`: everything a host can put into its pages, live, with the code beside each.

A helper for those who build the site: open to whom the host lets administer.
"""

from typing import Any, Final

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from orcid_connect.languages import Language, marked
from orcid_connect.web.admin_guard import refuse_strangers
from orcid_connect.web.button import Button
from orcid_connect.web.doors import Doors
from orcid_connect.web.element import element, script_tag
from orcid_connect.web.embed import embed_integrity
from orcid_connect.web.gallery_code import (
    AUTHORS_CODE,
    BUTTON_CODE,
    ELEMENT_CODE,
    FRAGMENT_CODE,
    ID_CODE,
    STATES_CODE,
    THEME_CODE,
    Code,
    GalleryPage,
    Sample,
)
from orcid_connect.web.headers import WITH_SCRIPT
from orcid_connect.web.pages import macros_of
from orcid_connect.web.replies import html
from orcid_connect.web.words import ShownId

_ORCID: Final = "0000-0002-1825-0097"
"""ORCID's own example, of somebody who does not exist."""
_PROVED: Final = ShownId(_ORCID, f"https://orcid.org/{_ORCID}", "Josiah Carberry", None, True)
_UNPROVED: Final = ShownId(_ORCID, f"https://orcid.org/{_ORCID}", "Josiah Carberry")
_SANDBOX: Final = ShownId(
    _ORCID, f"https://sandbox.orcid.org/{_ORCID}", "Josiah Carberry", marked("sandbox"), True
)
_MANY: Final = (
    _PROVED,
    "Grace Hopper",
    ShownId(_ORCID, _PROVED.uri, "Émilie du Châtelet", None, True),
    ShownId(_ORCID, _PROVED.uri, "Maria Sibylla Merian"),
    ShownId(_ORCID, _PROVED.uri, "فاطمة الفهري", None, True),
)


class Gallery:
    """Answers those who build the host's pages."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def show(self, request: Request) -> Response:
        """Show every sample in the visitor's language."""
        await refuse_strangers(self._doors.get_services, request)
        pages = await self._doors.pages(request)
        fragment = Markup(await Button(self._doors).text(request, None))  # noqa: S704 -- our page
        path, base, language = pages.frame.path, pages.frame.base, pages.language
        page = GalleryPage(
            script=script_tag(path),
            integrity=embed_integrity(),
            samples=tuple(_samples(language, base, fragment)),
        )
        response = html(pages, page)
        # The element asks /me how the visitor is connected.
        response.headers["Content-Security-Policy"] = f"{WITH_SCRIPT}; connect-src 'self'"
        return response


def _samples(language: Language, base: str, fragment: Markup) -> list[Sample]:
    say, shown = language.gettext, macros_of("snippets/identity.html", language.code)
    known = {"state": "connected", "orcid": _ORCID, "name": "Josiah Carberry"}
    href = f"{base}/connect"

    def elements(*given: dict[str, Any]) -> tuple[Markup, ...]:
        return tuple(element({"href": href, **one}, language.code) for one in given)

    def code(*listed: Code) -> tuple[Code, ...]:
        script = script_tag(base)
        return tuple(one.at(base, str(script)) for one in listed)

    shapes = tuple(
        shown.orcid_id(one, shape)
        for one in (_PROVED, _UNPROVED, _SANDBOX)
        for shape in ("full", "compact", "inline")
    )
    states = elements(
        known, {"state": "refused"}, {"size": "small"}, {"size": "large"}, {"lang": "ar"}
    )
    return [
        Sample(
            say(marked("The button, on any page")), elements({"href": None}), code(*BUTTON_CODE)
        ),
        Sample(
            say(marked("What the element can be told")), states, code(*STATES_CODE, *ELEMENT_CODE)
        ),
        Sample(say(marked("The same without scripts")), (fragment,), code(*FRAGMENT_CODE)),
        Sample(say(marked("An iD: full, compact, inline")), shapes, code(*ID_CODE)),
        Sample(say(marked("Authors")), (shown.authors(_MANY),), code(*AUTHORS_CODE)),
        Sample(say(marked("Your own colours")), (), code(*THEME_CODE)),
    ]
