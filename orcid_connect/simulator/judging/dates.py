"""Fuzzy dates as the validators see them: year, year-month or a full day that exists (9049).

Month and day need two digits; comparison takes a missing month or day as less than any.
"""

import datetime
import re

from orcid_connect.simulator.judging import refusals
from orcid_connect.simulator.judging.answers import JSON
from orcid_connect.simulator.judging.jackson import INT_RANGE

# Four digits, or a sign and more: how Java reads the pattern yyyy.
_YEAR = re.compile(r"[0-9]{4}|\+[0-9]{5,19}|-[0-9]{4,19}")
_TWO_DIGITS = re.compile(r"[0-9]{2}")
_WHOLE = re.compile(r"[+-]?\d+")
HIGHEST_YEAR = 999_999_999
FOUR_CENTURIES = 400  # years after which the calendar repeats


def part(date: JSON, name: str) -> str | None:
    """Give the text of a year, month or day, if it is there."""
    wrapper = date[name]
    return None if wrapper is None else wrapper["value"]


def validate(date: JSON) -> None:
    """Require a date that exists; raises Refused with 9049, or 9008 for no date at all."""
    year, month, day = part(date, "year"), part(date, "month"), part(date, "day")
    if year is None and month is None and day is None:
        raise refusals.unexpected()
    if not _exists(year, month, day):
        raise refusals.invalid_date(_written(year, month, day))


def _written(year: str | None, month: str | None, day: str | None) -> str:
    words = ["null" if one is None else one for one in (year, month, day)]
    if day is not None:
        return "-".join(words)
    return "-".join(words[:2]) if month is not None else words[0]


def _exists(year: str | None, month: str | None, day: str | None) -> bool:
    if year is None or not _YEAR.fullmatch(year) or not 1 <= int(year) <= HIGHEST_YEAR:
        return False
    if month is None:
        return day is None
    if not _TWO_DIGITS.fullmatch(month) or not 1 <= int(month) <= 12:
        return False
    return day is None or _has_day(int(year), int(month), day)


def _has_day(year: int, month: int, day: str) -> bool:
    if not _TWO_DIGITS.fullmatch(day):
        return False
    try:
        # Python knows years to 9999 only; the same days recur every 400 years.
        datetime.date(year % FOUR_CENTURIES + FOUR_CENTURIES, month, int(day))
    except ValueError:
        return False
    return True


def is_java_integer(value: str | None) -> bool:
    """Say whether Java would parse a text as a 32-bit integer."""
    if value is None or not _WHOLE.fullmatch(value):
        return False
    return INT_RANGE[0] <= int(value) <= INT_RANGE[1]


def sort_key(date: JSON | None) -> str:
    """Give the text by which dates are compared; missing parts count as zeros."""
    if date is None:
        return ""
    widths = (("year", 4), ("month", 2), ("day", 2))
    return "".join((part(date, name) or "").rjust(width, "0") for name, width in widths)
