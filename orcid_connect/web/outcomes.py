"""Answers to the named outcomes of connecting: a page each, or JSON with the same name."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from orcid_connect.journeys.arriving import Completion, Outcome
from orcid_connect.journeys.link_states import Display
from orcid_connect.journeys.linking import WRITE_SCOPE
from orcid_connect.journeys.returning import origin_of
from orcid_connect.languages import marked
from orcid_connect.observe import log
from orcid_connect.services import Services
from orcid_connect.settings import Credential, Settings
from orcid_connect.web.headers import WITH_SCRIPT
from orcid_connect.web.offers import connect_url, sign_in_url
from orcid_connect.web.outcome_pages import OutcomePage, Popup
from orcid_connect.web.pages import Pages
from orcid_connect.web.replies import html, new_reference, problem, wants_page
from orcid_connect.web.words import permissions, shown_id, shown_link

RETURN_ADDRESS = "return-address"
"""The outcome of a `LinkingError` about the address to return to."""

_CONNECTED = {
    Outcome.CONNECTED,
    Outcome.ALREADY_CONNECTED,
    Outcome.UPGRADED,
    Outcome.NARROWER,
    Outcome.READ_ONLY,
    Outcome.MOVED,
}
_GOOD = {*_CONNECTED, Outcome.REFUSED}
_CLOSES = {Outcome.CONNECTED, Outcome.ALREADY_CONNECTED, Outcome.UPGRADED, Outcome.REFUSED}
"""A popup closes by itself where there is nothing that a person needs to read."""
_QUOTED = {Outcome.FAILED, Outcome.DOWN, Outcome.NO_ID, Outcome.CLOSED}
"""Outcomes for which people may write to somebody, and quote a reference."""
_STATUS: dict[str, int] = {
    Outcome.FAILED: 502,
    Outcome.DOWN: 503,
    Outcome.NO_ID: 502,
    Outcome.CLOSED: 409,
    Outcome.LOCKED: 409,
    Outcome.DEACTIVATED: 409,
    Outcome.STALE: 400,
    Outcome.OTHER_BROWSER: 400,
    Outcome.OTHER_ACCOUNT: 409,
    Outcome.OTHER_ORCID: 409,
    Outcome.NOBODY: 403,
    Outcome.UNANSWERED: 400,
    Outcome.NOBODY_HOME: 403,
    RETURN_ADDRESS: 400,
}
_DETAILS: dict[str, str] = {
    Outcome.FAILED: marked(
        "The connection did not come about. Nothing was changed; please try again."
    ),
    Outcome.DOWN: marked("ORCID does not answer just now. Nothing was changed; try again later."),
    Outcome.NO_ID: marked("ORCID did not say whose iD it is, so nothing was changed."),
    Outcome.CLOSED: marked("ORCID does not open this record. Nothing was changed."),
    Outcome.LOCKED: marked("ORCID has locked this record. Nothing was changed."),
    Outcome.DEACTIVATED: marked("This record was deactivated by its owner. Nothing was changed."),
    Outcome.STALE: marked("This link cannot be used any more. Nothing was changed; start again."),
    Outcome.OTHER_BROWSER: marked(
        "This was started in another browser. Nothing was changed; start again."
    ),
    Outcome.OTHER_ACCOUNT: marked("This ORCID iD is connected to another account here."),
    Outcome.OTHER_ORCID: marked(
        "Another ORCID iD is connected to this account; disconnect it first."
    ),
    Outcome.NOBODY: marked("Nobody is signed in at the host."),
    Outcome.UNANSWERED: marked("ORCID sent nothing that a server can see. Nothing was changed."),
    Outcome.NOBODY_HOME: marked("No account here goes with this ORCID iD."),
    RETURN_ADDRESS: marked(
        "The address to return to is not on this site, so nobody is sent there."
    ),
}
_NOT_SIGNED_IN = marked("The sign-in did not come about. Nothing was changed; please try again.")


@dataclass(frozen=True, slots=True)
class Ending:
    """How it ended, with all that the page and its JSON twin are made of."""

    pages: Pages
    settings: Settings
    completion: Completion
    credential: Credential | None

    @property
    def outcome(self) -> Outcome:
        """The outcome."""
        return self.completion.outcome

    @property
    def signs_in(self) -> bool:
        """Tell whether the errand was to sign in."""
        state = self.completion.state
        return state is not None and state.errand == "sign-in"

    @property
    def back(self) -> str:
        """Where the person returns to."""
        state = self.completion.state
        return self.settings.home_url if state is None else state.return_to

    @property
    def uri(self) -> str | None:
        """The iD that is connected now."""
        link = self.completion.link
        if self.credential is None or link is None:
            return None
        return shown_link(self.credential, link).uri

    def page(self, reference: str | None) -> OutcomePage:
        """Return what the page shows."""
        completion, credential = self.completion, self.credential
        link, say = completion.link, self.pages.language
        offered = None
        if credential and completion.orcid:
            offered = shown_id(credential, completion.orcid, authenticated=True)
        return OutcomePage(
            outcome=self.outcome,
            reason=completion.reason,
            return_to=self.back,
            again_url=self._again(),
            my_url=f"{self.pages.frame.base}/my",
            identity=shown_link(credential, link) if credential and link else None,
            offered=offered,
            permissions=permissions(say, link.scopes) if link else (),
            gained=permissions(say, completion.gained),
            lost=permissions(say, completion.lost),
            writes=link is not None and WRITE_SCOPE in link.scopes,
            code=completion.code,
            reference=reference,
            errand="sign-in" if self.signs_in else "link",
            ask_again_days=self.settings.ask_again_days,
            popup=self._popup(),
        )

    def _again(self) -> str:
        state, base = self.completion.state, self.pages.frame.base
        if state is None:
            return connect_url(base, self.back)
        if state.errand == "sign-in":
            return sign_in_url(base, self.back, state.tenant, state.display)
        return connect_url(base, self.back, state.purpose, state.display)

    def _popup(self) -> Popup | None:
        state, link = self.completion.state, self.completion.link
        if state is None or state.display != "popup":
            return None
        connected = self.outcome in _CONNECTED
        return Popup(
            target=origin_of(self.settings, state.return_to),
            outcome=self.outcome,
            connected=connected,
            orcid=self.uri if connected else None,
            name=link.name if link and connected else None,
            state="none" if link is None else link.state,
            closes=self.outcome in _CLOSES,
        )

    def facts(self) -> dict[str, object]:
        """Return the same as JSON, for an outcome that is no problem."""
        page = self.page(None)
        told = {"reason": page.reason, "gained": page.gained, "lost": page.lost}
        found = {name: value for name, value in told.items() if value}
        return {"outcome": self.outcome, "orcid": self.uri, **found}


def answer_completion(
    request: Request, pages: Pages, services: Services, completion: Completion
) -> Response:
    """Return the answer to somebody who came back from ORCID."""
    state, outcome = completion.state, completion.outcome
    credential = None if state is None else services.credential_of(state.realm)
    ending = Ending(pages, services.settings, completion, credential)
    reference = new_reference() if outcome in _QUOTED else None
    log.info(
        "coming back from ORCID ended as %s (%s), reference %s",
        outcome,
        completion.reason or "-",
        reference,
    )
    status = 501 if completion.reason == "unheard" else _STATUS.get(outcome, 200)
    if wants_page(request):
        response: Response = html(pages, ending.page(reference), status)
        if outcome is Outcome.UNANSWERED or _in_popup(completion):
            response.headers["Content-Security-Policy"] = WITH_SCRIPT
        return response
    if outcome in _GOOD and not ending.signs_in:
        return JSONResponse(ending.facts())
    detail = _NOT_SIGNED_IN if ending.signs_in and outcome in _GOOD else _DETAILS[outcome]
    return _refusal(pages, status if status >= 400 else 403, outcome, detail, reference)


def _in_popup(completion: Completion) -> bool:
    return completion.state is not None and completion.state.display == "popup"


def answer_linking_error(request: Request, pages: Pages, outcome: str) -> Response:
    """Return the answer to somebody who cannot even leave for ORCID."""
    status = _STATUS.get(outcome, 403)
    if not wants_page(request):
        return _refusal(pages, status, outcome, _DETAILS[outcome])
    frame = pages.frame
    page = OutcomePage(
        outcome=outcome,
        reason="",
        return_to=frame.home_url,
        again_url=connect_url(frame.base, frame.home_url),
        my_url=f"{frame.base}/my",
    )
    return html(pages, page, status)


def _refusal(
    pages: Pages, status: int, outcome: str, detail: str, reference: str | None = None
) -> JSONResponse:
    say = pages.language.gettext
    title = say(marked("Not connected"))
    return problem(status, title, say(detail), outcome=outcome, reference=reference)


def asked_display(request: Request) -> Display:
    """Return whether the address says that a page waits while this window is at ORCID."""
    return "popup" if request.query_params.get("display") == "popup" else "page"
