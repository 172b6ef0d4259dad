"""Judges JSON bodies of the Member API v3.0 as the registry does; pure functions on parsed JSON."""

from orcid_connect.simulator.judging.answers import (
    JSON,
    GroupNeed,
    Normalized,
    PassedThrough,
    Refusal,
    Source,
    Stored,
)
from orcid_connect.simulator.judging.bulk import examine_bulk, read_bulk
from orcid_connect.simulator.judging.duplicates import clash, clash_keys
from orcid_connect.simulator.judging.examining import examine, examine_storing
from orcid_connect.simulator.judging.grouping import group_ids, group_keys
from orcid_connect.simulator.judging.groups import (
    group_record_issn,
    peer_review_group,
)
from orcid_connect.simulator.judging.identifiers import identifier_types
from orcid_connect.simulator.judging.jackson import parse
from orcid_connect.simulator.judging.normalization import normalize
from orcid_connect.simulator.judging.organizations import organizations
from orcid_connect.simulator.judging.reading import AFFILIATIONS, KINDS, read
from orcid_connect.simulator.judging.storage import stored_form
from orcid_connect.simulator.judging.summaries import summary

__all__ = [
    "AFFILIATIONS",
    "JSON",
    "KINDS",
    "GroupNeed",
    "Normalized",
    "PassedThrough",
    "Refusal",
    "Source",
    "Stored",
    "clash",
    "clash_keys",
    "examine",
    "examine_bulk",
    "examine_storing",
    "group_ids",
    "group_keys",
    "group_record_issn",
    "identifier_types",
    "normalize",
    "organizations",
    "parse",
    "peer_review_group",
    "read",
    "read_bulk",
    "stored_form",
    "summary",
]
