"""Sealing of tokens at rest: AES-256-GCM with the owner as associated data, newest key first."""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

from orcid_connect.errors import SealBroken

NONCE_BYTES = 12
KEY_BYTES = 32
_VERSION = "v1"


class Vault:
    """Seals and opens secrets of one owner (tenant and person); any listed key opens."""

    def __init__(self, keys: Sequence[SecretStr]) -> None:
        derived = [_derive(key.get_secret_value()) for key in keys]
        self._newest = _key_id(derived[0])
        self._ciphers = {_key_id(key): AESGCM(key) for key in derived}

    def seal(self, secret: SecretStr, *, tenant: str, person: str) -> str:
        """Return the secret sealed with the newest key, readable only for this owner."""
        nonce = os.urandom(NONCE_BYTES)
        cipher = self._ciphers[self._newest]
        sealed = cipher.encrypt(nonce, secret.get_secret_value().encode(), _owner(tenant, person))
        return ".".join((_VERSION, self._newest, urlsafe_b64encode(nonce + sealed).decode()))

    def open(self, sealed: str, *, tenant: str, person: str) -> SecretStr:
        """Return the secret; raise `SealBroken` for a foreign key, another owner or damage."""
        version, _, rest = sealed.partition(".")
        key_id, _, text = rest.partition(".")
        cipher = self._ciphers.get(key_id)
        if version != _VERSION or cipher is None:
            raise SealBroken(
                "a stored token was sealed with a key that is not in secret_keys: "
                "put the old key back at the end of the list"
            )
        try:
            data = urlsafe_b64decode(text)
            opened = cipher.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], _owner(tenant, person))
        except (InvalidTag, ValueError):
            raise SealBroken("a stored token is damaged or belongs to somebody else") from None
        return SecretStr(opened.decode())


def _derive(key: str) -> bytes:
    expand = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"orcid_connect.vault")
    return expand.derive(key.encode())


def _key_id(key: bytes) -> str:
    return sha256(b"id" + key).hexdigest()[:8]


def _owner(tenant: str, person: str) -> bytes:
    # Lengths first: ("ab", "c") and ("a", "bc") are different owners.
    return f"{len(tenant)}:{tenant}{len(person)}:{person}".encode()
