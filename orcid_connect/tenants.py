"""Tenants as a tree: vendor, publisher, journal. What one does not set comes from its parent."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from orcid_connect.declarations import Key
from orcid_connect.policy import TenantPolicy, inherited


class Tenant(BaseModel):
    """One of them, by the key that declarations carry; those without an entry stand alone."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    key: Key = Field(description="as in declarations: `press.example/journal-a`, `journal-a` …")
    parent: Key | None = Field(default=None, description="the key of the tenant it belongs to")
    name: str = Field(default="", description="what people call it; inherited")
    credential: str | None = Field(
        default=None, description="the name of the credential it uses; inherited"
    )
    policy: TenantPolicy = Field(
        default=TenantPolicy(), description="what goes on records, and when; inherited by member"
    )
    canary: int | None = Field(
        default=None,
        gt=0,
        description="so many first deliveries, then it waits for a person; inherited",
    )


_STANDARD: Final = TenantPolicy()
"""What holds where nothing is set."""


class TenantTree:
    """All tenants of the settings, by key; raises ValueError where they contradict each other."""

    def __init__(self, tenants: Sequence[Tenant]) -> None:
        self._by_key: Mapping[str, Tenant] = {tenant.key: tenant for tenant in tenants}
        self._policies: dict[str, TenantPolicy] = {}
        if len(self._by_key) < len(tenants):
            raise ValueError("tenants: two have the same key; give each once")
        for tenant in tenants:
            if tenant.parent is not None and tenant.parent not in self._by_key:
                raise ValueError(
                    f"tenants: {tenant.key!r} names the parent {tenant.parent!r}, which is not "
                    "among them; add it or correct the name"
                )
            self._check_no_circle(tenant)

    def chain(self, key: str) -> Iterator[Tenant]:
        """Walk from a tenant up to its root; nothing for one that is not in the settings."""
        tenant = self._by_key.get(key)
        while tenant is not None:
            yield tenant
            tenant = self._by_key.get(tenant.parent) if tenant.parent is not None else None

    def root(self, key: str) -> str:
        """Return the key of the root of a tenant's tree, its own if it stands alone."""
        root = key
        for tenant in self.chain(key):
            root = tenant.key
        return root

    def policy(self, key: str) -> TenantPolicy:
        """Return what holds for a tenant: its own, else its parent's, member by member."""
        if key not in self._by_key:
            return _STANDARD
        if key not in self._policies:
            policy = _STANDARD
            for tenant in reversed(list(self.chain(key))):
                policy = inherited(policy, tenant.policy)
            self._policies[key] = policy
        return self._policies[key]

    def credential(self, key: str) -> str | None:
        """Return the name of the credential that it or the nearest ancestor names."""
        named = (tenant.credential for tenant in self.chain(key))
        return next((name for name in named if name is not None), None)

    def canary(self, key: str) -> int | None:
        """Return how many first deliveries go before a person looks."""
        given = (tenant.canary for tenant in self.chain(key))
        return next((count for count in given if count is not None), None)

    def name(self, key: str) -> str:
        """Return what people call it, else its key."""
        return next((tenant.name for tenant in self.chain(key) if tenant.name), key)

    def _check_no_circle(self, tenant: Tenant) -> None:
        seen: set[str] = set()
        at: Tenant | None = tenant
        while at is not None and at.parent is not None:
            if at.key in seen:
                raise ValueError(f"tenants: {tenant.key!r} is its own ancestor; break the circle")
            seen.add(at.key)
            at = self._by_key.get(at.parent)
