"""What the pages around going to ORCID show: before somebody goes, and how it ended."""

from dataclasses import dataclass

from orcid_connect.journeys.link_states import Errand
from orcid_connect.web.words import ShownId


@dataclass(frozen=True, slots=True)
class Popup:
    """What a page in a popup tells the page that opened it; never a token, code or address.

    `target` is the origin of the checked return address: nobody else hears it. `closes` says
    whether the window goes away by itself: an explanation stays until it was read.
    """

    target: str
    outcome: str
    connected: bool
    orcid: str | None
    name: str | None
    state: str
    closes: bool


@dataclass(frozen=True, slots=True)
class OutcomePage:
    """How going to ORCID and back ended; its template is named after the outcome."""

    outcome: str
    reason: str
    return_to: str
    again_url: str
    my_url: str
    identity: ShownId | None = None
    offered: ShownId | None = None
    permissions: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    writes: bool = False
    code: str | None = None
    reference: str | None = None
    errand: Errand = "link"
    ask_again_days: int = 0
    popup: Popup | None = None

    @property
    def template(self) -> str:
        """The template of this outcome; who wanted to sign in reads of signing in."""
        if self.errand == "sign-in" and self.outcome != "nobody-home":
            return "pages/not-signed-in.html"
        return f"pages/{self.outcome}.html"


@dataclass(frozen=True, slots=True)
class ExplainPage:
    """What somebody is asked to allow, before they go to ORCID; `outcome` says why they see it."""

    outcome: str
    errand: Errand
    return_to: str
    go_url: str
    my_url: str
    site: str = ""
    purpose: str = ""
    purpose_words: str = ""
    permissions: tuple[str, ...] = ()
    only_identifies: bool = True
    identity: ShownId | None = None
    popup: Popup | None = None

    @property
    def template(self) -> str:
        """The template of this page."""
        return f"pages/{self.outcome}.html"
