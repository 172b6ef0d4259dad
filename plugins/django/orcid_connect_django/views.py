"""The view behind the button: it hands over who is signed in, at the moment it is pressed."""

from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from orcid_connect.errors import InputError, LinkingError
from orcid_connect.purposes import PURPOSES
from orcid_connect_django.host import language, orcid_connect, person_of


@never_cache  # type: ignore[untyped-decorator,unused-ignore]
@require_GET  # type: ignore[untyped-decorator,unused-ignore]
def connect(request: HttpRequest) -> HttpResponse:
    """Lead the signed-in user to ORCID with a new ticket; others to sign in first."""
    person = person_of(request)
    if person is None:
        back = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?{back}")
    purpose = next((one for one in PURPOSES if one == request.GET.get("purpose")), None)
    try:
        url = orcid_connect().connect_url(
            person,
            purpose=purpose,
            return_to=request.GET.get("return_to") or None,
            language=request.GET.get("lang") or language(),
            display=request.GET.get("display"),
        )
    except (InputError, LinkingError) as error:
        raise BadRequest(str(error)) from None
    # Django's own policy would hide which site leads there; then the person is asked once more.
    return HttpResponseRedirect(url, headers={"Referrer-Policy": "origin"})
