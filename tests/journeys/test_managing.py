"""What an editor does to a delivery holds, whatever is declared afterwards, until taken back."""

import pytest

from orcid_connect.journeys import managing
from orcid_connect.journeys.managing import Deed
from tests.support.journal import Journal, article, author

pytestmark = pytest.mark.anyio


async def do(journal: Journal, deed: Deed, reason: str = "", *, done: bool = True) -> str:
    """Do something to the delivery of the only article; return the sentence."""
    row = await journal.row()
    (told,) = await managing.act(journal.services, deed, [row.id], reason)
    assert told.done is done, told.sentence
    return told.sentence


async def test_a_removed_work_stays_off(journal: Journal) -> None:
    """Removed by hand, the work goes and does not come back by declaring or connecting anew."""
    ada = journal.person()
    await journal.connect("ada", ada)
    await journal.declare(article(author()))
    assert "is taken off the record now" in await do(journal, "remove", "she  asked\nfor it")
    await journal.work()
    assert journal.works(ada) == []
    row = await journal.row()
    assert (row.state, row.sentence) == ("declined", "Removed by hand: she asked for it")
    await journal.declare(article(author(), day=2, title="New"))
    await journal.connect("ada", ada)
    await journal.work()
    assert journal.works(ada) == []
    assert (await journal.row()).state == "declined"
    assert [method for method, _ in journal.writes()].count("POST") == 1


async def test_what_was_removed_can_be_released(journal: Journal) -> None:
    """Released, it is sent as it reads by then."""
    ada = journal.person()
    await journal.connect("ada", ada)
    await journal.declare(article(author()))
    await do(journal, "remove")
    await journal.work()
    await journal.declare(article(author(), day=2, title="New"))
    await do(journal, "release")
    await journal.work()
    assert [work["title"]["title"]["value"] for work in journal.works(ada)] == ["New"]
    row = await journal.row()
    assert (row.state, row.held, row.held_sentence) == ("delivered", None, None)


async def test_removing_survives_trouble(journal: Journal) -> None:
    """A removal that fails is tried again; planning in between undoes nothing."""
    ada = journal.person()
    await journal.connect("ada", ada)
    await journal.declare(article(author()))
    await do(journal, "remove")
    journal.simulator.add_fault("status", method="DELETE", status=503, count=1)
    await journal.work()
    await journal.declare(article(author(), day=2, title="New"))
    assert len(journal.works(ada)) == 1
    for _ in range(4):
        await journal.work(after=4000)
    assert journal.works(ada) == []
    assert (await journal.row()).state == "declined"


async def test_removing_what_was_never_sent(journal: Journal) -> None:
    """What waits for its person is declined at once, and stays so when they connect."""
    await journal.declare(article(author()))
    assert "is on no record" in await do(journal, "remove")
    ada = journal.person()
    await journal.connect("ada", ada)
    await journal.work()
    assert journal.works(ada) == []
    await do(journal, "release")
    await journal.work()
    assert len(journal.works(ada)) == 1


async def test_a_withdrawn_article_may_have_been_removed(journal: Journal) -> None:
    """Withdrawing what was removed changes nothing; published anew it stays removed."""
    ada = journal.person()
    await journal.connect("ada", ada)
    await journal.declare(article(author()))
    await do(journal, "remove")
    await journal.work()
    await journal.withdraw("a1")
    await journal.work()
    assert (await journal.row()).state == "declined"
    assert journal.works(ada) == []


async def test_parked_by_hand(journal: Journal) -> None:
    """Parked by hand, nothing is sent; retried, it is sent as it reads by then."""
    ada = journal.person()
    await journal.connect("ada", ada)
    await journal.declare(article(author()))
    await do(journal, "park", "wait for the editor")
    await journal.declare(article(author(), day=2, title="New"))
    row = await journal.row()
    assert (row.state, row.sentence) == ("parked", "Parked by hand: wait for the editor")
    assert [method for method, _ in journal.writes()] == ["POST"]
    await do(journal, "retry")
    await journal.work()
    assert [work["title"]["title"]["value"] for work in journal.works(ada)] == ["New"]
    assert (await journal.row()).held is None


async def test_parked_before_connecting(journal: Journal) -> None:
    """Parked while it waits, connecting sends nothing; retried, it is planned and sent."""
    await journal.declare(article(author()))
    await do(journal, "park")
    ada = journal.person()
    await journal.connect("ada", ada)
    await journal.work()
    assert journal.works(ada) == []
    assert (await journal.row()).sentence == "Parked by hand: no reason was given"
    await do(journal, "retry")
    await journal.work()
    assert len(journal.works(ada)) == 1


@pytest.mark.parametrize("deed", ["retry", "release"])
async def test_what_stands_well_is_left_alone(journal: Journal, deed: Deed) -> None:
    """What is delivered can neither be retried nor released; the sentence says for what that is."""
    await journal.connect("ada", journal.person())
    await journal.declare(article(author()))
    told = await do(journal, deed, done=False)
    assert told.startswith("it is delivered: only what is ")
    assert (await journal.row()).state == "delivered"


async def test_unknown_rows_are_passed_over(journal: Journal) -> None:
    """An id that is not there any more is no error."""
    assert await managing.act(journal.services, "retry", ["0" * 32]) == []
