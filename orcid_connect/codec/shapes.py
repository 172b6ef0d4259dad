"""Shapes: what JSON the registry can read at all, and what its schema then asks of each text.

Everything found here is its error 9047 (REGISTRY.md 5.2). In a bulk the schema is not asked.
Reading a payload gives a plainer one, wrappers and nulls gone, for the rules that come after.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from orcid_connect.errors import Problem

NOT_READABLE: Final = 9047
HOLLOW: Final = "\0hollow"
"""Stands for an object that should hold a text but does not; the registry trips over some."""


@dataclass(slots=True)
class Reading:
    """The problems found while a payload is read."""

    problems: list[Problem] = field(default_factory=list)
    asks_schema: bool = True

    def refuse(self, path: str, code: str, message: str) -> None:
        """Note something that the registry cannot read."""
        self.problems.append(Problem(path, code, "refused", message, NOT_READABLE))

    def refuse_by_schema(self, path: str, code: str, message: str) -> None:
        """Note something that the registry reads but its schema forbids."""
        if self.asks_schema:
            self.refuse(path, code, message)


class Shape(Protocol):
    """A kind of JSON value; `read` returns its plain form, None for an absent or bad one."""

    def read(self, value: Any, path: str, reading: Reading) -> Any:
        """Read a value that is not null."""


Check = Callable[[str], tuple[str, str] | None]
"""Looks at a text; returns a problem's code and the end of its sentence, or None."""


@dataclass(frozen=True, slots=True)
class Text:
    """A string, which the registry also takes as number or truth value.

    The checks are the schema's; `word` is one of reading itself.
    """

    checks: tuple[Check, ...] = ()
    word: Check | None = None

    def read(self, value: Any, path: str, reading: Reading) -> str | None:
        """Return the text, noting every check that fails."""
        text = as_text(value)
        if text is None:
            reading.refuse(path, "wrong-kind", f"{path} must be a text.")
            return None
        looks = self.checks if reading.asks_schema else ()
        for check in looks if self.word is None else (self.word, *looks):
            found = check(text)
            if found is not None:
                reading.refuse(path, found[0], f"{path} {found[1]}")
                return None
        return text


def as_text(value: Any) -> str | None:
    """Return a scalar as the registry's reader turns it into a string, None for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        return None
    try:
        return str(value)
    except ValueError:
        # A whole number of more digits than Python writes.
        return None


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A text inside `{"value": …}`; many wrappers are also taken as the bare text.

    A wrapper without value is read as `hollow`, if later rules look for that.
    """

    text: Text
    bare: bool = True
    ignored: frozenset[str] = frozenset()
    hollow: str | None = None

    def read(self, value: Any, path: str, reading: Reading) -> str | None:
        """Return the text inside."""
        if self.bare and isinstance(value, str):
            return self.text.read(value, path, reading)
        if not isinstance(value, Mapping):
            reading.refuse(path, "wrong-kind", f'{path} must be an object {{"value": …}}.')
            return None
        _refuse_unknown(value, {"value"} | self.ignored, path, reading)
        inside = value.get("value")
        if inside is None:
            reading.refuse_by_schema(f"{path}.value", "missing", f"{path} must have a value.")
            return None if reading.asks_schema else self.hollow
        return self.text.read(inside, f"{path}.value", reading)


@dataclass(frozen=True, slots=True)
class Number:
    """Year, month or day: a wrapped text of digits, or a bare whole number that is padded."""

    text: Text
    digits: int

    def read(self, value: Any, path: str, reading: Reading) -> str | None:
        """Return the digits as the registry would hold them."""
        digits = _whole_number(value)
        if digits is not None:
            return self.text.read(digits.rjust(self.digits, "0"), path, reading)
        return Wrapped(self.text, bare=False, hollow=HOLLOW).read(value, path, reading)


def _whole_number(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    try:
        return str(int(value))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Record:
    """An object with declared members; any other member is refused.

    `bare` names the member that a bare text stands for, where the registry allows that.
    """

    members: Mapping[str, Shape]
    required: tuple[str, ...] = ()
    bare: str | None = None
    ignored: frozenset[str] = frozenset()
    checks: tuple[Callable[[dict[str, Any]], tuple[str, str, str] | None], ...] = ()

    def read(self, value: Any, path: str, reading: Reading) -> dict[str, Any] | None:
        """Return the members that are there, in plain form."""
        if self.bare is not None and isinstance(value, str):
            value = {self.bare: value}
        if not isinstance(value, Mapping):
            reading.refuse(path, "wrong-kind", f"{path or 'The payload'} must be an object.")
            return None
        _refuse_unknown(value, set(self.members) | self.ignored, path, reading)
        held = {
            name: shape.read(value[name], joined(path, name), reading)
            for name, shape in self.members.items()
            if value.get(name) is not None
        }
        self._refuse_missing(value, path, reading)
        for check in self.checks:
            found = check(held)
            if found is not None:
                where = joined(path, found[0])
                reading.refuse_by_schema(where, found[1], f"{path} {found[2]}")
        return {name: inside for name, inside in held.items() if inside is not None}

    def _refuse_missing(self, value: Mapping[str, Any], path: str, reading: Reading) -> None:
        for name in self.required:
            if value.get(name) is None:
                where = joined(path, name)
                reading.refuse_by_schema(where, "missing", f"{where} is required.")


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list, which the registry also takes as its single element.

    `least` and `most` count the elements that are not null, as the schema does.
    """

    of: Shape
    least: int = 0
    most: int | None = None

    def read(self, value: Any, path: str, reading: Reading) -> list[Any]:
        """Return the elements; a null among them stays, for the registry trips over it later."""
        elements = value if isinstance(value, list) else [value]
        count = sum(element is not None for element in elements)
        if count < self.least:
            reading.refuse_by_schema(path, "missing", f"{path} must hold at least {self.least}.")
        if self.most is not None and count > self.most:
            reading.refuse_by_schema(path, "too-many", f"{path} must hold at most {self.most}.")
        return [
            None if element is None else self.of.read(element, f"{path}[{index}]", reading)
            for index, element in enumerate(elements)
        ]


@dataclass(frozen=True, slots=True)
class OneMember:
    """An object whose only member says by its name what it is."""

    members: Mapping[str, Shape]

    def read(self, value: Any, path: str, reading: Reading) -> dict[str, Any] | None:
        """Return the member in plain form."""
        if not isinstance(value, Mapping) or len(value) != 1:
            reading.refuse(path, "wrong-kind", f"{path} must be an object with one member.")
            return None
        ((name, inside),) = value.items()
        shape = self.members.get(name)
        if shape is None or inside is None:
            what = " or ".join(self.members)
            reading.refuse(joined(path, str(name)), "unknown-member", f"{path} must hold a {what}.")
            return None
        return {name: shape.read(inside, joined(path, name), reading)}


@dataclass(frozen=True, slots=True)
class Ignored:
    """A member that the registry reads and forgets; it must still be well formed."""

    is_well_formed: Callable[[Any], bool]
    what: str
    not_in_schema: frozenset[str] = frozenset()

    def read(self, value: Any, path: str, reading: Reading) -> None:
        """Note a value that is not well formed."""
        if not self.is_well_formed(value):
            reading.refuse(path, "wrong-kind", f"{path} must be {self.what}.")
        elif isinstance(value, str) and value in self.not_in_schema:
            reading.refuse_by_schema(path, "not-in-list", f"{path} must be {self.what}.")


def _refuse_unknown(
    value: Mapping[str, Any], known: set[str] | frozenset[str], path: str, reading: Reading
) -> None:
    for name in value:
        if name not in known:
            where = joined(path, str(name))
            reading.refuse(where, "unknown-member", f"ORCID knows no member {where}; take it out.")


def joined(path: str, name: str) -> str:
    """Return the path of a member."""
    return f"{path}.{name}" if path else name
