"""Links, scopes and times in the words that pages and JSON use."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from orcid_connect.identifiers import SANDBOX_SITE, GivenOrcid
from orcid_connect.languages import Language, marked
from orcid_connect.settings import Credential
from orcid_connect.store.people import Link

_PERMISSIONS = {
    "openid": marked("know your ORCID iD, and that it is really yours"),
    "/authenticate": marked("know your ORCID iD, and that it is really yours"),
    "/read-limited": marked("read what your record shows to organisations you trust"),
    "/activities/update": marked(
        "add works and reviews to your record, and correct or remove those"
    ),
    "/person/update": marked(
        "add to the personal part of your record, such as other names and links"
    ),
}
"""In the order in which they are told (REGISTRY.md 2.7)."""


_MARKS = {
    "sandbox": marked("sandbox"),
    "simulator": marked("simulator"),
    "custom": marked("custom"),
}
"""What stands beside an iD that is no real one, by its environment; templates translate it."""

MINUTE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class ShownId:
    """An iD as it is displayed: the whole address, linked, marked if it is not a real one.

    Only what a sign-in at ORCID or its token proved is authenticated (DESIGN.md, promise 4).
    """

    orcid: str
    uri: str
    name: str | None = None
    mark: str | None = None
    authenticated: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """A time for people, and the same for machines."""

    text: str
    iso: str


def shown_id(
    credential: Credential, orcid: str, name: str | None = None, *, authenticated: bool = False
) -> ShownId:
    """Return an iD as to be displayed: its host is the environment's (REGISTRY.md 12)."""
    mark = _MARKS.get(credential.environment)
    return ShownId(orcid, f"{credential.site}/{orcid}", name, mark, authenticated)


def shown_link(credential: Credential, link: Link) -> ShownId:
    """Return the iD of a link as to be displayed."""
    return shown_id(credential, link.orcid, link.name, authenticated=True)


def shown_given(given: GivenOrcid, name: str | None = None) -> ShownId:
    """Return an iD that somebody wrote down as to be displayed."""
    mark = _MARKS["sandbox"] if given.site == SANDBOX_SITE else None
    return ShownId(given.orcid, given.uri, name, mark)


def permissions(language: Language, scopes: frozenset[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Return what scopes allow, in words, each thing once."""
    allowed = dict.fromkeys(words for scope, words in _PERMISSIONS.items() if scope in scopes)
    return tuple(language.gettext(words) for words in allowed)


def moment(language: Language, seconds: float) -> Moment:
    """Return a time as a date for people and in ISO 8601, both in UTC."""
    return Moment(text=language.date(seconds), iso=_iso(seconds))


@dataclass(frozen=True, slots=True)
class Ago:
    """A time as people compare it, with the exact one for whoever wants it, and for machines."""

    text: str
    exact: str
    iso: str


@dataclass(frozen=True, slots=True)
class Times:
    """Times as compared with now, in a language."""

    language: Language
    now: float

    def ago(self, seconds: float) -> Ago:
        """Return a time as how long ago it is, or how far ahead."""
        distance = _distance(self.language, self.now - seconds)
        return Ago(distance, self.language.exact(seconds), _iso(seconds))

    def ago_if_known(self, seconds: float | None) -> Ago | None:
        """Return the same where there is a time."""
        return None if seconds is None else self.ago(seconds)


def _distance(language: Language, passed: float) -> str:
    if abs(passed) >= MINUTE_SECONDS:
        return language.distance(passed)
    if passed >= 0:
        return language.gettext("just now")
    return language.gettext("in less than a minute")


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, tz=UTC).isoformat(timespec="seconds")


_ADDRESS = re.compile(r"[^\s@:,;<>()\"']{1,64}@[^\s@:,;<>()\"']{1,255}")


def without_addresses(text: str) -> str:
    """Return a text without e-mail addresses: hosts may use them as keys, or people write them."""
    return _ADDRESS.sub("(an e-mail address)", text) if "@" in text else text
