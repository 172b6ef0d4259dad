"""The building blocks of a declared schema, each compiled once into a reader and a checker.

A reader turns JSON into the canonical wire shape (all keys, nulls, in the writer's order) as
Jackson would; a checker then asks what the XSD asks. Both see only values that are not null.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from orcid_connect.simulator.judging import jackson
from orcid_connect.simulator.judging.answers import JSON, Unreadable, Violation
from orcid_connect.simulator.judging.facets import Check

Read = Callable[[Any], Any]
Checker = Callable[[Any], None]


class Node(Protocol):
    """A part of a schema."""

    def reader(self) -> Read:
        """Compile how it is read."""

    def checker(self) -> Checker | None:
        """Compile what its XSD type asks; None for nothing."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar: how it is read, and the facets of its simple type."""

    read: Read = jackson.text
    check: Callable[[Any], None] | None = None

    def reader(self) -> Read:
        """Compile how it is read."""
        return self.read

    def checker(self) -> Checker | None:
        """Compile what its XSD type asks."""
        return self.check


@dataclass(frozen=True, slots=True)
class Listing:
    """A list; a single value stands for a list of one. Nulls in it are no elements to the XSD."""

    element: Node
    least: int = 0
    most: int | None = None

    def reader(self) -> Read:
        """Compile how it is read."""
        read_one = self.element.reader()

        def read(value: Any) -> list[Any]:
            if isinstance(value, list):
                return [None if one is None else read_one(one) for one in value]
            return [read_one(value)]

        return read

    def checker(self) -> Checker | None:
        """Compile what its XSD type asks."""
        inner = self.element.checker()
        least, most = self.least, self.most

        def check(values: list[Any]) -> None:
            present = [one for one in values if one is not None]
            if len(present) < least or (most is not None and len(present) > most):
                raise Violation("cvc-complex-type.2.4: wrong number of elements")
            if inner is not None:
                for one in present:
                    inner(one)

        return check


@dataclass(frozen=True, slots=True)
class Field:
    """A member of an object: its name, its type, and whether the XSD requires it."""

    name: str
    type: Node
    required: bool = False
    initial: Any = None  # what it holds when absent
    null: Any = None  # what it holds when null


def _refuse_scalar(value: Any) -> Any:
    raise Unreadable(f"Cannot construct instance from {type(value).__name__}")


@dataclass(frozen=True, slots=True)
class Record:
    """An object: its fields in the writer's order, and what else the reader and the XSD know of it.

    from_scalar reads what stands in place of the object (a one-argument constructor of the model);
    ignored are names the reader skips; finish completes what was read; also asks across fields.
    """

    fields: tuple[Field, ...]
    from_scalar: Read = _refuse_scalar
    ignored: frozenset[str] = frozenset()
    finish: Callable[[JSON], JSON] | None = None
    also: Checker | None = field(default=None)

    def reader(self) -> Read:
        """Compile how it is read."""
        return _record_reader(self)

    def checker(self) -> Checker | None:
        """Compile what its XSD type asks."""
        required = tuple(one.name for one in self.fields if one.required)
        rules = tuple(_inner_checks(self.fields))
        also = self.also

        def check(item: JSON) -> None:
            for name in required:
                if item[name] is None:
                    raise Violation(f"cvc-complex-type.2.4: '{name}' is missing")
            for name, inner in rules:
                value = item[name]
                if value is not None:
                    inner(value)
            if also is not None:
                also(item)

        return check


def _inner_checks(fields: Iterable[Field]) -> Iterable[tuple[str, Checker]]:
    for one in fields:
        inner = one.type.checker()
        if inner is not None:
            yield one.name, inner


def _record_reader(record: Record) -> Read:
    blank: JSON = {one.name: one.initial for one in record.fields}
    nulls: JSON = {one.name: one.null for one in record.fields}
    readers: Mapping[str, Read] = {one.name: one.type.reader() for one in record.fields}
    ignored, finish, from_scalar = record.ignored, record.finish, record.from_scalar
    text = jackson.text

    def read(value: Any) -> JSON:
        if not isinstance(value, dict):
            return from_scalar(value)  # type: ignore[no-any-return]
        item = blank.copy()
        for key, inner in value.items():
            read_inner = readers.get(key)
            if read_inner is text and inner.__class__ is str:
                item[key] = inner  # most members are texts, and most texts are strings
            elif read_inner is None:
                if key not in ignored:
                    raise Unreadable(f'Unrecognized field "{key}"')
            elif inner is not None:
                item[key] = read_inner(inner)
            else:
                item[key] = nulls[key]
        return item if finish is None else finish(item)

    is_wrapped_text = finish is None and [*readers.values()] == [text]
    return _wrapped_text_reader(next(iter(readers)), read) if is_wrapped_text else read


def _wrapped_text_reader(name: str, read: Read) -> Read:
    """Read an object of one text, which nearly always has its canonical shape already."""

    def read_wrapped_text(value: Any) -> Any:
        is_canonical = (
            value.__class__ is dict and len(value) == 1 and value.get(name).__class__ is str
        )
        return value if is_canonical else read(value)

    return read_wrapped_text


def from_text(make: Callable[[str], JSON]) -> Read:
    """Read plain text in place of an object, through its one-text constructor."""

    def read(value: Any) -> JSON:
        if isinstance(value, str):
            return make(value)
        raise Unreadable(f"Cannot construct instance from {type(value).__name__}")

    return read


def wrapped(check: Check | None = None, ignored: Iterable[str] = ()) -> Record:
    """Declare a text in a wrapper, {"value": …}, which plain text may replace."""
    return Record(
        (Field("value", Leaf(jackson.text, check), required=True),),
        from_scalar=from_text(lambda value: {"value": value}),
        ignored=frozenset(ignored),
    )
