"""Before somebody goes to ORCID: what is asked, for what, how to undo it, and one button."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from orcid_connect.languages import marked
from orcid_connect.purposes import Purpose
from orcid_connect.web.outcome_pages import ExplainPage
from orcid_connect.web.pages import Pages
from orcid_connect.web.replies import html, problem, wants_page

EXPLAIN = "explain"
"""The page that somebody asked for, by this parameter in the address."""
ELSEWHERE = "elsewhere"
"""The same, shown to somebody whom another site sent to ORCID."""

PURPOSE_WORDS: dict[Purpose, str] = {
    "identify": marked("To know for certain that this ORCID iD is yours."),
    "read": marked("To fill in forms for you from what your record says."),
    "write-activities": marked(
        "To add to your record what you publish and review here, and to keep it right."
    ),
    "write-person": marked("To add to the personal part of your record what you enter here."),
}
_ELSEWHERE = marked(
    "Another site led here. Start on a page of the host, or press the button on ours."
)


def asks_for_explanation(request: Request) -> bool:
    """Tell whether the address asks what will happen, and not yet for it to happen."""
    return request.query_params.get(EXPLAIN) == "1"


def answer_explanation(request: Request, pages: Pages, page: ExplainPage) -> Response:
    """Return the page, or the same as JSON; who comes from another site is told so."""
    from_elsewhere = page.outcome == ELSEWHERE
    if wants_page(request):
        return html(pages, page, 403 if from_elsewhere else 200)
    say = pages.language.gettext
    if from_elsewhere:
        title, detail = say(marked("Not connected")), say(_ELSEWHERE)
        return problem(403, title, detail, outcome=ELSEWHERE)
    return JSONResponse(
        {
            "errand": page.errand,
            "purpose": page.purpose,
            "permissions": page.permissions,
            "site": page.site,
            "go": page.go_url,
        }
    )
