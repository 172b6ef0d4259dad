"""The registry's own rules for what its schema already took, each list in the registry's order.

The first that fails is the answer the registry gives; the others are told too, so that a person
mends everything at once. Rules see the plain form of a payload (see `shapes`).
"""

from collections.abc import Mapping
from typing import Final

from orcid_connect.codec.rules_basics import Rule
from orcid_connect.codec.rules_others import (
    EMPLOYMENT_RULES,
    EXTERNAL_IDENTIFIER_RULES,
    FUNDING_RULES,
    GROUP_ID_RECORD_RULES,
    KEYWORD_RULES,
    OTHER_AFFILIATION_RULES,
    PERSON_ITEM_RULES,
    RESEARCH_RESOURCE_RULES,
    RESEARCHER_URL_RULES,
)
from orcid_connect.codec.rules_works import PEER_REVIEW_RULES, WORK_RULES
from orcid_connect.records import ItemKind

RULES: Final[Mapping[ItemKind, tuple[Rule, ...]]] = {
    "work": WORK_RULES,
    "peer-review": PEER_REVIEW_RULES,
    "funding": FUNDING_RULES,
    "distinction": OTHER_AFFILIATION_RULES,
    "education": EMPLOYMENT_RULES,
    "employment": EMPLOYMENT_RULES,
    "invited-position": OTHER_AFFILIATION_RULES,
    "membership": OTHER_AFFILIATION_RULES,
    "qualification": OTHER_AFFILIATION_RULES,
    "service": OTHER_AFFILIATION_RULES,
    "research-resource": RESEARCH_RESOURCE_RULES,
    "external-identifier": EXTERNAL_IDENTIFIER_RULES,
    "keyword": KEYWORD_RULES,
    "other-name": PERSON_ITEM_RULES,
    "researcher-url": RESEARCHER_URL_RULES,
    "address": PERSON_ITEM_RULES,
    "group-id-record": GROUP_ID_RECORD_RULES,
}
"""REGISTRY.md 5.2 and 7.1; the order is that of the registry's own checks."""
