"""Whatever bytes are given: an article, or one line that says what is wrong and where."""

import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orcid_connect.declarations import Article
from orcid_connect.errors import InputError
from orcid_connect.inputs import read_jats
from orcid_connect.inputs.xml_source import MOST_BYTES

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
LAUGHS = b"<!ENTITY a 'ha'>" + b"".join(
    b"<!ENTITY %c '%s'>" % (98 + step, b"&%c;" % (97 + step) * 10) for step in range(9)
)


def jats(title: str = "T", extra: str = "") -> str:
    """Return the smallest article."""
    return (
        "<article><front><journal-meta/><article-meta>"
        '<article-id pub-id-type="doi">10.5555/x</article-id>'
        f"<title-group><article-title>{title}</article-title></title-group>{extra}"
        "</article-meta></front></article>"
    )


def read(source: bytes) -> Article:
    """Read an article from bytes."""
    return read_jats(source, tenant="t", as_of=AS_OF)


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (b"", "The file is empty."),
        (b"  \n ", "The file is empty."),
        (b"PK\x03\x04\x00\x00", "Line 1: the XML is not well formed"),
        (b"<article>\n<front>\n</article>", "Line 3: the XML is not well formed"),
        (b"<html><body/></html>", "Line 1: this is not JATS: the outermost element is <html>"),
        (b"<article/>", "Line 1: the article has no <front>."),
        (b"<article><front/></article>", "Line 1: the front has no <article-meta>."),
        (
            b"<article><front>\n<article-meta/></front></article>",
            "Line 2: the article has no usable identifier",
        ),
        (f"<set>{jats()}{jats()}</set>".encode(), "Line 1: the file holds 2 articles"),
        (jats("a\x07b").encode(), "Line 1: the XML is not well formed"),
        (
            b'<!DOCTYPE article [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + jats("&x;").encode(),
            "Line 1: the entity “x” refers to another file; the file is refused.",
        ),
        (
            b'<!DOCTYPE article [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
            + jats(extra='<x a="&x;"/>').encode(),
            "Line 1: the file refers to another file by an entity; it is refused.",
        ),
        (
            b"<!DOCTYPE article [" + LAUGHS + b"]>" + jats("&j;").encode(),
            "Line 1: the file declares entities that expand without end; it is refused.",
        ),
        (
            b"<!DOCTYPE article [" + LAUGHS + b"]>" + jats("&b;").encode(),
            "Line 1: the entity “b” is made of markup or other entities; the file is refused.",
        ),
    ],
)
def test_bad_files_get_one_line(source: bytes, line: str) -> None:
    """A bad file is an input error of one line, with its place."""
    with pytest.raises(InputError) as caught:
        read(source)
    assert str(caught.value).startswith(line)
    assert "\n" not in str(caught.value)


def test_a_file_too_large_is_not_parsed() -> None:
    """The limit is stated, and found before anything is parsed."""
    with pytest.raises(InputError, match="more than 32 MB"):
        read(b"<" * (MOST_BYTES + 1))


@pytest.mark.parametrize(
    "source",
    [
        b"\xef\xbb\xbf" + jats("Ü").encode(),
        jats("Ü").encode("utf-16"),
        b'<?xml version="1.0" encoding="ISO-8859-1"?>' + jats("Ü").encode("latin-1"),
        b'<?xml version="1.0" encoding="windows-1252"?>' + jats("Ü").encode("cp1252"),
        b'<!DOCTYPE article PUBLIC "-//NLM//DTD" "x.dtd">' + jats("&Uuml;").encode(),
        b"<!DOCTYPE article [<!ENTITY u '&#220;'>]>" + jats("&u;").encode(),
        f"<oai><record>{jats('Ü')}</record></oai>".encode(),
        b'<?xml version="1.0"?><?x y?><!-- c -->' + jats("<!-- c --><?x y?>Ü").encode(),
    ],
)
def test_encodings_and_wrappings(source: bytes) -> None:
    """Every encoding XML allows, simple entities, and a wrapper around one article are read."""
    assert read(source).title == "Ü"


def test_an_unknown_entity_stays_visible() -> None:
    """A character entity that nobody declares is kept as written, for an editor to see."""
    source = b'<!DOCTYPE article PUBLIC "-//NLM//DTD" "x.dtd">' + jats("a&rgr;&zzz;b").encode()
    assert read(source).title == "aρ&zzz;b"


def test_a_namespace_that_is_no_address_does_no_harm() -> None:
    """Names are read without their namespaces, so a faulty one does not matter."""
    source = jats("T").replace("<article>", '<article xmlns:a="http://a b/">').encode()
    assert read(source).title == "T"


def test_five_thousand_authors_are_read_in_seconds() -> None:
    """An article of 5,000 authors and as many links is read in time, in order."""
    people = "".join(
        f'<contrib contrib-type="author"><name><surname>N{number}</surname></name>'
        f'<xref ref-type="aff" rid="a{number % 50}"/></contrib>'
        for number in range(5000)
    )
    places = "".join(f'<aff id="a{number}">Place {number}</aff>' for number in range(50))
    source = jats(extra=f"<contrib-group>{people}</contrib-group>{places}").encode()
    started = time.monotonic()
    article = read(source)
    assert time.monotonic() - started < 10
    assert len(article.contributors) == 5000
    assert article.contributors[4999].name == "N4999"
    assert article.contributors[51].affiliations[0].name == "Place 1"


def test_more_contributors_than_any_article_has() -> None:
    """A file that names tens of thousands of contributors is refused before they are read."""
    with pytest.raises(InputError, match="names 20001 contributors"):
        read(jats(extra=f"<contrib-group>{'<contrib/>' * 20_001}</contrib-group>").encode())


def test_ten_thousand_entities_cost_no_more_than_text() -> None:
    """Many entities in one element are settled in one pass."""
    source = (
        b'<!DOCTYPE article PUBLIC "-//NLM//DTD" "x.dtd">' + jats("&eacute;" * 200_000).encode()
    )
    started = time.monotonic()
    assert read(source).title == "é" * 200_000
    assert time.monotonic() - started < 10


def test_fifty_thousand_attributes_are_refused_at_once() -> None:
    """An element with more attributes than anything in JATS is refused, in time, with its line."""
    named = "".join(f' a:b{number}="x"' for number in range(50_000))
    source = jats(extra=f'<p xmlns:a="http://a.test/"{named}/>').encode()
    started = time.monotonic()
    with pytest.raises(InputError, match="Line 1: the element <p> has 50000 attributes"):
        read(source)
    assert time.monotonic() - started < 2


@given(st.binary())
def test_any_bytes(source: bytes) -> None:
    """Any bytes give an article or an input error, nothing else."""
    with suppress(InputError):
        assert isinstance(read(source), Article)


TAGS = (
    "contrib-group contrib name surname given-names string-name name-alternatives collab role aff "
    "xref contrib-id pub-date year month day season string-date article-id issn title-group "
    "article-title trans-title-group trans-title sup sub fn abstract sec p title funding-group "
    "award-group award-id related-article permissions license fpage lpage"
)
ATTRIBUTES = (
    "contrib-type content-type contrib-id-type authenticated name-style rid ref-type date-type "
    "pub-type iso-8601-date pub-id-type related-article-type xlang href"
)
VALUES = (
    "author editor orcid 0000-0002-1825-0097 true eastern a1 pub epub 2024-02-30 doi 10.5555/a "
    "preprint 2024 13 Feb https://example.org"
)
WORDS = st.sampled_from(VALUES.split()) | st.text(alphabet="aé1 -&<\u200b", max_size=5)


@st.composite
def elements(draw: st.DrawFn, depth: int = 4) -> str:
    """Draw an element of JATS names in no sensible order."""
    tag = draw(st.sampled_from(TAGS.split()))
    attributes = draw(st.dictionaries(st.sampled_from(ATTRIBUTES.split()), WORDS, max_size=2))
    inside = draw(WORDS).replace("&", "&amp;").replace("<", "&lt;")
    children = draw(st.lists(elements(depth - 1), max_size=3)) if depth else []
    told = "".join(
        f' {name}="{value.replace("&", "").replace("<", "")}"' for name, value in attributes.items()
    )
    return f"<{tag}{told}>{inside}{''.join(children)}</{tag}>"


@settings(deadline=None)
@given(st.lists(elements(), max_size=4))
def test_any_arrangement_of_jats(parts: list[str]) -> None:
    """JATS elements anywhere, holding anything, give an article or an input error."""
    with suppress(InputError):
        assert isinstance(read(jats(extra="".join(parts)).encode()), Article)
