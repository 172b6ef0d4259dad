"""Filters and positions as people write them: on the command line and in addresses."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final, get_args

from orcid_connect.declarations import KEY_LENGTH, SubjectKind
from orcid_connect.errors import InputError
from orcid_connect.languages import marked
from orcid_connect.records import TYPES
from orcid_connect.store.ledger import DeliveryState
from orcid_connect.store.listings import STATES, Filters, Position

NAMES: Final = (
    "state",
    "tenant",
    "kind",
    "key",
    "person",
    "activity",
    "credential",
    "text",
    "since",
)
TEXT_CHARACTERS = 200
"""Characters of a text to look for, at most."""

LATEST_SECONDS = 4_102_444_800.0
"""The year 2100."""

_SECONDS: Final = {"m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
_DURATION = re.compile(r"(\d{1,6})([mhdw])", re.ASCII)
_POSITION = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)-([0-9a-f]{32})", re.ASCII)


def read_filters(given: Mapping[str, str | None], now: float) -> Filters:
    """Return filters by their names; an empty one is none. Raises `InputError`."""
    said = {name: value for name in NAMES if (value := (given.get(name) or "").strip())}
    for name, value in said.items():
        longest = TEXT_CHARACTERS if name == "text" else KEY_LENGTH
        if len(value) > longest or "\x00" in value:
            raise InputError(f"{name}: at most {longest} characters, and no control characters")
    since = read_since(said.pop("since"), now) if "since" in said else None
    state = said.pop("state", None)
    if state is not None and state not in STATES:
        raise InputError(f"state {state}: say one of {', '.join(get_args(DeliveryState))}")
    _check_word("kind", said.get("kind"), get_args(SubjectKind))
    _check_word("activity", said.get("activity"), tuple(TYPES))
    return Filters(state=state, since=since, **said)


def _check_word(name: str, word: str | None, words: Sequence[str]) -> None:
    if word is not None and word not in words:
        raise InputError(f"{name} {word}: say one of {', '.join(words)}")


def read_since(text: str, now: float) -> float:
    """Return the earliest moment meant by `7d`, a date, or a date with a time (UTC unless said)."""
    ago = _DURATION.fullmatch(text)
    if ago is not None:
        return max(now - read_duration(text), 0.0)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(
            marked("since: write a date such as 2026-05-01, or how long ago, such as 7d or 12h")
        ) from None
    seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if not 0 <= seconds < LATEST_SECONDS:
        raise InputError(marked("since: this date is out of range"))
    return seconds


def read_duration(text: str) -> float:
    """Return the seconds of `400d`, `12h`, `30m` or `2w`; raises `InputError`."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise InputError(f"{text[:20]}: write a number and m, h, d or w, such as 400d")
    return int(match[1]) * _SECONDS[match[2]]


def given_filters(filters: Filters) -> dict[str, str]:
    """Return the filters that matter, as they are written."""
    facts = {name: value for name, value in asdict(filters).items() if value is not None}
    if filters.since is not None:
        moment = datetime.fromtimestamp(filters.since, UTC).replace(tzinfo=None)
        facts["since"] = moment.isoformat(timespec="seconds")
    return {name: str(facts[name]) for name in NAMES if name in facts}


def read_position(text: str) -> Position | None:
    """Return where a listing goes on, nowhere if nothing is said; raises `InputError`."""
    if not text:
        return None
    match = _POSITION.fullmatch(text)
    if match is None:
        raise InputError(marked("after: this is no position in a listing; begin at its first page"))
    return Position(float(match[1]), match[2])


def written_position(position: Position) -> str:
    """Return a position as it is written."""
    return f"{position.changed_at!r}-{position.id}"
