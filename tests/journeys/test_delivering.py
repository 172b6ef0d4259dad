"""From a declaration to the record and back: the promise of the product, on the simulator."""

import pytest

from orcid_connect.journeys.linking import disconnect
from tests.support.journal import TENANT, Journal, article, author, review

pytestmark = pytest.mark.anyio


def named_on(journal: Journal, orcid: str) -> list[str | None]:
    """Return the iDs of the contributors of the only work on a record."""
    (work,) = journal.works(orcid)
    return [
        (one["contributor-orcid"] or {}).get("path") for one in work["contributors"]["contributor"]
    ]


async def test_a_published_article_is_on_the_record(journal: Journal) -> None:
    """The work of a connected author appears once, with what the article says."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await journal.declare(article(author()))
    (work,) = journal.works(orcid)
    assert work["title"]["title"]["value"] == "On the Analytical Engine"
    assert (await journal.row()).state == "delivered"


async def test_declaring_twice_changes_nothing(journal: Journal) -> None:
    """The same declaration again, in any number, causes no request."""
    await journal.connect("ada", journal.person())
    await journal.declare(article(author()))
    for _ in range(3):
        await journal.declare(article(author()))
    assert journal.writes() == [("POST", 201)]


async def test_a_correction_changes_the_work(journal: Journal) -> None:
    """A newer snapshot with other content becomes one PUT on the same item."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await journal.declare(article(author()))
    (before,) = journal.works(orcid)
    await journal.declare(article(author(), day=2, title="On the Difference Engine"))
    (after,) = journal.works(orcid)
    assert after["put-code"] == before["put-code"]
    assert after["title"]["title"]["value"] == "On the Difference Engine"
    assert journal.writes() == [("POST", 201), ("PUT", 200)]


async def test_an_older_declaration_that_comes_late_changes_nothing(journal: Journal) -> None:
    """The newest as_of wins in any order of arrival, and the receipt says so."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await journal.declare(article(author(), day=2, title="New"))
    receipt = await journal.declare(article(author(), day=1, title="Old"))
    (work,) = journal.works(orcid)
    assert work["title"]["title"]["value"] == "New"
    assert not receipt.holds
    assert "newer is known" in receipt.sentence


async def test_a_withdrawn_article_goes(journal: Journal) -> None:
    """A withdrawal deletes the work; nothing is left on the record."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await journal.declare(article(author()))
    await journal.withdraw("a1")
    assert journal.works(orcid) == []
    assert (await journal.row()).state == "withdrawn"


async def test_a_withdrawn_article_may_be_published_again(journal: Journal) -> None:
    """A declaration newer than the withdrawal puts the work back, once."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await journal.declare(article(author()))
    await journal.withdraw("a1")
    later = article(author()).model_copy(
        update={"as_of": article().as_of.replace(year=2030), "title": "Back again"}
    )
    await journal.declare(later)
    (work,) = journal.works(orcid)
    assert work["title"]["title"]["value"] == "Back again"


async def test_an_article_withdrawn_before_it_was_sent_is_never_sent(journal: Journal) -> None:
    """What was withdrawn while its author was not connected causes no request at all."""
    await journal.declare(article(author()))
    await journal.withdraw("a1")
    await journal.connect("ada", journal.person())
    await journal.work()
    assert journal.writes() == []


async def test_an_author_who_connects_later_gets_the_work(journal: Journal) -> None:
    """A waiting delivery says so, and becomes due the moment its person connects."""
    await journal.declare(article(author()))
    waiting = await journal.row()
    assert (waiting.state, waiting.sentence) == (
        "waiting",
        "Waits until the person connects an iD.",
    )
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await journal.work()
    assert len(journal.works(orcid)) == 1


async def test_a_co_author_who_connects_is_named_by_iD_on_the_others_work(
    journal: Journal,
) -> None:
    """An authenticated iD joins the contributors of everybody's copy."""
    ada, charles = journal.person(), journal.person("Charles", "Babbage")
    both = article(author(), author("charles", given_names="Charles", family_name="Babbage"))
    await journal.connect("ada", ada)
    await journal.declare(both)
    await journal.connect("charles", charles)
    await journal.work()
    for orcid in (ada, charles):
        assert named_on(journal, orcid) == [ada, charles]


async def test_a_permission_that_ended_at_orcid_does_not_unname_anybody(
    journal: Journal,
) -> None:
    """A co-author's proven iD stays in the others' copies when only the permission ends."""
    ada, charles = journal.person(), journal.person("Charles", "Babbage")
    await journal.connect("ada", ada)
    await journal.connect("charles", charles)
    both = (author(), author("charles", given_names="Charles", family_name="Babbage"))
    await journal.declare(article(*both))
    journal.simulator.revoke_by_user(charles, journal.client_id)
    await journal.declare(article(*both, day=2, title="Corrected"))
    assert named_on(journal, ada) == [ada, charles]


async def test_who_disconnects_here_is_no_longer_named_by_iD(journal: Journal) -> None:
    """Disconnecting takes the iD back: a wrong connection must not stay in others' copies."""
    ada, charles = journal.person(), journal.person("Charles", "Babbage")
    await journal.connect("ada", ada)
    await journal.connect("charles", charles)
    await journal.declare(article(author(), author("charles")))
    await disconnect(journal.services, TENANT, "charles")
    await journal.work()
    assert named_on(journal, ada) == [ada, None]


async def test_an_author_removed_from_the_byline_loses_the_work(journal: Journal) -> None:
    """Who is no longer an author has the work taken off their record, the others keep it."""
    ada, charles = journal.person(), journal.person("Charles", "Babbage")
    await journal.connect("ada", ada)
    await journal.connect("charles", charles)
    await journal.declare(article(author(), author("charles")))
    await journal.declare(article(author(), day=2))
    assert len(journal.works(ada)) == 1
    assert journal.works(charles) == []


async def test_an_iD_on_two_authors_of_one_article_is_held_back(journal: Journal) -> None:
    """Two names with one iD are an error of somebody's: nothing is sent, and the row says so."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await journal.declare(article(author(), author()))
    row = await journal.row()
    assert journal.works(orcid) == []
    assert row.state == "parked"
    assert "same iD" in row.sentence


async def test_a_row_kept_by_iD_follows_to_the_person_key(journal: Journal) -> None:
    """An author declared by authenticated iD, later by person key, keeps the same item."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    by_orcid = author(None, orcid=orcid, orcid_authenticated=True)
    await journal.declare(article(by_orcid))
    await journal.declare(article(author(), day=2))
    assert len(journal.works(orcid)) == 1
    assert (await journal.row()).person == "key:ada"


async def test_a_review_is_on_the_reviewers_record(journal: Journal) -> None:
    """A completed review appears in the journal's group with an identifier of its own."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await journal.declare(review())
    (kept,) = journal.reviews(orcid)
    assert kept["review-group-id"] == "issn:2049-3630"
    (identifier,) = kept["review-identifiers"]["external-id"]
    assert identifier["external-id-type"] == "source-work-id"
    assert "journal" in identifier["external-id-value"]


async def test_two_reviews_of_one_reviewer_are_two(journal: Journal) -> None:
    """Each review has its own item; the second does not overwrite the first."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await journal.declare(review("r1"))
    await journal.declare(review("r2"))
    assert len(journal.reviews(orcid)) == 2


async def test_what_the_researcher_removed_stays_removed(journal: Journal) -> None:
    """A correction of a work that its owner deleted is not sent again, and the row says why."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await journal.declare(article(author()))
    journal.simulator.remove_item(orcid, journal.works(orcid)[0]["put-code"])
    await journal.declare(article(author(), day=2, title="Corrected"))
    await journal.declare(article(author(), day=3, title="Corrected again"))
    row = await journal.row()
    assert journal.works(orcid) == []
    assert row.state == "declined"
    assert "Removed from the record by the researcher" in row.sentence
    assert journal.writes() == [("POST", 201), ("PUT", 404)]
