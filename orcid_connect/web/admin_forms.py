"""The forms of the administration: each a POST that proves it was pressed on our page, here."""

from collections.abc import Mapping
from typing import Final, cast
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from orcid_connect.declarations import Person
from orcid_connect.journeys import managing, standstill
from orcid_connect.journeys.managing import AUTHOR_DECIDED, DEEDS, Deed
from orcid_connect.languages import marked
from orcid_connect.services import Services
from orcid_connect.store import ledger, turns
from orcid_connect.store.ledger import Delivery
from orcid_connect.store.people import Realm
from orcid_connect.web.doors import Doors
from orcid_connect.web.forms import (
    ADMINISTER,
    check_form_token,
    form_token,
    read_form,
    refuse_other_sites,
)
from orcid_connect.web.recent import Recent
from orcid_connect.web.state import browser_of, new_browser, remember_browser

_SEE_OTHER = 303
_REFUSED: Final = {AUTHOR_DECIDED: "author-decided"}
_NO_SUCH_DELIVERY = marked("There is no such delivery.")


class AdminForms:
    """What buttons of the administration do."""

    def __init__(self, doors: Doors, recent: Recent) -> None:
        self._doors = doors
        self._recent = recent

    async def token(self, services: Services, request: Request) -> tuple[str, str]:
        """Return the browser's value, and the token for the forms of a page it is shown."""
        browser = browser_of(services.settings, request) or new_browser()
        person = await _person(services, request)
        return browser, form_token(
            services.settings, services.clock, browser, person, purpose=ADMINISTER
        )

    def remember(self, response: Response, services: Services, browser: str) -> None:
        """Have the browser keep its value."""
        remember_browser(response, services.settings, browser)

    async def row(self, services: Services, request: Request) -> Delivery:
        """Return the delivery of an address; raises HTTP 404."""
        async with services.database.reading() as connection:
            found = await ledger.get(connection, request.path_params["id"])
        if found is None:
            raise HTTPException(404, _NO_SUCH_DELIVERY)
        return found

    async def act(self, request: Request) -> Response:
        """Do to a delivery what the button says."""
        services = await self._doors.get_services()
        form = await _pressed(services, request)
        deed = request.path_params["deed"]
        if deed not in DEEDS:
            raise HTTPException(404)
        row = await self.row(services, request)
        reason = form.get("reason", "")
        told = await managing.act(services, cast("Deed", deed), [row.id], reason)
        self._changed()
        refused = next((one.sentence for one in told if not one.done), None)
        said = deed if refused is None else _REFUSED.get(refused, "not-possible")
        return _back(services, f"deliveries/{row.id}", said)

    async def pause(self, request: Request) -> Response:
        """Send nothing more with a credential, or of one tenant."""
        services = await self._doors.get_services()
        form = await _pressed(services, request)
        reason = managing.reason_of(form.get("reason", "")) or "paused by hand"
        tenant = form.get("tenant")
        if tenant:
            await _check_known(services, tenant)
            await standstill.pause_tenant(services, tenant, reason)
        else:
            await standstill.pause(services, _realm(services, form), reason)
        self._changed()
        return _back(services, "", "pause")

    async def resume(self, request: Request) -> Response:
        """Let a paused credential or tenant go on."""
        services = await self._doors.get_services()
        form = await _pressed(services, request)
        tenant = form.get("tenant")
        if tenant:
            await _check_known(services, tenant)
            await standstill.resume_tenant(services, tenant)
        else:
            await standstill.resume(services, _realm(services, form))
        self._changed()
        return _back(services, "", "resume")

    def _changed(self) -> None:
        self._recent.forget()
        self._doors.wake()


async def _pressed(services: Services, request: Request) -> dict[str, str]:
    """Return the fields of a form of ours; raises HTTP 403 for any other, 400 for a NUL."""
    refuse_other_sites(services.settings, request)
    form = await read_form(request)
    browser = browser_of(services.settings, request)
    person = await _person(services, request)
    token = form.get("token", "")
    check_form_token(services.settings, services.clock, token, browser, person, purpose=ADMINISTER)
    if any("\0" in value for value in form.values()):
        raise HTTPException(400, marked("This form holds what no text holds."))
    return form


async def _person(services: Services, request: Request) -> Person | None:
    """Return who is signed in, if the host's administrators have an account there."""
    return await services.plugins.first("orcid_current_person", Person, request=request)


def _realm(services: Services, form: Mapping[str, str]) -> Realm:
    """Return the credential that a form names; raises HTTP 404."""
    realm = Realm(form.get("credential", ""), form.get("environment", ""))
    if services.credential_of(realm) is None:
        raise HTTPException(404, marked("There is no such credential in the settings."))
    return realm


async def _check_known(services: Services, tenant: str) -> None:
    """Raise HTTP 404 for a tenant that has no deliveries."""
    async with services.database.reading() as connection:
        if not await turns.queues_of(connection, tenant):
            raise HTTPException(404, marked("This journal has no deliveries."))


def _back(services: Services, where: str, said: str) -> Response:
    path = urlsplit(services.settings.public_url).path
    return RedirectResponse(f"{path}/admin/{where}?said={said}", _SEE_OTHER)
