"""Proof of who signed in: id_tokens checked against the registry's published keys.

RS256 alone is accepted, whatever a token's header or the key set says: ORCID's key set does not
have to name an algorithm, and "none" or HS256 must never pass (REGISTRY.md 1.1).
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from joserfc.jws import extract_compact
from pydantic import SecretStr

from orcid_connect.errors import RegistryUnreadable
from orcid_connect.identifiers import parse_orcid
from orcid_connect.observe import Clock

ALGORITHM = "RS256"
LEEWAY_SECONDS = 120
"""How far ORCID's clock and ours may be apart."""
KEYS_SECONDS = 3600.0
"""How long fetched keys are believed, so that a withdrawn key does not live on here."""

FetchKeys = Callable[[], Awaitable[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Identity:
    """What a verified id_token says: whose sign-in it was, and when."""

    orcid: str
    name: str | None
    signed_in_at: float | None


@dataclass(frozen=True, slots=True)
class Expected:
    """What an id_token must say to be meant for us and for this sign-in."""

    issuer: str
    audience: str
    nonce: str
    access_token: SecretStr


@dataclass(slots=True)
class SigningKeys:
    """The registry's public keys by address, kept an hour, fetched anew for an unknown id."""

    _known: dict[str, tuple[float, dict[str, RSAKey]]] = field(default_factory=dict)

    async def find(self, address: str, key_id: str, fetch: FetchKeys, now: float) -> RSAKey:
        """Return the key of that id; raises `RegistryUnreadable` if the registry has none."""
        fetched_at, keys = self._known.get(address, (0.0, {}))
        if key_id not in keys or not 0 <= now - fetched_at < KEYS_SECONDS:
            keys = _rsa_keys(await fetch())
            self._known[address] = (now, keys)
        if key_id not in keys:
            raise _invalid("it is signed with a key that ORCID does not publish")
        return keys[key_id]


def key_id_of(id_token: SecretStr) -> str:
    """Return the id of the key an id_token says signed it; raises `RegistryUnreadable`."""
    try:
        header = extract_compact(id_token.get_secret_value().encode()).headers()
    except (JoseError, ValueError, TypeError):
        raise _invalid("it is not a signed token") from None
    if header.get("alg") != ALGORITHM:
        raise _invalid(f"it is not signed with {ALGORITHM}")
    key_id = header.get("kid")
    if not isinstance(key_id, str):
        raise _invalid("it does not name its key")
    return key_id


def read_id_token(
    id_token: SecretStr, key: RSAKey, expected: Expected, *, clock: Clock
) -> Identity:
    """Return who signed in, if every check holds (OpenID Connect Core 3.1.3.7).

    Raises `RegistryUnreadable` naming the check that failed, never a value of the token.
    """
    claims = _signed_claims(id_token, key)
    registry = jwt.JWTClaimsRegistry(
        now=lambda: int(clock()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": expected.issuer},
        aud={"essential": True, "value": expected.audience},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
    )
    try:
        registry.validate(claims)
    except JoseError as error:
        raise _invalid(f"its {getattr(error, 'claim', None) or 'content'} is not right") from None
    _check_nonce(claims, expected.nonce)
    _check_access_token(claims, expected.access_token)
    return _identity(claims)


def _signed_claims(id_token: SecretStr, key: RSAKey) -> dict[str, Any]:
    try:
        token = jwt.decode(id_token.get_secret_value(), key, algorithms=[ALGORITHM])
    except (JoseError, ValueError, TypeError):
        raise _invalid("its signature is not ORCID's") from None
    return dict(token.claims)


def _check_nonce(claims: Mapping[str, Any], nonce: str) -> None:
    given = claims.get("nonce")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
        raise _invalid("its nonce is not the one of this sign-in")


def _check_access_token(claims: Mapping[str, Any], access_token: SecretStr) -> None:
    """`at_hash` may be absent where the token came straight from the token endpoint."""
    given = claims.get("at_hash")
    if given is None:
        return
    digest = sha256(access_token.get_secret_value().encode()).digest()
    expected = urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), expected.encode()):
        raise _invalid("it belongs to another access token")


def _identity(claims: Mapping[str, Any]) -> Identity:
    orcid = parse_orcid(str(claims["sub"]))
    if orcid is None:
        raise _invalid("its sub is not an ORCID iD")
    name, signed_in_at = claims.get("name"), claims.get("auth_time")
    return Identity(
        orcid=orcid,
        name=name if isinstance(name, str) and name else None,
        signed_in_at=float(signed_in_at) if isinstance(signed_in_at, int | float) else None,
    )


def _rsa_keys(key_set: Mapping[str, Any]) -> dict[str, RSAKey]:
    listed = key_set.get("keys")
    if not isinstance(listed, list):
        raise RegistryUnreadable("ORCID's list of signing keys is not one", status=200)
    found = {}
    for entry in listed:
        if not isinstance(entry, dict) or entry.get("kty") != "RSA" or entry.get("use") == "enc":
            continue
        try:
            found[str(entry.get("kid"))] = RSAKey.import_key(entry)
        except (JoseError, ValueError, TypeError, KeyError):
            continue  # one unreadable key must not spoil the others
    return found


def _invalid(reason: str) -> RegistryUnreadable:
    return RegistryUnreadable(f"the sign-in could not be verified: {reason}", status=200)
