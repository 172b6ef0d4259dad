"""Everything else that can stand on a record, in ORCID's own words: one typed item of a person."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, SerializeAsAny, ValidationError, ValidationInfo

from orcid_connect.declarations.base import Declaration
from orcid_connect.declarations.people import Contributor
from orcid_connect.records import TYPES, AffiliationKind, Item, PersonKind

RecordKind = (
    Literal["work", "peer-review", "funding", "research-resource"] | AffiliationKind | PersonKind
)
"""What can stand on a record, by the word of its address (REGISTRY.md 3.2)."""


def _item_of_its_kind(value: Any, info: ValidationInfo) -> Any:
    """Return the item in the type of the declared activity; raise ValueError if it is another."""
    kind = info.data.get("activity")
    if kind is None:
        return value  # the activity itself was no kind of item; that is told already
    wanted = TYPES[kind]
    if isinstance(value, Mapping):
        try:
            return wanted.model_validate(value)
        except ValidationError as error:
            raise ValueError(f"this is no {wanted.__name__}: {_told(error)}") from None
    if type(value) is wanted:
        return value
    given = next((name for name, one in TYPES.items() if type(value) is one), None)
    other = f", or declare it with activity “{given}”" if given in _KINDS else ""
    raise ValueError(
        f"activity “{kind}” needs an item of type records.{wanted.__name__}, not "
        f"{type(value).__name__}: give one{other}"
    )


def _told(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in found)


class RecordItem(Declaration):
    """One item of a person's record, as `orcid_connect.records` has it; `activity` says its kind.

    What ORCID sets itself (put-code, source, dates) and the visibility are not part of it.
    """

    person: Contributor
    activity: RecordKind
    item: Annotated[SerializeAsAny[Item], BeforeValidator(_item_of_its_kind)] = Field(
        description="the item in the type of its activity, or as JSON of its fields"
    )


def _names(of: Any) -> frozenset[str]:
    inside = get_args(of)
    return frozenset().union(*map(_names, inside)) if inside else frozenset({of})


_KINDS = _names(RecordKind)
