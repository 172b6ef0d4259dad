"""Whether something may leave now, and what of a review then does: pure, with the time passed in.

Days end and begin in UTC. A date known to the month or year has passed when all of it has.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from orcid_connect.declarations import Declaration, PartialDate, Review
from orcid_connect.policy.reviews import Precision, ReviewPolicy


@dataclass(frozen=True, slots=True)
class Allowed:
    """It may leave now."""


@dataclass(frozen=True, slots=True)
class NotYet:
    """It may leave later: then, or when something is declared (`until` is None); and why."""

    until: datetime | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Never:
    """It may not leave, unless something else is declared; and why."""

    sentence: str


Leave = Allowed | NotYet | Never
ALLOWED: Final = Allowed()


def scheduled(declaration: Declaration, now: datetime) -> Allowed | NotYet:
    """Tell whether the moment has come before which nothing of a declaration leaves."""
    when = declaration.not_before
    if when is None or when <= now:
        return ALLOWED
    return NotYet(when, f"It is scheduled: nothing leaves before {_moment(when)}.")


def may_leave(review: Review, policy: ReviewPolicy, now: datetime) -> Leave:
    """Tell whether a review may leave now under a policy, as `reduced` makes it."""
    if review.consent is False:
        return Never("The reviewer does not want this review on the record.")
    if policy.consent == "for-anything" and review.consent is None:
        return NotYet(
            None,
            "The reviewer has not been asked yet whether this review may go on the record. "
            "Declare it again with their answer.",
        )
    on_time = scheduled(review, now)
    return on_time if isinstance(on_time, NotYet) else _released(review, policy, now)


def _released(review: Review, policy: ReviewPolicy, now: datetime) -> Leave:
    if policy.release == "yearly":
        year = PartialDate(year=review.completed.year)
        return _after(year, now, "Reviews leave together after the end of their year")
    if policy.release == "at-decision":
        return _upon(review.decided, now, "the decision", "decided")
    if policy.release == "at-publication" or (_says_subject(review, policy) and review.published):
        return _upon(review.published, now, "the publication of what was reviewed", "published")
    return ALLOWED


def _upon(date: PartialDate | None, now: datetime, event: str, field: str) -> Leave:
    if date is None:
        return NotYet(
            None, f"It waits for {event}. Declare it again with `{field}` when that is known."
        )
    if date.month is not None and date.day is not None:
        begins = _begin(date.year, date.month, date.day)
        return _from(begins, now, f"It waits for {event}", date)
    return _after(date, now, f"It waits for {event}, whose day is not known")


def _after(date: PartialDate, now: datetime, why: str) -> Leave:
    if date.month is None or date.month == 12:
        ends = _begin(date.year + 1)
    else:
        ends = _begin(date.year, date.month + 1)
    return _from(ends, now, why, date)


def _from(moment: datetime | None, now: datetime, why: str, date: PartialDate) -> Leave:
    if moment is None:
        return NotYet(None, f"The date {date} does not exist. Correct it and declare it again.")
    return ALLOWED if moment <= now else NotYet(moment, f"{why}: not before {_moment(moment)}.")


def _begin(year: int, month: int = 1, day: int = 1) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def reduced(review: Review, policy: ReviewPolicy) -> Review:
    """Return the review with nothing in it but what may leave; mapping never sees the rest.

    What was reviewed is named only once its publication is declared, and, where the policy asks
    for consent, only if the reviewer agreed. Reducing again changes nothing.
    """
    own_address = policy.review_url and _agreed(review, policy)
    return review.model_copy(
        update={
            "completed": _coarse(review.completed, policy.precision),
            "role": review.role if policy.role else "reviewer",
            "url": review.url if own_address else None,
            "doi": review.doi if own_address else None,
            "organization": policy.organization or review.organization,
            "subject": _subject(review, policy),
            **_venue(review, policy),
            "competence": None,
            "round": None,
        }
    )


def _venue(review: Review, policy: ReviewPolicy) -> dict[str, str | None]:
    """Return ISSN and group: with a group of our own the ISSN stays here."""
    if policy.group == "own":
        return {"issn": None, "group_id": policy.group_id or review.group_id}
    return {"issn": review.issn, "group_id": review.group_id or policy.group_id}


def _agreed(review: Review, policy: ReviewPolicy) -> bool:
    return policy.consent == "not-needed" or review.consent is True


def _says_subject(review: Review, policy: ReviewPolicy) -> bool:
    return policy.names_subject and _agreed(review, policy) and review.subject is not None


def _subject(review: Review, policy: ReviewPolicy) -> object:
    if not _says_subject(review, policy) or review.published is None or review.subject is None:
        return None
    held_back: dict[str, None] = {}
    if not policy.subject_title:
        held_back["title"] = None
    if not policy.subject_journal:
        held_back["journal"] = None
    if not policy.subject_doi:
        held_back |= {"doi": None, "type": None}
    if not policy.subject_url:
        held_back["url"] = None
    return review.subject.model_copy(update=held_back)


def _coarse(date: PartialDate, precision: Precision) -> PartialDate:
    if precision == "year":
        return PartialDate(year=date.year)
    return PartialDate(year=date.year, month=date.month) if precision == "month" else date
