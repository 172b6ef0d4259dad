"""What a page says where it offers connecting: the address, and what it will mean."""

from urllib.parse import urlencode

from orcid_connect.journeys.link_states import Display
from orcid_connect.languages import Language
from orcid_connect.purposes import Purpose
from orcid_connect.settings import Credential, Settings
from orcid_connect.web.pages import ConnectOffer
from orcid_connect.web.words import permissions


def connect_url(
    base: str, return_to: str, purpose: Purpose | None = None, display: Display = "page"
) -> str:
    """Return the address that starts connecting."""
    wish = {"return_to": return_to} | ({"purpose": purpose} if purpose else {})
    return f"{base}/connect?{urlencode(wish | _displayed(display))}"


def sign_in_url(base: str, return_to: str, tenant: str, display: Display = "page") -> str:
    """Return the address that starts signing in."""
    wish = {"return_to": return_to, "tenant": tenant}
    return f"{base}/signin?{urlencode(wish | _displayed(display))}"


def _displayed(display: Display) -> dict[str, str]:
    return {} if display == "page" else {"display": display}


def connect_offer(
    settings: Settings,
    language: Language,
    credential: Credential,
    return_to: str,
    purpose: Purpose | None = None,
) -> ConnectOffer:
    """Return what connecting with this credential for a purpose asks of a person."""
    scopes = credential.scopes(purpose or settings.purpose)
    return ConnectOffer(
        url=connect_url(settings.public_url, return_to, purpose),
        site=credential.site,
        permissions=permissions(language, scopes),
        writes=credential.may_write,
    )
