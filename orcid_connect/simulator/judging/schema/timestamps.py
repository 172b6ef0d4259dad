"""Dates of creation and change as clients send them back: read, and otherwise ignored.

Text in one of the reader's formats or a count of milliseconds becomes milliseconds; the lesser
forms of XML Schema (a time, a month) are read too and then fail the schema.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from orcid_connect.simulator.judging.answers import Unreadable, Violation
from orcid_connect.simulator.judging.blanks import java_trim
from orcid_connect.simulator.judging.jackson import LONG_RANGE, SpelledFloat, text

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?\Z",
    re.ASCII,
)
_COUNT = re.compile(r"-?\d{1,19}\Z", re.ASCII)
_PARTIAL = re.compile(
    r"(?:\d\d:\d\d:\d\d(?:\.\d+)?|-?\d{4,}(?:-\d\d)?|--\d\d(?:-\d\d)?|---\d\d)"
    r"(?:Z|[+-]\d\d:\d\d)?\Z",
    re.ASCII,
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_timestamp(value: Any) -> int | str:
    """Read a date into epoch milliseconds; lesser forms stay text for the schema to refuse."""
    if isinstance(value, SpelledFloat | float):
        raise Unreadable("not a date")
    written = java_trim(text(value))
    if _COUNT.match(written):
        milliseconds = int(written)
        if LONG_RANGE[0] <= milliseconds <= LONG_RANGE[1]:
            return milliseconds
    found = _ISO.match(written)
    if found:
        return _milliseconds(found)
    if _PARTIAL.match(written):
        return written
    raise Unreadable("not a valid representation of XMLGregorianCalendar")


def _milliseconds(found: re.Match[str]) -> int:
    year, month, day, hour, minute = (int(found[index] or 0) for index in range(1, 6))
    fraction = (found[7] or "").ljust(3, "0")[:3]
    try:
        moment = datetime(year, month, day, hour, minute, tzinfo=_zone(found[8]))
        moment += timedelta(seconds=int(found[6] or 0), milliseconds=int(fraction))
    except (ValueError, OverflowError):
        raise Unreadable("not a valid date") from None
    return (moment - EPOCH) // timedelta(milliseconds=1)


def _zone(written: str | None) -> timezone:
    if written is None or written == "Z":
        return UTC
    digits = written[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if written[0] == "-" else offset)


def check_timestamp(value: int | str) -> None:
    """Require a full date and time."""
    if isinstance(value, str):
        raise Violation("cvc-datatype-valid.1.2.1: not a dateTime")
