"""When an article was published: which date counts, and what is kept of it."""

from datetime import UTC, datetime

import pytest

from orcid_connect.inputs import read_jats


def read(dates: str) -> tuple[str, list[str]]:
    """Return the date of an article with these `pub-date` elements, and what was noted."""
    source = (
        '<article><front><article-meta><article-id pub-id-type="doi">10.5555/x</article-id>'
        f"{dates}</article-meta></front></article>"
    )
    article = read_jats(source.encode(), tenant="t", as_of=datetime(2026, 1, 1, tzinfo=UTC))
    return str(article.published), [note.message for note in article.reading_notes]


def date(parts: str, **attributes: str) -> str:
    """Return a `pub-date` element."""
    told = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f"<pub-date{told}>{parts}</pub-date>"


YEAR = "<year>2020</year>"
EPUB = date(f"<day>3</day><month>2</month>{YEAR}", pub_type="epub")


@pytest.mark.parametrize(
    ("dates", "published"),
    [
        ("", "None"),
        (EPUB, "2020-02-03"),
        (date("<month>1</month><year>2020</year>", pub_type="ppub") + EPUB, "2020-02-03"),
        (date("<month>12</month><year>2019</year>", pub_type="ppub") + EPUB, "2020-02-03"),
        (date("<year>1998</year>", pub_type="ppub") + EPUB, "1998"),
        (date("<year>2020</year>", pub_type="collection") + EPUB, "2020-02-03"),
        (date("<year>2019</year>", pub_type="pmc-release") + EPUB, "2020-02-03"),
        (date("<year>2019</year>", date_type="preprint") + EPUB, "2020-02-03"),
        (date(YEAR, date_type="pub", publication_format="electronic") + EPUB, "2020-02-03"),
        (EPUB + date(YEAR, pub_type="epub"), "2020-02-03"),
        (EPUB + date("<month>1</month><year>2020</year>", pub_type="epub"), "2020-01"),
        (date(YEAR, pub_type="ppub"), "2020"),
        (date(YEAR, publication_format="print"), "2020"),
        (date("<year>2018</year>", pub_type="collection"), "2018"),
        (date(YEAR, date_type="something-else"), "2020"),
        (date("<season>Spring</season><year>2020</year>", pub_type="ppub"), "2020"),
        (date("", pub_type="epub", iso_8601_date="2020-02-03T10:00:00Z"), "2020-02-03"),
        (date("", pub_type="epub", iso_8601_date="20200203"), "2020-02-03"),
        (
            date("<year>1441</year>", pub_type="epub", calendar="hijri", iso_8601_date="2020"),
            "2020",
        ),
        (
            date(f"<string-date><month>Feb.</month> {YEAR}</string-date>", pub_type="epub"),
            "2020-02",
        ),
        (date("<string-date>February 3, 2020</string-date>", pub_type="epub"), "2020-02-03"),
        (date("<string-date>3. Februar 2020</string-date>", pub_type="epub"), "2020-02-03"),
        (date("<string-date>août 2020</string-date>", pub_type="epub"), "2020-08"),
        (date("<string-date>2020-02-03</string-date>", pub_type="epub"), "2020-02-03"),
        (date("<day>31</day><month>4</month><year>2020</year>", pub_type="epub"), "2020-04-31"),
        (date("<year/>", pub_type="epub"), "None"),
    ],
)
def test_the_date_of_publication(dates: str, published: str) -> None:
    """The earliest date on screen counts, else print, else the volume's, as printed."""
    assert read(dates) == (published, [])


@pytest.mark.parametrize(
    ("parts", "published", "noted"),
    [
        ("<year>MMXX</year>", "None", "“MMXX” is not a year"),
        ("<month>Smarch</month><year>2020</year>", "2020", "“Smarch 2020” does not name one month"),
        ("<day>3-4</day><month>2</month><year>2020</year>", "2020-02", "does not name one day"),
        ("<day>3</day><year>2020</year>", "2020", "does not name one day"),
        ("<string-date>Spring 2020</string-date>", "2020", "understood to the year only"),
        ("<string-date>soon</string-date>", "None", "“soon” is not understood as a date"),
    ],
)
def test_what_is_not_understood_is_noted(parts: str, published: str, noted: str) -> None:
    """A part of a date that cannot be read is left out, and a sentence says so."""
    found, notes = read(date(parts, pub_type="epub"))
    assert found == published
    (note,) = notes
    assert noted in note
