"""Forms that change something: proof that our own page was pressed, by this person, here."""

import re
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from itsdangerous import BadData
from starlette.exceptions import HTTPException
from starlette.requests import Request

from orcid_connect.declarations import Person
from orcid_connect.journeys.link_states import browser_hash
from orcid_connect.journeys.returning import is_own_origin, origin_of
from orcid_connect.journeys.signing import signer
from orcid_connect.languages import marked
from orcid_connect.observe import Clock
from orcid_connect.services import Services
from orcid_connect.settings import Settings
from orcid_connect.web.pages import DisconnectForm

DISCONNECT = "orcid_connect.disconnect_form.v1"
ADMINISTER = "orcid_connect.admin_form.v1"
DECIDE = "orcid_connect.my_form.v1"
"""What a form is for: a token made for one purpose opens no other."""
FORM_SECONDS = 12 * 3600
"""How long a page may lie open before its form is too old."""
FORM_BYTES = 16 * 1024


def form_token(
    settings: Settings,
    clock: Clock,
    browser: str,
    person: Person | None,
    purpose: str = DISCONNECT,
) -> str:
    """Return what our form carries: bound to this browser and to the person signed in, if any."""
    return str(signer(settings, clock, purpose).dumps(_bound(browser, person)))


def check_form_token(
    settings: Settings,
    clock: Clock,
    token: str,
    browser: str,
    person: Person | None,
    purpose: str = DISCONNECT,
) -> None:
    """Raise HTTP 403 unless the token is ours, of this browser, of this person and recent."""
    try:
        bound: Any = signer(settings, clock, purpose).loads(token, max_age=FORM_SECONDS)
    except BadData:
        bound = None
    if not browser or bound != _bound(browser, person):
        raise HTTPException(
            403,
            marked("This form is too old or was opened by somebody else. Open the page again."),
        )


def refuse_other_sites(settings: Settings, request: Request) -> None:
    """Raise HTTP 403 if the browser says that another site's page sent this."""
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    if origin is not None and origin != "null":
        foreign = not is_own_origin(settings, origin)
    else:
        foreign = site is not None and site not in ("same-origin", "none")
    if foreign:
        raise HTTPException(
            403, marked("This form was sent from another site, so nothing was changed.")
        )


def is_from_elsewhere(settings: Settings, request: Request) -> bool:
    """Tell whether the browser says that another site's page led here, and no listed one's.

    ORCID asks a person who agreed once for no click again (REGISTRY.md 2.5): without a click on a
    page of ours, another site could connect people who never meant to. Browsers set both headers
    themselves; one that says nothing is believed.
    """
    if request.headers.get("sec-fetch-site") != "cross-site":
        return False
    return not _is_led_by_our_page(settings, request)


def is_from_the_host(settings: Settings, request: Request) -> bool:
    """Tell whether the browser says that a page of the host, or a listed one, led here.

    One that says nothing is not believed: a link in a message leads here without any page. Nor is
    a page of ours: its way back is an address that anybody may have chosen.
    """
    if _is_led_by_our_own_door(settings, request):
        return False
    if request.headers.get("sec-fetch-site") == "same-origin":
        return True
    return _is_led_by_our_page(settings, request)


def _is_led_by_our_page(settings: Settings, request: Request) -> bool:
    page = request.headers.get("origin") or request.headers.get("referer", "")
    try:
        parts = urlsplit(page)
    except ValueError:
        return False
    return is_own_origin(settings, f"{parts.scheme}://{parts.netloc}")


def _is_led_by_our_own_door(settings: Settings, request: Request) -> bool:
    page = request.headers.get("referer", "")
    try:
        path = urlsplit(page).path
    except ValueError:
        return False
    if not path or origin_of(settings, page) != origin_of(settings, settings.public_url):
        return False
    base = f"{urlsplit(settings.public_url).path}/"
    return _as_servers_read(path).startswith(_as_servers_read(base))


def _as_servers_read(path: str) -> str:
    """Return a path as the most forgiving server would find us by it."""
    return re.sub("/+", "/", unquote(path)).lower()


def disconnect_form(services: Services, browser: str, person: Person, base: str) -> DisconnectForm:
    """Return the form with which this person ends their connection."""
    token = form_token(services.settings, services.clock, browser, person)
    return DisconnectForm(action=f"{base}/disconnect", token=token)


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a small urlencoded form; raises HTTP 413 or 415."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415, marked("Send this as application/x-www-form-urlencoded."))
    body = await read_body(request, FORM_BYTES)
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


async def read_body(request: Request, most: int) -> bytes:
    """Return a body of so many bytes at most; raises HTTP 413."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise HTTPException(413, marked("This request is larger than it can be."))
    return body


def _bound(browser: str, person: Person | None) -> list[str]:
    named = [] if person is None else [person.tenant, person.key]
    return [browser_hash(browser), *named]
