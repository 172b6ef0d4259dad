"""Contributor roles: which ones the registry knows, and how they come back (REGISTRY.md 4.8)."""

from collections.abc import Iterable
from typing import Final

from orcid_connect.codec.vocabulary import CREDIT_ROLES, FUNDING_ROLES, LEGACY_WORK_ROLES


def _upper(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.upper().replace("-", "_") for word in words)


_WORK_ROLES: Final = LEGACY_WORK_ROLES | _upper(LEGACY_WORK_ROLES)
_FUNDING_ROLES: Final = FUNDING_ROLES | _upper(FUNDING_ROLES)
_UPPER_ROLES: Final = _upper(LEGACY_WORK_ROLES | FUNDING_ROLES)


def is_work_role(role: str) -> bool:
    """Tell whether a contributor of a work may have this role (REGISTRY.md 4.8)."""
    return role in _WORK_ROLES or role.lower() in CREDIT_ROLES


def is_funding_role(role: str) -> bool:
    """Tell whether a contributor of a funding may have this role (REGISTRY.md 4.4)."""
    return role in _FUNDING_ROLES or role.lower() in CREDIT_ROLES


def stored_role(role: str) -> str:
    """Return a role as it is read back after the registry stored it (readback.jsonl)."""
    if role in _UPPER_ROLES:
        return role.lower().replace("_", "-")
    return role.lower() if role.lower() in CREDIT_ROLES else role
