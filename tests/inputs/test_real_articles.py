"""Published articles: title, authors in order, identifiers and dates are those printed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orcid_connect.codec import encode, validate
from orcid_connect.declarations import Article
from orcid_connect.identifiers import parse_orcid
from orcid_connect.inputs import read_jats
from orcid_connect.mapping import work_from_article

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
FOLDER = Path(__file__).parents[3] / "shared" / "jats"


@dataclass(frozen=True)
class Printed:
    """What is printed in an article."""

    file: str
    doi: str
    title: str
    published: str
    issns: tuple[str, ...]
    authors: tuple[str, ...]
    journal: str


PRINTED = [
    Printed(
        "elife-02833-v2.xml",
        "10.7554/eLife.02833",
        "H3K27 modifications define segmental regulatory domains in the Drosophila bithorax "
        "complex",
        "2014-07-31",
        ("2050-084X",),
        (
            "Sarah K Bowman",
            "Aimee M Deaton",
            "Heber Domingues",
            "Peggy I Wang",
            "Ruslan I Sadreyev",
            "Robert E Kingston",
            "Welcome Bender",
        ),
        "eLife",
    ),
    Printed(
        "elife-14093-v1.xml",
        "10.7554/eLife.14093",
        "A stochastic multicellular model identifies biological watermarks from disorders in "
        "self-organized patterns of phyllotaxis",
        "2016-07-01",
        ("2050-084X",),
        (
            "Yassin Refahi",
            "Géraldine Brunoud",
            "Etienne Farcot",
            "Alain Jean-Marie",
            "Minna Pulkkinen",
            "Teva Vernoux",
            "Christophe Godin",
        ),
        "eLife",
    ),
    Printed(
        "elife-kitchen-sink.xml",
        "10.7554/eLife.00013",
        "Bacterial regulation of colony development in the closest living relatives of animals",
        "2014-02-28",
        ("2050-084X",),
        (
            "Rosanna A Alegado Jnr",
            "Laura W Brown",
            "Shugeng Cao",
            "Renee Kathryn Dermenjian",
            "Richard Zuzow",
            "Stephen R Fairclough",
            "Jon Clardy",
            "Nicole King",
            "NISC Comparative Sequencing Program",
            "eLife staff group",
        ),
        "eLife",
    ),
    Printed(
        "journal.pcbi.1004692.xml",
        "10.1371/journal.pcbi.1004692",
        "Ensemble Tractography",
        "2016-02-04",
        ("1553-734X", "1553-7358"),
        ("Hiromasa Takemura", "Cesar F. Caiafa", "Brian A. Wandell", "Franco Pestilli"),
        "PLOS Computational Biology",
    ),
    Printed(
        "journal.pone.0160653.xml",
        "10.1371/journal.pone.0160653",
        "Demonstration of Protein-Based Human Identification Using the Hair Shaft Proteome",
        "2016-09-07",
        ("1932-6203",),
        (
            "Glendon J. Parker",
            "Tami Leppert",
            "Deon S. Anex",
            "Jonathan K. Hilmer",
            "Nori Matsunami",
            "Lisa Baird",
            "Jeffery Stevens",
            "Krishna Parsawar",
            "Blythe P. Durbin-Johnson",
            "David M. Rocke",
            "Chad Nelson",
            "Daniel J. Fairbanks",
            "Andrew S. Wilson",
            "Robert H. Rice",
            "Scott R. Woodward",
            "Brian Bothner",
            "Bradley R. Hart",
            "Mark Leppert",
        ),
        "PLOS ONE",
    ),
]
EACH = pytest.mark.parametrize("printed", PRINTED, ids=lambda printed: printed.file)


def read(printed: Printed) -> Article:
    """Read a published article, or skip where the shared folder is missing."""
    path = FOLDER / printed.file
    if not path.exists():
        pytest.skip("the published articles of ../shared/jats are not here")
    return read_jats(path.read_bytes(), tenant="demo", as_of=AS_OF)


@EACH
def test_the_article_is_read_as_printed(printed: Printed) -> None:
    """Title, authors in order, identifiers and date are those of the article."""
    article = read(printed)
    assert article.title == printed.title
    assert tuple(person.name for person in article.contributors) == printed.authors
    assert (article.doi, article.key) == (printed.doi, printed.doi.lower())
    assert (article.issns, article.journal) == (printed.issns, printed.journal)
    assert str(article.published) == printed.published
    assert article.abstract
    assert not article.reading_notes


@EACH
def test_the_work_is_valid_and_says_the_same(printed: Printed) -> None:
    """With everybody connected, the work is what ORCID takes and says what is printed."""
    article = read(printed)
    keyed = tuple(
        person.model_copy(update={"person_key": f"p{place}"})
        for place, person in enumerate(article.contributors)
    )
    linked = parse_orcid(article.contributors[0].orcid or "") or "0000-0002-1825-0097"
    known = {"p0": linked}
    mapped = work_from_article(article.model_copy(update={"contributors": keyed}), known)
    assert mapped.activity is not None
    assert mapped.problems == ()
    payload = encode(mapped.activity)
    assert validate("work", payload) == []
    assert payload["title"]["title"]["value"] == printed.title
    assert payload["journal-title"]["value"] == printed.journal
    contributors = payload["contributors"]["contributor"]
    assert tuple(one["credit-name"]["value"] for one in contributors) == printed.authors
    assert contributors[0]["contributor-orcid"]["path"] == linked
    assert "-".join(part["value"] for part in payload["publication-date"].values()) == (
        printed.published
    )
    identifiers = {
        (one["external-id-type"], one["external-id-value"], one["external-id-relationship"])
        for one in payload["external-ids"]["external-id"]
    }
    assert ("doi", printed.doi, "self") in identifiers
    assert {("issn", issn, "part-of") for issn in printed.issns} <= identifiers
    grants = {one.award for one in article.funding if one.award}
    assert {("grant_number", award, "funded-by") for award in grants} <= identifiers


def test_only_authenticated_ids_are_written() -> None:
    """Of three printed iDs the two that the publisher authenticated go into the work."""
    article = read(PRINTED[3])
    assert [person.orcid_authenticated for person in article.contributors] == [
        False,
        True,
        False,
        True,
    ]
    activity = work_from_article(article).activity
    assert activity is not None
    assert [one.orcid for one in activity.contributors] == [
        None,
        "0000-0001-5437-6095",
        None,
        "0000-0002-2469-0494",
    ]
