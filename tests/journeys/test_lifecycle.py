"""The life of an article: late DOIs, versions, preprints, notices, schedules, going and coming."""

from datetime import UTC, datetime
from typing import Any

import pytest

from orcid_connect.declarations import Article, RelatedArticle, TranslatedTitle
from orcid_connect.journeys.intake import take_in, withdraw
from orcid_connect.tenants import Tenant
from tests.journeys.test_repairing import HOUR, connected
from tests.support.clock import MovedClock
from tests.support.journal import TENANT, Journal, article, at, author, journal_on

pytestmark = pytest.mark.anyio

PREPRINT, ARTICLE = "10.5555/preprint", "10.5555/a1"


def identifiers(work: dict[str, Any]) -> set[tuple[str, str]]:
    """Return the DOIs of a work with how each stands to it."""
    return {
        (one["external-id-relationship"], one["external-id-value"])
        for one in work["external-ids"]["external-id"]
        if one["external-id-type"] == "doi"
    }


def title_of(work: dict[str, Any]) -> str:
    """Return a work's title."""
    return str(work["title"]["title"]["value"])


def preprint(*, day: int = 1, **changes: Any) -> Article:
    """Return Ada's preprint."""
    values: dict[str, Any] = {"type": "preprint", "doi": PREPRINT, "issns": (), "journal": None}
    return article(author(), key="p1", day=day, **(values | changes))


async def test_a_late_doi_corrects_the_same_work(journal: Journal) -> None:
    """Without a DOI at first, then with one, then with a corrected one: one work, changed twice."""
    orcid = await connected(journal)
    await journal.declare(article(author(), doi=None, url="https://journal.example/1"))
    await journal.declare(article(author(), day=2))
    await journal.declare(article(author(), day=3, doi="10.5555/corrected"))
    (work,) = journal.works(orcid)
    assert ("self", "10.5555/corrected") in identifiers(work)
    assert journal.writes() == [("POST", 201), ("PUT", 200), ("PUT", 200)]


async def test_nothing_leaves_before_its_moment(journal: Journal) -> None:
    """A scheduled article waits, says until when, and goes by itself when its time has come."""
    orcid = await connected(journal)
    moment = datetime.fromtimestamp(journal.clock() + 7200, UTC)
    await journal.declare(article(author(), not_before=moment))
    row = await journal.row()
    assert (row.state, journal.works(orcid)) == ("waiting", [])
    assert moment.strftime("%Y-%m-%d %H:%M") in row.sentence
    await journal.work(after=7199)
    assert journal.works(orcid) == []
    await journal.work(after=2)
    assert len(journal.works(orcid)) == 1


async def test_a_schedule_can_be_moved(journal: Journal) -> None:
    """Declared again without the date, it goes at once; connecting meanwhile does not hurry it."""
    moment = datetime.fromtimestamp(journal.clock() + 7200, UTC)
    await journal.declare(article(author(), not_before=moment))
    orcid = await connected(journal)
    await journal.work()
    assert journal.works(orcid) == []
    await journal.declare(article(author(), day=2))
    assert len(journal.works(orcid)) == 1


@pytest.mark.parametrize("first", ["preprint", "article"])
@pytest.mark.parametrize("names", ["preprint", "article"])
async def test_preprint_and_article_name_each_other(
    journal: Journal, first: str, names: str
) -> None:
    """Whichever is declared first, and whichever names the other, both say it on the record."""
    orcid = await connected(journal)
    to_article = RelatedArticle(relation="published-article", identifier=ARTICLE)
    to_preprint = RelatedArticle(relation="preprint", identifier=PREPRINT)
    both = [
        preprint(related=(to_article,) if names == "preprint" else ()),
        article(author(), related=(to_preprint,) if names == "article" else ()),
    ]
    for one in both if first == "preprint" else reversed(both):
        await journal.declare(one)
    works = {one["type"]: identifiers(one) for one in journal.works(orcid)}
    assert works == {
        "preprint": {("self", PREPRINT), ("version-of", ARTICLE)},
        "journal-article": {("self", ARTICLE), ("version-of", PREPRINT)},
    }


async def test_a_scheduled_article_is_not_given_away_by_its_preprint(journal: Journal) -> None:
    """The DOI of what may not leave yet stands nowhere, until its moment."""
    orcid = await connected(journal)
    await journal.declare(preprint())
    moment = datetime.fromtimestamp(journal.clock() + 60, UTC)
    related = (RelatedArticle(relation="preprint", identifier=PREPRINT),)
    await journal.declare(article(author(), not_before=moment, related=related))
    (work,) = journal.works(orcid)
    assert identifiers(work) == {("self", PREPRINT)}
    await journal.work(after=61)
    works = {one["type"]: identifiers(one) for one in journal.works(orcid)}
    assert ("version-of", ARTICLE) in works["preprint"]


async def test_a_withdrawn_article_is_named_no_more(journal: Journal) -> None:
    """When the article goes, its preprint stops naming it."""
    orcid = await connected(journal)
    related = (RelatedArticle(relation="preprint", identifier=PREPRINT),)
    await journal.declare(preprint())
    await journal.declare(article(author(), related=related))
    await journal.withdraw("a1")
    (work,) = journal.works(orcid)
    assert identifiers(work) == {("self", PREPRINT)}


def version(number: int, *, day: int, **changes: Any) -> Article:
    """Return a version of one thing."""
    values: dict[str, Any] = {
        "key": f"v{number}",
        "doi": f"10.5555/v{number}",
        "lineage": "thing",
        "version": str(number),
        "title": f"Version {number}",
        "published": f"2026-0{number}-01",
    }
    return article(author(), day=day, **(values | changes))


async def test_versions_of_a_lineage_are_one_work(journal: Journal) -> None:
    """The newest version stands there and names the others; an old one corrected changes that."""
    orcid = await connected(journal)
    await journal.declare(version(1, day=1))
    await journal.declare(version(2, day=2))
    (work,) = journal.works(orcid)
    assert title_of(work) == "Version 2"
    assert identifiers(work) == {("self", "10.5555/v2"), ("version-of", "10.5555/v1")}
    await journal.declare(version(1, day=3, title="Version 1, corrected"))
    (work,) = journal.works(orcid)
    assert title_of(work) == "Version 2"
    assert journal.writes() == [("POST", 201), ("PUT", 200)]


async def test_a_withdrawn_version_gives_way_to_the_one_before(journal: Journal) -> None:
    """The second version withdrawn by its own key: the first stands; then that one too."""
    orcid = await connected(journal)
    await journal.declare(version(1, day=1))
    await journal.declare(version(2, day=2))
    await journal.withdraw("v2")
    (work,) = journal.works(orcid)
    assert title_of(work) == "Version 1"
    await journal.withdraw("v1")
    assert journal.works(orcid) == []


async def test_a_lineage_is_withdrawn_by_its_own_key(journal: Journal) -> None:
    """Withdrawing the lineage takes the work, whatever version stands there."""
    orcid = await connected(journal)
    await journal.declare(version(1, day=1))
    await journal.declare(version(2, day=2))
    await withdraw(journal.services, TENANT, "article", "thing", "gone")
    await journal.work()
    assert journal.works(orcid) == []


async def test_each_version_alone_by_policy(database: str, clock: MovedClock) -> None:
    """A tenant may want each version as a work of its own; they name each other."""
    tenants = [Tenant(key=TENANT, policy={"works": {"versions": "each"}})]
    async with journal_on(database, clock, tenants=tenants) as journal:
        orcid = await connected(journal)
        await journal.declare(version(1, day=1))
        await journal.declare(version(2, day=2))
        works = {title_of(one): identifiers(one) for one in journal.works(orcid)}
        assert works == {
            "Version 1": {("self", "10.5555/v1"), ("version-of", "10.5555/v2")},
            "Version 2": {("self", "10.5555/v2"), ("version-of", "10.5555/v1")},
        }


@pytest.mark.parametrize("relation", ["retracted-article", "corrected-article"])
async def test_a_notice_is_no_further_work(journal: Journal, relation: str) -> None:
    """Notices of retraction and correction go on nobody's record, and the row says why."""
    orcid = await connected(journal)
    related = (RelatedArticle(relation=relation, identifier=ARTICLE),)
    await journal.declare(article(author(), key="n1", doi="10.5555/n1", related=related))
    row = await journal.row("n1")
    assert (row.state, journal.works(orcid)) == ("withdrawn", [])
    assert "notice" in row.sentence


async def test_a_notice_recognised_late_is_taken_off(journal: Journal) -> None:
    """What was sent as an article goes when it turns out to be a notice."""
    orcid = await connected(journal)
    await journal.declare(article(author()))
    related = (RelatedArticle(relation="retracted-article", identifier="10.5555/other"),)
    await journal.declare(article(author(), day=2, related=related))
    assert journal.works(orcid) == []


async def test_a_retracted_article_stays_and_says_so(journal: Journal) -> None:
    """A retracted article is marked on the record, and comes clean when that was a mistake."""
    orcid = await connected(journal)
    await journal.declare(article(author()))
    await journal.declare(article(author(), day=2, retracted=True))
    (work,) = journal.works(orcid)
    assert title_of(work).startswith("RETRACTED: ")
    await journal.declare(article(author(), day=3))
    (work,) = journal.works(orcid)
    assert title_of(work) == "On the Analytical Engine"


async def test_unpublished_and_published_again(journal: Journal) -> None:
    """What was withdrawn comes back when it is published again, once."""
    orcid = await connected(journal)
    await journal.declare(article(author()))
    await journal.withdraw("a1")
    assert journal.works(orcid) == []
    again = datetime.fromtimestamp(journal.clock() + 1, UTC)
    await journal.declare(article(author()).model_copy(update={"as_of": again}))
    assert len(journal.works(orcid)) == 1
    assert [method for method, _ in journal.writes()] == ["POST", "DELETE", "POST"]


async def test_authors_come_go_and_change_places(journal: Journal) -> None:
    """An author added gets the work, one removed loses it, and a new order is a correction."""
    ada = await connected(journal)
    eve = await connected(journal, "eve")
    await journal.declare(article(author()))
    await journal.declare(article(author(), author("eve", given_names="Eve"), day=2))
    assert (len(journal.works(ada)), len(journal.works(eve))) == (1, 1)
    await journal.declare(article(author("eve", given_names="Eve"), author(), day=3))
    (work,) = journal.works(ada)
    first = work["contributors"]["contributor"][0]["credit-name"]["value"]
    assert first == "Eve Lovelace"
    await journal.declare(article(author("eve", given_names="Eve"), day=4))
    assert (len(journal.works(ada)), len(journal.works(eve))) == (0, 1)


async def test_an_issue_assigned_later_is_a_correction(journal: Journal) -> None:
    """Volume and pages that come with the issue do not make a second work."""
    orcid = await connected(journal)
    await journal.declare(article(author()))
    await journal.declare(article(author(), day=2, published="2026-06-01"))
    (work,) = journal.works(orcid)
    assert work["publication-date"]["month"]["value"] == "06"


async def test_a_title_in_several_languages(journal: Journal) -> None:
    """ORCID takes one translation beside the title; the others are kept here and said."""
    orcid = await connected(journal)
    titles = (
        TranslatedTitle(title="Sur la machine analytique", language="fr"),
        TranslatedTitle(title="Über die analytische Maschine", language="de"),
    )
    receipt = await journal.declare(article(author(), translated_titles=titles, language="en"))
    (work,) = journal.works(orcid)
    assert work["title"]["translated-title"]["language-code"] in ("fr", "de")
    assert any("translat" in problem.code for problem in receipt.problems)


async def test_late_and_doubled_declarations_change_nothing(journal: Journal) -> None:
    """The newest `as_of` stands, in any order of arrival, however often it arrives."""
    orcid = await connected(journal)
    for day in (3, 1, 3, 2):
        one = article(author(), day=day, title=f"As of day {day}")
        await take_in(journal.services, one.model_copy(update={"as_of": at(day)}))
        await journal.work()
    (work,) = journal.works(orcid)
    assert title_of(work) == "As of day 3"
    assert journal.writes() == [("POST", 201)]


# --- a version that moves -------------------------------------------------------------------------


async def titles(journal: Journal, orcid: str) -> list[str]:
    """Return the titles on a record, after all that follows."""
    await journal.work(after=HOUR)
    return sorted(title_of(work) for work in journal.works(orcid))


async def test_a_version_moves_to_another_lineage(journal: Journal) -> None:
    """The lineage that it leaves goes back to the one before; it stands once, where it is now."""
    orcid = await connected(journal)
    await journal.declare(version(1, day=1))
    await journal.declare(version(2, day=2))
    await journal.declare(version(3, day=3, lineage="other"))
    await journal.declare(version(2, day=4, lineage="other", published="2026-04-01"))
    assert await titles(journal, orcid) == ["Version 1", "Version 2"]
    works = {title_of(one): identifiers(one) for one in journal.works(orcid)}
    assert works["Version 1"] == {("self", "10.5555/v1")}
    assert works["Version 2"] == {("self", "10.5555/v2"), ("version-of", "10.5555/v3")}
    await journal.declare(version(2, day=5))  # and back
    assert await titles(journal, orcid) == ["Version 2", "Version 3"]
    await journal.declare(version(2, day=3, lineage="other"))  # what is older changes nothing
    assert await titles(journal, orcid) == ["Version 2", "Version 3"]


async def test_versions_change_places(journal: Journal) -> None:
    """Two lineages swap their only versions in one moment: each work stands once."""
    orcid = await connected(journal)
    await take_in(journal.services, version(1, day=1, lineage="one"))
    await journal.declare(version(2, day=1, lineage="two"))
    await take_in(journal.services, version(1, day=2, lineage="two"))
    await journal.declare(version(2, day=2, lineage="one"))
    assert await titles(journal, orcid) == ["Version 1", "Version 2"]


async def test_a_version_leaves_its_lineage(journal: Journal) -> None:
    """A version declared without a lineage is a work by itself; withdrawn by its key, it goes."""
    orcid = await connected(journal)
    await journal.declare(version(1, day=1))
    await journal.declare(version(2, day=2))
    await journal.declare(version(2, day=3, lineage=None))
    assert await titles(journal, orcid) == ["Version 1", "Version 2"]
    await journal.withdraw("v2")
    assert await titles(journal, orcid) == ["Version 1"]
