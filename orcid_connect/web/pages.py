"""Pages: the host's templates first, then plugins', then ours; each with declared variables.

A template of somebody else that fails is counted and logged, and ours is shown instead.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, fields, replace
from functools import cache, partial
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

from orcid_connect.languages import ENGLISH, Language
from orcid_connect.languages import language as speaking
from orcid_connect.observe import Counters, describe, log, where
from orcid_connect.settings import Settings
from orcid_connect.web.admin_pages import AdminPage
from orcid_connect.web.folders import locate
from orcid_connect.web.gallery_code import GalleryPage
from orcid_connect.web.my_pages import Deliveries, OtherLink, RemovePage, Said
from orcid_connect.web.outcome_pages import ExplainPage, OutcomePage
from orcid_connect.web.terms import term
from orcid_connect.web.ticket_pages import ContinuePage, TicketPage
from orcid_connect.web.words import Moment, ShownId


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """The link by which a visitor reads the same page in another language."""

    code: str
    name: str
    direction: str
    href: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page: whose it is, and where things are."""

    site_name: str = ""
    home_url: str = "/"
    support_url: str = ""
    base: str = ""
    path: str = ""
    static: str = "/static"
    choices: tuple[LanguageChoice, ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> "Frame":
        """Return the frame of a host."""
        return cls(
            site_name=settings.site_name,
            home_url=settings.home_url,
            support_url=settings.support_url,
            base=settings.public_url,
            # Without host, as all forms and links between our own pages should be.
            path=urlsplit(settings.public_url).path,
            # Without host: style-src 'self' means the address the browser used, whichever it was.
            static=f"{urlsplit(settings.public_url).path}/static",
        )


@dataclass(frozen=True, slots=True)
class ConnectOffer:
    """What a page needs to offer connecting: where, and what it will mean."""

    url: str
    site: str
    permissions: tuple[str, ...]
    writes: bool


@dataclass(frozen=True, slots=True)
class DisconnectForm:
    """What a page needs to offer disconnecting."""

    action: str
    token: str


@dataclass(frozen=True, slots=True)
class MyPage:
    """A person's own page: what is connected, what it allows, what was sent."""

    template: ClassVar[str] = "pages/my.html"

    state: str
    identity: ShownId | None
    since: Moment | None
    permissions: tuple[str, ...]
    writes: bool
    offer: ConnectOffer
    disconnect: DisconnectForm | None
    others: tuple[OtherLink, ...]
    deliveries: Deliveries
    said: Said | None
    return_to: str
    closed: str | None
    refused: bool


@dataclass(frozen=True, slots=True)
class ButtonFragment:
    """The button, or the connected iD, to be put into a host's page."""

    template: ClassVar[str] = "snippets/button.html"

    signed_in: bool
    identity: ShownId | None
    offer: ConnectOffer | None
    disconnect: DisconnectForm | None
    my_url: str
    refused: bool = False
    closed: str | None = None
    moved: bool = False


@dataclass(frozen=True, slots=True)
class DisplayFragment:
    """An iD in one of its shapes, to be put into a host's page."""

    template: ClassVar[str] = "snippets/display.html"

    identity: ShownId
    shape: str


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What went wrong outside the outcomes of connecting."""

    template: ClassVar[str] = "pages/error.html"

    status: int
    title: str
    detail: str
    reference: str | None


AnyPage = (
    MyPage
    | ButtonFragment
    | DisplayFragment
    | OutcomePage
    | ExplainPage
    | ErrorPage
    | ContinuePage
    | RemovePage
    | TicketPage
    | GalleryPage
    | AdminPage
)


class Pages:
    """Renders pages for one host."""

    def __init__(
        self,
        frame: Frame,
        folders: Sequence[Path] = (),
        counters: Counters | None = None,
        language: Language | None = None,
    ) -> None:
        self.frame = frame
        self.language = language or speaking(ENGLISH)
        self._folders = folders
        self._counters = counters or Counters()
        self._others: dict[str, Pages] = {}
        ours = FileSystemLoader(locate("templates"))
        self._ours = environment(ours, self.language)
        theirs = ChoiceLoader([*(FileSystemLoader(folder) for folder in folders), ours])
        self._all = environment(theirs, self.language) if folders else self._ours

    def speaking(self, language: Language) -> "Pages":
        """Return the same pages in a language."""
        if language.code == self.language.code:
            return self
        if language.code not in self._others:
            self._others[language.code] = Pages(self.frame, self._folders, self._counters, language)
        return self._others[language.code]

    def offering(self, choices: tuple[LanguageChoice, ...]) -> "Pages":
        """Return the same pages with links to other languages, which are each request's own."""
        offered = copy(self)
        offered.frame = replace(self.frame, choices=choices)
        return offered

    def render(self, page: AnyPage) -> str:
        """Return a page as HTML; somebody else's failing template never costs a person the page."""
        variables = {field.name: getattr(page, field.name) for field in fields(page)}
        variables |= {"frame": self.frame, "language": self.language}
        if self._all is not self._ours:
            try:
                return self._all.get_template(page.template).render(variables)
            except Exception as error:
                self._counters.add("template failed")
                log.warning(
                    "the template %s failed with %s at %s; the built-in one is shown",
                    page.template,
                    describe(error),
                    where(error),
                )
        return self._ours.get_template(page.template).render(variables)


def environment(loader: ChoiceLoader | FileSystemLoader, language: Language) -> Environment:
    """Return an environment of templates that speak a language."""
    made = Environment(
        extensions=["jinja2.ext.i18n"],
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.policies["ext.i18n.trimmed"] = True
    # In the environment, not among a page's variables: imported macros see no variables.
    made.globals["language"] = language
    made.globals["term"] = partial(term, language)
    made.install_gettext_translations(language.translations, newstyle=True)  # type: ignore[attr-defined]
    return made


@cache
def macros_of(template: str, code: str) -> Any:
    """Return the macros of one of our snippets, in a language; raises KeyError for an unknown."""
    ours = FileSystemLoader(locate("templates"))
    return environment(ours, speaking(code)).get_template(template).module
