"""What ORCID would refuse of a mapped activity, said in the words of what the host declared."""

from collections.abc import Iterator, Mapping
from typing import Final

from orcid_connect.codec.encode import encode
from orcid_connect.codec.validate import validate
from orcid_connect.errors import Problem
from orcid_connect.records import TYPES, Affiliation, FuzzyDate, Item, ItemKind

_WORK_PATHS: Final = (
    ("title.title", "title"),
    ("publication-date", "published"),
    ("external-ids", "identifiers"),
)
_REVIEW_PATHS: Final = (
    ("review-completion-date", "completed"),
    ("review-group-id", "group_id"),
    ("convening-organization.name", "organization.name"),
)
_ROLE_PATHS: Final = (
    ("organization.disambiguated-organization", "organization.ror"),
    ("organization.address.country", "organization.country"),
    ("organization.address", "organization"),
    ("department-name", "department"),
    ("role-title", "role_title"),
    ("start-date", "start"),
    ("end-date", "end"),
    ("external-ids", "identifiers"),
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
    "organization.name": "The organisation has no name. Give it in the journal's settings.",
    "organization:address-incomplete": "ORCID takes an education or employment only with city and "
    "country of the organisation. Give both.",
    "organization.ror": "ORCID takes an education or employment only with an organisation that it "
    "knows. Give its ROR.",
    "start": "The start {date} " + _DATE,
    "end": "The end {date} " + _DATE,
    "end:end-before-start": "The role ends before it starts. Correct one of the dates.",
}


_KINDS: Final[Mapping[type[Item], ItemKind]] = {of: kind for kind, of in TYPES.items()}


def refusals(activity: Item) -> Iterator[Problem]:
    """Yield what ORCID would refuse, each declared field once."""
    told: set[str] = set()
    for problem in validate(_KINDS[type(activity)], encode(activity)):
        path = _declared_path(activity, problem.path)
        if problem.severity == "refused" and path not in told:
            told.add(path)
            message = _sentence(path, problem).replace("{date}", _printed(activity, path))
            yield Problem(path, problem.code, "refused", message, problem.registry_error)


def _printed(activity: Item, path: str) -> str:
    """Return the date at a declared path as it was declared, existing or not."""
    member = _DATES.get(path)
    date = getattr(activity, member, None) if member else None
    if not isinstance(date, FuzzyDate):
        return ""
    known = [date.year, *(part for part in (date.month, date.day) if part is not None)]
    return "-".join(f"{part:02d}" for part in known)


_DATES: Final = {
    "published": "publication_date",
    "completed": "completion_date",
    "start": "start_date",
    "end": "end_date",
}


def _sentence(path: str, problem: Problem) -> str:
    return _SENTENCES.get(f"{path}:{problem.code}") or _SENTENCES.get(path) or problem.message


def _declared_path(activity: Item, payload_path: str) -> str:
    paths = _ROLE_PATHS if isinstance(activity, Affiliation) else _WORK_PATHS + _REVIEW_PATHS
    for prefix, declared in paths:
        if payload_path.startswith(prefix):
            return declared
    return payload_path
