"""Showing iDs to everybody: `GET /display/{orcid}`, and which of them are authenticated.

Who is connected here is nobody's business: a reviewer's iD must not be found out by asking. So a
stranger's address shows an iD as unauthenticated, and only one that the host signed shows it as
authenticated, as long as the person does not disconnect.
"""

from collections.abc import Iterable
from typing import Final, Literal, get_args
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from orcid_connect.errors import InputError, SettingsError
from orcid_connect.identifiers import SANDBOX_SITE, parse_orcid, read_orcid
from orcid_connect.journeys.signing import plain_signer
from orcid_connect.languages import marked
from orcid_connect.services import Services, realm_of
from orcid_connect.settings import Credential, Settings
from orcid_connect.store.proven import proven_orcids
from orcid_connect.web.choosing import choose_for_this_answer, language_asked_for
from orcid_connect.web.doors import Doors
from orcid_connect.web.pages import DisplayFragment
from orcid_connect.web.replies import html
from orcid_connect.web.words import ShownId, shown_given, shown_id

Shape = Literal["full", "compact", "inline"]
SHAPES: Final[tuple[Shape, ...]] = get_args(Shape)
NAME_CHARACTERS: Final = 200
DISPLAY_SECONDS: Final = 300
"""How long others may keep what we show: soon after a person disconnects, it is gone."""
_NO_ID: Final = marked(
    "This is no ORCID iD: its last character does not fit, or it has not sixteen."
)
_VOUCHED = "orcid_connect.display.v1"


class Display:
    """Answers how an iD is shown."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def show(self, request: Request) -> Response:
        """Give an iD in one of its shapes; raises HTTP 404 for what is none, 400 for no shape."""
        services = await self._doors.get_services()
        language = await choose_for_this_answer(services, request)
        asked = request.query_params
        wish = asked.get("shape", "full")
        shape = next((one for one in SHAPES if one == wish), None)
        if shape is None:
            sentence = language.gettext("The shape must be one of: %(shapes)s.")
            raise HTTPException(400, sentence % {"shapes": ", ".join(SHAPES)})
        tenant, name = asked.get("tenant", ""), asked.get("name", "")[:NAME_CHARACTERS]
        try:
            identity = await _identity(
                services, tenant, request.path_params["orcid"], name, asked.get("proof", "")
            )
        except InputError:
            raise HTTPException(404, _NO_ID) from None
        response = html(await self._doors.pages(request), DisplayFragment(identity, shape))
        _may_be_kept(response, language_asked_for(request, services.settings.languages) is not None)
        return response


async def _identity(services: Services, tenant: str, text: str, name: str, proof: str) -> ShownId:
    credential = _credential(services.settings, tenant)
    orcid = read_orcid(text).orcid
    signature = f"{tenant}\n{orcid}\n{name}".encode()
    vouched = bool(proof) and plain_signer(services.settings, _VOUCHED).verify_signature(
        signature, proof
    )
    proven = vouched and orcid in await _proven(services, credential, tenant, [orcid])
    return shown_id(credential, orcid, name or None, authenticated=proven)


def display_url(settings: Settings, tenant: str, orcid: str, shape: Shape, name: str) -> str:
    """Return the address that shows an iD as authenticated if it is; raises `InputError`."""
    bare, called = read_orcid(orcid).orcid, name[:NAME_CHARACTERS]
    signature = plain_signer(settings, _VOUCHED).get_signature(f"{tenant}\n{bare}\n{called}")
    asked = {"tenant": tenant, "shape": shape, "name": called, "proof": signature.decode()}
    return f"{settings.public_url}/display/{bare}?{urlencode(asked)}"


async def identities(
    services: Services, tenant: str, authors: Iterable[tuple[str, str]]
) -> list[ShownId | str]:
    """Return authors as to be displayed, from their names and iDs in any spelling.

    An iD is authenticated if somebody here proved it. Who has none, or a wrong one, is a name.
    """
    listed = list(authors)
    credential = services.settings.credential_for(tenant)
    bare = sorted({orcid for _, text in listed if (orcid := parse_orcid(text))})
    proven = await _proven(services, credential, tenant, bare)
    return [_author(credential, name, text, proven) for name, text in listed]


def _author(credential: Credential, name: str, text: str, proven: set[str]) -> ShownId | str:
    try:
        given = read_orcid(text)
    except InputError:
        return name
    of_sandbox = given.site == SANDBOX_SITE
    if given.orcid in proven and not (of_sandbox and credential.environment == "production"):
        return shown_id(credential, given.orcid, name, authenticated=True)
    return shown_given(given, name)


async def _proven(
    services: Services, credential: Credential, tenant: str, orcids: list[str]
) -> set[str]:
    async with services.database.reading() as connection:
        return await proven_orcids(connection, realm_of(credential), tenant, orcids)


def _credential(settings: Settings, tenant: str) -> Credential:
    try:
        return settings.credential_for(tenant)
    except SettingsError:
        if tenant:
            raise HTTPException(404, marked("There is no such tenant here.")) from None
        return settings.credentials[0]


def _may_be_kept(response: Response, in_one_language: bool) -> None:
    """Let others keep an answer; by all, if it is the same to all."""
    whose = "public" if in_one_language else "private"
    response.headers["Cache-Control"] = f"{whose}, max-age={DISPLAY_SECONDS}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
