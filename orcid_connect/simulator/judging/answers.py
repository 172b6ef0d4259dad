"""What the judges answer with: refusals, sources, stored items and normalised identifiers.

Plain frozen values, and the one exception that carries a refusal out of a validator.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

JSON = dict[str, Any]

NO_PARAMS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal as the registry words it: HTTP status, error number, exception, text parameters."""

    status: int
    code: int
    exception: str
    detail: str | None = None
    params: Mapping[str, str] = field(default_factory=lambda: NO_PARAMS)


@dataclass(frozen=True, slots=True)
class Source:
    """Who wrote an item: the client or record, and the asserting client or record behind it."""

    client_id: str | None
    orcid: str | None
    assertion_client: str | None = None
    assertion_orcid: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """An item that is on the record already."""

    put_code: int
    source: Source
    item: JSON


@dataclass(frozen=True, slots=True)
class Normalized:
    """A normalised identifier: its value, the URL it derives, and why one of them is missing."""

    value: str | None
    url: str | None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class PassedThrough:
    """An element of a bulk that is no work and goes back as it came."""

    item: JSON


@dataclass(frozen=True, slots=True)
class GroupNeed:
    """The group a peer review or a group record needs, and the ISSN to look up for it, if any."""

    group_id: str
    issn: str | None = None
    refusal: Refusal | None = None


class Refused(Exception):
    """Carries a refusal from the validator that found it to the function that was asked."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.exception)
        self.refusal = refusal


class Unreadable(Exception):
    """JSON that the registry's reader cannot turn into the asked-for object."""


class Violation(Exception):
    """An object that does not satisfy the XSD of its kind."""
