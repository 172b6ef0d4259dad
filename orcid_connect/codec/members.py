"""The members of a type as its JSON has them: read once from the type's own declaration."""

from dataclasses import dataclass
from functools import cache
from typing import Any, get_args, get_origin

from pydantic import AliasPath
from pydantic.fields import FieldInfo

from orcid_connect.records.base import Form, Kept


@dataclass(frozen=True, slots=True)
class Member:
    """One member: its name in Python, its place in JSON, and what stands there.

    `model` is the type of an object, `form` how a text, number or time is wrapped, and `scalar`
    the plain JSON type of anything else; `many` says that it is a list of them.
    """

    name: str
    place: tuple[str, ...]
    form: Form | None
    model: type[Kept] | None
    scalar: type
    many: bool


@cache
def members(of: type[Kept]) -> tuple[Member, ...]:
    """Return the members of a type; what was put aside is none of them."""
    return tuple(_member(name, field) for name, field in of.model_fields.items() if name != "aside")


@cache
def place_tree(of: type[Kept]) -> dict[str, Any]:
    """Return the members by their place in JSON: nested dicts with a Member at each end."""
    tree: dict[str, Any] = {}
    for member in members(of):
        branch = tree
        for step in member.place[:-1]:
            branch = branch.setdefault(step, {})
        branch[member.place[-1]] = member
    return tree


def _member(name: str, field: FieldInfo) -> Member:
    alias = field.validation_alias
    place = tuple(map(str, alias.path)) if isinstance(alias, AliasPath) else (str(alias),)
    kinds = [one for one in _alternatives(field.annotation) if one is not type(None)]
    many = get_origin(kinds[0]) is tuple
    inside = get_args(kinds[0])[0] if many else kinds[0]
    is_model = isinstance(inside, type) and issubclass(inside, Kept)
    form = next((note for note in field.metadata if isinstance(note, Form)), None)
    return Member(
        name=name,
        place=place,
        form=form,
        model=inside if is_model else None,
        scalar=inside if inside in (int, bool) else str,
        many=many,
    )


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    is_one = isinstance(annotation, type) or get_origin(annotation) is tuple
    return (annotation,) if is_one else get_args(annotation) or (annotation,)
