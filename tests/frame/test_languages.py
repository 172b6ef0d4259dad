"""Which language is spoken, and what it makes of dates and numbers."""

import pytest

from orcid_connect.languages import NAMES, accepted, language, spoken

OFFERED = tuple(NAMES)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        ("ja, de;q=0.5, es;q=0.7", "es"),
        ("de;q=0, en;q=0.1", "en"),
        ("ja", None),
        ("", None),
        ("de;q=nonsense", None),
        (";;;,,,=", None),
    ],
)
def test_accepted(header: str, code: str | None) -> None:
    """The browser's favourite among the offered languages is taken, and nonsense is none."""
    assert accepted(header, OFFERED) == code


def test_spoken() -> None:
    """A region or a script does not keep a language from being found."""
    assert spoken("pt-BR", OFFERED) == "pt"
    assert spoken("AR_eg", OFFERED) == "ar"
    assert spoken("english", OFFERED) is None
    assert spoken(None, OFFERED) is None
    assert spoken("fr", ("en",)) is None


def test_english_stands_in_the_sources() -> None:
    """English needs no catalogue, and writes the day before the month."""
    english = language("en")
    assert (english.name, english.direction) == ("English", "ltr")
    assert english.gettext("Continue") == "Continue"
    assert english.ngettext("one work", "{n} works", 2) == "{n} works"
    assert english.date(1_790_000_000.0) == "21 September 2026"
    assert english.distance(7200.0) == "2 hours ago"
    assert english.distance(-7200.0) == "in 2 hours"
