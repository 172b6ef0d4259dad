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
    return URLSafeTimedSerializer(
        _keys(settings), salt=salt, signer=_ClockedSigner, signer_kwargs=_options(clock)
    )


def timestamp_signer(settings: Settings, clock: Clock, salt: str) -> TimestampSigner:
    """Return a signer of texts that are fit for an address as they are, with their time."""
    return _ClockedSigner(_keys(settings), salt=salt, **_options(clock))


def _keys(settings: Settings) -> list[str]:
    # itsdangerous signs with the last key of its list, and ours has the newest first.
    return [key.get_secret_value() for key in reversed(settings.secret_keys)]


def _options(clock: Clock) -> dict[str, Any]:
    return {"clock": clock, "digest_method": sha256, "key_derivation": "hmac"}
