"""`{% load orcid %}`: the button, iDs and author lists in Django templates."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from orcid_connect import display as showing
from orcid_connect.errors import InputError
from orcid_connect.languages import language as speaking
from orcid_connect_django import host

register = template.Library()


@register.simple_tag  # type: ignore[untyped-decorator,unused-ignore]
def orcid_head() -> SafeString:
    """Load the style sheet and the script, once on a page."""
    orcid = host.orcid_connect()
    sheet = f"{orcid.settings.public_url}/static/orcid-connect.css"
    return format_html('<link rel="stylesheet" href="{}">{}', sheet, orcid.script)


@register.simple_tag(takes_context=True)  # type: ignore[untyped-decorator,unused-ignore]
def orcid_button(
    context: dict[str, Any],
    purpose: str = "",
    return_to: str = "",
    size: str = "medium",
    display: str = "popup",
) -> SafeString:
    """Offer connecting to who is signed in, or show their iD; to others, to sign in first."""
    request, code = context["request"], host.language()
    person = host.person_of(request)
    if person is None:
        note = speaking(code).gettext("Sign in first; then you can connect your ORCID iD.")
        return format_html('<span class="oc-note">{}</span>', note)
    wish = {"return_to": return_to or host.address_of(request)}
    if purpose:
        wish["purpose"] = purpose
    href = f"{reverse('orcid_connect:connect')}?{urlencode(wish)}"
    given = {"size": size, "display": display}
    element = host.orcid_connect().element(person, href=href, language=code, attributes=given)
    return mark_safe(element)  # noqa: S308 -- ours escapes what it is given


@register.simple_tag  # type: ignore[untyped-decorator,unused-ignore]
def orcid_id(
    orcid: showing.ShownId | str | None, name: str = "", shape: showing.Shape = "full"
) -> SafeString:
    """Show an iD. One that is only written down is unauthenticated; a wrong one is not shown."""
    identity: showing.ShownId | str = name
    if isinstance(orcid, showing.ShownId):
        identity = orcid
    elif orcid:
        try:
            identity = showing.unauthenticated(orcid, name or None)
        except InputError:
            identity = name
    if not identity:
        return SafeString("")
    return mark_safe(showing.as_html(identity, shape, host.language()))  # noqa: S308 -- as above


@register.simple_tag  # type: ignore[untyped-decorator,unused-ignore]
def orcid_authors(authors: Sequence[showing.ShownId | str]) -> SafeString:
    """Show authors in their order, each with the iD's sign after the name."""
    return mark_safe(showing.authors_as_html(authors, host.language()))  # noqa: S308 -- as above
