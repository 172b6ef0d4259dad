"""Deciding as Ada does of her own deliveries, and what ORCID was asked since."""

import json
from typing import Any

from orcid_connect.declarations import Person
from orcid_connect.journeys import wishes
from orcid_connect.journeys.planning import plan_due
from orcid_connect.journeys.wishes import PersonDeed
from orcid_connect.store.ledger import Delivery
from tests.support.journal import TENANT, Journal

ADA = Person(tenant=TENANT, key="ada")
HOUR = 3600.0


async def plan(journal: Journal) -> None:
    """Plan all that is to be planned, and send nothing."""
    while await plan_due(journal.services):
        pass


async def own_row(journal: Journal, key: str) -> Delivery:
    """Return Ada's row of an article; what was left behind is nobody's."""
    (row,) = [row for row in await journal.rows(key) if not row.person.startswith("former:")]
    return row


async def decide(
    journal: Journal, key: str, deed: PersonDeed, *, done: bool = True, work: bool = True
) -> Delivery:
    """Let Ada decide of an article."""
    row = await own_row(journal, key)
    decided = await wishes.decide(journal.services, ADA, row.id, deed)
    assert decided is not None
    assert decided.done is done, (deed, row)
    if work:
        await journal.work()
    return decided.row


async def ask_first(journal: Journal, ask: bool) -> None:
    """Let Ada change whether she is asked first."""
    await wishes.set_ask_first(journal.services, ADA, ask=ask)
    await journal.work()


def written(journal: Journal, *methods: str, after: int = 0) -> set[str]:
    """Return the keys of the articles that ORCID was told of by these methods."""
    found = set()
    for entry in journal.simulator.journal():
        if entry["number"] > after and entry["method"] in methods and entry["sent"]:
            text = json.dumps(entry["sent"])
            found |= {part.partition('"')[0] for part in text.split('"10.5555/')[1:]}
    return found


def so_far(journal: Journal) -> int:
    """Return the number of the last request."""
    return max((entry["number"] for entry in journal.simulator.journal()), default=0)


def on_record(journal: Journal, orcid: str) -> list[str]:
    """Return the keys of the articles on a record."""
    return sorted(part.partition('"')[0] for part in _dois(journal.works(orcid)))


def _dois(works: list[dict[str, Any]]) -> list[str]:
    return [json.dumps(work["external-ids"]).split('"10.5555/')[1] for work in works]
