"""What a person is asked to allow, by what it is for: purposes in our words, scopes in ORCID's."""

from collections.abc import Mapping
from typing import Final, Literal, get_args

Purpose = Literal["identify", "read", "write-activities", "write-person"]

PURPOSES: Final[tuple[Purpose, ...]] = get_args(Purpose)

SCOPES: Final[Mapping[Purpose, tuple[str, ...]]] = {
    "identify": ("openid",),
    "read": ("openid", "/read-limited"),
    "write-activities": ("openid", "/read-limited", "/activities/update"),
    "write-person": ("openid", "/read-limited", "/person/update"),
}
"""Which scopes a purpose needs (REGISTRY.md 2.7)."""
_ALIKE: Final = {"/authenticate": "openid"}
_IN_EVERY: Final = frozenset({"/read-public"})
PUBLIC_SCOPES: Final = ("openid",)
"""All that a public client may ask of a person."""


def allowed(scopes: frozenset[str]) -> frozenset[str]:
    """Return what a permission means, however its scopes are spelt (REGISTRY.md 2.7).

    What every permission contains is left out.
    """
    return frozenset(_ALIKE.get(scope, scope) for scope in scopes) - _IN_EVERY
