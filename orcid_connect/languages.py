"""The languages our pages speak: catalogues of sentences, dates, and which way one writes.

English is what stands in the sources; the others are in `locale/`, one catalogue each.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from babel.support import Translations

ENGLISH: Final = "en"
NAMES: Final = {
    "en": "English",
    "es": "español",
    "fr": "français",
    "de": "Deutsch",
    "pt": "português",
    "ar": "العربية",
}
"""Each language in its own words, by its code in BCP 47."""
CATALOGUES: Final = Path(__file__).parent / "locale"


@dataclass(frozen=True, slots=True)
class Language:
    """One language, with everything that is said in it."""

    code: str
    translations: NullTranslations

    @property
    def name(self) -> str:
        """What its speakers call it."""
        return NAMES[self.code]

    @property
    def direction(self) -> str:
        """Which way it is written: `ltr` or `rtl`."""
        return str(self._locale.text_direction)

    @property
    def _locale(self) -> Locale:
        # Day before month, and a clock of 24 hours: what most readers of English expect.
        return Locale.parse("en_GB" if self.code == ENGLISH else self.code)

    def gettext(self, text: str) -> str:
        """Return a sentence of the sources in this language."""
        return self.translations.gettext(text) if text else ""

    def ngettext(self, one: str, many: str, count: int) -> str:
        """Return the form of a sentence that goes with a number."""
        return self.translations.ngettext(one, many, count)

    def date(self, seconds: float) -> str:
        """Return the day of a time since the epoch, in UTC."""
        return format_date(_utc(seconds).date(), "long", locale=self._locale)

    def short_date(self, seconds: float) -> str:
        """Return the day and the month of a time since the epoch, in UTC."""
        return format_skeleton("MMMd", _utc(seconds), locale=self._locale)

    def number(self, value: int) -> str:
        """Return a whole number, its thousands apart."""
        return format_decimal(value, locale=self._locale)

    def percent(self, share: float) -> str:
        """Return a share of 1 as a percentage."""
        return format_percent(share, locale=self._locale)

    def listed(self, items: Iterable[str]) -> str:
        """Return short items one after the other."""
        return ("، " if self.direction == "rtl" else ", ").join(items)

    def exact(self, seconds: float) -> str:
        """Return a time since the epoch to the second, in UTC."""
        return format_datetime(_utc(seconds), "long", locale=self._locale)

    def distance(self, seconds: float) -> str:
        """Return how long ago something was, or how far ahead it is if negative."""
        whole = -int(seconds)
        return format_timedelta(whole, add_direction=True, threshold=1.0, locale=self._locale)


def marked(text: str) -> str:
    """Mark a sentence for the catalogues that is translated where it is shown."""
    return text


@cache
def language(code: str) -> Language:
    """Return a language by its code; raises KeyError for one we do not speak."""
    name = NAMES[code] and code
    if name == ENGLISH:
        return Language(name, NullTranslations())
    with (CATALOGUES / f"{name}.po").open("rb") as file:
        catalogue = read_po(file, locale=name)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Language(name, Translations(compiled))


def spoken(wish: str | None, offered: Iterable[str]) -> str | None:
    """Return which offered language a tag such as `pt-BR` asks for, if any."""
    primary = (wish or "").strip().replace("_", "-").partition("-")[0].lower()
    return primary if primary in offered else None


def accepted(header: str, offered: Iterable[str]) -> str | None:
    """Return the offered language that an Accept-Language header likes best (RFC 9110, 12.5.4)."""
    listed = tuple(offered)
    best: tuple[float, str] | None = None
    for part in header.split(",")[:20]:
        tag, _, weight = part.partition(";")
        code = spoken(tag, listed)
        liking = _weight(weight)
        if code is not None and liking > 0 and (best is None or liking > best[0]):
            best = (liking, code)
    return None if best is None else best[1]


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)
