"""The lines that hosts put into their own pages: the script's tag, and the element."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from orcid_connect.languages import ENGLISH
from orcid_connect.web.embed import embed_integrity
from orcid_connect.web.pages import macros_of

_MACROS = "snippets/element.html"


def script_tag(base: str) -> Markup:
    """Return the tag that loads the element, with its fingerprint, from where we are mounted."""
    shown: Markup = macros_of(_MACROS, ENGLISH).script(f"{base}/embed.js", embed_integrity())
    return shown


def element(given: Mapping[str, str | None], language: str = ENGLISH, text: str = "") -> Markup:
    """Return the element with these attributes, and a plain link inside it.

    `href` leads to connecting; a name's underscores become hyphens. Raises KeyError for a
    language we do not speak.
    """
    written: dict[str, Any] = {name.replace("_", "-"): value for name, value in given.items()}
    shown: Markup = macros_of(_MACROS, language).element(written, text)
    return shown
