"""The URL the registry derives from a normalised identifier and the prefix of its type.

A value that is a URL already is kept if it looks like one; the whole is percent-decoded at the end.
"""

import re

_WEB_HOST = re.compile(r"(https?://www\.|https?://|www\.)([^/]*)")
_UP_TO_EQUALS = re.compile(r"(?:https?://www\.|https?://|www\.)[^=]*")
_ENCODED = re.compile(r"(?:%..)+|%|\+", re.DOTALL)
_URL = re.compile(
    r"(?:https?|ftp)://(?P<host>[^/:@?#\s]+)(?::[0-9]{0,5})?"
    r"(?P<path>/[-a-zA-Z0-9_:@&?=+,.!/~*'%$;()]*)?(?:\?[^#\s]*)?(?:#.*)?\Z"
)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z", re.IGNORECASE | re.ASCII)
_TOP_LABEL = re.compile(r"(?:[a-z]{2,63}|xn--[a-z0-9-]+)\Z", re.IGNORECASE | re.ASCII)
_ADDRESS = re.compile(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}\Z")


class DecodingFailure(ValueError):
    """A stray per cent sign in what was to be decoded."""


def derive_url(prefix: str | None, value: str) -> str:
    """Derive the URL of a normalised value, "" without value or prefix; raises DecodingFailure."""
    if not value or not prefix:
        return ""
    return _decoded(_joined(prefix, value) if value.startswith("http") else prefix + value)


def _joined(prefix: str, value: str) -> str:
    if value.lower().startswith(prefix.lower()):
        return value
    found = _WEB_HOST.match(value)
    if found is None:
        return value if _is_valid_url(value) else prefix + value
    if prefix == found[1] + found[2] or found[2] in prefix or _is_valid_url(value):
        return value
    if "=" in value:
        return prefix + _UP_TO_EQUALS.sub("", value, count=1)[1:]
    return prefix + value.rpartition("/")[2]


def _is_valid_url(value: str) -> bool:
    """Approximate the registry's validator: any top-level domain of letters counts as real."""
    found = _URL.match(value)
    if not found or "//" in (found["path"] or "") or "/../" in (found["path"] or ""):
        return False
    try:
        host = found["host"].removesuffix(".").encode("idna").decode("ascii")
    except UnicodeError:
        return False
    if _ADDRESS.match(host):
        return all(int(part) <= 255 for part in host.split("."))
    *labels, top = host.split(".")
    return bool(labels) and all(map(_LABEL.match, labels)) and bool(_TOP_LABEL.match(top))


def _decoded(value: str) -> str:
    return _ENCODED.sub(_decode_run, value)


def _decode_run(found: re.Match[str]) -> str:
    run = found[0]
    if run == "+":
        return " "
    if run == "%":
        raise DecodingFailure(run)
    octets = bytes(_octet(run[index + 1 : index + 3]) for index in range(0, len(run), 3))
    return octets.decode("utf-8", "replace")


def _octet(digits: str) -> int:
    """Read two hexadecimal digits, of which Java lets the first be a plus sign."""
    try:
        octet = -1 if digits != digits.strip() or "_" in digits else int(digits, 16)
    except ValueError:
        octet = -1
    if octet < 0:
        raise DecodingFailure(digits)
    return octet
