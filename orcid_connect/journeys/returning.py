"""Where a person may be sent back to: our own host's addresses, and origins the host listed.

An address is compared as browsers read it, not as a URL library does: they drop tabs and line
breaks, and take a backslash for a slash.
"""

import re
from urllib.parse import urlsplit

from orcid_connect.errors import LinkingError
from orcid_connect.settings import Settings

MAX_CHARACTERS = 800
"""The address travels in the signed state, and ORCID carries about 2,000 characters of that."""

_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\x9f\\\u2028\u2029]")
_ABSOLUTE = re.compile(r"https?://[^/?#]", re.IGNORECASE)


def checked_return(settings: Settings, address: str | None) -> str:
    """Return the address if a person may be sent there, and the host's home if none is given.

    Raises `LinkingError` with outcome `return-address` for any other.
    """
    if not address:
        return settings.home_url
    if len(address) > MAX_CHARACTERS or _UNPRINTABLE.search(address):
        raise _refused()
    if address.startswith("/") and not address.startswith("//"):
        return address
    if not _ABSOLUTE.match(address) or _origin(address) not in _allowed(settings):
        raise _refused()
    return address


def origin_of(settings: Settings, address: str) -> str:
    """Return the origin of an address that was checked; a path is on our own."""
    return (None if address.startswith("/") else _origin(address)) or settings.origin


def is_own_origin(settings: Settings, origin: str) -> bool:
    """Tell whether an Origin header names this host or one of its listed origins."""
    return origin.lower() in _allowed(settings)


def _allowed(settings: Settings) -> set[str | None]:
    return {_origin(address) for address in (settings.origin, *settings.return_origins)}


def _origin(address: str) -> str | None:
    """Return scheme, host and port; None for an address with a user name or a bad port."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if "@" in parts.netloc or not parts.hostname:
        return None
    scheme = parts.scheme.lower()
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if port is None or port == {"http": 80, "https": 443}.get(scheme):
        return f"{scheme}://{host}"
    return f"{scheme}://{host}:{port}"


def _refused() -> LinkingError:
    return LinkingError(
        "the address to return to is not on this site, so nobody is sent there",
        outcome="return-address",
    )
