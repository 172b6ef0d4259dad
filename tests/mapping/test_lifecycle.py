"""An article over its life: versions, preprints, notices about it, and its retraction."""

import pytest

from orcid_connect.codec import encode, validate
from orcid_connect.declarations import Article, RelatedArticle
from orcid_connect.mapping import Mention, identifier_of, mentions, work_from_article
from orcid_connect.policy import WorkPolicy
from orcid_connect.records import Work
from tests.mapping.test_works import article

ADD = WorkPolicy(notices="add")


def named(work: Work | None) -> set[tuple[str, str, str | None]]:
    """Return the identifiers of a work that is sent."""
    assert work is not None
    return {(one.type, one.value, one.relationship) for one in work.external_ids}


def related(relation: str, identifier: str) -> tuple[RelatedArticle, ...]:
    """Return one related article, by its DOI."""
    return (RelatedArticle(relation=relation, identifier=identifier),)


def those_who_name(here: Article, everybody: tuple[Article, ...]) -> list[str]:
    """Return what those are that name `here` as a version: what a keeper of mentions does."""
    own = {one.identifier for one in mentions(here) if one.relation == "is"}
    naming = [
        other
        for other in everybody
        if own & {one.identifier for one in mentions(other) if one.relation == "version"}
    ]
    return [one.identifier for other in naming for one in mentions(other) if one.relation == "is"]


@pytest.mark.parametrize(
    ("of_preprint", "of_article"),
    [
        ((), related("preprint", "https://doi.org/10.5555/PRE")),
        (related("published-article", "10.5555/a"), ()),
        (related("Is preprint of", "10.5555/A"), related("has-preprint", "10.5555/pre")),
    ],
)
def test_preprint_and_article_name_each_other(
    of_preprint: tuple[RelatedArticle, ...], of_article: tuple[RelatedArticle, ...]
) -> None:
    """Whichever of the two names the other, both works name each other as versions."""
    preprint = article(key="pre", doi="10.5555/pre", type="preprint", related=of_preprint)
    published = article(related=of_article)
    for one, other, others_doi in (
        (preprint, published, "10.5555/a"),
        (published, preprint, "10.5555/pre"),
    ):
        others = [identifier_of(name) for name in those_who_name(one, (other,))]
        work = work_from_article(one, others=others).activity
        versions = {value.lower() for _, value, how in named(work) if how == "version-of"}
        assert versions == {others_doi}


def test_versions_of_one_lineage() -> None:
    """The newest version names the earlier ones as its versions, each once and never itself."""
    first = article(key="v1", doi="10.5555/a.v1", lineage="a", version="1")
    second = article(key="v2", doi="10.5555/a.v2", lineage="a", version="2")
    earlier = [one.identifier for one in mentions(first) if one.relation == "is"]
    assert Mention("lineage", "a") in mentions(first) & mentions(second)
    others = [identifier_of(one) for one in [*earlier, *earlier, "doi:10.5555/a.v2"]]
    work = work_from_article(second, others=others).activity
    assert work is not None
    assert [(one.value, one.relationship) for one in work.external_ids] == [
        ("10.5555/a.v2", "self"),
        ("10.5555/a.v1", "version-of"),
    ]
    assert validate("work", encode(work)) == []


def test_mentions_are_spelt_as_orcid_compares_them() -> None:
    """Two spellings of one DOI are one mention; what only the publisher knows is none."""
    spelt = article(
        doi="https://doi.org/10.5555/A",
        identifiers=({"type": "source-work-id", "value": "m-1"}, {"type": "pmid", "value": "12"}),
        related=related("preprint", "doi:10.5555/PRE"),
    )
    assert mentions(spelt) == {
        Mention("is", "doi:10.5555/a"),
        Mention("is", "pmid:12"),
        Mention("version", "doi:10.5555/pre"),
    }


def test_an_endless_identifier_is_no_mention() -> None:
    """What is longer than any printed identifier is not kept."""
    assert mentions(article(doi="10.5555/" + "x" * 600)) == frozenset()


def test_a_notice_is_not_sent_unasked() -> None:
    """A retraction notice has the authors' names and a DOI, and is still no work of theirs."""
    notice = article(doi="10.5555/n", related=related("retracted-article", "10.5555/a"))
    outcome = work_from_article(notice)
    assert outcome.activity is None
    assert not outcome.holds
    assert "a retraction of another article" in outcome.skipped
    assert [one.code for one in outcome.problems] == ["notice-skipped"]
    assert Mention("notice", "doi:10.5555/a") in mentions(notice)


def test_a_notice_that_is_wanted() -> None:
    """Where the policy adds notices, one stands beside its article as another version of it."""
    notice = article(doi="10.5555/n", related=related("corrected-article", "10.5555/a"))
    outcome = work_from_article(notice, policy=ADD)
    assert outcome.activity is not None
    assert outcome.activity.type == "other"
    assert named(outcome.activity) == {
        ("doi", "10.5555/n", "self"),
        ("doi", "10.5555/a", "version-of"),
    }
    assert [one.code for one in outcome.problems] == ["notice-added"]
    assert outcome.skipped == ""


def test_what_the_host_says_of_notices_counts() -> None:
    """A host may say that an article is a notice, or that it is none."""
    said = article(notice="correction")
    assert work_from_article(said).activity is None
    other = article(notice="none", related=related("corrected-article", "10.5555/b"))
    assert named(work_from_article(other).activity) == {("doi", "10.5555/A", "self")}


def test_a_retracted_article_stays_and_says_so() -> None:
    """An article declared as retracted stays on the record with a mark before its title."""
    outcome = work_from_article(article(title="Bees", retracted=True))
    assert outcome.activity is not None
    assert outcome.activity.title.title == "RETRACTED: Bees"
    assert [one.code for one in outcome.problems] == ["retracted"]
    assert not outcome.holds


@pytest.mark.parametrize("title", ["RETRACTED: Bees", "Retracted article: Bees"])
def test_a_title_that_says_so_already(title: str) -> None:
    """A title with a mark of its own gets no second one."""
    work = work_from_article(article(title=title, retracted=True)).activity
    assert work is not None
    assert work.title.title == title


def test_nothing_is_marked_unless_declared() -> None:
    """A retraction named among the relations marks nothing, nor does a policy that says so."""
    forward = article(related=related("retraction-forward", "10.5555/n"))
    plain = work_from_article(forward).activity
    declared = work_from_article(
        article(retracted=True), policy=WorkPolicy(retracted="as-declared")
    ).activity
    assert plain is not None
    assert declared is not None
    assert (plain.title.title, declared.title.title) == ("Bees", "Bees")


def test_an_article_without_authors() -> None:
    """An article that nobody is named for as an author is taken, and the editor hears of it."""
    outcome = work_from_article(article(contributors=()))
    assert outcome.activity is not None
    assert [one.code for one in outcome.problems] == ["no-author"]
    assert not outcome.holds
