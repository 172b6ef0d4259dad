"""Normalising takes time in proportion to the text, whatever a record or an author holds."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orcid_connect.codec.normalize import normalize
from orcid_connect.identifiers import parse_doi

QUICK_SECONDS = 1.0
"""Far above what linear work takes here, far below what quadratic work takes."""

REGISTRY_DOI = re.compile(r"10(?:\.[0-9a-z]+)+/[^\s\"'&]+", re.IGNORECASE | re.ASCII)
"""The registry's own pattern, slow on purpose-made texts (REGISTRY.md 4.10)."""


@pytest.mark.parametrize("text", ["10." * 40_000, "10.1" * 30_000, "10.1/ " * 20_000, "1" * 99_999])
def test_long_texts_take_no_long_time(text: str) -> None:
    """A hundred thousand characters that almost are a DOI are judged at once."""
    begun = time.monotonic()
    normalize("doi", text)
    parse_doi(text)
    parse_doi(f"10.1234/{text} ")
    assert time.monotonic() - begun < QUICK_SECONDS


@given(st.text(alphabet='10.aZ/ &"xſ\n', max_size=40))
def test_a_doi_is_found_where_the_registry_finds_it(text: str) -> None:
    """The linear search finds exactly what the registry's pattern finds."""
    found = REGISTRY_DOI.search(text.lower())
    assert normalize("doi", text) == (found[0].lower() if found else None)


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("see a..10.1/x", "10.1/x"),
        ("a10.1/x", "10.1/x"),
        ("10.1./x and 10.2/y", "10.2/y"),
        ("10..1/x", None),
        ("1010.10.5/10.7/z", "10.10.5/10.7/z"),
    ],
)
def test_odd_beginnings(text: str, doi: str | None) -> None:
    """What stands before a DOI is left out, what cannot begin one is passed over."""
    assert normalize("doi", text) == doi
