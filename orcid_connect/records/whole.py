"""Answers about more than one section: the whole record, bulks, groups, searches, errors."""

from typing import Annotated

from pydantic import Field

from orcid_connect.records.activities import GroupIdRecord, Work
from orcid_connect.records.base import Answer, Kept, Many, Moment, OrcidId, Source, at
from orcid_connect.records.person import Person
from orcid_connect.records.summaries import ActivitiesSummary


class Preferences(Answer):
    """The person's settings (REGISTRY.md 3.5): the language of the site."""

    locale: str | None = None


class History(Answer):
    """How the record came about and where it stands (REGISTRY.md 3.5)."""

    creation_method: str | None = None
    completion_date: Moment = None
    submission_date: Moment = None
    last_modified: Annotated[Moment, at("last-modified-date")] = None
    claimed: bool | None = None
    source: Source | None = None
    deactivation_date: Moment = None
    verified_email: bool | None = None
    verified_primary_email: bool | None = None


class Record(Answer):
    """A whole record as far as we may see it (REGISTRY.md 3.5); `orcid` is the bare iD."""

    orcid: Annotated[OrcidId, at("orcid-identifier")] = None
    preferences: Preferences | None = None
    history: History | None = None
    person: Person | None = None
    activities_summary: ActivitiesSummary | None = None
    path: str | None = None


class ErrorBody(Answer):
    """What the registry says when it refuses (REGISTRY.md 5.1)."""

    response_code: int | None = None
    developer_message: str | None = None
    user_message: str | None = None
    error_code: int | None = None
    more_info: str | None = None


class BulkElement(Kept):
    """One work of a bulk, or why it is not there (REGISTRY.md 5.4)."""

    work: Work | None = None
    error: ErrorBody | None = None


class BulkWorks(Answer):
    """Up to 100 works in one request or answer (REGISTRY.md 5.4); match them by put-code."""

    elements: Annotated[Many[BulkElement], at("bulk")] = ()


class GroupIdRecords(Answer):
    """One page of group-id records (REGISTRY.md 6); `total` counts this page only."""

    last_modified: Annotated[Moment, at("last-modified-date")] = None
    total: int | None = None
    page: int | None = None
    page_size: int | None = None
    records: Annotated[Many[GroupIdRecord], at("group-id-record")] = ()


class SearchHit(Kept):
    """One record that a search found (REGISTRY.md 10)."""

    orcid: Annotated[OrcidId, at("orcid-identifier")] = None


class SearchResult(Answer):
    """One page of a search (REGISTRY.md 10); `total` counts all that was found."""

    hits: Annotated[Many[SearchHit], at("result")] = ()
    total: Annotated[int | None, at("num-found")] = None


class ExpandedHit(Kept):
    """One record of an expanded search, with public names and places (REGISTRY.md 10)."""

    orcid: Annotated[str | None, at("orcid-id")] = None
    given_names: str | None = None
    family_names: str | None = None
    credit_name: str | None = None
    other_names: Annotated[Many[str], at("other-name")] = ()
    emails: Annotated[Many[str], at("email"), Field(repr=False)] = ()
    institution_names: Annotated[Many[str], at("institution-name")] = ()


class ExpandedSearchResult(Answer):
    """One page of an expanded search (REGISTRY.md 10)."""

    hits: Annotated[Many[ExpandedHit], at("expanded-result")] = ()
    total: Annotated[int | None, at("num-found")] = None
