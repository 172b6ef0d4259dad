"""What a person decides on their own page: each a POST that proves it was pressed there."""

from typing import Final
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from orcid_connect.declarations import Person
from orcid_connect.errors import InputError
from orcid_connect.journeys import overview, wishes
from orcid_connect.languages import marked
from orcid_connect.services import Services
from orcid_connect.web.doors import Doors
from orcid_connect.web.forms import (
    DECIDE,
    check_form_token,
    form_token,
    read_form,
    refuse_other_sites,
)
from orcid_connect.web.my_pages import RemovePage
from orcid_connect.web.replies import html, wants_page
from orcid_connect.web.standing import title_of
from orcid_connect.web.state import browser_of, new_browser, remember_browser
from orcid_connect.web.terms import term
from orcid_connect.web.words import shown_id

_SEE_OTHER: Final = 303
_NOT_YOURS: Final = marked("There is nothing of yours at this address.")
_ASKING: Final = {"yes": True, "no": False}


class Deciding:
    """Carries out what the person signed in decides of their own deliveries."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def decide(self, request: Request) -> Response:
        """Send, hold or remove one of their deliveries; raises HTTP 403 or 404."""
        services = await self._doors.get_services()
        person, _form = await self._pressed(services, request)
        try:
            deed = wishes.deed_named(request.path_params["deed"])
        except InputError:
            raise HTTPException(404) from None
        delivery_id = request.path_params["id"]
        decided = await wishes.decide(services, person, delivery_id, deed)
        if decided is None:
            raise HTTPException(404, _NOT_YOURS)
        self._doors.wake()
        if not wants_page(request):
            return JSONResponse({"done": decided.done, "state": decided.row.state})
        said = deed if decided.done else "not-possible"
        return _back(services, f"said={said}&of={delivery_id}")

    async def asking(self, request: Request) -> Response:
        """Change whether they are asked first; raises HTTP 400 or 403."""
        services = await self._doors.get_services()
        person, form = await self._pressed(services, request)
        ask = _ASKING.get(form.get("ask_first", ""))
        if ask is None:
            raise HTTPException(400, marked("The form must say ask_first: yes or no."))
        await wishes.set_ask_first(services, person, ask=ask)
        self._doors.wake()
        if not wants_page(request):
            return JSONResponse({"ask_first": ask})
        return _back(services, f"said={'ask' if ask else 'automatic'}")

    async def ask_once_more(self, request: Request) -> Response:
        """Show what would go from the record, and ask whether it should; raises HTTP 404."""
        services = await self._doors.get_services()
        settings = services.settings
        person = await self._doors.somebody(request)
        found = await overview.of_one(services, person, request.path_params["id"])
        if found is None:
            raise HTTPException(404, _NOT_YOURS)
        if "remove" not in found.deeds:
            return _back(services, f"said=not-possible&of={found.id}")
        browser = browser_of(settings, request) or new_browser()
        token = form_token(settings, services.clock, browser, person, purpose=DECIDE)
        pages = await self._doors.pages(request)
        base = urlsplit(settings.public_url).path
        credential = services.credential_of(found.realm)
        known = credential is not None and found.orcid is not None
        page = RemovePage(
            title=title_of(pages.language, found),
            kind=term(pages.language, found.activity),
            identity=(
                shown_id(credential, found.orcid or "", authenticated=True)
                if credential and known
                else None
            ),
            on_record=found.on_record,
            action=f"{base}/my/{found.id}/remove",
            token=token,
            back_url=f"{base}/my",
        )
        response = html(pages, page)
        remember_browser(response, settings, browser)
        return response

    async def _pressed(self, services: Services, request: Request) -> tuple[Person, dict[str, str]]:
        """Return who pressed a form of ours on their page, and its fields; raises HTTP 403."""
        settings = services.settings
        refuse_other_sites(settings, request)
        form = await read_form(request)
        person = await self._doors.somebody(request)
        token = form.get("token", "")
        browser = browser_of(settings, request)
        check_form_token(settings, services.clock, token, browser, person, purpose=DECIDE)
        return person, form


def _back(services: Services, query: str) -> Response:
    path = urlsplit(services.settings.public_url).path
    return RedirectResponse(f"{path}/my?{query}", _SEE_OTHER)
