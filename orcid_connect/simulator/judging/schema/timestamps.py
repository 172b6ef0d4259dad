"""Dates of creation and change as clients send them back: read, and otherwise ignored.

Text in one of the reader's formats or a count of milliseconds becomes milliseconds; days and hours
beyond their month and day run on. The lesser forms of XML Schema (a time, a month) are read too
and then fail the schema.
"""

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from orcid_connect.simulator.judging.answers import Unreadable, Violation
from orcid_connect.simulator.judging.blanks import java_trim
from orcid_connect.simulator.judging.jackson import LONG_RANGE, text

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?\Z",
    re.ASCII,
)
_COUNT = re.compile(r"-?\d{1,19}\Z", re.ASCII)
_LESSER = re.compile(
    r"(?:\d\d:\d\d:\d\d(?:\.\d+)?|-?\d{4,}-\d\d(?:-\d\d)?|--\d\d(?:-\d\d)?|---\d\d)"
    r"(?:Z|[+-]\d\d:\d\d)?\Z",
    re.ASCII,
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MONTHS_IN_A_YEAR = 12
MILLISECOND = timedelta(milliseconds=1)


def read_timestamp(value: Any) -> int | str | None:
    """Read a date into epoch milliseconds; lesser forms stay text, blank text is nothing."""
    if isinstance(value, float | bool):
        raise Unreadable("not a date")
    written = java_trim(text(value))
    if written in ("", "null"):
        return None
    if _COUNT.match(written):
        milliseconds = int(written)
        if LONG_RANGE[0] <= milliseconds <= LONG_RANGE[1]:
            return milliseconds
        raise Unreadable("not a valid 64-bit long")
    found = _ISO.match(written)
    if found:
        return _milliseconds(found)
    return written if _LESSER.match(written) else _of_mail_date(written)


def _milliseconds(found: re.Match[str]) -> int | str:
    year, month, day, hour, minute, second = (int(found[index] or 0) for index in range(1, 7))
    years, month = divmod(month - 1, MONTHS_IN_A_YEAR)
    fraction = int((found[7] or "").ljust(3, "0")[:3])
    try:
        first = date(year + years, month + 1, 1)
    except ValueError:
        return found[0]  # the year 0 has no date that the schema takes
    moment = timedelta(
        first.toordinal() - EPOCH.toordinal() + day - 1, second, 0, fraction, minute, hour
    )
    return (moment - _offset(found[8])) // MILLISECOND


def _offset(written: str | None) -> timedelta:
    if written is None or written == "Z":
        return timedelta()
    digits = written[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -offset if written[0] == "-" else offset


def _of_mail_date(written: str) -> int:
    try:
        moment = parsedate_to_datetime(written)
    except (TypeError, ValueError, IndexError):
        raise Unreadable("not a valid representation of XMLGregorianCalendar") from None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - EPOCH) // MILLISECOND


def check_timestamp(value: int | str) -> None:
    """Require a full date and time."""
    if isinstance(value, str):
        raise Violation("cvc-datatype-valid.1.2.1: not a dateTime")
