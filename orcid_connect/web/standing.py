"""What a person's page says of their works and reviews, in the words of an author."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from orcid_connect.journeys.overview import Situation, Standing
from orcid_connect.journeys.wishes import PersonDeed
from orcid_connect.languages import Language, marked
from orcid_connect.services import Services
from orcid_connect.store.ledger import DeliveryState
from orcid_connect.web.my_pages import DeedButton, DeliveryRow, Said
from orcid_connect.web.terms import term
from orcid_connect.web.words import moment, shown_id, without_addresses

_LOOKS: Final[Mapping[Situation, tuple[DeliveryState, str, str]]] = {
    "asks": (
        "waiting",
        marked("Waits for your yes"),
        marked("You wanted to be asked first. It is sent when you say so."),
    ),
    "unconnected": (
        "waiting",
        marked("Waits"),
        marked("It is sent when you connect your ORCID iD."),
    ),
    "no-permission": (
        "waiting",
        marked("Waits"),
        marked("It is sent when you connect once more and allow that it is added to your record."),
    ),
    "later": ("waiting", marked("Waits"), marked("It is not sent yet.")),
    "due": ("due", marked("On its way"), marked("It is being sent to your record.")),
    "correcting": (
        "due",
        marked("On your record"),
        marked("A correction of it is on its way to your record."),
    ),
    "leaving": ("due", marked("Being removed"), marked("It is being taken off your record.")),
    "paused": (
        "due",
        marked("On its way"),
        marked("Nothing is sent at the moment. It goes on by itself, and nothing is lost."),
    ),
    "delivered": ("delivered", marked("On your record"), ""),
    "editor": (
        "parked",
        marked("Needs a look"),
        marked("Somebody at the editorial office has to look at it. Nothing is lost."),
    ),
    "held": (
        "declined",
        marked("Held back"),
        marked("You hold it back: nothing of it is sent until you say so."),
    ),
    "held-there": (
        "declined",
        marked("Held as it is"),
        marked("It stays on your record as it is. No correction is sent until you say so."),
    ),
    "removed": (
        "declined",
        marked("Not on your record"),
        marked("As you decided, it is not on your record, and not sent until you say so."),
    ),
    "removed-at-orcid": (
        "declined",
        marked("Not on your record"),
        marked("You removed it at ORCID. It is not sent again until you say so."),
    ),
    "removed-by-host": (
        "declined",
        marked("Not on your record"),
        marked("The editorial office took it off your record."),
    ),
    "rule": ("declined", marked("Not sent"), marked("A rule of the journal keeps it back.")),
    "withdrawn": (
        "withdrawn",
        marked("Not on your record"),
        marked("It does not stand here any more, or you are not named there."),
    ),
}
"""How a situation looks, in a word and in a sentence."""
_REVIEW: Final = marked("Review for %(name)s")
SAID: Final[Mapping[str, str]] = {
    "send": marked("It is sent to your record now."),
    "hold": marked("It is held back. Nothing of it is sent until you say so."),
    "remove": marked("It goes from your record, if it was there, and is not sent again."),
    "not-possible": marked("That was not possible any more: look where it stands now."),
    "ask": marked("From now on you are asked before anything new is put on your record."),
    "automatic": marked("From now on what is new is put on your record by itself."),
    "disconnected": marked(
        "Your ORCID iD is disconnected. The permission is withdrawn at ORCID too, now or as soon "
        "as ORCID answers."
    ),
}


def said(language: Language, word: str, title: str = "") -> Said | None:
    """Return what was just done, in words; None for what is none of our words."""
    return Said(language.gettext(SAID[word]), title) if word in SAID else None


def title_of(language: Language, standing: Standing) -> str:
    """Return what an activity is called."""
    name = without_addresses(standing.name)
    if standing.subject_kind == "review":
        return language.gettext(_REVIEW) % {"name": name}
    return name


def row_of(services: Services, language: Language, base: str, one: Standing) -> DeliveryRow:
    """Return an activity as it is listed."""
    state, word, sentence = _LOOKS[one.situation]
    return DeliveryRow(
        id=one.id,
        title=title_of(language, one),
        kind=term(language, one.activity),
        state=state,
        word=language.gettext(word),
        sentence=language.gettext(sentence),
        stored=without_addresses(one.sentence),
        changed=moment(language, one.changed_at),
        record_url=record_url(services, one),
        deeds=tuple(_button(language, base, one, deed) for deed in _offered(one)),
    )


def record_url(services: Services, one: Standing) -> str | None:
    """Return where an item that stands on a record can be looked at."""
    credential = services.credential_of(one.realm)
    if credential is None or one.orcid is None or not one.on_record:
        return None
    return shown_id(credential, one.orcid).uri


def _offered(one: Standing) -> tuple[PersonDeed, ...]:
    """Return what is offered: of what is not on the record, only one way to say no."""
    if one.on_record:
        return one.deeds
    no: PersonDeed = "remove" if one.situation == "asks" else "hold"
    return tuple(deed for deed in one.deeds if deed in ("send", no))


def _button(language: Language, base: str, one: Standing, deed: PersonDeed) -> DeedButton:
    leaves = deed == "remove" and one.on_record
    return DeedButton(
        label=language.gettext(_label(one, deed)),
        action=f"{base}/my/{quote(one.id)}/{deed}",
        asks=leaves,
    )


def _label(one: Standing, deed: PersonDeed) -> str:
    match deed:
        case "send":
            return marked("Send corrections again") if one.on_record else marked("Send it")
        case "hold":
            return marked("Send no corrections") if one.on_record else marked("Hold it back")
    return marked("Remove from my record") if one.on_record else marked("Never send it")
