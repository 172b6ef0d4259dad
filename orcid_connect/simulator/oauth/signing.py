"""The keys that sign id_tokens, their public half, and the id_tokens (REGISTRY 1.1, 1.2)."""

import base64
import hashlib
import uuid
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from orcid_connect.simulator.entities import Client, Person
from orcid_connect.simulator.world import World

ID_TOKEN_SECONDS = 24 * 3600
KEY_BITS = 2048
KEYS_KEPT = 3  # earlier keys stay published for a while after a rotation
_NOTE = "signing keys"


class SigningKeys:
    """The world's RSA keys, made when first needed; the newest signs."""

    def __init__(self, world: World) -> None:
        """Keep the keys in `world`."""
        self._world = world
        self._read: dict[str, RSAKey] = {}

    def public(self) -> dict[str, Any]:
        """Write the key set as `/oauth/jwks` serves it."""
        wanted = ("kty", "e", "use", "kid", "alg", "n")
        sets = (key.as_dict(private=False) for key in self._keys())
        return {"keys": [{name: each[name] for name in wanted} for each in sets]}

    def rotate(self) -> str:
        """Make a new signing key; tell its id."""
        kid = f"simulator-{uuid.uuid4()}"
        parameters: Any = {"use": "sig", "alg": "RS256", "kid": kid}
        key = RSAKey.generate_key(KEY_BITS, parameters, private=True)
        kept = [key.as_dict(private=True), *self._world.recall(_NOTE, [])][:KEYS_KEPT]
        self._world.remember(_NOTE, kept)
        return kid

    def sign(self, claims: dict[str, Any]) -> str:
        """Sign claims with the newest key."""
        key = self._keys()[0]
        return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key, algorithms=["RS256"])

    def read(self, token: str) -> dict[str, Any] | None:
        """Check the signature of an id_token, not its expiry; give its claims or None."""
        for key in self._keys():
            try:
                return jwt.decode(token, key, algorithms=["RS256"]).claims
            except (JoseError, ValueError):
                continue
        return None

    def export(self) -> list[dict[str, Any]]:
        """Give the private keys, to be adopted by a fresh world."""
        return list(self._world.recall(_NOTE, []))

    def adopt(self, exported: list[dict[str, Any]]) -> None:
        """Keep keys that `export` gave."""
        if exported:
            self._world.remember(_NOTE, exported)

    def _keys(self) -> list[RSAKey]:
        if not self._world.recall(_NOTE):
            self.rotate()
        return [self._revive(each) for each in self._world.recall(_NOTE)]

    def _revive(self, values: dict[str, Any]) -> RSAKey:
        kid = values["kid"]
        if kid not in self._read:
            self._read[kid] = RSAKey.import_key(values)
        return self._read[kid]


def make_id_token(
    world: World,
    keys: SigningKeys,
    client: Client,
    person: Person,
    *,
    access_token: str | None = None,
    nonce: str | None = None,
) -> str:
    """Sign who has just signed in, for this client."""
    now = int(world.clock.now() + world.skew)
    claims: dict[str, Any] = {
        "iss": world.base_url,
        "aud": client.client_id,
        "sub": person.orcid,
        "iat": now,
        "exp": now + ID_TOKEN_SECONDS,
        "auth_time": int(person.last_sign_in or world.clock.now()),
        "jti": str(uuid.uuid4()),
    }
    if access_token is not None:
        claims["at_hash"] = _half_hash(access_token)
    if nonce:
        claims["nonce"] = nonce
    if client.is_member:
        claims["amr"] = "mfa" if person.two_factor else "pwd"  # a plain string, REGISTRY 1.2
    claims.update(_public_names(person))
    token = keys.sign(claims)
    world.issued.add(token)
    return token


def _half_hash(token: str) -> str:
    digest = hashlib.sha256(token.encode()).digest()
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def _public_names(person: Person) -> dict[str, str]:
    if person.name_visibility != "public":
        return {}
    names = {"name": person.public_name, "given_name": person.given, "family_name": person.family}
    return {claim: value for claim, value in names.items() if value}
