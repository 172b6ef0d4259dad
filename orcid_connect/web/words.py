"""Links, scopes and times in the words that pages and JSON use."""

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
