"""The contributors of a work: an iD stands only where it is authenticated."""

from datetime import UTC, datetime
from typing import Any

from orcid_connect.declarations import Article, Contributor
from orcid_connect.errors import Problem
from orcid_connect.mapping import Mapped, work_from_article
from orcid_connect.mapping.bylines import MOST_CONTRIBUTORS
from orcid_connect.records import Work

ADA = Contributor(person_key="ada", given_names="Ada", family_name="Keeper")
ADAS_ID = "0000-0002-1825-0097"
OTHER_ID = "0000-0001-5109-3700"


def mapped(known: dict[str, str] | None = None, **fields: Any) -> Mapped[Work]:
    """Map an article with these fields."""
    plain = {
        "tenant": "hive",
        "key": "10.5555/a",
        "as_of": datetime(2026, 1, 1, tzinfo=UTC),
        "title": "Bees",
        "doi": "10.5555/A",
    }
    return work_from_article(Article.model_validate({**plain, **fields}), known or {})


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


def test_a_linked_person_is_named_by_the_link() -> None:
    """The iD that a person connected here is written beside the name."""
    (one,) = work({"ada": ADAS_ID}, contributors=(ADA,)).contributors
    assert (one.credit_name, one.orcid, one.sequence, one.role) == (
        "Ada Keeper",
        ADAS_ID,
        "first",
        "author",
    )


def test_a_typed_id_is_never_written() -> None:
    """An iD that nobody authenticated is not in the work, right or wrong."""
    typed = (
        Contributor(display_name="Right", orcid=ADAS_ID),
        Contributor(display_name="Wrong", orcid="0000-0002-1825-0098"),
    )
    outcome = mapped(contributors=typed)
    assert outcome.activity is not None
    assert [one.orcid for one in outcome.activity.contributors] == [None, None]
    problem = only(outcome)
    assert (problem.path, problem.code) == ("contributors[1].orcid", "orcid-malformed")
    assert not problem.holds


def test_an_authenticated_id_is_written_if_it_is_one() -> None:
    """The host's word counts, but a wrong check digit holds the delivery."""
    said = (
        Contributor(
            display_name="A", orcid=f"http://orcid.org/{ADAS_ID}", orcid_authenticated=True
        ),
        Contributor(display_name="B", orcid="0000-0002-1825-0098", orcid_authenticated=True),
    )
    outcome = mapped(contributors=said)
    assert outcome.activity is not None
    assert [one.orcid for one in outcome.activity.contributors] == [ADAS_ID, None]
    assert only(outcome).identity
    assert outcome.holds


def test_the_link_wins_over_the_article() -> None:
    """Where the article has another iD than the person connected, the link is sent and told."""
    person = ADA.model_copy(update={"orcid": OTHER_ID, "orcid_authenticated": True})
    outcome = mapped({"ada": ADAS_ID}, contributors=(person,))
    assert outcome.activity is not None
    assert outcome.activity.contributors[0].orcid == ADAS_ID
    assert (only(outcome).code, outcome.holds) == ("orcid-differs", False)


def test_one_id_cannot_be_two_people() -> None:
    """The same iD at two names holds the delivery."""
    twice = (ADA, Contributor(person_key="bea", display_name="Bea"))
    outcome = mapped({"ada": ADAS_ID, "bea": ADAS_ID}, contributors=twice)
    assert (only(outcome).path, only(outcome).code) == ("contributors[1].orcid", "orcid-twice")
    assert outcome.holds


def test_editors_and_reviewers_of_an_article_are_not_its_contributors() -> None:
    """Who edited or reviewed an article did not make it; who edited a book did."""
    people = (
        ADA,
        Contributor(display_name="E", role="Senior Editor"),
        Contributor(display_name="R", role="reviewer"),
        Contributor(display_name="T", role="translator"),
    )
    assert [(one.credit_name, one.role) for one in work(contributors=people).contributors] == [
        ("Ada Keeper", "author"),
        ("T", "chair-or-translator"),
    ]
    book = work(type="edited-book", contributors=people[1:2])
    assert [(one.credit_name, one.role) for one in book.contributors] == [("E", "editor")]


def test_an_unknown_role_is_told() -> None:
    """A role that ORCID does not have leaves the name without one."""
    outcome = mapped(contributors=(Contributor(display_name="I", role="illustrator"),))
    assert outcome.activity is not None
    assert outcome.activity.contributors[0].role is None
    assert codes(outcome) == [
        ("contributors", "no-author"),
        ("contributors[0].role", "role-unknown"),
    ]


def test_a_nameless_contributor_is_told() -> None:
    """Nobody is sent who has neither name nor iD."""
    outcome = mapped(contributors=(Contributor(display_name=" \u200b"),))
    assert outcome.activity is not None
    assert outcome.activity.contributors == ()
    assert codes(outcome) == [("contributors[0].name", "name-missing")]


def test_five_thousand_authors() -> None:
    """Of very many the first are sent, and whoever is identified; the editor hears of it."""
    crowd = [
        Contributor(person_key=f"p{number}", display_name=f"N{number}") for number in range(5000)
    ]
    outcome = mapped({"p4999": ADAS_ID}, contributors=tuple(crowd))
    assert outcome.activity is not None
    sent = outcome.activity.contributors
    assert len(sent) == MOST_CONTRIBUTORS
    assert [sent[0].credit_name, sent[-1].credit_name] == ["N0", "N4999"]
    assert (sent[0].sequence, sent[-1].sequence) == ("first", "additional")
    problem = only(outcome)
    assert (problem.code, problem.holds) == ("contributors-cut", False)
    assert "5000" in problem.message
    assert "1000" in problem.message
