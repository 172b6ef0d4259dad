"""`GET /prefill`: what fills a form of the person signed in, for pages of this site alone.

No answer of ours holds an e-mail address (DESIGN.md, promise 5): those that the person shows to us
only the host's own code can ask for, by `OrcidConnect.prefill`.
"""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from orcid_connect.errors import RegistryError
from orcid_connect.journeys.prefilling import (
    MOST_WORKS,
    SENTENCES,
    WORKS,
    NothingToPrefill,
    prefill,
)
from orcid_connect.languages import Language, marked
from orcid_connect.observe import describe, log
from orcid_connect.web.doors import Doors
from orcid_connect.web.replies import new_reference, problem

_STATUS = {"not-connected": 404, "permission": 409, "moved": 409}


class Prefilling:
    """Answers with the visitor's own record, as far as it is shown to us."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def show(self, request: Request) -> Response:
        """Tell what the visitor's record says; raises HTTP 400 for a number that is none."""
        if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            raise HTTPException(403, marked("Only pages of this site may ask for that."))
        services = await self._doors.get_services()
        person = await self._doors.somebody(request)
        language = await self._doors.language(request)
        try:
            found = await prefill(services, person, _works_asked(request, language))
        except NothingToPrefill as nothing:
            sentence = language.gettext(SENTENCES[nothing.reason])
            status = _STATUS.get(nothing.reason, 410)
            title = language.gettext("Nothing to fill in")
            return problem(status, title, sentence, reason=nothing.reason)
        except RegistryError as error:
            reference = new_reference()
            log.warning("prefill: %s, reference %s", describe(error), reference)
            sentence = language.gettext(
                "ORCID did not answer as it should, so the form stays empty. Nothing was lost."
            )
            title = language.gettext("Not read")
            return problem(502, title, sentence, reason="registry", reference=reference)
        response = JSONResponse(found.model_dump(mode="json", exclude={"emails"}))
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response


def _works_asked(request: Request, language: Language) -> int:
    wish = request.query_params.get("works", str(WORKS))
    if not (wish.isascii() and wish.isdigit() and len(wish) <= 9 and int(wish) <= MOST_WORKS):
        sentence = language.gettext("works must be a number up to %(most)s.")
        raise HTTPException(400, sentence % {"most": MOST_WORKS})
    return int(wish)
