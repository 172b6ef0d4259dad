"""Links, scopes and times in the words that pages and JSON use."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from orcid_connect.settings import Credential
from orcid_connect.store.people import Link

_PERMISSIONS = {
    "openid": "know your ORCID iD, and that it is really yours",
    "/authenticate": "know your ORCID iD, and that it is really yours",
    "/read-limited": "read what your record shows to organisations you trust",
    "/activities/update": "add works and reviews to your record, and correct or remove those",
    "/person/update": "add to the personal part of your record, such as other names and links",
}
"""In the order in which they are told (REGISTRY.md 2.7)."""


@dataclass(frozen=True, slots=True)
class ShownId:
    """An iD as it is displayed: the whole address, linked, marked if it is not a real one."""

    orcid: str
    uri: str
    name: str | None = None
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A time for people, and the same for machines."""

    text: str
    iso: str


def shown_id(credential: Credential, orcid: str, name: str | None = None) -> ShownId:
    """Return an iD as to be displayed: its host is the environment's (REGISTRY.md 12)."""
    mark = None if credential.environment == "production" else credential.environment
    return ShownId(orcid=orcid, uri=f"{credential.site}/{orcid}", name=name, mark=mark)


def shown_link(credential: Credential, link: Link) -> ShownId:
    """Return the iD of a link as to be displayed."""
    return shown_id(credential, link.orcid, link.name)


def permissions(scopes: frozenset[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Return what scopes allow, in words, each thing once."""
    return tuple(dict.fromkeys(words for scope, words in _PERMISSIONS.items() if scope in scopes))


def moment(seconds: float) -> Moment:
    """Return a time as a date for people and in ISO 8601, both in UTC."""
    when = datetime.fromtimestamp(seconds, tz=UTC)
    return Moment(text=f"{when.day} {when:%B %Y}", iso=when.isoformat(timespec="seconds"))


@dataclass(frozen=True, slots=True)
class Ago:
    """A time as people compare it, with the exact one for whoever wants it, and for machines."""

    text: str
    exact: str
    iso: str


_SPANS = (
    (86_400.0 * 365.25, "year"),
    (86_400.0 * 30.44, "month"),
    (86_400.0, "day"),
    (3600.0, "hour"),
    (60.0, "minute"),
)


def ago(seconds: float, now: float) -> Ago:
    """Return a time as how long ago it is, or how far ahead."""
    when = datetime.fromtimestamp(seconds, tz=UTC)
    exact = f"{when.day} {when:%B %Y, %H:%M:%S} UTC"
    return Ago(_distance(now - seconds), exact, when.isoformat(timespec="seconds"))


def _distance(passed: float) -> str:
    for span, name in _SPANS:
        count = int(abs(passed) / span)
        if count:
            words = f"{count} {name}{'' if count == 1 else 's'}"
            return f"{words} ago" if passed > 0 else f"in {words}"
    return "just now" if passed >= 0 else "in less than a minute"


_ADDRESS = re.compile(r"[^\s@:,;<>()\"']{1,64}@[^\s@:,;<>()\"']{1,255}")


def without_addresses(text: str) -> str:
    """Return a text without e-mail addresses: hosts may use them as keys, or people write them."""
    return _ADDRESS.sub("(an e-mail address)", text) if "@" in text else text
