"""What all that a record keeps has in common, and how it is spelt in JSON (REGISTRY.md 3.5).

A member's JSON name is its own with hyphens, or the path given by `at`; a `Form` says how its
value is wrapped there. The codec reads these notes; nothing here reads or writes JSON.
"""

from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import AliasPath, BaseModel, BeforeValidator, ConfigDict, Field

Visibility = Literal["public", "limited", "private", "registered-only"]
"""Who may see an item (REGISTRY.md 4.6); on a new one ORCID follows the person's default."""

Relationship = Literal["self", "part-of", "version-of", "funded-by"]
"""How an identifier stands to the thing that it is given with (REGISTRY.md 4.1)."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Element = TypeVar("_Element")


class Form(Enum):
    """How a value stands in the JSON of API v3.0 (REGISTRY.md 3.5)."""

    VALUE = 'a text as {"value": …}'
    ORCID = "a bare iD as an object of uri, path and host"
    CLIENT = "a client id as an object of uri, path and host"
    MOMENT = 'a time as {"value": milliseconds}'
    YEAR = 'a number as {"value": four digits}'
    TWO_DIGITS = 'a number as {"value": two digits}'
    NORMALIZED = 'a text as {"value": …, "transient": true}'


def at(*path: str) -> Any:
    """Say where in the JSON of its object a member stands."""
    return Field(validation_alias=AliasPath(*path))


def unwrapped(value: Any) -> Any:
    """Return what is inside `{"value": …}`; anything else is itself."""
    return value.get("value") if isinstance(value, dict) else value


def bare_id(value: Any) -> Any:
    """Return the iD or client id of its JSON object; anything else is itself."""
    if not isinstance(value, dict):
        return value
    path, uri = value.get("path"), value.get("uri")
    return uri.rpartition("/")[2] if path is None and isinstance(uri, str) else path


def moment(value: Any) -> Any:
    """Return a time of the API's milliseconds; raise ValueError beyond the calendar."""
    inside = unwrapped(value)
    if not isinstance(inside, int) or isinstance(inside, bool):
        return inside
    try:
        return _EPOCH + timedelta(milliseconds=inside)
    except OverflowError:
        raise ValueError("no time of the calendar") from None


def milliseconds(when: datetime) -> int:
    """Return a time as the API's milliseconds."""
    return (when - _EPOCH) // timedelta(milliseconds=1)


def listed(value: Any) -> Any:
    """Return a list as the API means it: null is none, one thing alone is a list of it."""
    if value is None:
        return ()
    if isinstance(value, list | tuple):
        return [one for one in value if one is not None] if None in value else value
    return (value,)


Many = Annotated[tuple[_Element, ...], BeforeValidator(listed)]
Wrapped = Annotated[str, BeforeValidator(unwrapped), Form.VALUE]
Wrapping = Annotated[str | None, BeforeValidator(unwrapped), Form.VALUE]
OrcidId = Annotated[str | None, BeforeValidator(bare_id), Form.ORCID]
ClientId = Annotated[str | None, BeforeValidator(bare_id), Form.CLIENT]
Moment = Annotated[datetime | None, BeforeValidator(moment), Form.MOMENT]


class Kept(BaseModel):
    """Base of everything kept on a record: frozen, and a misspelt member is an error."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        coerce_numbers_to_str=True,
        alias_generator=lambda name: name.replace("_", "-"),
        validate_by_name=True,
        validate_by_alias=True,
    )

    always: ClassVar[frozenset[str]] = frozenset()
    """Members whose place is written even when they hold nothing: the registry asks for it."""

    only_read: ClassVar[frozenset[str]] = frozenset()
    """Members that ORCID sets; they are never part of what we send."""

    def __repr_args__(self) -> Any:
        """Show what is there; members that hold nothing are left out."""
        return [
            (name, value)
            for name, value in super().__repr_args__()
            if value is not None and value != ()
        ]


class Aside(Kept):
    """Something that was read and has no place in the types: where it stood, and its JSON."""

    path: tuple[str | int, ...]
    json_text: str = Field(repr=False)


class Answer(Kept):
    """Base of everything that is read by a call of its own."""

    only_read: ClassVar[frozenset[str]] = frozenset({"aside"})

    aside: Many[Aside] = ()
    """What the answer held beyond these types, so that nothing is lost (see codec.decode)."""


class Source(Kept):
    """Who put an item on the record (REGISTRY.md 3.5).

    A client or the person; beside a client, the person or client on whose behalf it wrote
    (assertion origin). Ids are bare.
    """

    orcid: Annotated[OrcidId, at("source-orcid")] = None
    client_id: Annotated[ClientId, at("source-client-id")] = None
    name: Annotated[Wrapping, at("source-name")] = None
    assertion_origin_orcid: OrcidId = None
    assertion_origin_client_id: ClientId = None
    assertion_origin_name: Wrapping = None


class Item(Answer):
    """Base of everything that has a put-code (REGISTRY.md 4, 4.6).

    Sent are content and `visibility`; ORCID ignores visibility on a claimed record's new items
    and refuses to change it. All else ORCID sets. Duplicates of stored items (9021, 9030, 9025)
    and whether an item is ours to change (9010) only ORCID knows.
    """

    only_read: ClassVar[frozenset[str]] = Answer.only_read | {
        "put_code",
        "path",
        "source",
        "created",
        "last_modified",
        "display_index",
    }

    visibility: Visibility | None = None
    put_code: int | None = None
    path: str | None = None
    source: Source | None = None
    created: Annotated[Moment, at("created-date")] = None
    last_modified: Annotated[Moment, at("last-modified-date")] = None
