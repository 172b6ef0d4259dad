"""Text fit for a record: control characters out, blanks collapsed, lengths as ORCID counts them."""

import re
import unicodedata

from orcid_connect.mapping.outcome import Findings

ELLIPSIS = "…"
BYTES_PER_UTF16_UNIT = 2

# What XML 1.0 cannot hold, and the invisible marks that reorder text on a page.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})


def length(text: str) -> int:
    """Return the length in UTF-16 units, as the registry counts (VECTORS.md, surprise 15)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // BYTES_PER_UTF16_UNIT


def is_blank(text: str) -> bool:
    """Tell whether nothing can be seen: zero-width and no-break spaces count as blank too."""
    return all(unicodedata.category(character) in _INVISIBLE for character in text)


def tidy(text: str | None, path: str, findings: Findings) -> str | None:
    """Return the text without control characters and with single blanks, None if nothing is left.

    Removing a control character is a caution: it tells of a fault upstream.
    """
    if text is None:
        return None
    clean = _FORBIDDEN.sub("", text)
    if clean != text:
        findings.caution(
            path,
            "control-characters",
            "The text holds control characters; they were removed. Check the text at its source.",
        )
    clean = " ".join(clean.split())
    return None if is_blank(clean) else clean


def tidy_paragraphs(text: str | None, path: str, findings: Findings) -> str | None:
    """Do as `tidy`, but keep the line breaks between paragraphs."""
    if text is None:
        return None
    lines = [tidy(line, path, findings) for line in text.splitlines()]
    kept = [line for line in lines if line]
    return "\n".join(kept) or None


def fit(text: str | None, limit: int, path: str, what: str, findings: Findings) -> str | None:
    """Return the text cut to `limit` UTF-16 units with an ellipsis, and a caution if it was cut."""
    if text is None or length(text) <= limit:
        return text
    findings.caution(
        path, "cut", f"The {what} is longer than the {limit} characters ORCID keeps; it was cut."
    )
    return _cut(text, limit - length(ELLIPSIS)).rstrip() + ELLIPSIS


def _cut(text: str, units: int) -> str:
    # "ignore" drops half of a character outside the basic plane when the cut falls inside it.
    raw = text.encode("utf-16-le", "surrogatepass")[: units * BYTES_PER_UTF16_UNIT]
    return raw.decode("utf-16-le", "ignore")
