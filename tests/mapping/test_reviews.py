"""From a completed review to a peer review that tells nothing about what was reviewed."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orcid_connect.codec import encode, normalized, validate
from orcid_connect.declarations import Affiliation, Contributor, Review
from orcid_connect.errors import Problem
from orcid_connect.mapping import Mapped, own_review_id, peer_review_from_review
from orcid_connect.policy import DEFAULTS, PolicyModel, ReviewPolicy
from orcid_connect.records import PeerReview

PLACE = Affiliation(name="Hive Press", city="Lyon", country="fr", ror="https://ror.org/02feahw73")


def review(**fields: Any) -> Review:
    """Return a review that maps without any problem, but for the fields given."""
    plain = {
        "tenant": "hive",
        "key": "10.5555/manuscript.17",
        "as_of": datetime(2026, 1, 1, tzinfo=UTC),
        "reviewer": Contributor(person_key="rita", display_name="Rita Referee"),
        "completed": "2025-06",
        "issn": "1234-5679",
        "organization": PLACE,
    }
    return Review.model_validate({**plain, **fields})


def only(outcome: Mapped[PeerReview]) -> Problem:
    """Return the one problem found."""
    (problem,) = outcome.problems
    return problem


def test_a_review() -> None:
    """Group, dates and organisation are written; reviewer, subject and manuscript are not."""
    outcome = peer_review_from_review(review())
    assert outcome.problems == ()
    assert outcome.activity is not None
    payload = encode(outcome.activity)
    assert validate("peer-review", payload) == []
    own = payload.pop("review-identifiers")["external-id"][0]
    assert payload == {
        "reviewer-role": "reviewer",
        "review-type": "review",
        "review-completion-date": {"year": {"value": "2025"}, "month": {"value": "06"}},
        "review-group-id": "issn:1234-5679",
        "convening-organization": {
            "name": "Hive Press",
            "address": {"city": "Lyon", "country": "FR"},
        },
    }
    assert (own["external-id-type"], own["external-id-relationship"]) == ("source-work-id", "self")
    assert own["external-id-value"].startswith("hive:")
    assert "manuscript" not in own["external-id-value"]


def test_a_review_with_a_doi_has_it_beside_its_own_identifier() -> None:
    """The DOI of a published review is a further identifier of the same review."""
    activity = peer_review_from_review(review(doi="10.5555/review.1")).activity
    assert activity is not None
    assert [one.type for one in activity.external_ids] == ["source-work-id", "doi"]


def test_the_organisation_identifier_is_sent_only_when_asked() -> None:
    """A ROR that ORCID does not hold would be refused, so sending it is the host's choice."""
    plain = peer_review_from_review(review()).activity
    asked = peer_review_from_review(review(), ReviewPolicy(organization_identifier=True)).activity
    assert plain is not None
    assert asked is not None
    assert plain.convening_organization.identifier is None
    assert asked.convening_organization.identifier == "https://ror.org/02feahw73"
    assert asked.convening_organization.identifier_source == "ROR"


@pytest.mark.parametrize(
    ("fields", "path", "number"),
    [
        ({"issn": None}, "group_id", 9047),
        ({"issn": None, "group_id": "journal of bees"}, "group_id", 9047),
        ({"completed": "2025-02-30"}, "completed", 9049),
        (
            {"organization": Affiliation(name=" ", city="L", country="FR")},
            "organization.name",
            9047,
        ),
    ],
)
def test_what_orcid_would_refuse(fields: dict[str, Any], path: str, number: int) -> None:
    """Missing group, impossible date and nameless organisation are refused in plain words."""
    outcome = peer_review_from_review(review(**fields))
    assert outcome.activity is None
    assert (only(outcome).path, only(outcome).registry_error) == (path, number)
    assert only(outcome).message.endswith(".")


def test_a_wrong_issn_holds_the_delivery() -> None:
    """A journal's ISSN with a wrong check digit is shown to a person first."""
    outcome = peer_review_from_review(review(issn="1234-5678"))
    assert (only(outcome).path, only(outcome).identity) == ("issn", True)


@pytest.mark.parametrize(
    ("country", "code"), [(None, "country-missing"), ("UK", "country-unknown")]
)
def test_a_missing_country_is_told(country: str | None, code: str) -> None:
    """ORCID takes an organisation without country, but readers expect one."""
    place = PLACE.model_copy(update={"country": country})
    outcome = peer_review_from_review(review(organization=place))
    assert outcome.activity is not None
    assert (only(outcome).path, only(outcome).code) == ("organization.country", code)
    assert not outcome.holds


def test_another_venue_has_its_own_group() -> None:
    """A venue without ISSN is named by an ORCID group id."""
    activity = peer_review_from_review(review(issn=None, group_id="orcid-generated:hive")).activity
    assert activity is not None
    assert activity.group_id == "orcid-generated:hive"


@given(st.tuples(st.text(), st.text()), st.tuples(st.text(), st.text()))
def test_no_two_reviews_share_an_identifier(one: tuple[str, str], other: tuple[str, str]) -> None:
    """Different tenants or keys never give the same identifier, also as the registry compares."""
    ours = normalized("source-work-id", own_review_id(*one))
    theirs = normalized("source-work-id", own_review_id(*other))
    assert (ours == theirs) is (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [(("a", "b:c"), ("a:b", "c")), (("A", "k"), ("a", "k")), (("t", "K"), ("t", "k"))],
)
def test_separators_and_case_do_not_collide(one: tuple[str, str], other: tuple[str, str]) -> None:
    """Neither a colon nor case makes two reviews one."""
    assert own_review_id(*one).lower() != own_review_id(*other).lower()


def test_an_identifier_is_stable_and_short() -> None:
    """The identifier of a review is what it always was, and fits."""
    assert own_review_id("hive", "r1") == own_review_id("hive", "r1")
    assert len(own_review_id("ü" * 500, "k" * 512)) <= 80


SUBJECT = {
    "title": "On hidden bees",
    "doi": "https://doi.org/10.5555/hidden",
    "type": "journal-article",
    "url": "https://example.org/hidden",
    "journal": "Annals",
}


def test_no_policy_tells_nothing_of_the_subject() -> None:
    """A subject that is declared leaves under no circumstances without a policy that says so."""
    activity = peer_review_from_review(review(subject=SUBJECT, published="2025-01-01")).activity
    assert activity is not None
    assert "hidden" not in str(encode(activity))


def test_an_open_review_names_its_subject() -> None:
    """Under open review what was reviewed is named whole, once it is published."""
    named = review(subject=SUBJECT, published="2025-07-01")
    outcome = peer_review_from_review(named, DEFAULTS["open"])
    assert outcome.problems == ()
    assert outcome.activity is not None
    payload = encode(outcome.activity)
    assert validate("peer-review", payload) == []
    assert payload["subject-name"] == {"title": {"value": "On hidden bees"}}
    assert payload["subject-container-name"] == {"value": "Annals"}
    assert payload["subject-type"] == "journal-article"
    assert payload["subject-url"] == {"value": "https://example.org/hidden"}
    assert payload["subject-external-identifier"]["external-id-value"] == "10.5555/hidden"
    early = peer_review_from_review(review(subject=SUBJECT), DEFAULTS["open"]).activity
    assert early is not None
    assert "hidden" not in str(encode(early))


def test_an_odd_subject_does_not_hold_the_review() -> None:
    """What ORCID would refuse of a subject is left out and told; the review counts all the same."""
    odd = review(subject={"doi": "x", "type": "poem", "title": " "}, published="2025-07-01")
    outcome = peer_review_from_review(odd, DEFAULTS["open"])
    assert outcome.activity is not None
    assert {one.path for one in outcome.problems} == {"subject.doi", "subject.type"}
    assert validate("peer-review", encode(outcome.activity)) == []


@pytest.mark.parametrize("model", ["single-anonymous", "double-anonymous"])
def test_an_anonymous_review_says_the_year(model: PolicyModel) -> None:
    """Under anonymous review a record says who reviewed for whom in which year, no more."""
    whole = review(
        completed="2025-06-07",
        subject=SUBJECT,
        published="2025-07-01",
        url="https://example.org/hidden/r1",
        doi="10.5555/hidden.r1",
        consent=True,
    )
    activity = peer_review_from_review(whole, DEFAULTS[model]).activity
    assert activity is not None
    payload = encode(activity)
    assert payload["review-completion-date"] == {"year": {"value": "2025"}}
    assert "hidden" not in str(payload)
