"""How one thing that a host publishes compares with what is known of it: no transaction here."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, get_args

from pydantic import ValidationError

from orcid_connect.declarations import Article, RecordItem, Review, Role, Withdrawal
from orcid_connect.journeys.participants import Positive
from orcid_connect.mapping import REVIEW_AS_ITEM
from orcid_connect.store import declared
from orcid_connect.store.declared import Entry, SubjectKind
from orcid_connect.store.known import Known

PAGE: Final = 200
"""Keys looked at, and declarations recorded, in one transaction."""
MISSING: Final = "It is missing from a full comparison of everything published."
"""The reason of a withdrawal that may be wrong: what turns up again is declared anew."""
_LEAST: Final = timedelta(milliseconds=1)

_MODELS: Final[dict[SubjectKind, type[Positive]]] = {
    "article": Article,
    "review": Review,
    "role": Role,
    "item": RecordItem,
}


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something published that could not be read, and why; with its key it is not taken for gone.

    `source` says where it stands, such as a file.
    """

    sentence: str
    key: str | None = None
    source: str = ""


Stated = Positive | Mapping[str, Any] | Unreadable
"""One of everything: a declaration, its fields, or what could not be read."""
What = Literal["new", "changed", "unchanged", "older"]


@dataclass(frozen=True, slots=True)
class Readable:
    """A declaration of the tenant and kind that are compared."""

    declaration: Positive


@dataclass(frozen=True, slots=True)
class Refusal:
    """One that was not compared, and why."""

    key: str | None
    sentence: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """How a declaration compares; one that is back may have to be younger than it says."""

    what: What
    declaration: Positive


def read_stated(
    stated: Stated, tenant: str, kind: SubjectKind, as_of: datetime
) -> Readable | Refusal:
    """Return the declaration, or why it is none; fields need neither a tenant nor an as_of."""
    if isinstance(stated, Unreadable):
        return Refusal(stated.key, stated.sentence, stated.source)
    if isinstance(stated, Mapping):
        fields = {"tenant": tenant, "as_of": as_of, **stated}
        try:
            stated = _MODELS[kind].model_validate(fields)
        except ValidationError as error:
            return Refusal(_key_in(fields), _told(error))
    if not isinstance(stated, get_args(Positive)):
        return Refusal(None, f"a {type(stated).__name__} is nothing that can be published")
    if not isinstance(stated, _MODELS[kind]):
        return Refusal(stated.key, f"a {type(stated).__name__} is not of kind {kind}")
    if stated.tenant != tenant:
        return Refusal(stated.key, f"it is of tenant {stated.tenant!r}, not {tenant!r}")
    if isinstance(stated, RecordItem) and stated.activity == "peer-review":
        return Refusal(stated.key, REVIEW_AS_ITEM)
    if "\0" in stated.key:
        return Refusal(None, "its key holds a character that no database keeps")
    return Readable(stated)


def _key_in(fields: Mapping[str, Any]) -> str | None:
    key = fields.get("key")
    return key if isinstance(key, str) and key else None


def _told(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in found)


def compared(entry: Entry, declaration: Positive, found: Mapping[Entry, Known]) -> Difference:
    """Compare a declaration with the newest that is known of its entry.

    What says the same is unchanged, whatever its `as_of`; what says something else and is older
    is not news.
    """
    newest, ended = found.get(entry), _withdrawal(entry, found)
    if ended is not None and (newest is None or newest is ended or newest.as_of <= ended.as_of):
        return _compared_with_end(declaration, ended)
    if newest is None:
        return Difference("new", declaration)
    if _says_the_same(newest, declaration):
        return Difference("unchanged", declaration)
    if declaration.as_of.timestamp() < newest.as_of:
        return Difference("older", declaration)
    return Difference("changed", declaration)


def _withdrawal(entry: Entry, found: Mapping[Entry, Known]) -> Known | None:
    """Return what withdrew the entry, by itself or with its lineage."""
    both = (found.get(entry), found.get(Entry(entry.subject)))
    ends = [one for one in both if one is not None and one.withdrawn]
    return max(ends, key=lambda one: one.as_of, default=None)


def _compared_with_end(declaration: Positive, ended: Known) -> Difference:
    if declaration.as_of.timestamp() > ended.as_of:
        return Difference("changed", declaration)
    withdrawal = declared.declaration_in(ended.body)
    if not isinstance(withdrawal, Withdrawal) or withdrawal.reason != MISSING:
        return Difference("older", declaration)  # the host withdrew it: as_of decides
    back = datetime.fromtimestamp(ended.as_of, UTC) + _LEAST
    return Difference("changed", declaration.model_copy(update={"as_of": back}))


def _says_the_same(newest: Known, declaration: Positive) -> bool:
    """Compare as stored, in short or in full, which is quick; else as read: it may be older."""
    held = _timeless(json.loads(newest.body)["value"])
    for in_short in (True, False):
        if held == _timeless(declaration.model_dump(mode="json", exclude_defaults=in_short)):
            return True
    read = declared.declaration_in(newest.body)
    return read.model_copy(update={"as_of": declaration.as_of}) == declaration


def _timeless(fields: dict[str, Any]) -> dict[str, Any]:
    return fields | {"as_of": None}
