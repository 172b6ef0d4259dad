"""How all of it stands: per tenant and credential, what stands still and why, what is next."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.codec import put_body
from orcid_connect.errors import SettingsError
from orcid_connect.journeys.sending import next_method
from orcid_connect.registry.sections import section_of
from orcid_connect.services import Services, realm_of
from orcid_connect.store import ledger, reports, turns, wishes
from orcid_connect.store.ledger import Attempt, Delivery, DeliveryState
from orcid_connect.store.people import Realm
from orcid_connect.store.reports import Backlog


@dataclass(frozen=True, slots=True)
class Line:
    """One tenant's deliveries with one credential; `oldest_due` is what waits longest by now."""

    realm: Realm
    tenant: str
    counts: Mapping[DeliveryState, int] = field(default_factory=dict)
    oldest_due: float | None = None
    backlog: Backlog | None = None

    def of(self, state: DeliveryState) -> int:
        """Return how many are in a state."""
        return self.counts.get(state, 0)


@dataclass(frozen=True, slots=True)
class Stopped:
    """What stands still or goes slowly, and the sentence that says why.

    Without a tenant it is a whole credential. `until` is set where it goes on by itself.
    """

    realm: Realm
    tenant: str | None
    sentence: str
    paused_at: float | None
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """Everything at one moment."""

    at: float
    lines: tuple[Line, ...]
    backlogs: tuple[Backlog, ...]
    stopped: tuple[Stopped, ...]
    asked: int = 0
    """Deliveries that wait for the yes of whose record it is."""
    declared: bool = False
    """Whether anything was ever declared, also if it is for nobody."""

    def total(self, state: DeliveryState) -> int:
        """Return how many deliveries are in a state, of all tenants."""
        return sum(line.of(state) for line in self.lines)

    @property
    def oldest_due(self) -> float | None:
        """Return since when something could have been sent and was not, if anything."""
        return min(
            (one.oldest_due for one in self.lines if one.oldest_due is not None), default=None
        )

    @property
    def unplanned(self) -> int:
        """Return how many declarations wait to be planned."""
        return sum(one.count for one in self.backlogs)

    @property
    def needs_a_person(self) -> bool:
        """Tell whether something goes on only when a person has looked."""
        paused = any(one.paused_at is not None for one in self.stopped)
        return paused or self.total("parked") > 0 or any(one.failed for one in self.backlogs)


@dataclass(frozen=True, slots=True)
class Preview:
    """The exact request that would be sent next, if any, and what is believed to stand there."""

    row: Delivery
    method: str | None
    path: str | None
    payload: dict[str, Any] | None
    standing: dict[str, Any] | None


async def look(services: Services) -> Status:
    """Look at everything: a few queries, each along an index."""
    now = services.clock()
    async with services.database.reading() as connection:
        counts = await reports.counts(connection)
        backlogs = tuple(await reports.backlogs(connection))
        stopped = await _stopped(connection, now)
        asked = await wishes.count_asked(connection)
        lines = _lines(services, counts, backlogs)
        declared = bool(lines) or await reports.anything_declared(connection)
    return Status(now, lines, backlogs, stopped, asked, declared)


async def has_declared(services: Services, tenant: str) -> bool:
    """Tell whether anything of a tenant was ever declared."""
    async with services.database.reading() as connection:
        return await reports.anything_declared(connection, tenant)


def _lines(
    services: Services, counts: list[reports.Count], backlogs: tuple[Backlog, ...]
) -> tuple[Line, ...]:
    found: dict[tuple[Realm, str], dict[DeliveryState, int]] = {}
    oldest: dict[tuple[Realm, str], float | None] = {}
    for one in counts:
        place = Realm(one.credential, one.environment), one.tenant
        found.setdefault(place, {})[one.state] = one.count
        if one.state == "due":
            oldest[place] = one.oldest_due
    unplanned = {one.tenant: one for one in backlogs}
    for tenant in unplanned:
        found.setdefault((realm_for(services, tenant), tenant), {})
    shown: set[str] = set()
    lines = []
    for (realm, tenant), numbers in sorted(found.items(), key=_by_tenant):
        # What waits to be planned belongs to a tenant, whatever its credential: it is told once.
        backlog = None if tenant in shown else unplanned.get(tenant)
        shown.add(tenant)
        lines.append(Line(realm, tenant, numbers, oldest.get((realm, tenant)), backlog))
    return tuple(lines)


def realm_for(services: Services, tenant: str) -> Realm:
    """Return the realm of the credential that serves a tenant now, an empty one if none does."""
    try:
        return realm_of(services.settings.credential_for(tenant))
    except SettingsError:
        return Realm("", "")


def _by_tenant(item: tuple[tuple[Realm, str], object]) -> tuple[str, str, str]:
    (realm, tenant), _ = item
    return tenant, realm.credential, realm.environment


async def _stopped(connection: AsyncConnection, now: float) -> tuple[Stopped, ...]:
    found = [
        Stopped(
            realm,
            None,
            state.paused_sentence or _slowed(state.slow_tries),
            state.paused_at,
            None if state.paused_at is not None else state.slow_until,
        )
        for realm, state in await reports.troubled_credentials(connection, now)
    ]
    found += [
        Stopped(queue.realm, queue.tenant, queue.paused_sentence or "", queue.paused_at)
        for queue in await turns.paused_queues(connection)
    ]
    return tuple(found)


def _slowed(tries: int) -> str:
    times = "once" if tries <= 1 else f"{tries} times in a row"
    return f"ORCID did not answer or asked us to slow down, {times}; it goes on by itself."


async def find(services: Services, prefix: str) -> list[Delivery]:
    """Return the deliveries whose id begins so: none, one, or two of several."""
    async with services.database.reading() as connection:
        return await ledger.by_prefix(connection, prefix)


async def attempts(services: Services, row: Delivery) -> list[Attempt]:
    """Return the last exchanges with ORCID about a delivery, newest first."""
    async with services.database.reading() as connection:
        return await ledger.attempts_of(connection, row.id)


async def preview(services: Services, row: Delivery) -> Preview:
    """Return what would be sent for a row as it is planned now; nothing is asked of ORCID."""
    desired, standing = await _payload(services, row.desired_hash), None
    if row.put_code is not None:
        standing = await _payload(services, row.known_hash)
    method = next_method(row)
    if method == "PUT" and desired is not None and row.put_code is not None:
        desired = put_body(desired, row.put_code)
    path = None if method is None or row.orcid is None else _path(row)
    return Preview(row, method, path, desired, standing)


def _path(row: Delivery) -> str:
    place = f"/v3.0/{row.orcid}/{section_of(row.activity).segment}"
    return place if row.put_code is None else f"{place}/{row.put_code}"


async def _payload(services: Services, digest: str | None) -> dict[str, Any] | None:
    if digest is None:
        return None
    async with services.database.reading() as connection:
        found: dict[str, Any] = json.loads(await ledger.payload(connection, digest))
    return found
