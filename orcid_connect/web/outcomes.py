"""Answers to the named outcomes of connecting: a page each, or JSON with the same name."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from orcid_connect.journeys.linking import WRITE_SCOPE, Completion, Outcome
from orcid_connect.languages import marked
from orcid_connect.observe import log
from orcid_connect.settings import Credential
from orcid_connect.web.headers import WITH_SCRIPT
from orcid_connect.web.offers import connect_url
from orcid_connect.web.pages import OutcomePage, Pages
from orcid_connect.web.replies import html, new_reference, problem, wants_page
from orcid_connect.web.words import permissions, shown_id, shown_link

RETURN_ADDRESS = "return-address"
"""The outcome of a `LinkingError` about the address to return to."""
ELSEWHERE = "elsewhere"
"""The outcome of starting from another site."""

_GOOD = {Outcome.CONNECTED, Outcome.ALREADY_CONNECTED, Outcome.READ_ONLY, Outcome.REFUSED}
_STATUS = {
    Outcome.FAILED: 502,
    Outcome.STALE: 400,
    Outcome.OTHER_ACCOUNT: 409,
    Outcome.OTHER_ORCID: 409,
    Outcome.NOBODY: 403,
    Outcome.UNANSWERED: 400,
}
_DETAILS = {
    Outcome.FAILED: marked(
        "The connection did not come about. Nothing was changed; please try again."
    ),
    Outcome.STALE: marked("This link cannot be used any more. Nothing was changed; start again."),
    Outcome.OTHER_ACCOUNT: marked("This ORCID iD is connected to another account here."),
    Outcome.OTHER_ORCID: marked(
        "Another ORCID iD is connected to this account; disconnect it first."
    ),
    Outcome.NOBODY: marked("Nobody is signed in at the host."),
    Outcome.UNANSWERED: marked("ORCID sent nothing that a server can see. Nothing was changed."),
    ELSEWHERE: marked(
        "Another site led here. Start on a page of the host, or press the button on ours."
    ),
    RETURN_ADDRESS: marked(
        "The address to return to is not on this site, so nobody is sent there."
    ),
}


def answer_completion(
    request: Request, pages: Pages, completion: Completion, credential: Credential | None
) -> Response:
    """Return the answer to somebody who came back from ORCID."""
    outcome = completion.outcome
    bad = outcome not in _GOOD
    reference = new_reference() if outcome is Outcome.FAILED else None
    log.info(
        "a connection ended as %s (%s), reference %s", outcome, completion.reason or "-", reference
    )
    status = 503 if completion.reason == "down" else _STATUS.get(outcome, 200)
    if wants_page(request):
        page = _page(pages, completion, credential, reference)
        response: Response = html(pages, page, status)
        if outcome is Outcome.UNANSWERED:
            response.headers["Content-Security-Policy"] = WITH_SCRIPT
        return response
    if bad:
        return _refusal(pages, status, outcome, reference)
    return JSONResponse({"outcome": outcome, "orcid": _uri(completion, credential)})


def answer_linking_error(request: Request, pages: Pages, outcome: str) -> Response:
    """Return the answer to somebody who cannot even leave for ORCID."""
    return _answer_before_leaving(request, pages, outcome, pages.frame.home_url)


def answer_elsewhere(request: Request, pages: Pages, return_to: str) -> Response:
    """Return the answer to somebody whom another site sent to ORCID: the button, for them to press.

    The address to return to is one that was checked.
    """
    return _answer_before_leaving(request, pages, ELSEWHERE, return_to)


def _answer_before_leaving(
    request: Request, pages: Pages, outcome: str, return_to: str
) -> Response:
    status = 400 if outcome == RETURN_ADDRESS else 403
    if not wants_page(request):
        return _refusal(pages, status, outcome)
    frame = pages.frame
    page = OutcomePage(
        outcome=outcome,
        reason="",
        return_to=return_to,
        again_url=connect_url(frame.base, return_to),
        my_url=f"{frame.base}/my",
        identity=None,
        offered=None,
        permissions=(),
        writes=False,
        code=None,
        reference=None,
    )
    return html(pages, page, status)


def _refusal(pages: Pages, status: int, outcome: str, reference: str | None = None) -> JSONResponse:
    speak = pages.language.gettext
    title, detail = speak("Not connected"), speak(_DETAILS[outcome])
    return problem(status, title, detail, outcome=outcome, reference=reference)


def _page(
    pages: Pages, completion: Completion, credential: Credential | None, reference: str | None
) -> OutcomePage:
    link, frame = completion.link, pages.frame
    back = frame.home_url if completion.state is None else completion.state.return_to
    identity = shown_link(credential, link) if credential and link else None
    offered = None
    if credential and completion.orcid:
        offered = shown_id(credential, completion.orcid, authenticated=True)
    return OutcomePage(
        outcome=completion.outcome,
        reason=completion.reason,
        return_to=back,
        again_url=connect_url(frame.base, back),
        my_url=f"{frame.base}/my",
        identity=identity,
        offered=offered,
        permissions=permissions(pages.language, link.scopes) if link else (),
        writes=link is not None and WRITE_SCOPE in link.scopes,
        code=completion.code,
        reference=reference,
    )


def _uri(completion: Completion, credential: Credential | None) -> str | None:
    if credential is None or completion.link is None:
        return None
    return shown_link(credential, completion.link).uri
