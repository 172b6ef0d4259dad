"""What a tenant decides about reviews and works, and what follows from it; pure."""

from orcid_connect.policy.release import (
    ALLOWED,
    Allowed,
    Leave,
    Never,
    NotYet,
    may_leave,
    reduced,
    scheduled,
)
from orcid_connect.policy.reviews import DEFAULTS, PolicyModel, ReviewPolicy
from orcid_connect.policy.tenants import TenantPolicy, inherited
from orcid_connect.policy.works import RETRACTED, Policy, RolePolicy, WorkPolicy

__all__ = [
    "ALLOWED",
    "Allowed",
    "DEFAULTS",
    "Leave",
    "Never",
    "NotYet",
    "Policy",
    "PolicyModel",
    "RETRACTED",
    "ReviewPolicy",
    "RolePolicy",
    "TenantPolicy",
    "WorkPolicy",
    "inherited",
    "may_leave",
    "reduced",
    "scheduled",
]
