"""Whether a redirect URI is a client's, and how parameters are hung onto one (REGISTRY 2.2)."""

import posixpath
from urllib.parse import SplitResult, quote, unquote, urlsplit

from orcid_connect.simulator.entities import Client


def is_registered(client: Client, requested: str) -> bool:
    """Tell whether `requested` matches any of the client's registered URIs."""
    wanted = _parts(requested)
    return wanted is not None and any(
        _matches(registered, wanted)
        for registered in map(_parts, client.redirect_uris)
        if registered is not None
    )


def _parts(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        _ = parts.port  # raises on a port that is none
    except ValueError:
        return None
    return parts if parts.scheme and parts.netloc else None


def _matches(registered: SplitResult, requested: SplitResult) -> bool:
    return (
        registered.scheme.lower() == requested.scheme.lower()
        and _user_information(registered) == _user_information(requested)
        and (registered.hostname or "").lower() == (requested.hostname or "").lower()
        and registered.port == requested.port
        # A plain string prefix, not one of whole segments: /cb lets /cbEVIL through, as ORCID does.
        and _normal_path(requested).startswith(_normal_path(registered))
    )


def _user_information(parts: SplitResult) -> str:
    return parts.netloc.rpartition("@")[0]


def _normal_path(parts: SplitResult) -> str:
    path = unquote(parts.path)
    if not path or path == "/":
        return ""
    slash = "/" if path.endswith("/") else ""
    return posixpath.normpath("/" + path.lstrip("/")) + slash


def with_parameters(uri: str, parameters: dict[str, str], *, fragment: bool) -> str:
    """Hang parameters onto a redirect URI: in the query, or in the fragment."""
    pairs = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())
    if fragment:
        return f"{uri.partition('#')[0]}#{pairs}"
    base, hash_sign, end = uri.partition("#")
    joint = "&" if "?" in base else "?"
    return f"{base}{joint}{pairs}{hash_sign}{end}"
