"""Groups: what a group-id record is asked, and which group a peer review needs (REGISTRY.md 6)."""

import re

from orcid_connect.simulator.judging import refusals
from orcid_connect.simulator.judging.answers import JSON, GroupNeed
from orcid_connect.simulator.judging.normalization import issn_of
from orcid_connect.simulator.judging.validators import shared
from orcid_connect.simulator.judging.validators.shared import Situation

ISSN_PREFIX = "issn:"
# As the registry looks for it in a group of its own making: here the hyphen must be there.
_HYPHENATED = re.compile(
    r"(?:^|[^0-9])([0-9]{4}) ?[-–] ?([0-9]{3}[0-9Xx])(?:[^-0-9]|\Z)",
)


def validate(item: JSON, situation: Situation, group_exists: bool) -> None:
    """Judge a group-id record; a new ISSN group is the registry's to make (9053, 9025)."""
    issn = group_record_issn(item)
    if situation.creating and issn is not None and not group_exists:
        if hyphenated_issn(issn) is None:
            raise refusals.invalid_issn()
        raise refusals.duplicated_group()
    shared.check_no_put_code(item, situation)


def hyphenated_issn(text: str) -> str | None:
    """Give the ISSN in a text, in canonical form, if it is written with its hyphen."""
    found = _HYPHENATED.search(text)
    return f"{found[1]}-{found[2].upper()}" if found else None


def group_record_issn(item: JSON) -> str | None:
    """Give what stands after issn: in a group record, None for another group."""
    return _after_prefix(item["group-id"])


def _after_prefix(group_id: str) -> str | None:
    return group_id.removeprefix(ISSN_PREFIX) if group_id.startswith(ISSN_PREFIX) else None


def peer_review_group(item: JSON) -> GroupNeed:
    """Give the group a new peer review needs, its ISSN normalised; refused without one (9053)."""
    group_id = item["review-group-id"]
    if _after_prefix(group_id) is None:
        return GroupNeed(group_id)
    issn = issn_of(group_id)
    if not issn:
        return GroupNeed(group_id, None, refusals.invalid_issn().refusal)
    return GroupNeed(ISSN_PREFIX + issn, issn)
