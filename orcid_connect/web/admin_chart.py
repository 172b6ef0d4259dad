"""The chart of deliveries over time: where each bar goes, worked out here, drawn by a template."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from orcid_connect.languages import Language
from orcid_connect.store.ledger import DeliveryState
from orcid_connect.store.reports import Day
from orcid_connect.web.terms import term

DAYS: Final = 30
DAY_SECONDS: Final = 86_400.0
STATES: Final[tuple[DeliveryState, ...]] = ("delivered", "withdrawn", "declined", "parked")
"""The states in which a delivery rests, from the ground up."""

WIDTH, HEIGHT = 720, 180
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 24, 10, 24
_FIELD = HEIGHT - _TOP - _BOTTOM
_SHARE = 0.7
"""How much of its place a bar takes."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One piece of a day's column."""

    state: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A text at a place of the chart."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A day as a row of the table that says the same."""

    day: str
    iso: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything a template needs to draw it, and to say it in words."""

    width: int
    height: int
    left: int
    right: int
    ground: float
    bars: tuple[Bar, ...]
    lines: tuple[Mark, ...]
    days: tuple[Mark, ...]
    states: tuple[str, ...]
    rows: tuple[Row, ...]
    totals: tuple[int, ...]
    summary: str

    @property
    def empty(self) -> bool:
        """Tell whether nothing happened."""
        return not any(self.totals)


def day_starts(now: float) -> list[float]:
    """Return the beginnings (UTC) of the last days, today's last."""
    today = now - now % DAY_SECONDS
    return [today - back * DAY_SECONDS for back in range(DAYS - 1, -1, -1)]


def draw(days: Sequence[Day], language: Language) -> Chart:
    """Return the chart of these days, its words in a language."""
    top = _round_up(max((sum(day.counts.values()) for day in days), default=0))
    step = (WIDTH - _LEFT - _RIGHT) / max(len(days), 1)
    bars = [bar for place, day in enumerate(days) for bar in _column(day, place, step, top)]
    totals = tuple(sum(day.counts.get(state, 0) for day in days) for state in STATES)
    return Chart(
        width=WIDTH,
        height=HEIGHT,
        left=_LEFT,
        right=WIDTH - _RIGHT,
        ground=_TOP + _FIELD,
        bars=tuple(bars),
        lines=tuple(
            Mark(_LEFT - 6, round(_y(value, top), 1), _brief(value)) for value in (0, top // 2, top)
        ),
        days=tuple(
            Mark(round(_LEFT + (place + 0.5) * step, 1), HEIGHT - 6, language.short_date(day.start))
            for place, day in enumerate(days)
            if (len(days) - 1 - place) % 7 == 0
        ),
        states=STATES,
        rows=tuple(_row(day, language) for day in reversed(days)),
        totals=totals,
        summary=_summary(totals, language),
    )


def _column(day: Day, place: int, step: float, top: int) -> list[Bar]:
    found, below = [], 0
    for state in STATES:
        count = day.counts.get(state, 0)
        if count:
            y = _y(below + count, top)
            height = max(_y(below, top) - y, 0.75)
            x = _LEFT + (place + (1 - _SHARE) / 2) * step
            found.append(
                Bar(state, round(x, 1), round(y, 1), round(step * _SHARE, 1), round(height, 1))
            )
        below += count
    return found


def _y(value: float, top: int) -> float:
    return _TOP + _FIELD * (1 - value / top)


def _round_up(value: int) -> int:
    """Return the next number that makes a good scale: 2, 4, 6, 8, 10, 20, 40 …"""
    scale = 1
    while True:
        for factor in (2, 4, 6, 8, 10):
            if value <= factor * scale:
                return factor * scale
        scale *= 10


def _brief(value: int) -> str:
    """Return a number of the scale, short enough for the margin."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return str(value)


def _row(day: Day, language: Language) -> Row:
    iso = datetime.fromtimestamp(day.start, UTC).date().isoformat()
    counts = tuple(day.counts.get(state, 0) for state in STATES)
    return Row(language.date(day.start), iso, counts)


def _summary(totals: Sequence[int], language: Language) -> str:
    counted = [
        f"{language.number(count)} {term(language, state)}"
        for state, count in zip(STATES, totals, strict=True)
        if count
    ]
    if not counted:
        return language.gettext("In the last 30 days: nothing came to rest.")
    sentence = language.gettext("In the last 30 days: %(counts)s.")
    return sentence % {"counts": language.listed(counted)}
