"""What people decide of their own deliveries: asking first, holding, removing, sending it again."""

from typing import Any

import pytest

from orcid_connect.declarations import Person
from orcid_connect.errors import InputError
from orcid_connect.journeys import managing, wishes
from orcid_connect.journeys.decisions import AUTHOR_IS_ASKED
from orcid_connect.journeys.intake import take_in
from orcid_connect.journeys.linking import disconnect
from orcid_connect.journeys.wishes import PersonDeed
from orcid_connect.store import ledger
from tests.support.clock import MovedClock
from tests.support.journal import TENANT, Journal, article, author, journal_on
from tests.support.wishes import ADA, HOUR, ask_first, decide, on_record, own_row, plan

pytestmark = pytest.mark.anyio

REFUSAL: dict[str, Any] = {
    "status": 400,
    "body": '{"response-code":400,"developer-message":"x","error-code":9001,"more-info":""}',
    "headers": {"Content-Type": "application/json"},
}

# --- asking first ---------------------------------------------------------------------------------


async def test_new_things_wait_for_a_yes(journal: Journal) -> None:
    """Asked first, a new work waits and says so; after a yes it goes, and corrections follow."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await ask_first(journal, True)
    await journal.declare(article(author()))
    row = await journal.row()
    assert (row.state, row.sentence, row.wish) == ("waiting", AUTHOR_IS_ASKED, "ask")
    assert wishes.possible(row) == ("send", "hold", "remove")
    await journal.declare(article(author(), day=2, title="Corrected"))
    assert journal.works(orcid) == []
    await decide(journal, "a1", "send")
    await journal.declare(article(author(), day=3, title="Corrected again"))
    assert [work["title"]["title"]["value"] for work in journal.works(orcid)] == ["Corrected again"]
    assert journal.writes() == [("POST", 201), ("PUT", 200)]


async def test_corrections_of_what_is_there_go_by_themselves(journal: Journal) -> None:
    """What was sent before she wanted to be asked is corrected, and withdrawn, without asking."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await journal.declare(article(author()))
    await ask_first(journal, True)
    await journal.declare(article(author(), day=2, title="Corrected"))
    assert [work["title"]["title"]["value"] for work in journal.works(orcid)] == ["Corrected"]
    await journal.withdraw("a1")
    assert journal.works(orcid) == []


async def test_what_is_due_already_is_asked_too(journal: Journal) -> None:
    """Wanting to be asked holds for what was planned and not sent yet."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await take_in(journal.services, article(author()))
    await plan(journal)
    await ask_first(journal, True)
    assert (journal.works(orcid), (await journal.row()).state) == ([], "waiting")


async def test_automatic_again_releases_what_only_waited(journal: Journal) -> None:
    """Asked no more, what waited for a yes goes; what was held or removed by hand does not."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await ask_first(journal, True)
    for key in ("asked", "held", "removed"):
        await journal.declare(article(author(), key=key))
    await decide(journal, "held", "hold")
    await decide(journal, "removed", "remove")
    await ask_first(journal, False)
    assert on_record(journal, orcid) == ["asked"]
    await ask_first(journal, True)
    await ask_first(journal, False)
    assert on_record(journal, orcid) == ["asked"]


async def test_asking_is_one_tenants_and_one_persons(journal: Journal) -> None:
    """Another person of the article, and the same key at another tenant, are not asked."""
    ada, bert, other = journal.person(), journal.person(), journal.person()
    await journal.connect("ada", ada)
    await journal.connect("bert", bert)
    await journal.connect("ada", other, tenant="elsewhere")
    await ask_first(journal, True)
    await journal.declare(article(author(), author("bert")))
    await journal.declare(article(author(), tenant="elsewhere"))
    assert [len(journal.works(one)) for one in (ada, bert, other)] == [0, 1, 1]


async def test_asking_somebody_who_is_named_by_their_iD(journal: Journal) -> None:
    """Who is known to the host by an authenticated iD alone is asked all the same."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await ask_first(journal, True)
    await journal.declare(article(author(None, orcid=orcid, orcid_authenticated=True)))
    assert journal.works(orcid) == []
    await decide(journal, "a1", "send")
    assert len(journal.works(orcid)) == 1


async def test_asking_leaves_what_needs_the_editor_parked(journal: Journal) -> None:
    """What ORCID refused stays with the editor; tried again, it waits for her yes."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    journal.simulator.add_fault("status", method="POST", count=1, **REFUSAL)
    await journal.declare(article(author()))
    await ask_first(journal, True)
    row = await journal.row()
    assert (row.state, row.sentence == AUTHOR_IS_ASKED) == ("parked", False)
    await managing.act(journal.services, "retry", [row.id])
    await journal.work()
    assert ((await journal.row()).sentence, journal.works(orcid)) == (AUTHOR_IS_ASKED, [])


# --- beside what the host decides -----------------------------------------------------------------


async def test_the_hosts_own_hold_stays(journal: Journal) -> None:
    """Parked by the editor, held and sent by the author: the editor's word still stands."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await take_in(journal.services, article(author()))
    await plan(journal)
    await managing.act(journal.services, "park", [(await journal.row()).id], "wait")
    await decide(journal, "a1", "hold")
    await decide(journal, "a1", "send")
    row = await journal.row()
    assert (row.state, row.sentence) == ("parked", "Parked by hand: wait")
    await managing.act(journal.services, "retry", [row.id])
    await journal.work()
    assert len(journal.works(orcid)) == 1


async def test_what_the_host_took_off_its_author_cannot_send(journal: Journal) -> None:
    """Removed by the editor, there is nothing for the author to send, hold or remove."""
    await journal.connect("ada", journal.person())
    await journal.declare(article(author()))
    await managing.act(journal.services, "remove", [(await journal.row()).id])
    await journal.work()
    assert wishes.possible(await journal.row()) == ()
    await decide(journal, "a1", "send", done=False)


async def test_the_host_takes_off_what_is_held(journal: Journal) -> None:
    """What its author held as it stands goes when the editor removes it or withdraws it."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    for key in ("a1", "a2"):
        await journal.declare(article(author(), key=key))
        await decide(journal, key, "hold")
    assert len(journal.works(orcid)) == 2
    await managing.act(journal.services, "remove", [(await journal.row("a1")).id])
    await journal.withdraw("a2")
    assert journal.works(orcid) == []
    assert [(await journal.row(key)).state for key in ("a1", "a2")] == ["declined", "withdrawn"]


async def test_removed_at_orcid_can_be_sent_again_by_its_author(journal: Journal) -> None:
    """What the researcher removed at ORCID is sent again when they say so here."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await journal.declare(article(author()))
    journal.simulator.remove_item(orcid, journal.works(orcid)[0]["put-code"])
    await journal.declare(article(author(), day=2, title="Corrected"))
    assert (await journal.row()).state == "declined"
    await decide(journal, "a1", "hold", done=False)
    await decide(journal, "a1", "send")
    assert len(journal.works(orcid)) == 1


async def test_removed_while_disconnected_goes_when_they_are_back(journal: Journal) -> None:
    """Disconnected, nothing can be removed by us; connected again, it goes at once."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await journal.declare(article(author()))
    await disconnect(journal.services, TENANT, "ada")
    await decide(journal, "a1", "remove")
    assert len(journal.works(orcid)) == 1
    await journal.connect("ada", orcid)
    await journal.work()
    assert journal.works(orcid) == []
    assert [method for method, _ in journal.writes()] == ["POST", "DELETE"]


# --- whose they are -------------------------------------------------------------------------------


@pytest.mark.parametrize("deed", ["hold", "remove"])
async def test_refused_before_connecting_goes_with_the_record(
    journal: Journal, deed: PersonDeed
) -> None:
    """Refused before any iD was connected, it is not sent when an account takes over the iD."""
    orcid = journal.person()
    await journal.declare(article(author()))
    await decide(journal, "a1", deed)
    await journal.connect("ada", orcid)
    await journal.work()
    await disconnect(journal.services, TENANT, "ada")
    await journal.declare(article(author("ada-lovelace"), day=2))
    await journal.connect("ada-lovelace", orcid)
    await journal.work()
    assert (await own_row(journal, "a1")).wish == deed
    assert journal.works(orcid) == []


async def test_nobody_decides_of_others(journal: Journal) -> None:
    """Another person, another tenant, an unknown id: as if it did not exist."""
    await journal.connect("ada", journal.person())
    await journal.declare(article(author()))
    row = await journal.row()
    for stranger in (Person(tenant=TENANT, key="bert"), Person(tenant="elsewhere", key="ada")):
        for deed in wishes.PERSON_DEEDS:
            assert await wishes.decide(journal.services, stranger, row.id, deed) is None
    assert await wishes.decide(journal.services, ADA, "0" * 32, "hold") is None
    assert await journal.row() == row


async def test_an_iD_that_was_theirs_gives_no_say(journal: Journal) -> None:
    """What is kept by an iD is for who is connected to it now, not for who once was."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await journal.declare(article(author(None, orcid=orcid, orcid_authenticated=True)))
    await disconnect(journal.services, TENANT, "ada")
    row = await journal.row()
    assert await wishes.decide(journal.services, ADA, row.id, "hold") is None


async def test_deeds_have_names(journal: Journal) -> None:
    """A deed by a name that is none is refused with those there are."""
    assert wishes.deed_named("hold") == "hold"
    with pytest.raises(InputError, match="send, hold, remove"):
        wishes.deed_named("release")


# --- another credential ---------------------------------------------------------------------------


async def test_another_credential_sends_nothing_that_was_refused(
    database: str, clock: MovedClock
) -> None:
    """A tenant that changes its credential finds what was refused with the former one."""
    async with journal_on(database, clock) as journal:
        orcid = journal.person()
        await journal.connect("ada", orcid)
        for key in ("held", "removed", "kept"):
            await take_in(journal.services, article(author(), key=key))
        await plan(journal)
        await decide(journal, "held", "hold", work=False)
        await decide(journal, "removed", "remove", work=False)
        moved = journal.with_new_credential()
        await moved.connect("ada", orcid)
        for key in ("held", "removed", "kept"):
            await take_in(moved.services, article(author(), key=key, day=2))
        await moved.work()
        assert on_record(moved, orcid) == ["kept"]


# --- while a request is under way -----------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 429, 200])
@pytest.mark.parametrize("deed", ["hold", "remove", "ask"])
async def test_decided_while_the_outcome_was_unclear(
    journal: Journal, deed: str, status: int
) -> None:
    """Whatever became of a request under way, it is looked up, and the decision carried out."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    if status == 200:
        journal.simulator.add_fault("cut-after", method="POST", count=1)
    else:
        journal.simulator.add_fault("status", method="POST", status=status, count=1)
    await journal.declare(article(author()))
    if deed == "ask":
        await ask_first(journal, True)
    else:
        await decide(journal, "a1", wishes.deed_named(deed))
    for _ in range(4):
        await journal.work(after=HOUR)
    stands = status == 200 and deed != "remove"
    assert len(journal.works(orcid)) == int(stands)
    posts = [method for method, _ in journal.writes() if method == "POST"]
    assert len(posts) == 1
    row = await journal.row()
    async with journal.services.database.reading() as connection:
        assert await ledger.unsettled(connection, [row.id]) == set()
    assert row.state != "due"
