"""Rules that many kinds of item share, and what a rule is (REGISTRY.md 4, 5.2).

Rules see the plain form of a payload (see `shapes`) and yield what the registry's own code, after
its schema, would refuse.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from orcid_connect.codec.shapes import HOLLOW
from orcid_connect.codec.texts import is_empty
from orcid_connect.codec.vocabulary import IDENTIFIER_TYPES
from orcid_connect.errors import Problem

Plain = dict[str, Any]

IDENTIFIER_MISSING: Final = 9023
_FOUR_DIGITS: Final = re.compile(r"\d{4}", re.ASCII)
_TWO_DIGITS: Final = re.compile(r"\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Operation:
    """What is about to be done: a POST, or a PUT to an item of known put-code and visibility."""

    put_code: int | None = None
    stored_visibility: str | None = None

    @property
    def is_create(self) -> bool:
        """Tell whether this is a POST."""
        return self.put_code is None


Rule = Callable[[Plain, Operation], Iterator[Problem]]


def refused(path: str, code: str, message: str, registry_error: int) -> Problem:
    """Return a refusal with the number ORCID would give (REGISTRY.md 5.1)."""
    return Problem(path, code, "refused", message, registry_error)


def put_code_matches(item: Plain, operation: Operation) -> Iterator[Problem]:
    """Refuse a PUT whose body names another item, or none (REGISTRY.md 7.1)."""
    if not operation.is_create and item.get("put-code") != operation.put_code:
        yield refused(
            "put-code",
            "put-code-differs",
            f"A PUT must say the put-code {operation.put_code} of the item it replaces.",
            9019,
        )


def no_put_code(item: Plain, operation: Operation) -> Iterator[Problem]:
    """Refuse a POST of something that has a put-code (REGISTRY.md 4)."""
    if operation.is_create and item.get("put-code") is not None:
        yield refused("put-code", "put-code-given", "A new item must not have a put-code.", 9024)


def visibility_stays(item: Plain, operation: Operation) -> Iterator[Problem]:
    """Refuse a PUT that changes who may see the item (REGISTRY.md 4.6)."""
    given, stored = item.get("visibility"), operation.stored_visibility
    if not operation.is_create and given is not None and stored is not None and given != stored:
        yield refused(
            "visibility", "visibility-changed", "Only the researcher may change visibility.", 9035
        )


def date_exists(member: str) -> Rule:
    """Refuse a date that the calendar does not have (REGISTRY.md 4.1)."""

    def rule(item: Plain, _operation: Operation) -> Iterator[Problem]:
        held = item.get(member)
        if held is not None and not is_hollow_date(held) and not is_date(held):
            told = "-".join(held[part] for part in ("year", "month", "day") if part in held)
            message = f"{told} is not a date (write month and day with two digits)."
            yield refused(member, "date-impossible", message, 9049)

    return rule


def is_hollow_date(held: Mapping[str, str]) -> bool:
    """Tell whether the last part of a date is an object without a number, as bulks may have it."""
    parts = [held.get(part) for part in ("year", "month", "day")]
    return [part for part in parts if part is not None][-1:] == [HOLLOW]


def is_date(held: Mapping[str, str]) -> bool:
    """Tell whether the parts of a date are spelt as the registry wants and exist together."""
    month, day = held.get("month"), held.get("day")
    if day is not None and month is None:
        return False
    if not _FOUR_DIGITS.fullmatch(held.get("year", "")):
        return False
    if not all(part is None or _TWO_DIGITS.fullmatch(part) for part in (month, day)):
        return False
    try:
        date(int(held["year"]), int(month or 1), int(day or 1))
    except ValueError:
        return False
    return True


def identifiers(item: Plain, member: str) -> list[Plain | None]:
    """Return the identifiers under a member; a null among them stays."""
    found: list[Plain | None] = item.get(member, {}).get("external-id", [])
    return found


def has_identifiers(member: str) -> Rule:
    """Refuse an item that nothing identifies (REGISTRY.md 4.1)."""

    def rule(item: Plain, _operation: Operation) -> Iterator[Problem]:
        if not identifiers(item, member):
            message = "At least one identifier is required."
            yield refused(member, "identifier-missing", message, IDENTIFIER_MISSING)

    return rule


def null_element(path: str) -> Problem:
    """Return the refusal of a null in a list (REGISTRY.md 4.1)."""
    return refused(path, "null-element", "A list must not hold null.", 9008)


def identifiers_known(member: str, *, null_matters: bool) -> Rule:
    """Refuse identifiers of unknown type or without relationship (REGISTRY.md 4.9)."""

    def rule(item: Plain, _operation: Operation) -> Iterator[Problem]:
        entries = identifiers(item, member)
        for index, entry in enumerate(entries):
            if entry is None and null_matters:
                yield null_element(f"{member}.external-id[{index}]")
        for index, entry in enumerate(entries):
            if entry is not None:
                yield from identifier_problems(entry, f"{member}.external-id[{index}]")

    return rule


def hollow_identifier(path: str) -> Problem:
    """Return the refusal of an identifier that a bulk trips over (REGISTRY.md 5.2)."""
    return refused(path, "identifier-hollow", "The identifier lacks its type or address.", 9008)


def identifier_problems(entry: Plain, path: str) -> Iterator[Problem]:
    """Yield what is wrong with one identifier."""
    kind = entry.get("external-id-type")
    if kind is None:
        # Only a bulk comes so far: it is not held against the schema (REGISTRY.md 5.2).
        yield hollow_identifier(path)
    if kind is not None and kind not in IDENTIFIER_TYPES:
        message = f"ORCID knows no identifier type “{kind}” (case matters)."
        where = f"{path}.external-id-type"
        yield refused(where, "identifier-type-unknown", message, IDENTIFIER_MISSING)
    if is_empty(entry.get("external-id-value", "")):
        where = f"{path}.external-id-value"
        yield refused(where, "blank", "The identifier is empty.", IDENTIFIER_MISSING)
    if "external-id-relationship" not in entry:
        where = f"{path}.external-id-relationship"
        message = "Say self, part-of, version-of or funded-by."
        yield refused(where, "relationship-missing", message, IDENTIFIER_MISSING)


def relationships(item: Plain, member: str) -> set[str]:
    """Return the relationships of the identifiers under a member."""
    entries = identifiers(item, member)
    return {entry.get("external-id-relationship", "") for entry in entries if entry is not None}


def inside(member: str, rule: Rule) -> Rule:
    """Return a rule for what stands under a member."""

    def apply(item: Plain, operation: Operation) -> Iterator[Problem]:
        held = item.get(member)
        if held is not None:
            yield from _below(member, rule(held, operation))

    return apply


def each(member: str, rule: Rule) -> Rule:
    """Return a rule for every element of the list under a member."""

    def apply(item: Plain, operation: Operation) -> Iterator[Problem]:
        for index, held in enumerate(item.get(member, [])):
            path = f"{member}[{index}]"
            if held is None:
                yield null_element(path)
            else:
                yield from _below(path, rule(held, operation))

    return apply


def _below(path: str, problems: Iterator[Problem]) -> Iterator[Problem]:
    for problem in problems:
        yield replace(problem, path=f"{path}.{problem.path}" if problem.path else path)
