"""What the tags and the view ask of the site: its OrcidConnect, who is there, and the language."""

from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from orcid_connect import OrcidConnect, Person
from orcid_connect.languages import ENGLISH, NAMES, spoken

OBJECT: Final = "ORCID_CONNECT"
TENANT: Final = "ORCID_CONNECT_TENANT"
PERSON: Final = "ORCID_CONNECT_PERSON"


def orcid_connect() -> OrcidConnect:
    """Return the site's object; raises `ImproperlyConfigured` if the setting names none."""
    name = getattr(settings, OBJECT, "")
    found = import_string(name) if name else None
    if not isinstance(found, OrcidConnect):
        raise ImproperlyConfigured(
            f"{OBJECT} must name your OrcidConnect object, such as 'mysite.orcid.orcid'"
        )
    return found


def person_of(request: HttpRequest) -> Person | None:
    """Return who is signed in, as orcid_connect knows them."""
    own = getattr(settings, PERSON, "")
    if own:
        person = import_string(own)(request)
        return person if isinstance(person, Person) else None
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    tenant = getattr(settings, TENANT, "default")
    return Person(tenant=tenant, key=str(user.pk), name=user.get_full_name() or None)


def address_of(request: HttpRequest) -> str:
    """Return the address of a page, for coming back to: whole, if we are on another host."""
    ours = urlsplit(orcid_connect().settings.public_url).netloc
    path = request.get_full_path()
    return str(path if ours == request.get_host() else request.build_absolute_uri())


def language() -> str:
    """Return the language that Django speaks now, if we speak it; else English."""
    return spoken(get_language(), NAMES) or ENGLISH
