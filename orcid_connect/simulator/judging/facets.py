"""The simple types of ORCID's XSDs, as checks on text: lengths, patterns, bounded numbers, URIs.

A check raises Violation; lengths count UTF-16 units; \\d is any Unicode digit, as XSD says.
"""

import re
from collections.abc import Callable

from orcid_connect.simulator.judging.answers import Violation
from orcid_connect.simulator.judging.blanks import units
from orcid_connect.simulator.judging.uris import XSD_BLANKS, is_any_uri

Check = Callable[[str], None]

_INTEGER = re.compile(r"[+-]?[0-9]+\Z")
MOST_DIGITS = 1000  # digits; longer numbers are out of every range anyway


def non_empty(value: str) -> None:
    """Require a character that XSD does not call a blank (non-empty-string)."""
    if not value.strip(XSD_BLANKS):
        raise Violation("cvc-pattern-valid: blank value")


def at_most(limit: int) -> Check:
    """Require at most so many UTF-16 units."""

    def check(value: str) -> None:
        if len(value) * 2 > limit and units(value) > limit:
            raise Violation(f"cvc-maxLength-valid: longer than {limit}")

    return check


def filled_at_most(limit: int) -> Check:
    """Require a non-blank text of at most so many UTF-16 units."""
    short = at_most(limit)

    def check(value: str) -> None:
        non_empty(value)
        short(value)

    return check


def matching(pattern: str) -> Check:
    """Require a full match of a pattern."""
    compiled = re.compile(pattern)

    def check(value: str) -> None:
        if not compiled.fullmatch(value):
            raise Violation("cvc-pattern-valid: no match")

    return check


def all_of(*checks: Check) -> Check:
    """Require several things at once."""

    def check(value: str) -> None:
        for each in checks:
            each(value)

    return check


def among(*allowed: str) -> Check:
    """Require one of the enumerated values."""
    known = frozenset(allowed)

    def check(value: str) -> None:
        if value not in known:
            raise Violation("cvc-enumeration-valid: not in enumeration")

    return check


def whole_between(lowest: int, highest: int) -> Check:
    """Require an xs:integer within bounds; blanks around it do not count."""

    def check(value: str) -> None:
        number = value.strip(XSD_BLANKS)
        if not _INTEGER.match(number) or len(number) > MOST_DIGITS:
            raise Violation("cvc-datatype-valid.1.2.1: not an integer")
        if not lowest <= int(number) <= highest:
            raise Violation("cvc-minInclusive-valid: out of bounds")

    return check


def any_uri(value: str) -> None:
    """Require an xs:anyURI."""
    if not is_any_uri(value):
        raise Violation("cvc-datatype-valid.1.2.1: not an anyURI")
