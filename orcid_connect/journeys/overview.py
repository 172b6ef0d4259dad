"""Where things stand, for the people concerned: per article for its editor, per person for them.

What a person reads is worded where it is shown, in their language; here it is a situation.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.declarations import Article, Person, Review, Role
from orcid_connect.journeys import wishes
from orcid_connect.journeys.decisions import removed_at_orcid
from orcid_connect.journeys.permissions import scope_for
from orcid_connect.journeys.telling import delivery_notice
from orcid_connect.journeys.wishes import PersonDeed
from orcid_connect.notices import DeliveryNotice
from orcid_connect.records import ItemKind
from orcid_connect.services import Services, realm_of
from orcid_connect.store import declared, leases, ledger, people, turns
from orcid_connect.store import wishes as stored
from orcid_connect.store.declared import Subject, SubjectKind
from orcid_connect.store.ledger import Delivery
from orcid_connect.store.listings import Position
from orcid_connect.store.people import Link, Realm

ROWS = 50
"""Rows shown to one person on one page."""
STANDS_STILL = "Paused; nothing is lost, and it is sent when it goes on. Why: "

Situation = Literal[
    "asks",
    "unconnected",
    "no-permission",
    "later",
    "due",
    "correcting",
    "leaving",
    "paused",
    "delivered",
    "editor",
    "held",
    "held-there",
    "removed",
    "removed-at-orcid",
    "removed-by-host",
    "rule",
    "withdrawn",
]
# asks              it waits for their yes
# unconnected       it waits until they connect an iD; no-permission: until they allow to write
# later             it waits for something else: the stored sentence says for what
# due               it is on its way; correcting: what is there is; leaving: it is being removed
# paused            it is on its way, and stands still at the moment
# delivered         it is on their record
# editor            somebody at the host has to look at it
# held              they hold it back; held-there: it stands on the record as it was
# removed           they took it off, or it never got there; removed-at-orcid: with ORCID's means
# removed-by-host   somebody at the host took it off
# rule              a rule of the host keeps it off: the stored sentence says which
# withdrawn         the host does not declare it any more


@dataclass(frozen=True, slots=True)
class Standing:
    """One activity of one person, where it stands and what they may decide of it.

    `name` is a title, or for a review or a role the organisation; `sentence` is the stored English
    one, only where it says something that the situation does not. `changed_at` are seconds since
    the epoch.
    """

    id: str
    subject_kind: SubjectKind
    activity: ItemKind
    name: str
    situation: Situation
    sentence: str
    changed_at: float
    deeds: tuple[PersonDeed, ...]
    realm: Realm
    orcid: str | None
    put_code: int | None

    @property
    def on_record(self) -> bool:
        """Tell whether it stands on the record as far as we know."""
        return self.put_code is not None


@dataclass(frozen=True, slots=True)
class Overview:
    """A page of a person's activities, whether they are asked first, and where the next begins."""

    standings: tuple[Standing, ...]
    ask_first: bool
    after: Position | None


async def of_subject(services: Services, subject: Subject) -> list[DeliveryNotice]:
    """Return how every delivery of something declared stands, also why nothing of it moves."""
    async with services.database.reading() as connection:
        rows = await ledger.of_subject(connection, subject)
        paused = await _paused(connection, subject.tenant)
    return [
        delivery_notice(replace(row, sentence=f"{STANDS_STILL}{paused[row.realm]}"))
        if row.state == "due" and row.realm in paused
        else delivery_notice(row)
        for row in rows
    ]


async def of_person(
    services: Services, person: Person, after: Position | None = None, size: int = ROWS
) -> Overview:
    """Return how a person's activities stand, last changed first."""
    async with services.database.reading() as connection:
        named = await wishes.names_of(connection, services, person)
        page = await stored.page_of(connection, person.tenant, named, after, size)
        around = await _around(connection, services, person)
        standings = [await _standing(connection, row, around) for row in page.rows]
        asked = person.key in await stored.asking(connection, person.tenant, [person.key])
    return Overview(tuple(standings), asked, page.after)


async def of_one(services: Services, person: Person, delivery_id: str) -> Standing | None:
    """Return how one activity of a person stands; None if it is not theirs or unknown."""
    row = await wishes.own_row(services, person, delivery_id)
    if row is None:
        return None
    async with services.database.reading() as connection:
        return await _standing(connection, row, await _around(connection, services, person))


@dataclass(frozen=True, slots=True)
class _Around:
    """What a row's state alone does not say: the person's link, and what stands still."""

    link: Link | None
    paused: frozenset[Realm]


async def _around(connection: AsyncConnection, services: Services, person: Person) -> _Around:
    realm = realm_of(services.settings.credential_for(person.tenant))
    link = await people.active_link(connection, realm, person.tenant, person.key)
    return _Around(link, frozenset(await _paused(connection, person.tenant)))


async def _paused(connection: AsyncConnection, tenant: str) -> Mapping[Realm, str]:
    """Return with what credentials nothing of a tenant is sent now, and why."""
    queues = await turns.queues_of(connection, tenant)
    own = {one.realm: one.paused_sentence or "" for one in queues if one.paused_at is not None}
    return {**own, **await leases.paused_credentials(connection)}


async def _standing(connection: AsyncConnection, row: Delivery, around: _Around) -> Standing:
    situation = _situation(row, around)
    last = await declared.last_article_or_review(connection, row.subject)
    tells_more = situation in ("later", "rule", "delivered")
    return Standing(
        id=row.id,
        subject_kind=row.subject.kind,
        activity=row.activity,
        name=_name(last) or row.subject.key,
        situation=situation,
        sentence=row.sentence if tells_more else "",
        changed_at=row.changed_at,
        deeds=wishes.possible(row),
        realm=row.realm,
        orcid=row.orcid,
        put_code=row.put_code,
    )


def _situation(row: Delivery, around: _Around) -> Situation:
    match row.state:
        case "delivered" | "withdrawn" as state:
            return state
        case "parked":
            return "editor"
        case "due":
            return _on_its_way(row, around)
        case "declined":
            return _refused(row)
    return _waiting(row, around.link)


def _on_its_way(row: Delivery, around: _Around) -> Situation:
    if row.wish == "hold" and row.desired_hash is not None:
        return "held"
    if row.realm in around.paused:
        return "paused"
    if row.desired_hash is None:
        return "leaving"
    return "due" if row.put_code is None else "correcting"


def _refused(row: Delivery) -> Situation:
    if removed_at_orcid(row):
        return "removed-at-orcid"
    if row.wish == "remove":
        return "removed"
    if row.wish == "hold":
        return _held(row)
    return "removed-by-host" if row.held == "removed" else "rule"


def _held(row: Delivery) -> Situation:
    return "held" if row.put_code is None else "held-there"


def _waiting(row: Delivery, link: Link | None) -> Situation:
    if row.wish == "remove":
        return "leaving"
    if row.wish == "hold":
        return _held(row)
    if link is None:
        return "unconnected"
    if scope_for(row.activity) not in link.scopes:
        return "no-permission"
    if row.wish == "ask":
        return "asks"
    return "later" if row.sentence else "due"


def _name(snapshot: declared.Snapshot | None) -> str:
    if snapshot is None:
        return ""
    if isinstance(snapshot.declaration, Article):
        return snapshot.declaration.title
    if isinstance(snapshot.declaration, Review):
        return snapshot.declaration.organization.name
    if isinstance(snapshot.declaration, Role):
        role = snapshot.declaration
        return ", ".join(one for one in (role.role_title, role.organization.name) if one)
    return ""
