"""How many of the people whom a tenant's declarations name have connected an iD."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, Label, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.store.people import Realm
from orcid_connect.store.schema import deliveries, links

Reach = Literal["linked", "waiting", "refused"]
# linked   connected now
# waiting  never connected, or their record was merged and they have to connect once more
# refused  connected once, and took it back here or at ORCID

_LINKED, _WAITING, _REFUSED = 0, 1, 2
_REACH: dict[int | None, Reach] = {
    _LINKED: "linked",
    _WAITING: "waiting",
    None: "waiting",
    _REFUSED: "refused",
}


_RANK = case(
    (links.c.state == "active", _LINKED), (links.c.state == "moved", _WAITING), else_=_REFUSED
)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The people named for one kind of activity, by whether they can be reached."""

    activity: str
    linked: int = 0
    waiting: int = 0
    refused: int = 0

    @property
    def named(self) -> int:
        """How many people there are."""
        return self.linked + self.waiting + self.refused


async def coverage(connection: AsyncConnection, realm: Realm, tenant: str) -> list[Coverage]:
    """Count the people named in a tenant, each once for each kind of activity."""
    named = (
        select(deliveries.c.activity, deliveries.c.person)
        .where(
            # In the order of the unique index, which holds all that is asked here.
            deliveries.c.credential == realm.credential,
            deliveries.c.environment == realm.environment,
            deliveries.c.tenant == tenant,
            or_(deliveries.c.person.like("key:%"), deliveries.c.person.like("orcid:%")),
        )
        .distinct()
        .subquery()
    )
    by_person = select(named.c.activity, _reach(named.c.person, realm, tenant)).subquery()
    query = select(by_person.c.activity, by_person.c.reach, func.count()).group_by(
        by_person.c.activity, by_person.c.reach
    )
    found: dict[str, dict[Reach, int]] = {}
    for activity, reach, count in await connection.execute(query):
        of_kind = found.setdefault(activity, {})
        word = _REACH[reach]
        of_kind[word] = of_kind.get(word, 0) + count
    return [Coverage(activity, **numbers) for activity, numbers in sorted(found.items())]


def _reach(person: ColumnElement[str], realm: Realm, tenant: str) -> Label[int | None]:
    """Return the best link that somebody has or had, whom the ledger calls so; null: none."""
    key, orcid = (
        select(func.min(_RANK))
        .where(
            links.c.tenant == tenant,
            column == func.substr(person, len(prefix) + 1),
            links.c.credential == realm.credential,
            links.c.environment == realm.environment,
        )
        .scalar_subquery()
        for prefix, column in (("key:", links.c.person_key), ("orcid:", links.c.orcid))
    )
    return case((person.like("key:%"), key), else_=orcid).label("reach")
