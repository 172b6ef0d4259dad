"""iDs as hosts show them in their own pages and mails, in our shapes and any of our languages.

Whether one is authenticated only `OrcidConnect.identities` can say; what is read here never is.
"""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from orcid_connect.identifiers import read_orcid
from orcid_connect.languages import ENGLISH
from orcid_connect.languages import language as speaking
from orcid_connect.web.display import Shape
from orcid_connect.web.pages import macros_of
from orcid_connect.web.words import ShownId, shown_given

__all__ = ["Shape", "ShownId", "as_html", "as_text", "authors_as_html", "unauthenticated"]

_MACROS: Final = "snippets/identity.html"


def unauthenticated(text: str, name: str | None = None) -> ShownId:
    """Return an iD in any spelling that nobody proved; raises `InputError` with a sentence."""
    return shown_given(read_orcid(text), name)


def as_html(identity: ShownId | str, shape: Shape = "full", language: str = ENGLISH) -> Markup:
    """Return an iD in a shape, for a page that has our style sheet; a string is only a name.

    Raises KeyError for a language we do not speak.
    """
    shown: Markup = macros_of(_MACROS, language).orcid_id(identity, shape)
    return shown


def authors_as_html(authors: Sequence[ShownId | str], language: str = ENGLISH) -> Markup:
    """Return authors in their order, each with the iD's sign after the name (REGISTRY.md 11)."""
    shown: Markup = macros_of(_MACROS, language).authors(authors)
    return shown


def as_text(identity: ShownId | str, language: str = ENGLISH) -> str:
    """Return an iD for a mail or another plain text: the whole address, with what it is not."""
    if isinstance(identity, str):
        return identity
    spoken = speaking(language)
    doubts = [] if identity.authenticated else [spoken.gettext("unauthenticated")]
    if identity.mark:
        mark = spoken.gettext(identity.mark)
        doubts.append(f"{mark}: {spoken.gettext('not a real ORCID record')}")
    parts = [identity.name or "", f"{spoken.gettext('ORCID iD')}: {identity.uri}"]
    said = f" ({'; '.join(doubts)})" if doubts else ""
    return ", ".join(part for part in parts if part) + said
