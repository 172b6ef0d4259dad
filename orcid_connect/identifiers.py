"""Identifiers as values: ORCID iDs, ISSNs, DOIs and their check digits.

Parsing is generous in spelling and strict in arithmetic. Nothing here decides whether an iD is
authenticated: only an OAuth sign-in does (DESIGN.md, promise 4).
"""

import re
from urllib.parse import unquote

_ORCID = re.compile(r"(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dX])", re.ASCII)
_ORCID_HOST = re.compile(r"^(?:https?:)?(?://)?(?:[a-z0-9.-]+?\.)?orcid\.org/", re.IGNORECASE)
_ISSN = re.compile(r"(\d{4})[\s\u2010-\u2015-]?(\d{3}[\dX])", re.ASCII)
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+", re.ASCII)
_DOI_PREFIX = re.compile(r"^(?:https?://(?:dx\.|www\.)?doi\.org/|doi:\s*)", re.IGNORECASE)


def orcid_check_character(first_fifteen: str) -> str:
    """Return the ISO 7064 MOD 11-2 check character of an iD's first 15 digits (REGISTRY.md 12)."""
    total = 0
    for digit in first_fifteen:
        total = (total + int(digit)) * 2
    remainder = (12 - total % 11) % 11
    return "X" if remainder == 10 else str(remainder)


def parse_orcid(text: str) -> str | None:
    """Return the bare iD with hyphens, from any known spelling, or None if it is no valid iD."""
    bare = _ORCID_HOST.sub("", text.strip()).strip().rstrip("/").upper()
    match = _ORCID.fullmatch(bare)
    if match is None:
        return None
    digits = "".join(match.groups())
    if orcid_check_character(digits[:15]) != digits[15]:
        return None
    return "-".join(match.groups())


def parse_issn(text: str) -> str | None:
    """Return an ISSN as `dddd-dddX` if its form and its check digit are right, else None."""
    bare = re.sub(r"^(?:e-?|p-?)?issn[:\s]*", "", text.strip(), flags=re.IGNORECASE).upper()
    match = _ISSN.fullmatch(bare)
    if match is None:
        return None
    digits = "".join(match.groups())
    total = sum(int(digit) * (8 - place) for place, digit in enumerate(digits[:7]))
    check = (11 - total % 11) % 11
    expected = "X" if check == 10 else str(check)
    return f"{match[1]}-{match[2]}" if digits[7] == expected else None


def parse_doi(text: str) -> str | None:
    """Return the bare DOI in the case given, without resolver or `doi:`, or None if it is none."""
    bare = text.strip()
    if _DOI_PREFIX.match(bare):
        bare = unquote(_DOI_PREFIX.sub("", bare))
    return bare if _DOI.fullmatch(bare) else None


def doi_url(doi: str) -> str:
    """Return the address of a bare DOI, characters that a URL cannot hold escaped."""
    escaped = re.sub(
        r"[^A-Za-z0-9\-._~:/?@!$&'()*+,;=]",
        lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()),
        doi,
    )
    return f"https://doi.org/{escaped.replace('?', '%3F')}"
