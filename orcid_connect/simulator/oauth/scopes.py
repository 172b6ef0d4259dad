"""Scopes: what implies what, and which client may ask for which (REGISTRY 2.7)."""

from collections.abc import Iterable
from functools import cache

from orcid_connect.simulator.entities import Client

READ_PUBLIC = "/read-public"
AUTHENTICATE = "/authenticate"
OPENID = "openid"

_SECTIONS = ("orcid-works", "funding", "affiliations", "peer-review", "orcid-patents")
_UPDATED = tuple(f"/{name}/{verb}" for name in _SECTIONS for verb in ("create", "update"))
_LIMITED = tuple(f"/{name}/read-limited" for name in _SECTIONS)

# What each scope directly implies; `expand` follows the chain.
_IMPLIES: dict[str, tuple[str, ...]] = {
    OPENID: (AUTHENTICATE, READ_PUBLIC),
    AUTHENTICATE: (READ_PUBLIC,),
    READ_PUBLIC: (),
    "/read-limited": ("/activities/read-limited", "/person/read-limited"),
    "/activities/read-limited": (*_LIMITED, READ_PUBLIC),
    "/person/read-limited": ("/orcid-bio/read-limited", READ_PUBLIC),
    "/activities/update": (*_UPDATED, READ_PUBLIC),
    "/person/update": ("/orcid-bio/update",),
    "/email/read-private": (READ_PUBLIC,),
    "/webhook": (),
    "/premium-notification": ("/basic-notification",),
    "/basic-notification": (),
    "/group-id-record/read": (),
    "/group-id-record/update": ("/group-id-record/read",),
    "/orcid-profile/read-limited": ("/read-limited",),
    "/orcid-bio/read-limited": (READ_PUBLIC,),
    "/orcid-bio/update": ("/orcid-bio/external-identifiers/create",),
    "/orcid-bio/external-identifiers/create": (READ_PUBLIC,),
    "/orcid-profile/create": ("/activities/update", "/person/update", "/read-limited"),
    **dict.fromkeys((*_LIMITED, *_UPDATED), (READ_PUBLIC,)),
}

KNOWN = frozenset(_IMPLIES)

# Asked for by OpenID habit; the registry takes no notice of them (REGISTRY 1.2).
IGNORED = frozenset({"profile", "email", "address", "phone", "offline_access"})

CLIENT_ONLY = frozenset(
    {
        "/webhook",
        "/premium-notification",
        "/basic-notification",
        "/group-id-record/read",
        "/group-id-record/update",
        "/orcid-profile/create",
    }
)
TWO_LEGGED = CLIENT_ONLY | {READ_PUBLIC}

_PUBLIC_KIND = frozenset({OPENID, AUTHENTICATE, READ_PUBLIC})
_BY_HAND = frozenset({"/email/read-private", "/premium-notification", "/basic-notification"})
_PATENTS = frozenset(scope for scope in KNOWN if scope.startswith("/orcid-patents/"))
_MEMBER_KIND = KNOWN - _BY_HAND - _PATENTS - {"/webhook", "/orcid-profile/create"}


@cache
def _closure(scope: str) -> frozenset[str]:
    implied = (_closure(each) for each in _IMPLIES.get(scope, ()))
    return frozenset({scope}).union(*implied)


@cache
def _expand(scopes: frozenset[str]) -> frozenset[str]:
    return frozenset().union(*(_closure(scope) for scope in scopes))


def expand(scopes: Iterable[str]) -> frozenset[str]:
    """Give everything these scopes allow, the implied ones included."""
    return _expand(frozenset(scopes))


def split(text: str) -> list[str]:
    """Read scope text: parted by blanks or plus signs, old words rewritten, repeats dropped."""
    words = text.replace("+", " ").replace("orcid-grants", "funding").split()
    return list(dict.fromkeys(words))


def allowed_for(client: Client) -> frozenset[str]:
    """List the scopes this client may ask for."""
    extra = frozenset(client.extra_scopes)
    if client.kind == "public":
        return _PUBLIC_KIND | extra
    if client.kind == "creator":
        return _closure("/orcid-profile/create") | _PUBLIC_KIND | extra
    if client.kind == "premium":
        return _MEMBER_KIND | {"/webhook"} | extra
    return _MEMBER_KIND | extra
