"""Yesterday's backup restored: the records are read before anything is written on them."""

from typing import Any

import pytest
from sqlalchemy import delete, update

from orcid_connect.journeys import standstill, wishes
from orcid_connect.journeys.restoring import Restored, restored, sums
from orcid_connect.services import realm_of
from orcid_connect.store.schema import deliveries
from tests.journeys.test_repairing import HOUR, a_work, connected, title_on
from tests.support.journal import Journal, article, author
from tests.support.wishes import ADA

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def one_time(journal: Journal) -> None:
    """ORCID's clock shows the time of ours, as it does in the world."""
    journal.simulator.clock.set(journal.clock())


async def compare(journal: Journal) -> Restored:
    """Compare all records with the ledger."""
    return sums([one async for one in restored(journal.services)])


async def turn_back(journal: Journal, **values: Any) -> None:
    """Give the ledger's rows the values of yesterday."""
    async with journal.services.database.writing() as connection:
        await connection.execute(update(deliveries).values(**values))


async def test_a_put_code_lost_with_the_backup_is_found_again(journal: Journal) -> None:
    """A row that was still due yesterday finds its item and corrects it; nothing is doubled."""
    orcid = await connected(journal)
    await journal.declare(article(author()))
    await turn_back(journal, state="due", put_code=None, known_hash=None, due_at=0.0)
    result = await compare(journal)
    assert (result.found_again, result.unknown) == (1, ())
    await journal.work()
    assert len(journal.works(orcid)) == 1
    assert (await journal.row()).state == "delivered"


async def test_what_was_removed_since_stays_removed(journal: Journal) -> None:
    """A row that believes its item there, and it is gone: declined, not sent again."""
    orcid = await connected(journal)
    await journal.declare(article(author()))
    (work,) = journal.works(orcid)
    journal.simulator.remove_item(orcid, work["put-code"])
    assert (await compare(journal)).gone == 1
    await journal.declare(article(author(), day=2, title="Corrected"))
    await journal.work(after=HOUR)
    assert journal.works(orcid) == []
    assert (await journal.row()).state == "declined"


async def test_what_was_changed_since_is_sent_again(journal: Journal) -> None:
    """The correction of today is lost, the record has it: what the ledger knows is sent anew."""
    orcid = await connected(journal)
    await journal.declare(article(author()))
    known = await journal.row()
    journal.clock.move(HOUR)
    journal.simulator.clock.set(journal.clock())
    await journal.declare(article(author(), day=2, title="Of today"))
    await turn_back(
        journal,
        desired_hash=known.desired_hash,
        known_hash=known.known_hash,
        known_at=known.known_at,
    )
    assert (await compare(journal)).changed == 1
    await journal.work()
    assert title_on(journal, orcid) == "On the Analytical Engine"


async def test_what_nothing_declares_is_reported_and_left(journal: Journal) -> None:
    """An item of ours without a row is told, and nobody touches it."""
    orcid = await connected(journal)
    await journal.declare(article(author()))
    async with journal.services.database.writing() as connection:
        await connection.execute(delete(deliveries))
    theirs = a_work("Somebody else's", "10.5555/theirs")
    journal.simulator.put_item(orcid, "work", theirs, client_id=None)
    result = await compare(journal)
    assert [(one.orcid, one.kind) for one in result.unknown] == [(orcid, "work")]
    assert len(journal.works(orcid)) == 2


async def test_a_ledger_as_the_records_are_is_confirmed(journal: Journal) -> None:
    """Where nothing differs nothing changes, and nothing is sent."""
    await connected(journal)
    await journal.declare(article(author()))
    before, written = await journal.row(), journal.writes()
    assert (await compare(journal)).confirmed == 1
    await journal.work()
    assert (await journal.row(), journal.writes()) == (before, written)


async def test_a_record_that_cannot_be_read_is_told(journal: Journal) -> None:
    """A locked record is reported with the reason; the others are compared all the same."""
    await connected(journal)
    locked = await connected(journal, "eve")
    journal.simulator.set_state(locked, "locked")
    results = [one async for one in restored(journal.services)]
    assert {one.orcid: bool(one.trouble) for one in results}[locked]
    assert sum(bool(one.trouble) for one in results) == 1


async def test_nothing_is_sent_while_the_records_are_compared(journal: Journal) -> None:
    """A paused credential sends nothing, also what its lost rows would send."""
    orcid = await connected(journal)
    await journal.declare(article(author()))
    await turn_back(journal, state="due", put_code=None, known_hash=None, due_at=0.0)
    realm = realm_of(journal.services.settings.credentials[0])
    await standstill.pause(journal.services, realm, "after a restore")
    await journal.work()
    assert journal.writes() == [("POST", 201)]
    await compare(journal)
    await standstill.resume(journal.services, realm)
    await journal.work()
    assert len(journal.works(orcid)) == 1


async def test_a_yes_lost_with_the_backup_is_not_asked_for_again(journal: Journal) -> None:
    """What waited for its author yesterday and stands on the record is theirs: it is corrected."""
    orcid = await connected(journal)
    await wishes.set_ask_first(journal.services, ADA, ask=True)
    await journal.declare(article(author()))
    yesterday = await journal.row()
    await wishes.decide(journal.services, ADA, yesterday.id, "send")
    await journal.work()
    await turn_back(journal, wish="ask", state="waiting", put_code=None, known_hash=None)
    assert (await compare(journal)).found_again == 1
    await journal.work()
    await journal.declare(article(author(), day=2, title="Corrected"))
    row = await journal.row()
    assert (row.state, row.wish, len(journal.works(orcid))) == ("delivered", None, 1)
    assert title_on(journal, orcid) == "Corrected"
