"""From an article to a work: what ORCID gets, and what the editor hears."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orcid_connect.codec import encode, validate
from orcid_connect.declarations import (
    Article,
    Contributor,
    Funding,
    Identifier,
    PartialDate,
    ReadingNote,
    RelatedArticle,
    TranslatedTitle,
)
from orcid_connect.errors import Problem
from orcid_connect.mapping import Mapped, work_from_article
from orcid_connect.records import ExternalId, FuzzyDate, Work

ADA = Contributor(person_key="ada", given_names="Ada", family_name="Keeper")
ADAS_ID = "0000-0002-1825-0097"
OTHER_ID = "0000-0001-5109-3700"


def article(**fields: Any) -> Article:
    """Return an article that maps without any problem, but for the fields given."""
    plain = {
        "tenant": "hive",
        "key": "10.5555/a",
        "as_of": datetime(2026, 1, 1, tzinfo=UTC),
        "title": "Bees",
        "doi": "10.5555/A",
        "contributors": (ADA,),
    }
    return Article.model_validate({**plain, **fields})


def mapped(known: dict[str, str] | None = None, **fields: Any) -> Mapped[Work]:
    """Map an article with these fields."""
    return work_from_article(article(**fields), known or {})


def work(known: dict[str, str] | None = None, **fields: Any) -> Work:
    """Return the work of an article that is not refused."""
    activity = mapped(known, **fields).activity
    assert activity is not None
    return activity


def codes(outcome: Mapped[Work]) -> list[tuple[str, str]]:
    """Return where and what was found."""
    return [(problem.path, problem.code) for problem in outcome.problems]


def only(outcome: Mapped[Work]) -> Problem:
    """Return the one problem found."""
    (problem,) = outcome.problems
    return problem


def test_a_full_article() -> None:
    """DOI names the work, ISSNs hold it, grants paid for it, a preprint is its version."""
    outcome = mapped(
        subtitle="A study",
        journal="Hive",
        issns=("1234-5679", "2050-084x", "2050084X"),
        identifiers=(Identifier(type="pmid", value="123"),),
        funding=(
            Funding(award="BF-1"),
            Funding(funder="Without award"),
            Funding(award="10.5555/grant"),
        ),
        related=(RelatedArticle(relation="preprint", identifier="https://doi.org/10.5555/pre"),),
        published="2024-03-04",
        language="en-GB",
        abstract="About\n\nbees.",
        url="https://hive.example/a",
    )
    assert outcome.problems == ()
    assert outcome.activity is not None
    assert [
        (one.type, one.value, one.relationship, one.url) for one in outcome.activity.external_ids
    ] == [
        ("doi", "10.5555/A", "self", "https://doi.org/10.5555/A"),
        ("pmid", "123", "self", None),
        ("issn", "1234-5679", "part-of", None),
        ("issn", "2050-084X", "part-of", None),
        ("doi", "10.5555/pre", "version-of", "https://doi.org/10.5555/pre"),
        ("grant_number", "BF-1", "funded-by", None),
        ("doi", "10.5555/grant", "funded-by", "https://doi.org/10.5555/grant"),
    ]
    assert outcome.activity.publication_date == FuzzyDate(year=2024, month=3, day=4)
    assert outcome.activity.language_code == "en"
    assert outcome.activity.short_description == "About\nbees."
    assert outcome.activity.url == "https://doi.org/10.5555/A"


class TestIdentifiers:
    """How an identifier stands to the work follows from its type and the work's."""

    def test_what_is_no_doi_holds_the_delivery(self) -> None:
        """A DOI that is none is shown to a person before it is sent."""
        outcome = mapped(doi="not a doi")
        assert (only(outcome).path, only(outcome).code) == ("doi", "doi-malformed")
        assert outcome.holds

    def test_a_wrong_issn_holds_the_delivery(self) -> None:
        """An ISSN with a wrong check digit is shown to a person before it is sent."""
        outcome = mapped(issns=("1234-5678",))
        assert (only(outcome).path, only(outcome).code) == ("issns[0]", "issn-malformed")
        assert outcome.holds

    def test_an_issn_never_names_an_article(self) -> None:
        """An ISSN or a chapter's ISBN declared as self is sent as part-of."""
        declared = (
            Identifier(type="issn", value="1234-5679"),
            Identifier(type="isbn", value="978-0-306-40615-7"),
        )
        outcome = mapped(type="book-chapter", identifiers=declared)
        assert outcome.activity is not None
        assert [one.relationship for one in outcome.activity.external_ids] == [
            "self",
            "part-of",
            "part-of",
        ]
        assert {problem.code for problem in outcome.problems} == {"relationship-corrected"}

    def test_an_isbn_names_a_book(self) -> None:
        """The ISBN of a whole book is its own identifier."""
        book = work(type="book", identifiers=(Identifier(type="isbn", value="0-306-40615-2"),))
        assert book.external_ids[1].relationship == "self"

    def test_unknown_types_are_left_out(self) -> None:
        """An identifier type that ORCID does not know is told and left out."""
        outcome = mapped(identifiers=(Identifier(type="shoe", value="40"),))
        assert codes(outcome) == [("identifiers[0].type", "identifier-type-unknown")]

    def test_oddly_spelt_identifiers_are_told(self) -> None:
        """An identifier that does not look like its type is a caution that holds nothing."""
        outcome = mapped(identifiers=(Identifier(type="pmid", value="abc"),))
        assert codes(outcome) == [("identifiers[0].value", "pmid-malformed")]
        assert not outcome.holds

    def test_without_doi_the_address_names_the_work(self) -> None:
        """An article without any public identifier is named by its address."""
        outcome = mapped(doi=None, url="https://hive.example/a b")
        assert outcome.activity is not None
        (only_id,) = outcome.activity.external_ids
        assert (only_id.type, only_id.value) == ("uri", "https://hive.example/a%20b")
        assert codes(outcome) == [("doi", "no-doi")]

    def test_a_publishers_own_id_is_namespaced(self) -> None:
        """The last resort is the publisher's id within its tenant; beside a DOI it is not sent."""
        own = (Identifier(type="source-work-id", value="VB-17"),)
        assert work(doi=None, identifiers=own).external_ids == (
            ExternalId(type="source-work-id", value="hive:VB-17", relationship="self"),
        )
        assert [one.type for one in work(identifiers=own).external_ids] == ["doi"]

    def test_nothing_identifies_it(self) -> None:
        """A work without any identifier is refused as the registry would, in plain words."""
        outcome = mapped(doi=None)
        assert outcome.activity is None
        refused = outcome.problems[0]
        assert (refused.path, refused.registry_error, refused.severity) == (
            "identifiers",
            9023,
            "refused",
        )

    def test_the_work_is_no_version_of_itself(self) -> None:
        """A related article with the work's own DOI is not sent twice."""
        same = RelatedArticle(relation="preprint", identifier="10.5555/a")
        assert len(work(related=(same,)).external_ids) == 1

    def test_only_preprints_are_versions(self) -> None:
        """An article that is commented on, or was corrected later, is another work."""
        other = RelatedArticle(relation="commentary-article", identifier="10.5555/b")
        assert len(work(related=(other,)).external_ids) == 1

    def test_a_preprint_elsewhere(self) -> None:
        """A preprint may have another kind of identifier, and a wrong DOI is left out and told."""
        arxiv = RelatedArticle(
            relation="preprint", identifier_type="arxiv", identifier="2401.00001"
        )
        wrong = RelatedArticle(relation="Has Preprint", identifier="x")
        outcome = mapped(related=(arxiv, wrong))
        assert outcome.activity is not None
        assert outcome.activity.external_ids[1].type == "arxiv"
        assert codes(outcome) == [("related[1].identifier", "doi-malformed")]


class TestTexts:
    """Texts are cleaned and cut with a word about it; a title is never cut."""

    def test_control_characters_go(self) -> None:
        """Control characters and overrides of direction are removed, and told."""
        outcome = mapped(title="Be\x07es\u202e in\n\t winter")
        assert outcome.activity is not None
        assert outcome.activity.title.title == "Bees in winter"
        assert codes(outcome) == [("title", "control-characters")]

    @pytest.mark.parametrize("title", ["", " \u00a0\u200b", "x" * 1001, "🐝" * 501])
    def test_a_title_that_orcid_would_refuse(self, title: str) -> None:
        """An empty or overlong title is for a person to correct."""
        outcome = mapped(title=title)
        assert outcome.activity is None
        assert (only(outcome).path, only(outcome).registry_error) == ("title", 9047)

    def test_long_texts_are_cut_in_utf_16(self) -> None:
        """Everything but the title is cut to what ORCID keeps, never inside a character."""
        outcome = mapped(
            subtitle="🐝" * 501,
            journal="j" * 1001,
            abstract="a" * 5001,
            translated_titles=(TranslatedTitle(title="t" * 1001, language="fr"),),
            contributors=(Contributor(display_name="n" * 151),),
        )
        assert outcome.activity is not None
        assert outcome.activity.title.subtitle == "🐝" * 499 + "…"
        assert len(outcome.activity.short_description or "") == 5000
        assert sorted(codes(outcome)) == [
            ("abstract", "cut"),
            ("contributors[0].name", "cut"),
            ("journal", "cut"),
            ("subtitle", "cut"),
            ("translated_titles[0].title", "cut"),
        ]
        assert validate("work", encode(outcome.activity)) == []

    def test_the_first_known_translation_is_sent(self) -> None:
        """ORCID keeps one translation: the first in a language it knows; the rest is told."""
        outcome = mapped(
            translated_titles=(
                TranslatedTitle(title="蜜蜂", language="zh"),
                TranslatedTitle(title="דבורים", language="he"),
                TranslatedTitle(title="Abeilles", language="fr"),
            )
        )
        assert outcome.activity is not None
        title = outcome.activity.title
        assert (title.translated_title, title.translated_language) == ("דבורים", "iw")
        assert codes(outcome) == [
            ("translated_titles[0].language", "language-unknown"),
            ("translated_titles", "translations-left-out"),
        ]
        assert "“fr”" in outcome.problems[1].message

    def test_an_english_translation_goes_first(self) -> None:
        """Of several translations the English one is sent; one in the title's language is none."""
        outcome = mapped(
            language="es",
            title="Abejas",
            translated_titles=(
                TranslatedTitle(title="Abejas", language="es"),
                TranslatedTitle(title="Abelhas", language="pt"),
                TranslatedTitle(title="Bees", language="en-GB"),
            ),
        )
        assert outcome.activity is not None
        title = outcome.activity.title
        assert (title.translated_title, title.translated_language) == ("Bees", "en")
        assert only(outcome).code == "translations-left-out"
        assert "“es”" not in only(outcome).message

    @pytest.mark.parametrize(
        ("tag", "code"),
        [
            ("EN", "en"),
            ("eng", "en"),
            ("pt-BR", "pt"),
            ("zh-Hans", "zh_CN"),
            ("zh_TW", "zh_TW"),
            ("zho-HK", "zh_TW"),
            ("id", "in"),
            ("deu", "de"),
            ("zh", None),
            ("xx", None),
        ],
    )
    def test_languages(self, tag: str, code: str | None) -> None:
        """Language tags become ORCID's codes, or are left out and told."""
        outcome = mapped(language=tag)
        assert outcome.activity is not None
        assert outcome.activity.language_code == code
        assert codes(outcome) == ([] if code else [("language", "language-unknown")])

    def test_what_a_reader_noted_is_told(self) -> None:
        """What an input could not understand reaches the editor."""
        note = ReadingNote(path="published", message="The printed date “x” is no date.")
        assert codes(mapped(reading_notes=(note,))) == [("published", "not-understood")]

    def test_an_address_nobody_can_open_is_left_out(self) -> None:
        """Only web addresses are sent."""
        outcome = mapped(doi="10.5555/a", funding=(Funding(award="1", award_url="javascript:x"),))
        assert codes(outcome) == [("funding[0].award_url", "url-unusable")]


@pytest.mark.parametrize(
    ("date", "error"),
    [
        (PartialDate(year=2021, month=2, day=30), 9049),
        (PartialDate(year=2021, month=13), 9047),
        (PartialDate(year=1899), 9047),
        (PartialDate(year=2021, day=3), 9047),
    ],
)
def test_a_date_that_does_not_exist_is_refused(date: PartialDate, error: int) -> None:
    """An impossible date is refused with the registry's own number."""
    outcome = mapped(published=date)
    assert outcome.activity is None
    assert (only(outcome).path, only(outcome).registry_error) == ("published", error)


def test_an_unknown_work_type_is_refused() -> None:
    """A work type that ORCID does not have is refused."""
    assert (only(mapped(type="poem")).path, only(mapped(type="poem")).registry_error) == (
        "type",
        9047,
    )


TEXT = st.text(max_size=20)
PEOPLE = st.lists(
    st.builds(
        Contributor,
        person_key=st.none() | st.sampled_from(["a", "b"]),
        display_name=st.none() | TEXT,
        orcid=st.none() | TEXT | st.just(ADAS_ID),
        orcid_authenticated=st.booleans(),
        role=st.sampled_from(["author", "editor", "x"]),
    ),
    max_size=4,
).map(tuple)


@given(
    title=TEXT,
    doi=st.none() | TEXT | st.just("10.5555/a"),
    url=st.none() | TEXT | st.just("https://a.example/%"),
    abstract=TEXT,
    language=TEXT,
    issns=st.lists(TEXT, max_size=2).map(tuple),
    contributors=PEOPLE,
    identifiers=st.lists(
        st.builds(
            Identifier,
            type=st.sampled_from(["doi", "issn", "isbn", "uri", "pmid", "other-id", "x"]),
            value=TEXT,
            relationship=st.sampled_from(["self", "part-of", "version-of", "funded-by"]),
            url=st.none() | TEXT,
        ),
        max_size=3,
    ).map(tuple),
    published=st.none()
    | st.builds(
        PartialDate,
        year=st.integers(1800, 2200),
        month=st.none() | st.integers(0, 13),
        day=st.none() | st.integers(0, 32),
    ),
)
def test_whatever_is_declared_is_sent_sound_or_told(**fields: Any) -> None:
    """Any article becomes a work that the registry takes, or a refusal with a sentence."""
    outcome = mapped({"a": ADAS_ID}, **fields)
    if outcome.activity is None:
        assert outcome.problems[0].severity == "refused"
        assert outcome.problems[0].message
    else:
        judged = validate("work", encode(outcome.activity))
        assert not [problem for problem in judged if problem.severity == "refused"]
        held = any(problem.identity for problem in judged)
        assert not held or outcome.holds
