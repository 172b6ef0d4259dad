"""Bad input becomes a sentence somebody can act on, and never holds up the other deliveries."""

from typing import Any

import pytest

from orcid_connect import Contributor
from orcid_connect.journeys import repairing
from tests.support.journal import Journal, article, author, review

pytestmark = pytest.mark.anyio

WRONG_ORCID = "0000-0002-1825-0098"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"doi": None, "issns": ()}, "identifier"),
        ({"doi": "not a doi"}, "DOI"),
        ({"issns": ("2049-3631",)}, "ISSN"),
        ({"published": "2026-02-30"}, "2026-02-30"),
        ({"title": "x" * 1001}, "1000"),
        ({"title": " \n "}, "title"),
        (
            {"contributors": (author(), author(None, orcid=WRONG_ORCID, orcid_authenticated=True))},
            WRONG_ORCID,
        ),
    ],
    ids=["no identifier", "no DOI", "ISSN", "date", "long title", "blank title", "iD"],
)
async def test_it_is_parked_with_a_sentence_and_others_go_on(
    journal: Journal, changes: dict[str, Any], words: str
) -> None:
    """The delivery waits for a person with the field named; another article is delivered."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await journal.declare(article(author(), key="bad").model_copy(update=_typed(changes)))
    await journal.declare(article(author(), key="good"))
    row = await journal.row("bad")
    assert row.state == "parked"
    assert words in row.sentence
    assert (await journal.row("good")).state == "delivered"
    assert len(journal.works(orcid)) == 1


def _typed(changes: dict[str, Any]) -> dict[str, Any]:
    made = article(author(), **changes) if "contributors" not in changes else None
    return changes if made is None else {name: getattr(made, name) for name in changes}


async def test_control_characters_in_a_title_are_taken_out(journal: Journal) -> None:
    """What no title can hold is removed with a note, and the article is delivered."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    receipt = await journal.declare(article(author(), title="On\x00 the\x1b Engine\x0b"))
    (work,) = journal.works(orcid)
    assert work["title"]["title"]["value"] == "On the Engine"
    assert receipt.holds


async def test_five_thousand_authors_are_delivered(journal: Journal) -> None:
    """A very long byline is planned and delivered to those who are connected."""
    orcid = journal.person()
    await journal.connect("p17", orcid)
    many: list[Contributor] = [
        author(f"p{number}", family_name=f"Author {number}") for number in range(5000)
    ]
    await journal.declare(article(*many))
    (work,) = journal.works(orcid)
    assert 500 < len(work["contributors"]["contributor"]) <= 5000
    assert (await journal.rows())[0].state in ("waiting", "delivered")


async def test_a_review_without_group_is_parked(journal: Journal) -> None:
    """A review of a journal without ISSN or group says what is missing, not nothing."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await journal.declare(review(issn=None))
    row = await journal.row("r1")
    assert row.state == "parked"
    assert "ISSN" in row.sentence
    assert journal.reviews(orcid) == []


async def test_an_issn_that_the_portal_does_not_know_is_parked(journal: Journal) -> None:
    """What only ORCID can know is asked again for a while, then parked with ORCID's reason."""
    journal.simulator.know_issns("none")
    await journal.connect("ada", journal.person())
    await journal.declare(review(issn="2434-561X"))
    for _ in range(repairing.ISSN_TRIES):
        await journal.work(after=3600)
    row = await journal.row("r1")
    assert row.state == "parked"
    assert "9053" in row.sentence
