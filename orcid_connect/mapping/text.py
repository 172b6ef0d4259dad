"""Text fit for a record: control characters out, blanks collapsed, lengths as ORCID counts them."""

import re
from typing import Final

from orcid_connect.codec.cautions import is_blank
from orcid_connect.codec.texts import utf16_length
from orcid_connect.mapping.outcome import Findings

ELLIPSIS: Final = "…"
BYTES_PER_UTF16_UNIT: Final = 2

# What XML cannot hold or nobody can see; tab and line ends count as blanks. The overrides of
# writing direction make a page show another text than the one that is stored.
_FORBIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202d\u202e\ud800-\udfff\ufffe\uffff]"
)


def tidy(text: str | None, path: str, findings: Findings) -> str | None:
    """Return the text without control characters and with single blanks, None if nothing is left.

    Removing a control character is a caution: it tells of a fault upstream.
    """
    if text is None:
        return None
    clean = " ".join(_without_controls(text, path, findings).split())
    return None if is_blank(clean) else clean


def tidy_paragraphs(text: str | None, path: str, findings: Findings) -> str | None:
    """Do as `tidy`, but keep the line breaks between paragraphs."""
    if text is None:
        return None
    lines = _without_controls(text, path, findings).split("\n")
    kept = (" ".join(line.split()) for line in lines)
    return "\n".join(line for line in kept if not is_blank(line)) or None


def _without_controls(text: str, path: str, findings: Findings) -> str:
    clean = _FORBIDDEN.sub("", text)
    if clean != text:
        findings.caution(
            path,
            "control-characters",
            "The text holds control characters; they were removed. Check the text at its source.",
        )
    return clean


def fit(text: str | None, limit: int, path: str, what: str, findings: Findings) -> str | None:
    """Return the text cut to `limit` UTF-16 units with an ellipsis, and a caution if it was cut."""
    if text is None or utf16_length(text) <= limit:
        return text
    findings.caution(
        path, "cut", f"The {what} is longer than the {limit} characters ORCID keeps; it was cut."
    )
    return _cut(text, limit - utf16_length(ELLIPSIS)).rstrip() + ELLIPSIS


def _cut(text: str, units: int) -> str:
    # "ignore" drops half of a character outside the basic plane when the cut falls inside it.
    raw = text.encode("utf-16-le", "surrogatepass")[: units * BYTES_PER_UTF16_UNIT]
    return raw.decode("utf-16-le", "ignore")
