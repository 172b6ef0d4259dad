"""Examining an item that was read: put-code, validators, and what only storing it brings to light.

The order within a kind is the registry's (REGISTRY.md 3.2, 5.2, 7.1).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from orcid_connect.simulator.judging import groups, refusals, storage
from orcid_connect.simulator.judging.answers import JSON, Refusal, Refused
from orcid_connect.simulator.judging.validators import (
    affiliations,
    fundings,
    peer_reviews,
    people,
    research_resources,
    works,
)
from orcid_connect.simulator.judging.validators.shared import Op, Situation

Validate = Callable[[JSON, Situation], None]

_VALIDATORS: Mapping[str, Validate] = MappingProxyType(
    {
        "work": works.validate,
        "peer-review": peer_reviews.validate,
        "funding": fundings.validate,
        "employment": affiliations.validate_appointment,
        "education": affiliations.validate_appointment,
        "qualification": affiliations.validate_other,
        "distinction": affiliations.validate_other,
        "invited-position": affiliations.validate_other,
        "membership": affiliations.validate_other,
        "service": affiliations.validate_other,
        "research-resource": research_resources.validate,
        "external-identifier": people.validate_external_identifier,
        "keyword": people.validate_keyword,
        "other-name": people.validate_other_name,
        "researcher-url": people.validate_researcher_url,
        "address": people.validate_address,
    }
)
_CREATING = Situation(creating=True)


def examine(
    kind: str,
    item: JSON,
    *,
    op: Op,
    put_code: int | None,
    stored: JSON | None,
    group_exists: bool = False,
    storing: bool = True,
) -> Refusal | None:
    """Say why an item that was read is refused, None if it is not.

    group_exists tells a group record that its group id is known already. With storing=False the
    faults that the registry meets only after its search for duplicates are left to
    examine_storing.
    """
    try:
        if op == "create":
            situation = _CREATING
        else:
            if item["put-code"] != put_code:
                raise refusals.mismatched_put_code(put_code, item["put-code"])
            situation = Situation(False, None if stored is None else stored["visibility"])
        if kind == "group-id-record":
            groups.validate(item, situation, group_exists)
        else:
            _VALIDATORS[kind](item, situation)
    except Refused as refused:
        return refused.refusal
    return examine_storing(kind, item) if storing else None


def examine_storing(kind: str, item: JSON) -> Refusal | None:
    """Say what the registry finds only on storing: unknown roles (9058), URLs without value."""
    try:
        storage.check(kind, item)
    except Refused as refused:
        return refused.refusal
    return None
