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
PUBLIC_SCOPES: Final = ("openid",)
"""All that a public client may ask of a person."""


def is_purpose(word: str) -> bool:
    """Tell whether this is a purpose."""
    return word in PURPOSES


def covers(scopes: frozenset[str], purpose: Purpose) -> bool:
    """Tell whether a permission is enough for a purpose."""
    return scopes.issuperset(SCOPES[purpose])
