"""What the registry would say to a payload, found before it is sent (REGISTRY.md 4 and 5).

Not knowable here, and decided by the registry alone: whether an organisation's identifier is in
its table (9045), a group exists (9020) or an ISSN is in the portal (9053), and duplicates (9021).
"""

from typing import Any, Literal

from orcid_connect.codec.bulk import validate_bulk
from orcid_connect.codec.judge import judge_plain, keep_operation_members
from orcid_connect.codec.rules_basics import Operation
from orcid_connect.codec.shapes import Reading
from orcid_connect.codec.tables import TABLES
from orcid_connect.errors import Problem
from orcid_connect.records import ItemKind

PayloadKind = ItemKind | Literal["bulk-works"]


def validate(
    kind: PayloadKind,
    payload: Any,
    *,
    put_code: int | None = None,
    stored_visibility: str | None = None,
) -> list[Problem]:
    """Return everything the registry would refuse, its own answer first, then cautions.

    With `put_code` the payload is judged as a PUT to that item, else as a POST. Of `bulk-works`
    only the request counts: what single works are refused for is a caution (see `validate_bulk`).
    """
    if kind == "bulk-works":
        return validate_bulk(payload).problems
    reading = Reading()
    plain = TABLES[kind].read(payload, "", reading)
    if plain is None:
        return reading.problems
    unreadable = [problem.path for problem in reading.problems]
    keep_operation_members(payload, plain, unreadable)
    later = judge_plain(kind, plain, Operation(put_code, stored_visibility))
    return reading.problems + [one for one in later if not _touches(one.path, unreadable)]


def _touches(path: str, others: list[str]) -> bool:
    """Tell whether a path lies within, above or at one of the others."""
    return any(_within(path, other) or _within(other, path) for other in others)


def _within(path: str, other: str) -> bool:
    return path == other or path.startswith((f"{other}.", f"{other}["))
