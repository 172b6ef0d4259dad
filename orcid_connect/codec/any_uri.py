"""Whether the registry's schema takes a text as an address (`xs:anyURI`, REGISTRY.md 4.1).

Far more passes than a browser would open: blanks, relative paths, any scheme. What fails is a
broken escape, a second `#`, brackets in a path, and a colon behind something that is no scheme.
"""

import re
from ipaddress import AddressValueError, IPv6Address
from typing import Final

# Everything else is escaped before it is looked at.
_KEPT: Final = re.compile(r"[A-Za-z0-9\-_.!*'();/?:@&=+$,%#\[\]]", re.ASCII)
_BAD_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*", re.ASCII)
_AUTHORITY_END: Final = re.compile(r"[/?#]")
_PATH_END: Final = re.compile(r"[?#]")
_IPV6_HOST: Final = re.compile(r"(?:[^\[\]@]*@)?\[([^\[\]]*)\](?::\d*)?")


def is_any_uri(text: str) -> bool:
    """Tell whether the schema takes the text as an address; the empty text passes."""
    escaped = "".join(letter if _KEPT.match(letter) else "%20" for letter in text)
    if _BAD_ESCAPE.search(escaped):
        return False
    scheme, rest = _scheme_and_rest(escaped)
    if scheme is not None and (not _SCHEME.fullmatch(scheme) or rest[:1] in ("", "#")):
        return False
    return _is_path_and_more(_without_authority(rest), opaque=scheme is not None)


def _scheme_and_rest(text: str) -> tuple[str | None, str]:
    """Split at the first colon, unless a path, query or fragment began before it."""
    before, colon, after = text.partition(":")
    if not colon or (before and _AUTHORITY_END.search(before)):
        return None, text
    return before, after


def _without_authority(text: str) -> str:
    if not text.startswith("//"):
        return text
    end = _AUTHORITY_END.search(text, 2)
    authority = text[2 : end.start() if end else len(text)]
    if "[" in authority or "]" in authority:
        host = _IPV6_HOST.fullmatch(authority)
        if host is None or not _is_ipv6(host[1]):
            return text
    # What is left of an address without a path is empty, and never opaque.
    return text[2 + len(authority) :] or "/"


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except (AddressValueError, ValueError):
        return False
    return True


def _is_path_and_more(text: str, *, opaque: bool) -> bool:
    end = _PATH_END.search(text)
    path = text[: end.start()] if end else text
    brackets_allowed = opaque and not path.startswith("/")
    if not brackets_allowed and ("[" in path or "]" in path):
        return False
    return text.count("#") <= 1
