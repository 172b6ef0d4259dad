"""iDs, ISSNs and DOIs: every spelling in, one spelling out, and check digits that count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orcid_connect.errors import InputError
from orcid_connect.identifiers import doi_url, parse_doi, parse_issn, parse_orcid, read_orcid


@pytest.mark.parametrize(
    "text",
    [
        "0000-0002-1825-0097",
        "https://orcid.org/0000-0002-1825-0097",
        "http://orcid.org/0000-0002-1825-0097/",
        "https://sandbox.orcid.org/0000-0002-1825-0097",
        "orcid.org/0000-0002-1825-0097",
        "0000000218250097",
        "  0000-0002-1825-0097\n",
        "https://www.orcid.org/0000-0002-1825-0097",
        "HTTPS://ORCID.ORG/0000-0002-1825-0097",
        "//orcid.org/0000-0002-1825-0097",
        "http:orcid.org/0000-0002-1825-0097",
        "https://https://orcid.org/0000-0002-1825-0097",
        "https://orcid.org/https://orcid.org/0000-0002-1825-0097",
        "https://orcid.org//0000-0002-1825-0097",
        "https://orcid.org/0000-0002-1825-0097?lang=en",
        "https://orcid.org/0000-0002-1825-0097/print#works",
        "https://orcid.org/#/0000-0002-1825-0097",
        "https://pub.sandbox.orcid.org/0000-0002-1825-0097",
        "ORCID: 0000-0002-1825-0097",
        "ORCID iD 0000-0002-1825-0097",
        "orcid:0000-0002-1825-0097",
        "orcid id: https://orcid.org/0000-0002-1825-0097",
        "urn:orcid:0000-0002-1825-0097",
        "info:orcid/0000-0002-1825-0097",
        "(0000-0002-1825-0097).",
        "<https://orcid.org/0000-0002-1825-0097>",
        "0000 0002 1825 0097",
        "0000-0002 - 1825-0097",
        "0000-0002-18250097",
        "0000–0002–1825–0097",
        "0000‑0002‐1825—0097",
        "0000−0002−1825−0097",
        "\uff10\uff10\uff10\uff10-\uff10\uff10\uff10\uff12-\uff11\uff18\uff12\uff15-0097",
        "0000\u00a00002\u00a01825\u00a00097",
        "\u200b0000-0002\u00ad-1825-0097\u200e",
        "\ufeffhttps://orcid.org/0000-0002-1825-0097",
    ],
)
def test_every_spelling_of_an_orcid_is_one(text: str) -> None:
    """All known spellings give the bare iD."""
    assert parse_orcid(text) == "0000-0002-1825-0097"


def test_a_check_character_x_may_be_lower_case() -> None:
    """The check character X is read in either case."""
    assert parse_orcid("0000-0002-1694-233x") == "0000-0002-1694-233X"


@pytest.mark.parametrize(
    "text",
    [
        "0000-0002-1825-0098",
        "0000-0002-1825",
        "",
        "x",
        "٠٠٠٠-0002-1825-0097",
        "evil.org/0000",
        "https://evil.org/0000-0002-1825-0097",
        "https://evilorcid.org/0000-0002-1825-0097",
        "https://orcid.org.evil.org/0000-0002-1825-0097",
        "https://evil.org/https://orcid.org/0000-0002-1825-0097",
        "https://orcid.org/0000-0002-1825-00979",
        "0000-0002-1825-0097-0000",
        "0000-0002-1825-0097 and more",
        "X000-0002-1825-0097",
        "orcid" * 61 + "0000-0002-1825-0097",
        "orcid.org//" * 27,
        "https://" * 37,
        "orcid " * 49,
    ],
)
def test_a_wrong_orcid_is_none(text: str) -> None:
    """A wrong check character, length or alphabet gives nothing."""
    assert parse_orcid(text) is None


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever was written, there is a valid iD or a sentence; both ways of asking agree."""
    try:
        assert read_orcid(text).orcid == parse_orcid(text)
    except InputError:
        assert parse_orcid(text) is None


def test_whose_iD_it_is() -> None:
    """What was said to be of the sandbox stays there; everything else is of production."""
    sandbox = read_orcid("http://sandbox.orcid.org/0000-0002-1825-0097")
    assert sandbox.uri == "https://sandbox.orcid.org/0000-0002-1825-0097"
    assert read_orcid("0000000218250097").uri == "https://orcid.org/0000-0002-1825-0097"


def test_why_it_is_none() -> None:
    """A mistaken digit is told from what is no iD at all."""
    with pytest.raises(InputError, match=r"0000-0002-1825-0098 .* last character does not fit"):
        read_orcid("ORCID: 0000000218250098")
    with pytest.raises(InputError, match="16 characters"):
        read_orcid("ada@example.org")


@pytest.mark.parametrize(
    ("text", "issn"),
    [
        ("2049-3630", "2049-3630"),
        ("20493630", "2049-3630"),
        ("ISSN 2434-561X", "2434-561X"),
        ("2434–561x", "2434-561X"),
        ("2049-3631", None),
        ("2049-36", None),
    ],
)
def test_issns_have_check_digits(text: str, issn: str | None) -> None:
    """An ISSN counts only if its check digit is right."""
    assert parse_issn(text) == issn


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.5555/12345678", "10.5555/12345678"),
        ("https://doi.org/10.5555/ABC", "10.5555/ABC"),
        ("http://dx.doi.org/10.1000/456%23789", "10.1000/456#789"),
        ("doi: 10.5555/x", "10.5555/x"),
        ("not a doi", None),
        ("10.5555/", None),
        ("11.5555/x", None),
    ],
)
def test_dois_lose_their_resolver(text: str, doi: str | None) -> None:
    """A DOI is found in its spellings, and nothing else is taken for one."""
    assert parse_doi(text) == doi


def test_a_doi_with_odd_characters_has_an_address() -> None:
    """Characters that a URL cannot hold are escaped."""
    assert doi_url("10.1002/(SICI)1<1::AID>2#x") == (
        "https://doi.org/10.1002/(SICI)1%3C1::AID%3E2%23x"
    )
