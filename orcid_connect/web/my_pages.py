"""The variables of a person's own page: their activities, and what they may decide of each."""

from dataclasses import dataclass
from typing import ClassVar

from orcid_connect.web.words import Moment, ShownId


@dataclass(frozen=True, slots=True)
class DeedButton:
    """One thing its person may decide of an activity; `asks` leads to a page that asks first."""

    label: str
    action: str
    asks: bool = False


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One thing sent, or to be sent, to a person's record.

    `stored` is a sentence that is kept in English, where it says something the page does not.
    """

    id: str
    title: str
    kind: str
    state: str
    word: str
    sentence: str
    stored: str
    changed: Moment
    record_url: str | None
    deeds: tuple[DeedButton, ...]


@dataclass(frozen=True, slots=True)
class AskSwitch:
    """Whether the person is asked first, and the form that changes it."""

    ask_first: bool
    action: str


@dataclass(frozen=True, slots=True)
class Deliveries:
    """A page of a person's activities, with the token of all of its forms."""

    rows: tuple[DeliveryRow, ...] = ()
    token: str = ""
    switch: AskSwitch | None = None
    first_url: str | None = None
    older_url: str | None = None


@dataclass(frozen=True, slots=True)
class OtherLink:
    """A further iD of the person, connected with another credential of the host."""

    identity: ShownId
    since: Moment
    state: str
    permissions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What was just done, and to what if it was something of the list."""

    sentence: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class RemovePage:
    """Asks once more before something goes from a record."""

    template: ClassVar[str] = "pages/remove.html"

    title: str
    kind: str
    identity: ShownId | None
    on_record: bool
    action: str
    token: str
    back_url: str
