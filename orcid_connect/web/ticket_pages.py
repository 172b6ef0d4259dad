"""The variables of the two pages about tickets: one asks first, one says why a ticket is no use."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ContinuePage:
    """Asks whether the person in front of the screen is whom the ticket names."""

    template: ClassVar[str] = "pages/continue.html"

    name: str
    site: str
    replaces: bool
    action: str
    fields: dict[str, str]
    home_url: str


@dataclass(frozen=True, slots=True)
class TicketPage:
    """Says why a ticket lets nobody in, and what to do instead."""

    template: ClassVar[str] = "pages/ticket.html"

    reason: str
    home_url: str
