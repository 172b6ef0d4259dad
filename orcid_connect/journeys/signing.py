"""Signing what leaves this program and comes back: one salt per purpose, the newest key signs.

A slip is signed and sealed as well: it may lie in access logs, and nobody can read whom it names.
"""

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Literal

from itsdangerous import BadData, SignatureExpired, Signer, TimestampSigner, URLSafeTimedSerializer
from pydantic import SecretStr

from orcid_connect.errors import SealBroken
from orcid_connect.observe import Clock
from orcid_connect.settings import Settings
from orcid_connect.store.vault import Vault


class SlipRefused(Exception):
    """A slip that does not count, and why; `facts` are there where the signature is ours."""

    def __init__(
        self, reason: Literal["forged", "expired"], facts: list[Any] | None = None
    ) -> None:
        super().__init__(reason)
        self.reason: Literal["forged", "expired"] = reason
        self.facts = facts


class _ClockedSigner(TimestampSigner):
    """A signer that reads the clock it is given, so that tests can move it."""

    def __init__(self, *arguments: Any, clock: Clock, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._clock = clock

    def get_timestamp(self) -> int:
        """Return the seconds since the epoch."""
        return int(self._clock())


def signer(settings: Settings, clock: Clock, salt: str) -> URLSafeTimedSerializer:
    """Return a serializer for one purpose; every configured key verifies."""
    return URLSafeTimedSerializer(
        _keys(settings), salt=salt, signer=_ClockedSigner, signer_kwargs=_options(clock)
    )


def timestamp_signer(settings: Settings, clock: Clock, salt: str) -> TimestampSigner:
    """Return a signer of texts that are fit for an address as they are, with their time."""
    return _ClockedSigner(_keys(settings), salt=salt, **_options(clock))


def seal(settings: Settings, clock: Clock, salt: str, facts: Sequence[Any]) -> str:
    """Return facts as a slip, fit for an address or a cookie as it is."""
    text = json.dumps(list(facts), ensure_ascii=False, separators=(",", ":"))
    sealed = Vault(settings.secret_keys).seal(SecretStr(text), **_owner(settings, salt)).rstrip("=")
    return timestamp_signer(settings, clock, salt).sign(sealed).decode()


def unseal(settings: Settings, clock: Clock, salt: str, slip: str, seconds: int) -> list[Any]:
    """Return the facts of a slip that is ours and not older; raises `SlipRefused`."""
    try:
        sealed = timestamp_signer(settings, clock, salt).unsign(slip, max_age=seconds)
    except SignatureExpired as error:
        raise SlipRefused("expired", _opened(settings, salt, error.payload)) from None
    except BadData:
        raise SlipRefused("forged") from None
    return _opened(settings, salt, sealed)


def _opened(settings: Settings, salt: str, sealed: bytes | None) -> list[Any]:
    padded = (sealed or b"").decode() + "=="  # what was taken off, or more, which is ignored
    try:
        opened = Vault(settings.secret_keys).open(padded, **_owner(settings, salt))
        facts: list[Any] = json.loads(opened.get_secret_value())
    except (SealBroken, ValueError):  # its key is gone
        raise SlipRefused("forged") from None
    return facts


def _owner(settings: Settings, salt: str) -> dict[str, str]:
    # In the place of a person's: what was sealed as a token, for another purpose, or by another
    # installation that has the same keys, never opens.
    return {"tenant": salt, "person": settings.public_url}


def plain_signer(settings: Settings, salt: str) -> Signer:
    """Return a signer of what stays true, whose signature is always the same."""
    return Signer(_keys(settings), salt=salt, digest_method=sha256, key_derivation="hmac")


def _keys(settings: Settings) -> list[str]:
    # itsdangerous signs with the last key of its list, and ours has the newest first.
    return [key.get_secret_value() for key in reversed(settings.secret_keys)]


def _options(clock: Clock) -> dict[str, Any]:
    return {"clock": clock, "digest_method": sha256, "key_derivation": "hmac"}
