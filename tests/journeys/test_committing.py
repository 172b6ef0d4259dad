"""What several visits want written goes in one transaction, and what one wants spoils no other."""

import asyncio

import pytest

from orcid_connect.errors import StoreError
from orcid_connect.journeys.announcing import Announced, Draft
from orcid_connect.journeys.committing import Committer
from orcid_connect.journeys.intake import take_in
from orcid_connect.journeys.planning import plan_due
from orcid_connect.journeys.rows import Conclusion, Facts
from orcid_connect.store import bulk, ledger
from orcid_connect.store.ledger import Delivery
from tests.support.journal import Journal, article, author

pytestmark = pytest.mark.anyio

PEOPLE = ("p0", "p1", "p2")
BEYOND_ANY_NUMBER = 2**70
"""A put-code that no database can keep."""


async def due(journal: Journal) -> list[Delivery]:
    """Bring one article of three people to where it is due for each."""
    for person in PEOPLE:
        await journal.connect(person, journal.person())
    await take_in(journal.services, article(*map(author, PEOPLE)))
    while await plan_due(journal.services):
        pass
    return await journal.rows()


async def drafts_of(journal: Journal, rows: list[Delivery]) -> list[Draft]:
    """Return what visits mean to send of these rows."""
    async with journal.services.database.reading() as connection:
        links = await connection.run_sync(bulk.links_with, [row.link_id for row in rows])
    return [Draft(row, links[row.link_id or ""], "POST") for row in rows]


async def outcomes(journal: Journal, row: Delivery) -> list[str | None]:
    """Return what became of a row's attempts."""
    async with journal.services.database.reading() as connection:
        return [attempt.outcome for attempt in await ledger.attempts_of(connection, row.id)]


async def test_both_kinds_of_wishes_are_carried_out_together(journal: Journal) -> None:
    """One visit concludes while others announce: each gets what it asked for."""
    rows = await due(journal)
    drafts = await drafts_of(journal, rows)
    committer = Committer(journal.services)
    (first,) = await committer.announce(drafts[:1])
    assert first is not None
    done = Conclusion(rows[0], Facts(7, rows[0].desired_hash), "done")
    others, (concluded,) = await asyncio.gather(
        committer.announce(drafts[1:]), committer.conclude([done])
    )
    assert (concluded.state, concluded.put_code) == ("delivered", 7)
    assert all(isinstance(one, Announced) for one in others)
    assert len({first.attempt, *(one.attempt for one in others if one)}) == len(PEOPLE)
    assert [await outcomes(journal, row) for row in rows] == [["done"], [None], [None]]


async def test_what_cannot_be_kept_spoils_no_other(journal: Journal) -> None:
    """A conclusion that the database refuses is told to its visit; all else is kept."""
    rows = await due(journal)
    drafts = await drafts_of(journal, rows)
    committer = Committer(journal.services)
    await committer.announce(drafts[:2])
    wrong = Conclusion(rows[0], Facts(BEYOND_ANY_NUMBER, rows[0].desired_hash), "done")
    right = Conclusion(rows[1], Facts(8, rows[1].desired_hash), "done")
    refused = asyncio.ensure_future(committer.conclude([wrong]))
    (kept,), (announced,) = await asyncio.gather(
        committer.conclude([right]), committer.announce(drafts[2:])
    )
    with pytest.raises((StoreError, OverflowError)):
        await refused
    assert kept.state == "delivered"
    assert announced is not None
    assert [await outcomes(journal, row) for row in rows] == [[None], ["done"], [None]]


async def test_a_row_is_announced_once(journal: Journal) -> None:
    """While nothing is known of a row's request no other may leave, at once or later."""
    rows = await due(journal)
    (draft, *_) = await drafts_of(journal, rows)
    committer = Committer(journal.services)
    (first,), (second,) = await asyncio.gather(
        committer.announce([draft]), committer.announce([draft])
    )
    assert first is not None
    assert second is None
    assert await committer.announce([draft]) == [None]
