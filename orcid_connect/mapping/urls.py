"""Addresses fit for a record: only ones a person can follow, written as the registry reads them."""

import re
from typing import Final

from orcid_connect.mapping.outcome import Findings

_FOLLOWED: Final = re.compile(r"(?:https?|ftp)://[^\s/?#]+", re.IGNORECASE)
_STRAY_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNFIT: Final = re.compile(r"[\s\[\]<>\"{}|\\^`]")
_AFTER_HOST: Final = re.compile(r"(?i)^(?:https?|ftp)://[^/?#]*")


def usable_url(text: str | None, path: str, findings: Findings) -> str | None:
    """Return an address ORCID takes and a person can follow, else None with a caution.

    Characters that an address cannot hold are escaped; `[` or a bad `%zz` would be refused
    (REGISTRY.md 4.1).
    """
    if text is None or not text.strip():
        return None
    bare = text.strip()
    host = _AFTER_HOST.match(bare)
    if host is None or not _FOLLOWED.match(bare):
        findings.caution(path, "url-unusable", f"“{bare}” is not a web address; it is left out.")
        return None
    rest = _UNFIT.sub(_escape, _STRAY_PERCENT.sub("%25", bare[host.end() :]))
    before, hash_mark, after = rest.partition("#")
    return host[0] + before + hash_mark + after.replace("#", "%23")


def _escape(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())
