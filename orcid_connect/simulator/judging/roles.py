"""Contributor roles: the old vocabularies and CRediT, what is accepted and how it reads back (4.8).

A role is stored by the name of its enumeration and comes back in its canonical spelling.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from orcid_connect.simulator.judging import refusals
from orcid_connect.simulator.judging.answers import JSON
from orcid_connect.simulator.judging.wordlists import words

CREDIT_PREFIX = "http://credit.niso.org/contributor-roles/"
CREDIT_SLUGS = words(
    """
    conceptualization data-curation formal-analysis funding-acquisition investigation methodology
    project-administration resources software supervision validation visualization
    writing-original-draft writing-review-editing
    """
)
CREDIT_ROLES = tuple(f"{CREDIT_PREFIX}{slug}/" for slug in CREDIT_SLUGS)
WORK_ROLES = words(
    """
    author assignee editor chair-or-translator co-investigator co-inventor graduate-student
    other-inventor principal-investigator postdoctoral-researcher support-staff
    """
)
FUNDING_ROLES = ("lead", "co-lead", "supported-by", "other-contribution")


def _spellings(roles: Iterable[str]) -> Mapping[str, str]:
    """Map a role's value and its enumeration name to the value; both exact in case."""
    known = {}
    for role in roles:
        known[role] = role
        known[role.upper().replace("-", "_")] = role
    return MappingProxyType(known)


_LEGACY: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {"work": _spellings(WORK_ROLES), "funding": _spellings(FUNDING_ROLES)}
)
_CREDIT: Mapping[str, str] = MappingProxyType({role: role for role in CREDIT_ROLES})
ROLE_LISTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"work": (*WORK_ROLES, *CREDIT_ROLES), "funding": (*FUNDING_ROLES, *CREDIT_ROLES)}
)


def canonical_role(kind: str, role: str) -> str | None:
    """Give the spelling in which a role reads back, or None for one of no vocabulary."""
    return _LEGACY[kind].get(role) or _CREDIT.get(role.lower())


def role_of(contributor: JSON) -> str | None:
    """Give the role a contributor came with."""
    attributes = contributor["contributor-attributes"]
    return None if attributes is None else attributes["contributor-role"]


def validate(kind: str, item: JSON) -> None:
    """Require known roles throughout; raises Refused with 9058."""
    contributors = item["contributors"]
    if contributors is None:
        return
    for contributor in contributors["contributor"] or ():
        if contributor is None:
            raise refusals.unexpected()
        role = role_of(contributor)
        if role is not None and canonical_role(kind, role) is None:
            raise refusals.invalid_role(role, ROLE_LISTS[kind])
