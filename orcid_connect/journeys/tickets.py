"""Tickets: a host's word, carried by the person's own browser, for who is signed in there.

A ticket lives ten minutes and lets in one browser, once. It says who, in which tenant, what for
and where to return to, all of it sealed. A watch reads how a person is connected, and no more.
"""

from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Final, Literal

from pydantic import ValidationError

from orcid_connect.declarations import Person
from orcid_connect.errors import InputError, LinkingError
from orcid_connect.journeys.link_states import new_nonce
from orcid_connect.journeys.returning import checked_return
from orcid_connect.journeys.signing import SlipRefused, seal, unseal
from orcid_connect.journeys.using_up import use_once
from orcid_connect.languages import spoken
from orcid_connect.observe import Clock
from orcid_connect.purposes import PURPOSES, Purpose
from orcid_connect.services import Services
from orcid_connect.settings import Settings

TICKET: Final = "orcid_connect.ticket.v1"
WATCH: Final = "orcid_connect.watch.v1"
TICKET_SECONDS: Final = 600
WATCH_SECONDS: Final = 3600
NAME_CHARACTERS: Final = 200
"""Of the name of an account at most: it is shown, no more."""
MAX_CHARACTERS: Final = 3600
"""What is longer is neither made nor looked at; whom it names must fit into a cookie (4,096)."""

Refusal = Literal["missing", "forged", "expired", "used", "person"]


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who a host says is there, what they want, and what makes this ticket this one."""

    tenant: str
    key: str
    name: str
    purpose: Purpose | None
    return_to: str
    language: str
    nonce: str

    @property
    def person(self) -> Person:
        """The person it is for."""
        return Person(tenant=self.tenant, key=self.key, name=self.name or None)

    @property
    def fingerprint(self) -> str:
        """What is kept of a used ticket."""
        return sha256(b"orcid_connect.ticket:" + self.nonce.encode()).hexdigest()


class TicketRefused(Exception):
    """A ticket that lets nobody in, and why."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason: Refusal = reason


def person_named(person: Person | str, tenant: str | None, name: str = "") -> Person:
    """Return the person meant by a key and a tenant; raises `InputError` where that is unclear."""
    if isinstance(person, Person):
        if tenant is not None and tenant != person.tenant:
            raise InputError("the person is of another tenant than the one given beside them")
        return person.model_copy(update={"name": name}) if name else person
    given = {"key": person, "name": name or None} | ({} if tenant is None else {"tenant": tenant})
    try:
        return Person.model_validate(given)
    except ValidationError:
        raise InputError("person and tenant must be texts of 1 to 512 characters") from None


def issue_ticket(
    settings: Settings,
    clock: Clock,
    person: Person,
    purpose: str | None = None,
    return_to: str | None = None,
    language: str | None = None,
) -> str:
    """Return a new ticket for a person.

    Raises `LinkingError` for an address to return to that is not allowed, `InputError` for a
    purpose there is not and for what is too long, `SettingsError` if nobody serves the tenant.
    """
    settings.credential_for(person.tenant)
    wanted = next((one for one in PURPOSES if one == purpose), None)
    if purpose and wanted is None:
        raise InputError(f"purpose must be one of: {', '.join(PURPOSES)}")
    ticket = Ticket(
        tenant=person.tenant,
        key=person.key,
        name=(person.name or "")[:NAME_CHARACTERS],
        purpose=wanted,
        return_to=checked_return(settings, return_to) if return_to else "",
        language=spoken(language, settings.languages) or "",
        nonce=new_nonce(),
    )
    signed = seal(settings, clock, TICKET, list(asdict(ticket).values()))
    if len(signed) > MAX_CHARACTERS:
        raise InputError("person, tenant, name and return_to are too long together for an address")
    return signed


def read_ticket(settings: Settings, clock: Clock, signed: str) -> Ticket:
    """Return a ticket that we made and that may still be used, once; raises `TicketRefused`.

    What the settings do not allow any more is refused too.
    """
    if not signed:
        raise TicketRefused("missing")
    if len(signed) > MAX_CHARACTERS:
        raise TicketRefused("forged")
    try:
        ticket = Ticket(*unseal(settings, clock, TICKET, signed, TICKET_SECONDS))
        if ticket.return_to:
            checked_return(settings, ticket.return_to)
    except SlipRefused as slip:
        raise TicketRefused(slip.reason) from None
    except (TypeError, LinkingError):
        raise TicketRefused("forged") from None
    return ticket


async def use_up(services: Services, ticket: Ticket) -> None:
    """Let one browser in with it, and no other after; raises `TicketRefused`."""
    if not await use_once(services, ticket.fingerprint, TICKET_SECONDS):
        raise TicketRefused("used")


def issue_watch(settings: Settings, clock: Clock, person: Person) -> str:
    """Return what reads, for an hour, how this person is connected."""
    return seal(settings, clock, WATCH, [person.tenant, person.key])


def read_watch(settings: Settings, clock: Clock, signed: str) -> Person | None:
    """Return whom a watch is about, or None if it does not count."""
    if len(signed) > MAX_CHARACTERS:
        return None
    try:
        tenant, key = unseal(settings, clock, WATCH, signed, WATCH_SECONDS)
    except (SlipRefused, ValueError):
        return None
    return Person(tenant=tenant, key=key)
