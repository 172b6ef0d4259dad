"""Judging takes time in proportion to the text, whatever a record or an author holds."""

import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orcid_connect.codec import PayloadKind, validate
from orcid_connect.codec.normalize import RULES, normalize
from orcid_connect.identifiers import parse_doi
from tests.codec.payloads import FULL

QUICK_SECONDS = 2.0
"""Of this thread alone: far above what linear work takes, far below what quadratic work takes."""

REGISTRY_DOI = re.compile(r"10(?:\.[0-9a-z]+)+/[^\s\"'&]+", re.IGNORECASE | re.ASCII)
"""The registry's own pattern, slow on purpose-made texts (REGISTRY.md 4.10)."""
REGISTRY_ARXIV = re.compile(r"(?:\d{4}\.\d{4,5}|[\w.-]+/\d{7})(?:v\d)?\b", re.ASCII)
"""Likewise (REGISTRY.md 4.10)."""
LONG = 40_000
"""Characters of a long text."""
PIECES = (
    *("a", "1", "0", " ", ".", "/", "-", "&amp;", "a/", "a.", "1-", "[", "%", "@", "_", "é", ":"),
    *(
        "pmid",
        "pmid ",
        "med/",
        "pmc ",
        "bibcode ",
        "2101.",
        "1234567",
        "AB_",
        "http://",
        "0x",
        "1e",
    ),
)


@pytest.mark.parametrize("text", ["10." * 40_000, "10.1" * 30_000, "10.1/ " * 20_000, "1" * 99_999])
def test_long_texts_take_no_long_time(text: str) -> None:
    """A hundred thousand characters that almost are a DOI are judged at once."""
    begun = time.thread_time()
    normalize("doi", text)
    parse_doi(text)
    parse_doi(f"10.1234/{text} ")
    assert time.thread_time() - begun < QUICK_SECONDS


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


@pytest.mark.parametrize("piece", PIECES)
def test_every_rule_is_quick(piece: str) -> None:
    """A long text of one piece over and over is normalised at once, whatever its type."""
    one_of_each = {rule: kind for kind, rule in RULES.items()}.values()
    begun = time.thread_time()
    for kind in one_of_each:
        for beginning, end in (("", ""), ("1", "x"), ("a", "!")):
            normalize(kind, beginning + piece * (LONG // len(piece)) + end)
    assert time.thread_time() - begun < QUICK_SECONDS


@pytest.mark.parametrize("kind", FULL)
def test_every_payload_is_quick(kind: PayloadKind) -> None:
    """A payload whose texts are all long is judged at once."""
    for piece in ("a", "1", " ", "a@", "1."):
        payload = _lengthened(FULL[kind], piece * (LONG // len(piece)) + "x")
        begun = time.thread_time()
        validate(kind, payload)
        assert time.thread_time() - begun < QUICK_SECONDS


def _lengthened(value: Any, text: str) -> Any:
    if isinstance(value, dict):
        return {name: _lengthened(inside, text) for name, inside in value.items()}
    if isinstance(value, list):
        return [_lengthened(inside, text) for inside in value]
    return text


@given(
    st.lists(
        st.sampled_from(
            ["1234", "12345", "1234567", ".", "/", "-", "v", "v1", "a", "_", " ", "é", "hep-th/"]
        ),
        max_size=9,
    )
)
def test_an_arxiv_id_is_found_where_the_registry_finds_it(pieces: list[str]) -> None:
    """The linear search finds exactly what the registry's pattern finds."""
    text = "".join(pieces)
    found = REGISTRY_ARXIV.search(text)
    assert normalize("arxiv", text) == (f"arXiv:{found[0]}" if found else None)
