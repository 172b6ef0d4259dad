"""What the administration calls things, and the addresses between its pages.

The sentences are translated where they are shown.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from orcid_connect.journeys.decisions import whose
from orcid_connect.journeys.filtering import given_filters
from orcid_connect.journeys.managing import Deed
from orcid_connect.languages import marked
from orcid_connect.services import Services
from orcid_connect.store.coverage import Coverage
from orcid_connect.store.ledger import Delivery, DeliveryState, Wish
from orcid_connect.store.listings import Filters
from orcid_connect.web.admin_pages import DeedForm, Shown
from orcid_connect.web.words import Times, without_addresses

MEANINGS: Final[Mapping[DeliveryState, str]] = {
    "waiting": marked("no permission yet; sent when the person connects"),
    "due": marked("sent now or tried again soon"),
    "delivered": marked("the record holds what it should"),
    "parked": marked("a person must look"),
    "declined": marked("removed or refused; not sent again by itself"),
    "withdrawn": marked("no longer on the record, as it should be"),
}
ROLES: Final[Mapping[str, str]] = {
    "work": marked("Authors of the byline"),
    "peer-review": marked("Reviewers"),
    "service": marked("Editors and board members"),
    "invited-position": marked("Invited positions"),
    "membership": marked("Members"),
    "distinction": marked("Distinctions"),
    "funding": marked("Funded people"),
    "research-resource": marked("Users of research resources"),
}
SAID: Final[Mapping[str, str]] = {
    "retry": marked("It is planned again and tried now."),
    "park": marked("It is parked: nothing of it is sent until it is retried."),
    "release": marked("It is released and will be sent."),
    "remove": marked("It goes off the record, if it was there, and is not sent again."),
    "author-decided": marked("The author decided; only they can change it, on their page."),
    "not-possible": marked("That was not possible any more: look where it stands now."),
    "pause": marked("Paused. Nothing is lost; it goes on when it is resumed."),
    "resume": marked("It goes on with all that is due."),
}
_LABELS: Final[Mapping[Deed, tuple[str, str]]] = {
    "retry": (marked("Try again"), marked("Plans it again and sends it now.")),
    "park": (
        marked("Park"),
        marked("Nothing of it is sent, whatever is declared, until it is tried again."),
    ),
    "release": (
        marked("Release"),
        marked("Sends it after all. Only if the person concerned wants it."),
    ),
    "remove": (
        marked("Take off the record"),
        marked("The article stays; our item goes, and is not sent again unless it is released."),
    ),
}
_KEEP_OFF: Final = (
    marked("Keep off the record"),
    marked("Nothing of it is sent, unless it is released."),
)
"""What taking off is called while nothing stands there."""
BY_AUTHOR: Final[Mapping[Wish, str]] = {
    "ask": marked("wants to be asked first"),
    "yes": marked("said yes"),
    "hold": marked("holds it back; only they can change that, on their page"),
    "remove": marked("took it off; only they can have it sent again, on their page"),
}
_WITH_REASON: Final = frozenset({"park", "remove"})


def by_role(one: Coverage) -> tuple[int, str]:
    """Return where a role stands in a table: those of articles and reviews first."""
    known = list(ROLES)
    return known.index(one.activity) if one.activity in known else len(known), one.activity


def list_url(base: str, filters: Filters, **more: str) -> str:
    """Return the address of a listing with these filters, so that a view can be shared."""
    return with_query(f"{base}/deliveries", given_filters(filters) | more)


def with_query(path: str, given: Mapping[str, str]) -> str:
    """Return an address with a query, or without one where nothing is given."""
    return f"{path}?{urlencode(given)}" if given else path


def deed_forms(base: str, row: Delivery, deeds: tuple[Deed, ...]) -> tuple[DeedForm, ...]:
    """Return what can be done to a delivery, as forms."""
    return tuple(_deed_form(base, row, deed) for deed in deeds)


def _deed_form(base: str, row: Delivery, deed: Deed) -> DeedForm:
    nothing_stands = deed == "remove" and row.put_code is None
    label, meaning = _KEEP_OFF if nothing_stands else _LABELS[deed]
    action = f"{base}/deliveries/{row.id}/{deed}"
    return DeedForm(deed, action, label, meaning, takes_reason=deed in _WITH_REASON)


def shown(services: Services, base: str, row: Delivery, times: Times) -> Shown:
    """Return a delivery as it is listed."""
    credential = services.credential_of(row.realm)
    linked = credential is not None and row.orcid is not None
    return Shown(
        url=f"{base}/deliveries/{row.id}",
        state=row.state,
        sentence=without_addresses(row.sentence),
        tenant=without_addresses(row.subject.tenant),
        kind=row.subject.kind,
        key=without_addresses(row.subject.key),
        activity=row.activity,
        person=_person(whose(row)),
        orcid=row.orcid,
        record_url=f"{credential.site}/{row.orcid}" if credential and linked else None,
        changed=times.ago(row.changed_at),
    )


def _person(person: str) -> str:
    """Return a person as hosts call them: the kind of key is for the ledger."""
    kind, _, name = person.partition(":")
    return without_addresses(name if kind == "key" else person)
