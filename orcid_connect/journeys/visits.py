"""A visit: one record leased to us, its due rows, and all that was read of them beforehand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pydantic import SecretStr
from sqlalchemy import Connection

from orcid_connect.codec import Payload
from orcid_connect.journeys.evidence import OnRecord
from orcid_connect.records import ItemKind
from orcid_connect.registry.member import Item, MemberApi
from orcid_connect.services import Services
from orcid_connect.store import bulk
from orcid_connect.store.claims import LEASE_SECONDS, Claim
from orcid_connect.store.ledger import Attempt, Delivery
from orcid_connect.store.people import Link
from orcid_connect.store.vault import Vault

ROWS_PER_VISIT = 100
"""Rows of one record worked on before another record has its turn."""

Listing = dict[ItemKind, list[Item]]


@dataclass(frozen=True, slots=True)
class Visit:
    """What is known when it begins; `api` is None if the credential is not in the settings."""

    claim: Claim
    rows: Sequence[Delivery]
    links: dict[str, Link]
    unsettled: dict[str, list[Attempt]]
    api: MemberApi | None
    began_at: float
    leave_at: float
    stopping: Callable[[], bool]
    listings: dict[str, Listing] = field(default_factory=dict)
    tokens: dict[str, SecretStr | None] = field(default_factory=dict, repr=False)
    ahead: dict[str, dict[int, Item | None]] = field(default_factory=dict)

    def listing_for(self, link: Link) -> Listing:
        """Return what the record listed to this link in this visit: permissions differ."""
        return self.listings.setdefault(link.id, {})

    def ahead_for(self, link: Link) -> dict[int, Item | None] | None:
        """Return what was read ahead with this link; None where one row at most is looked up."""
        several = sum(row.id in self.unsettled for row in self.rows) > 1
        return self.ahead.setdefault(link.id, {}) if several else None

    def token_of(self, link: Link, vault: Vault) -> SecretStr | None:
        """Return a link's token, opened once in a visit; raises `SealBroken`."""
        if link.id not in self.tokens:
            self.tokens[link.id] = link.token(vault)
        return self.tokens[link.id]


@dataclass(frozen=True, slots=True)
class Ready:
    """A row whose past is settled, with the permission and the way to its record."""

    row: Delivery
    link: Link
    record: OnRecord
    looked_at: float = 0.0  # what the record listed may be as old as this
    note: str = ""  # what to say of it once it is delivered
    unchecked: Payload | None = None  # what is to be added, if ORCID would take it twice


def load_visits(
    services: Services,
    connection: Connection,
    claims: Sequence[Claim],
    stopping: Callable[[], bool],
) -> list[Visit]:
    """Read what visits to these records need, in one go."""
    now = services.clock()
    due = bulk.due_of_records(connection, claims, now, ROWS_PER_VISIT)
    rows = [row for listed in due.values() for row in listed]
    links = bulk.links_with(connection, (row.link_id for row in rows))
    unsettled = bulk.open_attempts_of(connection, [row.id for row in rows])
    visits = []
    for claim in claims:
        credential = services.credential_of(claim.realm)
        api = None if credential is None else services.member_api(credential)
        leave_at = now + LEASE_SECONDS / 2
        rows_due = due[claim]
        visits.append(Visit(claim, rows_due, links, unsettled, api, now, leave_at, stopping))
    return visits
