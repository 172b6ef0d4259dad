"""The shapes of answers: a page for browsers, problem JSON (RFC 9457) for everybody else."""

import secrets

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse

from orcid_connect.web.pages import AnyPage, Pages

PROBLEM_TYPE = "application/problem+json"
REFERENCE_BYTES = 5


def wants_page(request: Request) -> bool:
    """Tell whether this client asked for HTML, as every browser that shows a page does."""
    for part in request.headers.get("accept", "").lower().split(","):
        kind, *options = (piece.strip() for piece in part.split(";"))
        if kind in ("text/html", "application/xhtml+xml") and "q=0" not in options:
            return True
    return False


def new_reference() -> str:
    """Return something short that a person can quote and a log can be searched for."""
    return secrets.token_hex(REFERENCE_BYTES)


def problem(status: int, title: str, detail: str, **more: str | None) -> JSONResponse:
    """Return problem details (RFC 9457)."""
    extra = {name: value for name, value in more.items() if value is not None}
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **extra}
    return JSONResponse(body, status_code=status, media_type=PROBLEM_TYPE)


def html(pages: Pages, page: AnyPage, status: int = 200) -> HTMLResponse:
    """Return a page."""
    return HTMLResponse(pages.render(page), status_code=status)
