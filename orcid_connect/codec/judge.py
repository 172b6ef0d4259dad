"""Rules and cautions applied to a payload that was read (REGISTRY.md 5.2).

Single writes and bulks share this.
"""

from typing import Any

from orcid_connect.codec.cautions import cautions
from orcid_connect.codec.parts import put_code_of
from orcid_connect.codec.rules import RULES
from orcid_connect.codec.rules_basics import Operation, Plain
from orcid_connect.errors import Problem
from orcid_connect.records import ItemKind


def judge_plain(kind: ItemKind, plain: Plain, operation: Operation) -> list[Problem]:
    """Return what rules and cautions say to a payload that was read."""
    refused = [problem for rule in RULES[kind] for problem in rule(plain, operation)]
    return refused + cautions(kind, plain)


def keep_operation_members(payload: Any, plain: Plain, unreadable: list[str]) -> None:
    """Put the members that reading ignores but rules ask for into the plain form."""
    if "put-code" not in unreadable:
        plain["put-code"] = put_code_of(payload.get("put-code"))
    if isinstance(payload.get("visibility"), str):
        plain["visibility"] = payload["visibility"].strip()
