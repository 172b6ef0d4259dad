"""When a JATS article was published: which of its dates counts, and what it says.

The earliest date on screen counts, or on paper where nothing else is printed or the article was put
on screen long after; the year of a volume only where nothing better is there. A date is kept as
printed, also one that does not exist.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from lxml.etree import _Element as Element

from orcid_connect.declarations import PartialDate, ReadingNote
from orcid_connect.inputs.jats_text import plain_text

_ON_SCREEN_WORDS: Final = (
    "pub epub epub-ppub epub-original pub-electronic publication published online electronic "
    "epublish first-online online-first published-online ahead-of-print aheadofprint "
    "epub-ahead-of-print original-publication first-release pub-online version-of-record "
    "article-publication vor"
)
_ON_SCREEN: Final = frozenset(_ON_SCREEN_WORDS.split())
_ON_PAPER: Final = frozenset(
    {"ppub", "pub-print", "print", "ppublish", "published-print", "issue-publication"}
)
YEARS_LATE: Final = 2
"""Years after print that make a date on screen that of digitising, not of publishing."""

_OF_THE_VOLUME_WORDS: Final = "collection issue cover issue-date pub-collection"
_OF_THE_VOLUME: Final = frozenset(_OF_THE_VOLUME_WORDS.split())
_ANOTHER_EVENT_WORDS: Final = (
    "pmc-release nihms-submitted received accepted rev-recd rev-request revised corrected "
    "ecorrected pcorrected retracted eretracted submitted embargo embargo-release epreprint "
    "preprint pre-print resubmitted updated update deposited"
)
_ANOTHER_EVENT: Final = frozenset(_ANOTHER_EVENT_WORDS.split())
_ELECTRONIC_PREPRINT_WORDS: Final = "epreprint preprint pre-print"
_ELECTRONIC_PREPRINT: Final = frozenset(_ELECTRONIC_PREPRINT_WORDS.split())

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        [
            "jan january januar janvier enero gennaio janeiro ene gen",
            "feb february februar février febrero febbraio fevereiro fév fev",
            "mar march märz mars marzo março mär",
            "apr april avril abril aprile avr abr",
            "may mai mayo maggio maio mag",
            "jun june juni juin junio giugno junho giu",
            "jul july juli juillet julio luglio julho lug juil",
            "aug august août agosto ago aoû",
            "sep sept september septembre septiembre settembre setembro set",
            "oct october oktober octobre octubre ottobre outubro okt ott out",
            "nov november novembre noviembre novembro",
            "dec december dezember décembre diciembre dicembre dezembro dez dic déc",
        ],
        start=1,
    )
    for name in names.split()
}
_ISO: Final = re.compile(r"(\d{4})(?:-?(\d{2}))?(?:-?(\d{2}))?(?:T.*)?", re.ASCII)
_YEAR: Final = re.compile(r"(?<!\d)(\d{4})(?!\d)", re.ASCII)
_WORDED: Final = (
    re.compile(
        r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?\s+(?P<month>[^\W\d_]+)\.?,?\s+(?P<year>\d{4})"
    ),
    re.compile(r"(?P<month>[^\W\d_]+)\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})"),
    re.compile(r"(?P<month>[^\W\d_]+)\.?,?\s+(?P<year>\d{4})"),
)


@dataclass(frozen=True, slots=True)
class DateFound:
    """The date of publication, and what of it could not be understood."""

    date: PartialDate | None
    notes: tuple[ReadingNote, ...] = ()


def publication_date(dates: Sequence[Element], *, of_preprint: bool = False) -> DateFound:
    """Return the date of publication among the `pub-date` elements of an article.

    `of_preprint` says that the article is a preprint, whose own posting is its publication.
    """
    another = _ANOTHER_EVENT - (_ELECTRONIC_PREPRINT if of_preprint else frozenset())
    told = [element for element in dates if _event(element) not in another]
    on_screen = _earliest(told, lambda element: _event(element) in _ON_SCREEN)
    on_paper = _earliest(told, lambda element: _event(element) in _ON_PAPER)
    found = (
        (on_paper if _is_much_earlier(on_paper, on_screen) else on_screen)
        or on_paper
        or _earliest(told, lambda element: _event(element) in _OF_THE_VOLUME)
        or _earliest(told, lambda _element: True)
    )
    if found is not None:
        return found
    return DateFound(None, tuple(note for element in told for note in _read(element).notes))


def _is_much_earlier(on_paper: DateFound | None, on_screen: DateFound | None) -> bool:
    if on_paper is None or on_screen is None:
        return False
    return _parts(on_paper)[0] + YEARS_LATE <= _parts(on_screen)[0]


def _event(element: Element) -> str:
    """Return what happened at a date: `date-type` of JATS, `pub-type` of older articles."""
    word = element.get("date-type") or element.get("pub-type") or ""
    event = "-".join(word.lower().replace("_", " ").split())
    medium = element.get("publication-format")
    if medium is not None and event in ("", "pub"):
        return "ppub" if medium.lower() == "print" else "epub"
    return event


def _earliest(dates: Iterable[Element], counts: Callable[[Element], bool]) -> DateFound | None:
    """Return the earliest date that counts; of two that may be the same, the fuller one."""
    best: DateFound | None = None
    for found in (_read(element) for element in dates if counts(element)):
        if found.date is not None and (best is None or _comes_before(found, best)):
            best = found
    return best


def _comes_before(one: DateFound, other: DateFound) -> bool:
    ours, theirs = _parts(one), _parts(other)
    shared = min(len(ours), len(theirs))
    if ours[:shared] == theirs[:shared]:
        return len(ours) > len(theirs)
    return ours < theirs


def _parts(found: DateFound) -> tuple[int, ...]:
    date = found.date
    if date is None:
        return ()
    return tuple(part for part in (date.year, date.month, date.day) if part is not None)


def _read(element: Element) -> DateFound:
    inside = element.find("string-date")
    holder = inside if inside is not None and inside.find("year") is not None else element
    if holder.find("year") is not None and _is_gregorian(holder):
        return _from_parts(holder, element)
    coded = _ISO.fullmatch((element.get("iso-8601-date") or "").strip())
    if coded is not None:
        return DateFound(_partial(*coded.groups()))
    return _from_text(plain_text(inside if inside is not None else element) or "")


def _is_gregorian(holder: Element) -> bool:
    return (holder.get("calendar") or "gregorian").lower() == "gregorian"


def _from_parts(holder: Element, element: Element) -> DateFound:
    year_text = plain_text(holder.find("year")) or ""
    year = _YEAR.search(year_text)
    if year is None and not plain_text(element):
        return DateFound(None)
    if year is None:
        return DateFound(None, (_note(year_text, "is not a year; the date is left out"),))
    month_text = plain_text(holder.find("month"))
    month = _month(month_text)
    if month_text is not None and month is None:
        note = _note(f"{month_text} {year_text}", "does not name one month; only the year is kept")
        return DateFound(PartialDate(year=int(year[1])), (note,))
    day_text = plain_text(holder.find("day"))
    day = _day(day_text)
    if day_text is not None and (day is None or month is None):
        printed = plain_text(element) or day_text
        note = _note(printed, "does not name one day; the day is left out")
        return DateFound(PartialDate(year=int(year[1]), month=month), (note,))
    return DateFound(PartialDate(year=int(year[1]), month=month, day=day))


def _from_text(text: str) -> DateFound:
    coded = _ISO.fullmatch(text)
    if coded is not None and "-" in text:
        return DateFound(_partial(*coded.groups()))
    for pattern in _WORDED:
        found = pattern.search(text)
        if found is not None and found["month"].lower() in _MONTHS:
            parts = found.groupdict()
            day = int(parts["day"]) if "day" in parts else None
            month = _MONTHS[found["month"].lower()]
            return DateFound(PartialDate(year=int(parts["year"]), month=month, day=day))
    year = _YEAR.search(text)
    if year is not None:
        note = _note(text, "is understood to the year only")
        return DateFound(PartialDate(year=int(year[1])), (note,) if text != year[1] else ())
    return DateFound(None, (_note(text, "is not understood as a date"),) if text else ())


def _partial(year: str, month: str | None, day: str | None) -> PartialDate:
    return PartialDate(
        year=int(year), month=int(month) if month else None, day=int(day) if day else None
    )


def _month(text: str | None) -> int | None:
    """Return a month's number, also of a month that does not exist; None for no single month."""
    return _number(text, lambda word: _MONTHS.get(word.rstrip(".").lower()))


def _day(text: str | None) -> int | None:
    return _number(text, lambda _word: None)


def _number(text: str | None, otherwise: Callable[[str], int | None]) -> int | None:
    if text is None:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else otherwise(text)


def _note(printed: str, what: str) -> ReadingNote:
    return ReadingNote(path="published", message=f"The printed date “{printed}” {what}.")
