"""Short articles in the tagging habits of different publishers and versions of JATS."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from orcid_connect.declarations import Article, Funding, Identifier, PartialDate, TranslatedTitle
from orcid_connect.inputs import read_jats
from orcid_connect.inputs.jats_words import notice_kind

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
FOLDER = Path(__file__).parent / "articles"


def read(name: str) -> Article:
    """Read one of the short articles."""
    return read_jats((FOLDER / f"{name}.xml").read_bytes(), tenant="hive", as_of=AS_OF)


def names(article: Article) -> list[str]:
    """Return the byline."""
    return [person.name for person in article.contributors]


def test_nlm_2_3() -> None:
    """An article of 2007 in Latin-1, with ISO entities and without journal-title-group, is read."""
    article = read("nlm_2_3")
    assert article.key == "10.5555/aa.2007.12"
    assert article.title == "On the α-waggle of Apis mellifera in winter"
    assert article.subtitle == "A second look"
    assert article.translated_titles == (
        TranslatedTitle(title="Sur la danse des abeilles: Encore une fois", language="fr"),
    )
    assert (article.journal, article.issns) == ("Annals of Apiculture", ("1234-5679", "2049-3630"))
    assert (article.volume, article.issue, article.pages) == ("7", "2", "101-109")
    assert article.published == PartialDate(year=2007, month=4, day=3)
    assert article.doi == "doi:10.5555/AA.2007.12"
    assert article.identifiers == (
        Identifier(type="source-work-id", value="aa-07-12"),
        Identifier(type="pmid", value="12345678"),
    )
    assert names(article) == ["José Müller Jr", "Ana de la Cruz"]
    first, second = article.contributors
    assert (first.orcid, first.orcid_authenticated) == ("0000-0002-1825-0097", False)
    assert second.orcid == "http://orcid.org/0000-0001-5109-3700"
    assert [one.name for one in first.affiliations] == ["Bee House, 12 Hill Road, Spain"]
    assert [one.name for one in second.affiliations][1] == "Universidad del Panal"
    assert (first.corresponding, second.corresponding) == (False, True)
    assert article.funding == (Funding(funder="Ministry of Honey", award="AGL-2005-77"),)


def test_prefixes_and_credit_roles() -> None:
    """JATS 1.3 with prefixed names gives roles, ROR, licence, and no editor in the byline."""
    article = read("prefixed_1_3")
    assert names(article) == ["Ada Keeper"]
    (keeper,) = article.contributors
    assert (keeper.orcid_authenticated, keeper.corresponding) == (True, True)
    assert keeper.credit_roles == (
        "http://credit.niso.org/contributor-roles/writing-review-editing/",
        "http://credit.niso.org/contributor-roles/conceptualization/",
    )
    (place,) = keeper.affiliations
    assert (place.name, place.department) == ("Hive University", "Department of Combs")
    assert (place.city, place.region, place.country) == ("Lyon", "ARA", "FR")
    assert place.ror == "https://ror.org/02feahw73"
    assert article.issns == ("2049-3630",)
    assert article.licence_url == "https://creativecommons.org/licenses/by/4.0/"
    assert article.url == "https://hive.example/1"
    assert article.published == PartialDate(year=2022, month=1, day=9)
    assert (article.language, article.pages) == ("en-GB", "e7")


def test_eastern_names() -> None:
    """Names stand in the order of their style, in the article's language, never in index form."""
    article = read("eastern_names")
    assert names(article) == ["山田 太郎", "Nguyễn Văn An", "Sukarno"]
    assert article.title == "ミツバチの巣について"
    assert article.contributors[0].family_name == "山田"


def test_group_authors() -> None:
    """A group stands in the byline; its members, editors, reviewers and sub-articles do not."""
    article = read("group_author")
    assert names(article) == ["Ann First", "The Hive Consortium", "Comb Collaboration", "Anonymous"]
    assert [person.is_group for person in article.contributors] == [False, True, True, False]
    assert not any(person.orcid for person in article.contributors)
    assert article.doi == "10.5555/group"
    assert article.published == PartialDate(year=2020)


def test_string_names() -> None:
    """A name in one string is kept as printed, and put in order where its parts are marked."""
    article = read("string_names")
    assert names(article) == ["María del Carmen Núñez", "John A. Smith", "Plato"]
    assert article.key == "10.5555/wax(3)"
    assert article.identifiers == (Identifier(type="pmc", value="PMC1234567"),)
    assert article.published == PartialDate(year=2019, month=3, day=12)
    assert (article.pages, article.journal) == ("3-4, 9", "Letters on Wax")


def test_titles_and_abstract() -> None:
    """Markup becomes text, every translation is kept, and the abstract is the article's own."""
    article = read("translated_titles")
    assert article.title == "CO2 e x=1 nas abelhas"
    assert [(one.language, one.title) for one in article.translated_titles] == [
        ("zh", "蜜蜂"),
        ("es", "El CO2 en las abejas: Un estudio"),
        ("en", "CO2 in bees"),
    ]
    assert article.abstract == "Objetivo: Medir o ar.\nMétodos: Com cuidado.\nDuas vezes."
    assert [one.name for one in article.contributors[0].affiliations] == ["Universidade do Mel"]


def test_a_month_that_is_two_is_told() -> None:
    """A range of months leaves the year, and a note says so."""
    article = read("translated_titles")
    assert article.published == PartialDate(year=2018)
    (note,) = article.reading_notes
    assert (note.path, "Jan-Feb 2018" in note.message) == ("published", True)


def test_no_doi() -> None:
    """Without a DOI the publisher's id is the key, and wrong facts are kept as printed."""
    article = read("no_doi")
    assert (article.key, article.doi) == ("VB-17", None)
    assert article.issns == ("1234-5678",)
    assert article.published == PartialDate(year=2020, month=2, day=30)
    assert article.contributors[0].orcid == "0000-0002-1825-0098"


def test_a_retraction_notice() -> None:
    """A notice says that it is one, and which article it retracts."""
    article = read("retraction")
    assert (article.type, article.contributors) == ("journal-article", ())
    (related,) = article.related
    assert (related.relation, related.identifier) == ("retracted-article", "10.5555/AA.2007.12")
    assert (article.notice, article.notice_of) == ("retraction", (related,))


@pytest.mark.parametrize(
    ("article_type", "kind"),
    [
        ("correction", "correction"),
        ("Expression_of Concern", "expression-of-concern"),
        ("partial-retraction", "partial-retraction"),
        ("research-article", None),
        ("letter", None),
        (None, None),
    ],
)
def test_article_types_that_are_notices(article_type: str | None, kind: str | None) -> None:
    """The type of an article alone says that it is a notice about another one."""
    assert notice_kind(article_type) == kind


def test_a_preprint() -> None:
    """A preprint's posting is its publication; arXiv's number is an identifier of its own."""
    article = read("preprint")
    assert article.type == "preprint"
    assert article.published == PartialDate(year=2024, month=1, day=2)
    assert article.identifiers == (Identifier(type="arxiv", value="arXiv:2401.00001"),)


def test_an_article_after_its_preprint() -> None:
    """The preprint is found in links and in the publication history; each award is one grant."""
    article = read("after_preprint")
    assert {(one.relation, one.identifier_type) for one in article.related} == {("preprint", "doi")}
    assert [one.award for one in article.funding] == [
        "BF-1",
        "BF-2",
        None,
        "https://doi.org/10.5555/grant.1",
    ]
    assert article.funding[1].award_url == "https://fund.example/2"
    assert article.published == PartialDate(year=2024, month=13, day=1)


def test_a_book_review() -> None:
    """The reviewed book's author and ISBN do not become the review's."""
    article = read("book_review")
    assert article.type == "book-review"
    assert names(article) == ["Lisa Leser"]
    assert article.identifiers == ()
    assert article.published == PartialDate(year=2015, month=12, day=4)
    assert article.pages == "77"


def test_a_conference_paper() -> None:
    """Proceedings name their conference and ISBN; what was digitised later keeps its print date."""
    article = read("conference_paper")
    assert article.type == "conference-paper"
    assert article.identifiers == (
        Identifier(type="isbn", value="978-0-306-40615-7", relationship="part-of"),
    )
    assert [(one.name, one.role) for one in article.contributors] == [
        ("B. Queen", "author"),
        ("T. Tongue", "translator"),
    ]
    assert article.published == PartialDate(year=1988)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.xml")), ids=lambda path: path.stem)
def test_no_email_is_ever_read(path: Path) -> None:
    """Nothing that looks like an e-mail address is in any article read."""
    article = read_jats(path.read_bytes(), tenant="hive", as_of=AS_OF)
    assert "@" not in article.model_dump_json()


def test_a_given_key_wins() -> None:
    """The host's own key of the article is used where it is given."""
    source = (FOLDER / "no_doi.xml").read_bytes()
    assert read_jats(source, tenant="hive", as_of=AS_OF, key="42").key == "42"
