"""The checks of single texts in the registry's schema, each named once.

The schema is common-3.0.xsd (REGISTRY.md 4.1).
"""

import re
from collections.abc import Iterable
from typing import Final

from orcid_connect.codec.any_uri import is_any_uri
from orcid_connect.codec.shapes import Check, Text

_SCHEMA_BLANKS: Final = " \t\n\r"
JAVA_BLANKS: Final = "".join(map(chr, range(0x21)))
# Longer numbers are out of every range, and Python itself refuses to read very long ones.
_INTEGER: Final = re.compile(r"[+-]?0*\d{1,18}", re.ASCII)
_BYTES_PER_UTF16_UNIT: Final = 2


def utf16_length(text: str) -> int:
    """Return the length in UTF-16 units, as the registry counts (VECTORS.md, surprise 15)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // _BYTES_PER_UTF16_UNIT


def is_empty(text: str) -> bool:
    """Tell whether the registry's own code, not its schema, takes a text for empty."""
    return not text.strip(JAVA_BLANKS)


def at_most(limit: int) -> Check:
    """Refuse a text of more UTF-16 units."""

    def check(text: str) -> tuple[str, str] | None:
        if utf16_length(text) <= limit:
            return None
        return "too-long", f"is longer than {limit} characters; shorten it."

    return check


def not_blank(text: str) -> tuple[str, str] | None:
    """Refuse a text of nothing but spaces, tabs and line ends."""
    return None if text.strip(_SCHEMA_BLANKS) else ("blank", "must not be blank.")


def one_of(allowed: Iterable[str], what: str) -> Check:
    """Refuse a word that is not on a list; case matters."""
    words = frozenset(allowed)

    def check(text: str) -> tuple[str, str] | None:
        return None if text in words else ("not-in-list", f"“{text}” is not {what} ORCID knows.")

    return check


def like(pattern: str, what: str) -> Check:
    """Refuse a text that the pattern does not match as a whole."""
    compiled = re.compile(pattern, re.ASCII)

    def check(text: str) -> tuple[str, str] | None:
        return None if compiled.fullmatch(text) else ("malformed", f"“{text}” is not {what}.")

    return check


def address(text: str) -> tuple[str, str] | None:
    """Refuse what the schema does not take as an address."""
    return None if is_any_uri(text) else ("malformed", f"“{text}” is not an address.")


def between(lowest: int, highest: int) -> Check:
    """Refuse what is no whole number of a range; its spelling is a matter for later."""

    def check(text: str) -> tuple[str, str] | None:
        bare = text.strip(_SCHEMA_BLANKS)
        if _INTEGER.fullmatch(bare) and lowest <= int(bare) <= highest:
            return None
        return "out-of-range", f"“{text}” is not a number from {lowest} to {highest}."

    return check


def text_up_to(limit: int) -> Text:
    """Return a text that is not blank and no longer than the limit."""
    return Text((not_blank, at_most(limit)))


def word(allowed: Iterable[str], what: str) -> Text:
    """Return a word of a list; another one is not readable at all, not even in a bulk."""
    return Text(word=one_of(allowed, what))


ANY_TEXT: Final = Text()
SOME_TEXT: Final = Text((not_blank,))
ADDRESS: Final = Text((address,))
