"""The one place that turns errors into answers: a page for browsers, problem JSON for the rest.

The rule: who accepts text/html gets a page; everybody else gets RFC 9457.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from orcid_connect.errors import (
    HostSilent,
    LinkingError,
    MigrationNeeded,
    OrcidConnectError,
    RegistryError,
    SettingsError,
    StoreError,
)
from orcid_connect.languages import marked
from orcid_connect.observe import describe, log, where
from orcid_connect.web.outcomes import answer_linking_error
from orcid_connect.web.pages import ErrorPage, Pages
from orcid_connect.web.replies import html, new_reference, problem, wants_page

PagesOf = Callable[[Request], Awaitable[Pages]]

_STATUS: dict[type[BaseException], int] = {
    HostSilent: 503,
    MigrationNeeded: 503,
    StoreError: 503,
    SettingsError: 500,
    RegistryError: 502,
    OrcidConnectError: 500,
}
_SENTENCES = {
    400: marked("This address does not make sense as it is."),
    401: marked("This is not open without what identifies you."),
    403: marked("This is not open to you."),
    404: marked("There is nothing at this address."),
    405: marked("This address cannot be used in this way."),
    500: marked(
        "Something went wrong on our side. Nothing that you or the journal entered was lost."
    ),
    502: marked(
        "ORCID did not answer as it should. Nothing was lost; please try again in a while."
    ),
    503: marked(
        "This is not available just now. Nothing was lost; please try again in a few minutes."
    ),
}
_TITLE = marked("Something went wrong")
_TITLES = {
    403: marked("That was not allowed"),
    404: marked("There is nothing here"),
    405: marked("That is not possible here"),
}


class ErrorAnswers:
    """Answers errors, with the host's pages where they can be had."""

    def __init__(self, pages_of: PagesOf) -> None:
        self._pages_of = pages_of

    async def __call__(self, request: Request, error: Exception) -> Response:
        """Return the answer to an error that a door raised."""
        if isinstance(error, HTTPException):
            given = error.detail if error.detail != HTTPStatus(error.status_code).phrase else ""
            return await self._answer(request, error.status_code, given, None, error.headers)
        if isinstance(error, LinkingError):
            return answer_linking_error(request, await self._pages_of(request), error.outcome)
        status = _status_of(error)
        reference = new_reference() if status >= 500 else None
        if status >= 500:
            log.error(
                "%s answers %d: %s at %s, reference %s",
                _door(request),
                status,
                describe(error),
                where(error),
                reference,
            )
        return await self._answer(request, status, "", reference, None)

    async def _answer(
        self,
        request: Request,
        status: int,
        detail: str,
        reference: str | None,
        headers: object,
    ) -> Response:
        pages = await self._pages_of(request)
        speak = pages.language.gettext
        title = speak(_TITLES.get(status, _TITLE))
        usual = _SENTENCES.get(status, _SENTENCES[500 if status >= 500 else 400])
        detail = speak(detail or usual)
        if wants_page(request):
            page = ErrorPage(status=status, title=title, detail=detail, reference=reference)
            response: Response = html(pages, page, status)
        else:
            response = problem(status, title, detail, reference=reference)
        if isinstance(headers, dict):
            response.headers.update(headers)
        return response


def _door(request: Request) -> str:
    """Return the name of the door that failed; a path would tell more than a log may hold."""
    return getattr(request.scope.get("endpoint"), "__name__", "a door")


def _status_of(error: Exception) -> int:
    for kind in type(error).__mro__:
        if kind in _STATUS:
            return _STATUS[kind]
    return 500
