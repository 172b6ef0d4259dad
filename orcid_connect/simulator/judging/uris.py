"""Which texts are an xs:anyURI to the registry's schema validator (Xerces, RFC 2396, 2732).

Nearly all are. Blanks and odd characters are escaped first; a bracket outside its place, a stray
per cent sign, a second hash or a malformed scheme is refused.
"""

import ipaddress
import re

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*\Z")
_FIRST_DELIMITER = re.compile(r"[/?#]")
_BRACKETED_HOST = re.compile(r"\[([0-9A-Fa-f:.]*)\](?::([0-9]*))?\Z")
_USER = re.compile(r"(?:[A-Za-z0-9_.!~*'();:&=+$,-]|%[0-9A-Fa-f]{2})*\Z")
_UNSAFE = re.compile(r"[^!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z]")
HIGHEST_PORT = 65535
XSD_BLANKS = " \t\n\r"


def is_any_uri(value: str) -> bool:
    """Say whether a text, blanks around it dropped, may stand as a URI or relative reference."""
    spec = _UNSAFE.sub("%20", value.strip(XSD_BLANKS))
    if _BAD_ESCAPE.search(spec) or spec.count("#") > 1:
        return False
    head, colon, rest = spec.partition(":")
    has_scheme = bool(colon) and not _FIRST_DELIMITER.search(head)
    if has_scheme and (not _SCHEME.match(head) or rest == "" or rest.startswith("#")):
        return False
    after_scheme = rest if has_scheme else spec
    if after_scheme == "//":  # an authority is announced and does not come
        return False
    return ("[" not in spec and "]" not in spec) or _brackets_in_place(after_scheme, has_scheme)


def _brackets_in_place(rest: str, has_scheme: bool) -> bool:
    """Allow brackets in queries, fragments, opaque parts and around an IPv6 address."""
    before_query = re.split(r"[?#]", rest, maxsplit=1)[0]
    if has_scheme and not before_query.startswith("/"):
        return True
    if before_query.startswith("//"):
        authority, _, path = before_query[2:].partition("/")
        if "[" in authority or "]" in authority:
            return "[" not in path and "]" not in path and _is_ip6_authority(authority)
        before_query = path
    return "[" not in before_query and "]" not in before_query


def _is_ip6_authority(authority: str) -> bool:
    user, at, host = authority.partition("@")
    if not at:
        user, host = "", authority
    found = _BRACKETED_HOST.match(host)
    if not found or not _USER.match(user):
        return False
    if found[2] and int(found[2]) > HIGHEST_PORT:
        return False
    try:
        ipaddress.IPv6Address(found[1])
    except ValueError:
        return False
    return True
