"""How the registry's JSON reader (Jackson 2.15, single value as array) reads scalar values.

Text takes any scalar; numbers take text; enumerations take their position. All of it is observed:
VECTORS.md, surprises 8 and 18.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from orcid_connect.simulator.judging.answers import Unreadable
from orcid_connect.simulator.judging.blanks import java_trim

LONG_RANGE = (-(2**63), 2**63 - 1)
INT_RANGE = (-(2**31), 2**31 - 1)
LONGEST_NUMBER = 1000  # characters; the reader refuses longer ones
_DIGITS = re.compile(r"[+-]?\d+\Z")
_TRUE_WORDS = frozenset({"true", "True", "TRUE"})
_FALSE_WORDS = frozenset({"false", "False", "FALSE"})

Reader = Callable[[Any], Any]


class SpelledFloat(float):
    """A float that remembers how it was written, because text fields keep the spelling."""

    spelling: str

    @classmethod
    def read(cls, spelling: str) -> "SpelledFloat":
        """Keep the spelling beside the value."""
        number = cls(spelling)
        number.spelling = spelling
        return number


class MinusZero(int):
    """The integer -0, which only its spelling tells from 0."""

    spelling = "-0"


def _read_integer(spelling: str) -> int:
    return MinusZero() if spelling == MinusZero.spelling else int(spelling)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def parse(body: str | bytes) -> Any:
    """Parse a JSON body as the registry does; raises ValueError on bad syntax."""
    try:
        return json.loads(
            body,
            parse_float=SpelledFloat.read,
            parse_int=_read_integer,
            parse_constant=_refuse_constant,
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None


def text(value: Any) -> str:
    """Read a string; numbers and truth values are taken as they are spelled."""
    if value.__class__ is str:
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _spelling(value)
    raise Unreadable("Cannot deserialize value of type `java.lang.String`")


def _spelling(number: int | float) -> str:
    if isinstance(number, SpelledFloat | MinusZero):
        return number.spelling
    try:
        return str(number)
    except ValueError:  # an integer of more digits than Python will print
        raise Unreadable("Number value length exceeds the maximum allowed") from None


def _whole(text_value: str, bounds: tuple[int, int], name: str) -> int:
    if len(text_value) <= LONGEST_NUMBER and _DIGITS.match(text_value):
        number = int(text_value)
        if bounds[0] <= number <= bounds[1]:
            return number
    raise Unreadable(f"Cannot deserialize value of type `{name}`: not a valid value")


def _whole_number(value: Any, bounds: tuple[int, int], name: str) -> int:
    """Read a JSON number into a whole one; a fraction is cut off."""
    if isinstance(value, float):
        # Compared as floats, in which the highest long is 2 to the 63rd.
        if not float(bounds[0]) <= value <= float(bounds[1]):
            raise Unreadable(f"Numeric value out of range of {name}")
        return min(int(value), bounds[1])
    if isinstance(value, int) and not isinstance(value, bool):
        if not bounds[0] <= value <= bounds[1]:
            raise Unreadable(f"Numeric value out of range of {name}")
        return value
    raise Unreadable(f"Cannot deserialize value of type `{name}`")


def long(value: Any) -> int | None:
    """Read a 64-bit number such as a put-code; blank text and the word null count as absent."""
    if isinstance(value, str):
        trimmed = java_trim(value)
        if trimmed in ("", "null"):
            return None
        return _whole(trimmed, LONG_RANGE, "java.lang.Long")
    return _whole_number(value, LONG_RANGE, "java.lang.Long")


def integer(value: Any) -> int | None:
    """Read a 32-bit number that may be absent."""
    if isinstance(value, str):
        trimmed = java_trim(value)
        if trimmed in ("", "null"):
            return None
        return _whole(trimmed, INT_RANGE, "java.lang.Integer")
    return _whole_number(value, INT_RANGE, "java.lang.Integer")


def primitive_integer(value: Any) -> int:
    """Read a 32-bit number that is 0 when absent."""
    number = integer(value)
    return 0 if number is None else number


def integer_of_text(value: str) -> int:
    """Read text that stands where an object with an integer constructor is expected."""
    return _whole(java_trim(value), INT_RANGE, "int")


def primitive_boolean(value: Any) -> bool:
    """Read a truth value that is false when absent."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value != 0
    if isinstance(value, str):
        trimmed = java_trim(value)
        if trimmed in _TRUE_WORDS:
            return True
        if trimmed in _FALSE_WORDS or trimmed in ("", "null"):
            return False
    raise Unreadable("Cannot deserialize value of type `boolean`")


def one_of(names: Mapping[str, str]) -> Reader:
    """Read an enumeration through its adapter: exact spelling, aliases mapped."""

    def read(value: Any) -> str:
        try:
            return names[value if value.__class__ is str else text(value)]
        except KeyError:
            raise Unreadable("IllegalEnumValueException") from None

    return read


def position_or_name(names: tuple[str, ...]) -> Reader:
    """Read an enumeration without adapter: its name, blanks around it dropped, or its position."""
    known = {name: name for name in names}

    def read(value: Any) -> str:
        if isinstance(value, str):
            trimmed = java_trim(value)
            found = known.get(trimmed)
            if found is not None:
                return found
            if trimmed[:1].isascii() and re.fullmatch(r"\d{1,10}", trimmed):
                return at(int(trimmed))
        elif isinstance(value, int) and not isinstance(value, bool):
            return at(value)
        raise Unreadable("not one of the values accepted for Enum class")

    def at(index: int) -> str:
        if 0 <= index < len(names):
            return names[index]
        raise Unreadable("index value outside legal index range")

    return read


def always_true(value: Any) -> bool:
    """Read the mark of transient values: any truth value will do, and it stays true."""
    primitive_boolean(value)
    return True
