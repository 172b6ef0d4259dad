"""Where things stand, for the people concerned: per article for its editor, per person for them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.declarations import Article, Review, Role
from orcid_connect.journeys.telling import delivery_notice
from orcid_connect.notices import DeliveryNotice
from orcid_connect.services import Services
from orcid_connect.store import declared, leases, ledger, turns
from orcid_connect.store.declared import Subject
from orcid_connect.store.ledger import Delivery, DeliveryState
from orcid_connect.store.people import Realm

ROWS = 50
"""Rows shown to one person on one page."""
STANDS_STILL = "Paused; nothing is lost, and it is sent when it goes on. Why: "
STANDS_STILL_FOR_YOU = "On its way, though paused at the moment. Nothing is lost."

_SENTENCES: dict[DeliveryState, str] = {
    "waiting": "Waits until you connect your ORCID iD.",
    "due": "On its way to your record.",
    "delivered": "On your record.",
    "parked": "Somebody at the journal has to look at it.",
    "declined": "Not on your record, as you or a rule decided.",
    "withdrawn": "No longer on your record.",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One activity of one person: its title, its state as a word, and a sentence to them."""

    title: str
    state: DeliveryState
    sentence: str


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
    services: Services, tenant: str, person_key: str, orcid: str | None
) -> list[Standing]:
    """Return how a person's activities stand, last changed first."""
    named = [f"key:{person_key}"] + ([f"orcid:{orcid}"] if orcid else [])
    async with services.database.reading() as connection:
        rows = await ledger.of_person(connection, tenant, named, ROWS)
        titles = {
            row.subject: _title(await declared.last_article_or_review(connection, row.subject))
            for row in rows
        }
        paused = await _paused(connection, tenant)
    return [_standing(row, titles[row.subject], stands=row.realm in paused) for row in rows]


async def _paused(connection: AsyncConnection, tenant: str) -> Mapping[Realm, str]:
    """Return with what credentials nothing of a tenant is sent now, and why."""
    queues = await turns.queues_of(connection, tenant)
    own = {one.realm: one.paused_sentence or "" for one in queues if one.paused_at is not None}
    return {**own, **await leases.paused_credentials(connection)}


def _standing(row: Delivery, title: str, *, stands: bool) -> Standing:
    if stands and row.state == "due":
        return Standing(title or row.subject.key, row.state, STANDS_STILL_FOR_YOU)
    sentence = row.sentence or _SENTENCES[row.state]
    return Standing(title or row.subject.key, row.state, sentence)


def _title(snapshot: declared.Snapshot | None) -> str:
    if snapshot is None:
        return ""
    if isinstance(snapshot.declaration, Article):
        return snapshot.declaration.title
    if isinstance(snapshot.declaration, Review):
        return f"Review for {snapshot.declaration.organization.name}"
    if isinstance(snapshot.declaration, Role):
        role = snapshot.declaration
        return ", ".join(one for one in (role.role_title, role.organization.name) if one)
    return ""
