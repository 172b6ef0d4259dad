"""What ORCID would refuse of a mapped activity, said in the words of what the host declared."""

from collections.abc import Iterator
from typing import Final

from orcid_connect.codec.encode import encode
from orcid_connect.codec.validate import validate
from orcid_connect.errors import Problem
from orcid_connect.records import Activity, ActivityKind, Work

_DECLARED_PATHS: Final = (
    ("title.title", "title"),
    ("publication-date", "published"),
    ("external-ids", "identifiers"),
    ("review-completion-date", "completed"),
    ("review-group-id", "group_id"),
    ("convening-organization.name", "organization.name"),
)
"""Where members of a payload come from; the longer of two that fit stands first."""

_DATE: Final = "does not exist, or is not between 1900 and 2100. Correct it at its source."
_MISSING_IDENTIFIER: Final = (
    "Nothing identifies this work: it has no DOI, no other identifier and no address. Declare it "
    "again with one of them."
)
_SENTENCES: Final = {
    "title": "The title is empty or longer than the 1000 characters ORCID keeps. Correct it.",
    "published": "The publication date {date} " + _DATE,
    "identifiers:identifier-missing": _MISSING_IDENTIFIER,
    "identifiers:self-missing": _MISSING_IDENTIFIER,
    "type": "This is not one of ORCID's work types (such as journal-article). Correct it.",
    "completed": "The date of the review, {date}, " + _DATE,
    "group_id": "The review has no ISSN of a journal and no ORCID group id. Give one of them in "
    "the journal's settings.",
    "organization.name": "The organisation that convened the review has no name. Give it in the "
    "journal's settings.",
}


def refusals(activity: Activity) -> Iterator[Problem]:
    """Yield what ORCID would refuse, each declared field once."""
    kind: ActivityKind = "work" if isinstance(activity, Work) else "peer-review"
    told: set[str] = set()
    for problem in validate(kind, encode(activity)):
        path = _declared_path(problem.path)
        if problem.severity == "refused" and path not in told:
            told.add(path)
            message = _sentence(path, problem).replace("{date}", _printed(activity))
            yield Problem(path, problem.code, "refused", message, problem.registry_error)


def _printed(activity: Activity) -> str:
    """Return the date of an activity as it was declared, existing or not."""
    date = activity.publication_date if isinstance(activity, Work) else activity.completion_date
    if date is None:
        return ""
    known = [date.year, *(part for part in (date.month, date.day) if part is not None)]
    return "-".join(f"{part:02d}" for part in known)


def _sentence(path: str, problem: Problem) -> str:
    return _SENTENCES.get(f"{path}:{problem.code}") or _SENTENCES.get(path) or problem.message


def _declared_path(payload_path: str) -> str:
    for prefix, declared in _DECLARED_PATHS:
        if payload_path.startswith(prefix):
            return declared
    return payload_path
