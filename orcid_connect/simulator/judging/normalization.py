"""Normalising identifiers as the registry compares and shows them (REGISTRY.md 4.10).

First the case, then the rule of the type; an empty result means it could not be done. From the
normalised value a URL is derived.
"""

import re
from collections.abc import Callable, Mapping
from html import unescape
from types import MappingProxyType

from orcid_connect.simulator.judging.answers import Normalized
from orcid_connect.simulator.judging.derived_urls import DecodingFailure, derive_url
from orcid_connect.simulator.judging.identifiers import TYPES
from orcid_connect.simulator.judging.java_patterns import BLANK, END, NOT_BLANK

Rule = Callable[[str], str]

FAILED = "normalization-failed"

_DOI = re.compile(rf"10(?:\.[0-9a-zA-Z]+)+/(?:(?![\"&']){NOT_BLANK})+")
_ISBN = re.compile(rf"([0-9][-0-9 ]{{8,15}}[0-9xX])(?:{END}|[^0-9])")
_ISSN = re.compile(rf"(?:^|[^0-9])([0-9]{{4}} ?[-–]? ?[0-9]{{3}}[0-9Xx])(?:{END}|[^-0-9])")
_ARXIV = re.compile(
    r"(?:[aA][rR][xX][iI][vV]:)?"
    r"([0-9]{4}\.[0-9]{4,5}(?:v[0-9])?|[A-Za-z0-9_.-]+/[0-9]{7}(?:v[0-9])?)\b"
)
_PMID = re.compile(
    rf"(?:^{BLANK}*|PMID:?{BLANK}*|pubmed/|med/|pubmed.ncbi.nlm.nih.gov/)"
    rf"([0-9]+)(?:{END}|[^a-zA-Z0-9.\-])",
    re.IGNORECASE | re.ASCII,
)
_PMC = re.compile(
    rf"(?:^|[Pp][Mm][Cc]-?/?){BLANK}*([0-9]{{5,9}}(?![^\n\r\u0085\u2028\u2029]+PMC))(?:{END}|\b)"
)
_BIBCODE = re.compile(
    rf"(?:^|[Bb][Ii][Bb][Bc][Oo][Dd][Ee]:?{BLANK}*|[^a-zA-Z0-9.])"
    rf"([0-9]{{4}}[.a-zA-Z0-9]{{15}})(?:{END}|[^a-zA-Z0-9.])"
)
_RRID = re.compile(
    r"(?:[rR][rR][iI][dD]:)?"
    r"(AB_[0-9]{6}|CVCL_[0-9A-Z]{4}|SCR_[0-9]{6}|IMSR_JAX:[0-9]{6}|Addgene_[0-9]{5}"
    r"|SAMN[0-9]{8}|MMRRC_[0-9]{6}-UCD)"
)
_WEB = re.compile(r"(?:ht|f)tps?://")


def _first(pattern: re.Pattern[str], before: str = "") -> Rule:
    """Take the first match, with something put before it."""

    def rule(value: str) -> str:
        found = pattern.search(value)
        return before + found[1] if found else ""

    return rule


def _doi(value: str) -> str:
    while "&" in value and ";" in value:
        plainer = _unescape_xml(value)
        if len(plainer) >= len(value):
            break
        value = plainer
    found = _DOI.search(value)
    return found[0] if found else ""


_ENTITY = re.compile(r"&(?:(?:amp|lt|gt|quot|apos)|#(?:[0-9]+|[xX][0-9a-fA-F]+));")


def _unescape_xml(value: str) -> str:
    return _ENTITY.sub(lambda found: unescape(found[0]), value)


def _isbn(value: str) -> str:
    found = _ISBN.search(value)
    if not found:
        return ""
    digits = found[1].replace("-", "").replace(" ", "").replace("x", "X")
    return digits if len(digits) in (10, 13) else ""


def _issn(value: str) -> str:
    found = _ISSN.search(value)
    if not found:
        return ""
    digits = found[1].replace(" ", "").replace("-", "").replace("–", "").replace("x", "X")
    return f"{digits[:4]}-{digits[4:]}"


def _uri(value: str) -> str:
    return value if _WEB.match(value) else "http://" + value


_RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "doi": _doi,
        "isbn": _isbn,
        "issn": _issn,
        "arxiv": _first(_ARXIV, "arXiv:"),
        "pmid": _first(_PMID),
        "pmc": _first(_PMC),
        "bibcode": _first(_BIBCODE),
        "rrid": _first(_RRID, "RRID:"),
        "uri": _uri,
    }
)
_RULES_FOR_URL: Mapping[str, Rule] = MappingProxyType({**_RULES, "arxiv": _first(_ARXIV)})


def normalized_value(name: str | None, value: str | None) -> str | None:
    """Normalise a value; "" when it cannot be done, unchanged for a type that is not known."""
    if name is None or value is None:
        return value
    kind = TYPES.get(name)
    if kind is None:
        return value
    cased = value if kind.case_sensitive else value.lower()
    rule = _RULES.get(name)
    return cased if rule is None else rule(cased)


def issn_of(text: str) -> str:
    """Find the ISSN in a text, "" if there is none."""
    return _issn(text)


def normalize(id_type: str, value: str) -> Normalized:
    """Normalise a value and derive its URL, as the registry would store and show them."""
    kind = TYPES.get(id_type)
    if kind is None:
        return Normalized(value, None, "url: NullPointerException")
    normalized = normalized_value(id_type, value)
    cased = value if kind.case_sensitive else value.lower()
    rule = _RULES_FOR_URL.get(id_type)
    try:
        url = derive_url(kind.prefix, cased if rule is None else rule(cased))
    except DecodingFailure:
        return Normalized(normalized, None, "url: IllegalArgumentException")
    return Normalized(normalized, url, None if normalized else FAILED)
