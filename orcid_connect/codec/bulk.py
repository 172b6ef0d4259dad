"""Many works in one request: what the registry would say to it, and to each work (REGISTRY.md 5.4).

A bulk is not held against the schema: a fault that a single write is refused for may pass here,
and what cannot be read at all in one work refuses the whole request (REGISTRY.md 5.2).
"""

from dataclasses import dataclass, replace
from typing import Any, Final

from orcid_connect.codec.compare import self_identifiers
from orcid_connect.codec.judge import judge_plain, keep_operation_members
from orcid_connect.codec.rules_basics import Operation, Plain, refused
from orcid_connect.codec.shapes import Reading
from orcid_connect.codec.tables import BULK_WORKS
from orcid_connect.errors import Problem

MOST_WORKS: Final = 100
"""Works that one request may hold."""


@dataclass(frozen=True, slots=True)
class BulkVerdict:
    """What is wrong with the request as a whole, and with each of its works in their order.

    If the request is refused nothing is stored and there is no word on single works; else each
    work without a refusal is stored, whatever is wrong with the others.
    """

    request: tuple[Problem, ...]
    works: tuple[tuple[Problem, ...], ...] = ()

    @property
    def problems(self) -> list[Problem]:
        """Return everything as one list, as `validate` does, with paths from the top.

        A single work's refusal is a caution of the request: ORCID takes the others.
        """
        below = [
            replace(one, path=f"bulk[{index}].work.{one.path}", severity="caution")
            for index, problems in enumerate(self.works)
            for one in problems
        ]
        return [*self.request, *below]


def validate_bulk(payload: Any) -> BulkVerdict:
    """Return what the registry would say to a bulk of works (REGISTRY.md 5.2, 5.4)."""
    reading = Reading(asks_schema=False)
    plain = BULK_WORKS.read(payload, "", reading)
    if plain is None or reading.problems:
        return BulkVerdict(tuple(reading.problems))
    elements = plain.get("bulk", [])
    request = _request_problems(elements)
    if request:
        return BulkVerdict(tuple(request))
    given = payload.get("bulk")
    raw = given if isinstance(given, list) or given is None else [given]
    return BulkVerdict((), _works(elements, raw or []))


def _request_problems(elements: list[Plain | None]) -> list[Problem]:
    message = "A bulk must not hold null."
    found = [
        refused(f"bulk[{index}]", "null-element", message, 9008)
        for index, element in enumerate(elements)
        if element is None
    ]
    if len(elements) > MOST_WORKS:
        found.append(refused("bulk", "too-many", "Send at most 100 works at once.", 9006))
    return found


def _works(elements: list[Plain | None], raw: list[Any]) -> tuple[tuple[Problem, ...], ...]:
    earlier: set[tuple[str, str]] = set()
    verdicts = []
    for element, given in zip(elements, raw, strict=True):
        work = (element or {}).get("work")
        problems: list[Problem] = []
        if work is not None:
            keep_operation_members(given["work"], work, [])
            problems = judge_plain("work", work, Operation())
            problems += _repeated(work, earlier)
            if not any(one.severity == "refused" for one in problems):
                earlier |= _identities(work)
        verdicts.append(tuple(problems))
    return tuple(verdicts)


def _repeated(work: Plain, earlier: set[tuple[str, str]]) -> list[Problem]:
    if not self_identifiers("work", work) & earlier:
        return []
    message = "An earlier work of this bulk has the same identifier."
    return [refused("external-ids", "duplicate", message, 9021)]


def _identities(work: Plain) -> set[tuple[str, str]]:
    """Return what later works of the bulk must not be: `version-of` counts too (5.3)."""
    entries = work.get("external-ids", {}).get("external-id", [])
    kept = [
        {**entry, "external-id-relationship": "self"}
        for entry in entries
        if entry is not None and entry.get("external-id-relationship") in ("self", "version-of")
    ]
    return set(self_identifiers("work", {"external-ids": {"external-id": kept}}))
