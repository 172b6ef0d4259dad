"""Identifiers as values: ORCID iDs, ISSNs, DOIs and their check digits.

Parsing is generous in spelling and strict in arithmetic. Nothing here decides whether an iD is
authenticated: only an OAuth sign-in does (DESIGN.md, promise 4).
"""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote

from orcid_connect.errors import InputError

ORCID_CHARACTERS = 300
"""No spelling of an iD is longer."""
PRODUCTION_SITE = "https://orcid.org"
SANDBOX_SITE = "https://sandbox.orcid.org"

_HOST = r"(?:https?(?::/{0,2})?)*(?://)?(?:[a-z0-9-]+\.)*orcid\.org/+(?:#/*)?"
_WORD = r"(?:urn:|info:)?orcid(?:id)?[:=#/]?"
# Possessive, so that no text of many prefixes is tried in many ways.
_ORCID = re.compile(
    rf"(?:{_HOST}|{_WORD})*+(?P<digits>\d(?:-*\d){{14}}-*[\dx])(?:[/?#].*)?", re.ASCII
)
_AROUND = "<>()[]{}\"'.,;:"
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


@dataclass(frozen=True, slots=True)
class GivenOrcid:
    """An iD that somebody wrote down, and the site it was said to be of; nobody proved it."""

    orcid: str
    site: str

    @property
    def uri(self) -> str:
        """The whole address of the record."""
        return f"{self.site}/{self.orcid}"


def read_orcid(text: str) -> GivenOrcid:
    """Return the iD of any known spelling; raises `InputError` with a sentence (REGISTRY.md 12)."""
    match = _match_orcid(text)
    if match is None:
        raise InputError("This is no ORCID iD: one has 16 characters, such as 0000-0002-1825-0097.")
    orcid = _with_hyphens(match)
    if not _is_right(orcid):
        raise InputError(
            f"{orcid} is no ORCID iD: its last character does not fit the others, so one of them "
            "is mistaken. Have the person connect their iD instead of correcting it."
        )
    sandbox = "sandbox.orcid.org" in match[0]
    return GivenOrcid(orcid, SANDBOX_SITE if sandbox else PRODUCTION_SITE)


def parse_orcid(text: str) -> str | None:
    """Return the bare iD with hyphens, from any known spelling, or None if it is no valid iD."""
    match = _match_orcid(text)
    if match is None:
        return None
    orcid = _with_hyphens(match)
    return orcid if _is_right(orcid) else None


def _match_orcid(text: str) -> re.Match[str] | None:
    return None if len(text) > ORCID_CHARACTERS else _ORCID.fullmatch(_plain(text))


def _plain(text: str) -> str:
    """Return a text with digits and hyphens of ASCII, without spaces and what stands around."""
    if not text.isascii():
        # Full-width digits become plain ones; digits of other scripts are none of an iD's.
        folded = unicodedata.normalize("NFKC", text)
        seen = (one for one in folded if unicodedata.category(one) != "Cf")
        text = "".join(
            "-" if one == "\u2212" or unicodedata.category(one) == "Pd" else one for one in seen
        )
    return "".join(text.split()).strip(_AROUND).lower()


def _with_hyphens(match: re.Match[str]) -> str:
    digits = match["digits"].replace("-", "").upper()
    return "-".join(digits[start : start + 4] for start in range(0, 16, 4))


def _is_right(orcid: str) -> bool:
    digits = orcid.replace("-", "")
    return orcid_check_character(digits[:15]) == digits[15]


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
