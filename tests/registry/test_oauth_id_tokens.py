"""id_tokens: what proves a sign-in, and everything that does not."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry
from pydantic import SecretStr

from orcid_connect.errors import RegistryUnreadable
from orcid_connect.registry.idtokens import (
    KEYS_SECONDS,
    LEEWAY_SECONDS,
    Expected,
    SigningKeys,
    key_id_of,
    read_id_token,
)
from tests.support.clock import MovedClock

ISSUER, CLIENT, NONCE = "https://sandbox.orcid.org", "APP-0000000000000001", "a nonce"
ADA = "0000-0002-1825-0097"
ACCESS = SecretStr("11111111-1111-4111-8111-111111111111")
EXPECTED = Expected(ISSUER, CLIENT, NONCE, ACCESS)
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
NOW = int(MovedClock()())


def claims(**changes: Any) -> dict[str, Any]:
    """Return the claims of an honest id_token, changed; a change to None leaves one out."""
    honest = {
        "iss": ISSUER,
        "aud": CLIENT,
        "sub": ADA,
        "iat": NOW,
        "exp": NOW + 86_400,
        "auth_time": NOW - 5,
        "nonce": NONCE,
        "at_hash": "q_hHuqMzTMh0ACDjJ5GMLw",
        "name": "Josiah Carberry",
        "amr": "pwd",
    }
    return {name: value for name, value in (honest | changes).items() if value is not None}


def signed(content: Mapping[str, Any], key: Any = KEY, **header: str) -> SecretStr:
    """Return an id_token signed with a key, RS256 unless the header says otherwise."""
    full = {"alg": "RS256", "kid": "one"} | header
    registry = JWSRegistry(algorithms=[full["alg"]])
    return SecretStr(jwt.encode(full, dict(content), key, registry=registry))


def at_hash(token: SecretStr) -> str:
    """Return what ORCID writes about an access token (OpenID Connect Core, 3.1.3.6)."""
    return encoded(sha256(token.get_secret_value().encode()).digest()[:16])


def encoded(data: bytes) -> str:
    """Return bytes as they stand in a token."""
    return urlsafe_b64encode(data).decode().rstrip("=")


HONEST = {"at_hash": at_hash(ACCESS)}


def test_honest() -> None:
    """An honest token tells who signed in, under which name and when."""
    identity = read_id_token(signed(claims(**HONEST)), KEY, EXPECTED, clock=MovedClock())
    assert (identity.orcid, identity.name) == (ADA, "Josiah Carberry")
    assert identity.signed_in_at == NOW - 5


def test_least() -> None:
    """A private name, no at_hash and no auth_time are all right."""
    bare = claims(name=None, at_hash=None, auth_time=None)
    identity = read_id_token(signed(bare), KEY, EXPECTED, clock=MovedClock())
    assert (identity.name, identity.signed_in_at) == (None, None)


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://orcid.org"},
        {"iss": f"{ISSUER}/"},
        {"iss": None},
        {"aud": "APP-0000000000000002"},
        {"aud": ["APP-0000000000000002"]},
        {"aud": None},
        {"nonce": "another nonce"},
        {"nonce": None},
        {"nonce": ["a nonce"]},
        {"exp": None},
        {"exp": NOW - LEEWAY_SECONDS},
        {"exp": "tomorrow"},
        {"iat": None},
        {"iat": NOW + LEEWAY_SECONDS + 1},
        {"sub": None},
        {"sub": "0000-0002-1825-0098"},
        {"sub": "ada"},
        {"sub": 7},
        {"at_hash": "of another access token"},
        {"at_hash": 7},
    ],
    ids=str,
)
def test_wrong_claim(change: dict[str, Any]) -> None:
    """Each claim that is wrong or lacking makes the token worthless."""
    token = signed(claims(**(HONEST | change)))
    with pytest.raises(RegistryUnreadable, match="could not be verified"):
        read_id_token(token, KEY, EXPECTED, clock=MovedClock())


def test_leeway() -> None:
    """Clocks may be two minutes apart, in both directions."""
    for clock in (MovedClock(NOW - LEEWAY_SECONDS), MovedClock(NOW + 86_400 + LEEWAY_SECONDS - 1)):
        read_id_token(signed(claims(**HONEST)), KEY, EXPECTED, clock=clock)


def test_signed_by_somebody_else() -> None:
    """A token signed with another key of the same id is refused."""
    with pytest.raises(RegistryUnreadable, match="signature"):
        read_id_token(signed(claims(**HONEST), OTHER_KEY), KEY, EXPECTED, clock=MovedClock())


def test_changed_after_signing() -> None:
    """Other claims under an honest signature are refused."""
    head, _, signature = signed(claims(**HONEST)).get_secret_value().split(".")
    other = signed(claims(sub="0000-0001-5109-3700"), OTHER_KEY).get_secret_value().split(".")[1]
    forged = SecretStr(f"{head}.{other}.{signature}")
    with pytest.raises(RegistryUnreadable, match="signature"):
        read_id_token(forged, KEY, EXPECTED, clock=MovedClock())


def test_not_rs256() -> None:
    """HS256 with the public key as its secret, none, and RS512 are all refused."""
    content = claims(**HONEST)
    payload = encoded(json.dumps(content).encode())
    hs256 = encoded(b'{"alg":"HS256","kid":"one"}') + f".{payload}"
    mac = hmac.new(KEY.as_pem(private=False), hs256.encode(), sha256).digest()
    forgeries = [
        SecretStr(f"{hs256}.{encoded(mac)}"),
        SecretStr(encoded(b'{"alg":"none","kid":"one"}') + f".{payload}."),
        signed(content, KEY, alg="RS512"),
    ]
    for forgery in forgeries:
        with pytest.raises(RegistryUnreadable, match="RS256"):
            key_id_of(forgery)
        with pytest.raises(RegistryUnreadable, match="signature"):
            read_id_token(forgery, KEY, EXPECTED, clock=MovedClock())


@pytest.mark.parametrize(
    "text", ["", "x", "a.b", "a.b.c", "....", "é.é.é", "eyJhbGciOiJSUzI1NiJ9.e30.x"]
)
def test_no_token_at_all(text: str) -> None:
    """What is no signed token, or names no key, is refused before any key is fetched."""
    with pytest.raises(RegistryUnreadable):
        key_id_of(SecretStr(text))


def test_no_value_in_the_message() -> None:
    """The error names the check that failed, never a value of the token."""
    token = signed(claims(nonce="a-secret-nonce", sub="someone@example.org"))
    with pytest.raises(RegistryUnreadable) as raised:
        read_id_token(token, KEY, EXPECTED, clock=MovedClock())
    assert "secret" not in str(raised.value)
    assert "example" not in str(raised.value)


class KeyServer:
    """ORCID's list of keys, and how often it was asked for."""

    def __init__(self, *keys: RSAKey) -> None:
        self.keys = list(keys)
        self.asked = 0

    async def fetch(self) -> dict[str, Any]:
        """Answer with the public keys."""
        self.asked += 1
        return {"keys": [key.as_dict(private=False) for key in self.keys]}


@pytest.mark.anyio
async def test_keys_are_kept_for_an_hour() -> None:
    """Keys are fetched once, and again after an hour, so that a withdrawn one does not live on."""
    server, keys = KeyServer(KEY), SigningKeys()
    for now in (0.0, 10.0, KEYS_SECONDS - 1):
        await keys.find("jwks", "one", server.fetch, now)
    assert server.asked == 1
    server.keys.clear()
    with pytest.raises(RegistryUnreadable, match="does not publish"):
        await keys.find("jwks", "one", server.fetch, KEYS_SECONDS)


@pytest.mark.anyio
async def test_unknown_key_is_looked_for_once_more() -> None:
    """After a rotation the new key is found at once; an unknown one costs one request, no more."""
    server, keys = KeyServer(KEY), SigningKeys()
    await keys.find("jwks", "one", server.fetch, 0.0)
    new = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
    server.keys.append(new)
    found = await keys.find("jwks", "two", server.fetch, 1.0)
    assert found.thumbprint() == new.thumbprint()
    assert server.asked == 2
    with pytest.raises(RegistryUnreadable, match="does not publish"):
        await keys.find("jwks", "three", server.fetch, 2.0)
    assert server.asked == 3


@pytest.mark.anyio
async def test_keys_of_two_registries_never_mix() -> None:
    """The same key id at two addresses is two keys."""
    keys = SigningKeys()
    first = await keys.find("sandbox", "one", KeyServer(KEY).fetch, 0.0)
    second = await keys.find("production", "one", KeyServer(OTHER_KEY).fetch, 0.0)
    assert first.thumbprint() != second.thumbprint()


@pytest.mark.anyio
@pytest.mark.parametrize("answer", [{}, {"keys": None}, {"keys": "x"}])
async def test_list_of_keys_that_is_none(answer: dict[str, Any]) -> None:
    """An answer without a list of keys is unreadable."""

    async def fetch() -> dict[str, Any]:
        return answer

    with pytest.raises(RegistryUnreadable):
        await SigningKeys().find("jwks", "one", fetch, 0.0)


@pytest.mark.anyio
async def test_unusable_keys_do_not_spoil_the_others() -> None:
    """Keys of other kinds and damaged ones are passed over."""
    odd = [7, {"kty": "EC", "kid": "e"}, {"kty": "RSA", "kid": "r", "n": "!", "e": 1}, {}]
    encrypting = KEY.as_dict(private=False) | {"use": "enc", "kid": "enc"}

    async def fetch() -> dict[str, Any]:
        return {"keys": [*odd, encrypting, KEY.as_dict(private=False)]}

    keys = SigningKeys()
    assert (await keys.find("jwks", "one", fetch, 0.0)).kid == "one"
    with pytest.raises(RegistryUnreadable):
        await keys.find("jwks", "enc", fetch, 0.0)
