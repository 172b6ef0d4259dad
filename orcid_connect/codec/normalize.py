"""Identifiers as the registry compares them: one rule per type (REGISTRY.md 4.10).

These are its rules, not ours: it finds a DOI anywhere in a text and never tests a check digit.
"""

import re
from collections.abc import Callable
from html import unescape
from typing import Final

from orcid_connect.codec.vocabulary import CASE_SENSITIVE_TYPES, IDENTIFIER_TYPES

_Rule = Callable[[str], str | None]

UNESCAPE_ROUNDS: Final = 10

# `10(\.[0-9a-z]+)+/[^\s"'&]+` in two steps: by itself it takes time squared on `10.10.10.10…`.
_DOI_START: Final = re.compile(r"(?<![0-9a-z.])[0-9a-z.]++(?=/[^\s\"'&])", re.IGNORECASE | re.ASCII)
_DOI_END: Final = re.compile(r"/[^\s\"'&]+", re.ASCII)
_ISSN: Final = re.compile(r"(?<!\d)(\d{4}) ?[-–]? ?(\d{3}[\dx])(?![\d-])", re.IGNORECASE | re.ASCII)
_ISBN: Final = re.compile(r"(\d[\d -]{8,15}[\dx])(?!\d)", re.IGNORECASE | re.ASCII)
# What stands before a slash is looked at once, from its beginning: else time grows squared.
_ARXIV: Final = re.compile(r"(?:\d{4}\.\d{4,5}|(?<![\w.-])[\w.-]++/\d{7})(?:v\d)?\b", re.ASCII)
_PMID: Final = re.compile(
    r"(?:^\s*|pmid:?\s*|pubmed/|med/|pubmed\.ncbi\.nlm\.nih\.gov/)(\d+)(?![\w.-])", re.ASCII
)
_PMC: Final = re.compile(r"(?:^|pmc-?/?)\s*(\d{5,9})\b", re.ASCII)
_BIBCODE: Final = re.compile(
    r"(?:^|bibcode:?\s*|(?<![A-Za-z0-9.]))(\d{4}[.A-Za-z0-9]{15})(?![A-Za-z0-9.])",
    re.IGNORECASE | re.ASCII,
)
_RRID: Final = re.compile(
    r"AB_\d{6}|CVCL_[0-9A-Z]{4}|SCR_\d{6}|IMSR_JAX:\d{6}|Addgene_\d{5}|SAMN\d{8}|"
    r"MMRRC_\d{6}-UCD",
    re.ASCII,
)
_WITH_PROTOCOL: Final = re.compile(r"(?:ht|f)tps?://")


def normalized(identifier_type: str, value: str) -> str:
    """Return the value as the registry compares it; the raw value where normalising fails."""
    return normalize(identifier_type, value) or value


def normalize(identifier_type: str, value: str) -> str | None:
    """Return the normalised value, or None where the registry shows error 8001 instead."""
    known = identifier_type in RULES
    case_matters = not known or identifier_type in CASE_SENSITIVE_TYPES
    text = value if case_matters else value.lower()
    return RULES[identifier_type](text) if known else text or None


def _same(text: str) -> str | None:
    return text or None


def _doi(text: str) -> str | None:
    for _ in range(UNESCAPE_ROUNDS):
        if "&" not in text or ";" not in text:
            break
        text = unescape(text)
    for found in _DOI_START.finditer(text):
        start = _doi_start(found[0])
        # Only behind a beginning: else every slash would look at all the rest.
        end = _DOI_END.match(text, found.end()) if start else None
        if end:
            return (start + end[0]).lower()
    return None


def _doi_start(before_slash: str) -> str:
    """Return what of the letters, digits and points before a slash can begin a DOI, or nothing."""
    without_gaps = before_slash.rpartition("..")[2]
    at = without_gaps.find("10.")
    return "" if at < 0 or without_gaps.endswith(".") else without_gaps[at:]


def _issn(text: str) -> str | None:
    found = _ISSN.search(text)
    return f"{found[1]}-{found[2].upper()}" if found else None


def _isbn(text: str) -> str | None:
    for found in _ISBN.findall(text):
        digits = re.sub(r"[ -]", "", found).upper()
        if len(digits) in (10, 13):
            return digits
    return None


def _arxiv(text: str) -> str | None:
    found = _ARXIV.search(text)
    return f"arXiv:{found[0]}" if found else None


def _first_group(pattern: re.Pattern[str]) -> _Rule:
    def rule(text: str) -> str | None:
        found = pattern.search(text)
        return found[1] if found else None

    return rule


def _rrid(text: str) -> str | None:
    found = _RRID.search(text)
    return f"RRID:{found[0]}" if found else None


def _uri(text: str) -> str | None:
    return text if _WITH_PROTOCOL.match(text) else f"http://{text}"


RULES: Final[dict[str, _Rule]] = {
    **dict.fromkeys(IDENTIFIER_TYPES, _same),
    "doi": _doi,
    "issn": _issn,
    "isbn": _isbn,
    "arxiv": _arxiv,
    "pmid": _first_group(_PMID),
    "pmc": _first_group(_PMC),
    "bibcode": _first_group(_BIBCODE),
    "rrid": _rrid,
    "uri": _uri,
}
