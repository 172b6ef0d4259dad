"""Signing what leaves this program and comes back: one salt per purpose, the newest key signs."""

from hashlib import sha256
from typing import Any

from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from orcid_connect.observe import Clock
from orcid_connect.settings import Settings


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
    # itsdangerous signs with the last key of its list, and ours has the newest first.
    keys = [key.get_secret_value() for key in reversed(settings.secret_keys)]
    return URLSafeTimedSerializer(
        keys,
        salt=salt,
        signer=_ClockedSigner,
        signer_kwargs={"clock": clock, "digest_method": sha256, "key_derivation": "hmac"},
    )
