"""Pages made of Jinja templates: plain HTML without scripts, usable by keyboard and on a phone."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from orcid_connect.simulator.wire import HTML_TYPE, Answer

TEMPLATES = Path(__file__).parent.parent / "templates"
# Pages run no script and belong in no frame.
_PAGE_HEADERS = [
    ("content-security-policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'"),
    ("cache-control", "no-store"),
    ("referrer-policy", "no-referrer"),
]


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(template: str, decision: str, status: int = 200, **variables: Any) -> Answer:
    """Answer with a page."""
    body = _environment().get_template(template).render(**variables)
    return Answer(status, body.encode("utf-8", "replace"), HTML_TYPE, list(_PAGE_HEADERS), decision)


def problem_page(code: str, sentence: str, status: int = 400) -> Answer:
    """Answer with a page that says what is wrong."""
    return page("problem.html", f"refused on a page: {code}", status, code=code, sentence=sentence)


def not_found() -> Answer:
    """Answer that there is no such page."""
    return problem_page("not_found", "There is no such page on this registry.", 404)


def style_sheet() -> Answer:
    """Answer with the style sheet of all pages."""
    body = (TEMPLATES / "style.css").read_bytes()
    return Answer(200, body, "text/css;charset=UTF-8", decision="style sheet")
