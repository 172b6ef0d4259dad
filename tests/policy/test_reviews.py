"""Which fields of a review leave, and when, under each review model."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orcid_connect.declarations import (
    Affiliation,
    Contributor,
    Review,
    ReviewModel,
    ReviewSubject,
)
from orcid_connect.policy import (
    ALLOWED,
    DEFAULTS,
    Never,
    NotYet,
    ReviewPolicy,
    may_leave,
    reduced,
    scheduled,
)
from orcid_connect.policy.reviews import PolicyModel, Precision, Release

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
SECRET = ReviewSubject(
    title="On hidden rivers",
    doi="10.5555/hidden",
    type="journal-article",
    url="https://example.org/hidden",
    journal="Rivers",
)


def review(**fields: Any) -> Review:
    """Return a completed review of an article that was published since, but for these fields."""
    plain = {
        "tenant": "hive",
        "key": "r-1",
        "as_of": datetime(2026, 1, 1, tzinfo=UTC),
        "reviewer": Contributor(person_key="rita"),
        "completed": "2025-06-07",
        "decided": "2025-07-01",
        "published": "2025-09-30",
        "issn": "1234-5679",
        "organization": Affiliation(name="Hive Society", country="FR"),
        "role": "editor",
        "url": "https://example.org/hidden/report",
        "doi": "10.5555/hidden.r1",
        "subject": SECRET,
        "round": 2,
        "competence": "statistics",
    }
    return Review.model_validate({**plain, **fields})


def test_open_review_names_everything() -> None:
    """Under open review the subject leaves with the review, once it is published."""
    policy = DEFAULTS["open"]
    assert may_leave(review(), policy, NOW) == ALLOWED
    left = reduced(review(), policy)
    assert left.subject == SECRET
    assert str(left.completed) == "2025-06-07"
    assert left.url == "https://example.org/hidden/report"


@pytest.mark.parametrize("model", ["single-anonymous", "double-anonymous"])
def test_anonymous_review(model: PolicyModel) -> None:
    """Under anonymous review the year leaves, after its end, with consent, and no subject."""
    policy = DEFAULTS[model]
    assert isinstance(may_leave(review(), policy, NOW), NotYet)
    agreed = review(consent=True)
    assert may_leave(agreed, policy, NOW) == ALLOWED
    this_year = review(consent=True, completed="2026-01-02")
    until = datetime(2027, 1, 1, tzinfo=UTC)
    waits = may_leave(this_year, policy, NOW)
    assert isinstance(waits, NotYet)
    assert waits.until == until
    assert may_leave(this_year, policy, until) == ALLOWED
    left = reduced(agreed, policy)
    assert str(left.completed) == "2025"
    assert (left.subject, left.url, left.doi) == (None, None, None)


def test_transparent_review_needs_consent_for_its_subject() -> None:
    """A printed report without a printed name counts; what it is about needs the reviewer's yes."""
    policy = DEFAULTS["transparent"]
    assert may_leave(review(), policy, NOW) == ALLOWED
    bare = reduced(review(), policy)
    assert (bare.subject, bare.url, bare.doi) == (None, None, None)
    whole = reduced(review(consent=True), policy)
    assert whole.subject == SECRET
    assert whole.doi == "10.5555/hidden.r1"


def test_nobody_said_how_it_was_reviewed() -> None:
    """Where no model is said, the review leaves at once as declared, without its subject."""
    policy = DEFAULTS["unstated"]
    assert may_leave(review(published=None), policy, NOW) == ALLOWED
    left = reduced(review(), policy)
    assert left.subject is None
    assert str(left.completed) == "2025-06-07"
    assert left.role == "editor"


@pytest.mark.parametrize("model", get_args(ReviewModel))
def test_who_says_no_is_heard(model: PolicyModel) -> None:
    """A reviewer who refused has nothing on the record, under any model."""
    assert isinstance(may_leave(review(consent=False), DEFAULTS[model], NOW), Never)


@pytest.mark.parametrize(
    ("release", "fields", "until"),
    [
        ("at-decision", {"decided": None}, None),
        ("at-decision", {"decided": "2026-04-01"}, datetime(2026, 4, 1, tzinfo=UTC)),
        ("at-decision", {"decided": "2026-03"}, datetime(2026, 4, 1, tzinfo=UTC)),
        ("at-decision", {"decided": "2025-12"}, datetime(2026, 1, 1, tzinfo=UTC)),
        ("at-publication", {"published": "2026"}, datetime(2027, 1, 1, tzinfo=UTC)),
        ("at-publication", {"published": None}, None),
        ("at-publication", {"published": "2026-02-30"}, None),
        ("at-once", {"not_before": NOW + timedelta(days=2)}, NOW + timedelta(days=2)),
    ],
)
def test_when(release: Release, fields: dict[str, Any], until: datetime | None) -> None:
    """It leaves at the very moment that is told, and one without a date waits to be declared."""
    policy = ReviewPolicy(release=release)
    if until is not None and until <= NOW:
        assert may_leave(review(**fields), policy, NOW) == ALLOWED
        return
    waits = may_leave(review(**fields), policy, NOW)
    assert isinstance(waits, NotYet)
    assert waits.until == until
    assert waits.sentence.endswith(".")
    if until is not None:
        assert may_leave(review(**fields), policy, until - timedelta(seconds=1)) == waits
        assert may_leave(review(**fields), policy, until) == ALLOWED


def test_a_subject_waits_for_its_publication() -> None:
    """What is not published yet is not named, and a review that would name it waits for the day."""
    policy = ReviewPolicy(subject_title=True)
    assert reduced(review(published=None), policy).subject is None
    assert may_leave(review(published=None), policy, NOW) == ALLOWED
    waits = may_leave(review(published="2026-03-16"), policy, NOW)
    assert isinstance(waits, NotYet)
    assert waits.until == datetime(2026, 3, 16, tzinfo=UTC)


def test_only_some_of_the_subject() -> None:
    """Each part of the subject leaves by its own switch."""
    left = reduced(review(), ReviewPolicy(subject_title=True)).subject
    assert left == ReviewSubject(title="On hidden rivers")
    left = reduced(review(), ReviewPolicy(subject_doi=True, subject_journal=True)).subject
    assert left == ReviewSubject(doi="10.5555/hidden", type="journal-article", journal="Rivers")


def test_a_group_of_our_own() -> None:
    """With a group of our own the journal's ISSN stays here, and so does its society."""
    policy = ReviewPolicy(
        group="own",
        group_id="orcid-generated:our-press",
        organization=Affiliation(name="Our Press", country="GB"),
        role=False,
    )
    left = reduced(review(), policy)
    assert (left.issn, left.group_id) == (None, "orcid-generated:our-press")
    assert left.organization.name == "Our Press"
    assert left.role == "reviewer"


def test_no_issn() -> None:
    """Grouped by ISSN, a journal without one takes the group that is set."""
    left = reduced(review(issn=None), ReviewPolicy(group_id="orcid-generated:our-press"))
    assert left.group_id == "orcid-generated:our-press"


policies = st.builds(
    ReviewPolicy,
    subject_title=st.booleans(),
    subject_journal=st.booleans(),
    subject_doi=st.booleans(),
    subject_url=st.booleans(),
    review_url=st.booleans(),
    role=st.booleans(),
    date_precision=st.sampled_from(get_args(Precision)),
    release=st.sampled_from(get_args(Release)),
    consent=st.sampled_from(["not-needed", "for-subject", "for-anything"]),
    group=st.sampled_from(["issn", "own"]),
)
days = st.none() | st.dates().map(str)
reviews = st.builds(
    review,
    consent=st.sampled_from([None, True, False]),
    published=days,
    decided=days,
    completed=st.dates().map(str),
)


@given(policies, reviews)
def test_what_leaves_was_let_go(policy: ReviewPolicy, declared: Review) -> None:
    """Under any policy, reducing twice is once, and only what was let go is in what leaves."""
    left = reduced(declared, policy)
    assert reduced(left, policy) == left
    text = left.model_dump_json()
    assert "statistics" not in text
    if not policy.subject_title or declared.published is None:
        assert "hidden rivers" not in text
    if policy.consent != "not-needed" and declared.consent is not True:
        assert "hidden" not in text
    if policy.precision == "year":
        assert left.completed.month is None
    if policy.group == "own":
        assert "1234-5679" not in text


@given(policies, reviews, st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(UTC)))
def test_time_only_opens(policy: ReviewPolicy, declared: Review, now: datetime) -> None:
    """What may leave once may leave ever after, and what is told to come does come then."""
    answer = may_leave(declared, policy, now)
    if answer == ALLOWED:
        assert may_leave(declared, policy, now + timedelta(days=1)) == ALLOWED
    elif isinstance(answer, NotYet) and answer.until is not None:
        assert answer.until > now
        assert may_leave(declared, policy, answer.until) == ALLOWED


def test_a_schedule_holds_for_everything() -> None:
    """A declaration of any kind may say before when nothing leaves."""
    soon = review(not_before=NOW + timedelta(hours=1))
    assert isinstance(scheduled(soon, NOW), NotYet)
    assert scheduled(soon, NOW + timedelta(hours=1)) == ALLOWED
    assert scheduled(review(), NOW) == ALLOWED
