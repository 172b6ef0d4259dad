"""Where things stand, for the people concerned: per article for its editor, per person for them."""

from dataclasses import dataclass

from orcid_connect.declarations import Article, Review
from orcid_connect.journeys.telling import delivery_notice
from orcid_connect.notices import DeliveryNotice
from orcid_connect.services import Services
from orcid_connect.store import declared, ledger
from orcid_connect.store.declared import Subject
from orcid_connect.store.ledger import Delivery, DeliveryState

ROWS = 50
"""Rows shown to one person on one page."""

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
    """Return how every delivery of an article or review stands."""
    async with services.database.reading() as connection:
        return [delivery_notice(row) for row in await ledger.of_subject(connection, subject)]


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
    return [_standing(row, titles[row.subject]) for row in rows]


def _standing(row: Delivery, title: str) -> Standing:
    sentence = row.sentence or _SENTENCES[row.state]
    return Standing(title or row.subject.key, row.state, sentence)


def _title(snapshot: declared.Snapshot | None) -> str:
    if snapshot is None:
        return ""
    if isinstance(snapshot.declaration, Article):
        return snapshot.declaration.title
    if isinstance(snapshot.declaration, Review):
        return f"Review for {snapshot.declaration.organization.name}"
    return ""
