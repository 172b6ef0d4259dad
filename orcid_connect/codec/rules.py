"""The registry's own rules for what its schema already took, each list in the registry's order.

The first that fails is the answer the registry gives; the others are told too, so that a person
mends everything at once. Rules see the plain form of a payload (see `shapes`).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from orcid_connect.codec.normalize import normalize
from orcid_connect.codec.texts import is_empty
from orcid_connect.codec.vocabulary import (
    CREDIT_ROLES,
    FUNDED_BY_TYPES,
    IDENTIFIER_TYPES,
    LEGACY_WORK_ROLES,
)
from orcid_connect.errors import Problem
from orcid_connect.records import ActivityKind

Plain = dict[str, Any]

_IDENTIFIER_MISSING: Final = 9023
_FOUR_DIGITS: Final = re.compile(r"\d{4}", re.ASCII)
_TWO_DIGITS: Final = re.compile(r"\d{2}", re.ASCII)
_ORCID_PATH: Final = re.compile(r"(?:\d{4}-){3}\d{3}[\dX]", re.ASCII)
_ENUM_ROLES: Final = {role.upper().replace("-", "_") for role in LEGACY_WORK_ROLES}


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


def _refused(path: str, code: str, message: str, registry_error: int) -> Problem:
    return Problem(path, code, "refused", message, registry_error)


def _put_code_matches(item: Plain, operation: Operation) -> Iterator[Problem]:
    if not operation.is_create and item.get("put-code") != operation.put_code:
        yield _refused(
            "put-code",
            "put-code-differs",
            f"A PUT must say the put-code {operation.put_code} of the item it replaces.",
            9019,
        )


def _no_put_code(item: Plain, operation: Operation) -> Iterator[Problem]:
    if operation.is_create and item.get("put-code") is not None:
        yield _refused("put-code", "put-code-given", "A new item must not have a put-code.", 9024)


def _visibility_stays(item: Plain, operation: Operation) -> Iterator[Problem]:
    given, stored = item.get("visibility"), operation.stored_visibility
    if not operation.is_create and given is not None and stored is not None and given != stored:
        yield _refused(
            "visibility", "visibility-changed", "Only the researcher may change visibility.", 9035
        )


def _title_not_empty(item: Plain, _operation: Operation) -> Iterator[Problem]:
    if is_empty(item.get("title", {}).get("title", "")):
        yield _refused("title.title", "title-missing", "The title is empty.", 9022)


def _citation_not_empty(item: Plain, _operation: Operation) -> Iterator[Problem]:
    citation = item.get("citation")
    if citation is not None and is_empty(citation.get("citation-value", "")):
        path = "citation.citation-value"
        yield _refused(path, "citation-empty", "Give a citation or take the member out.", 9020)


def _date_exists(member: str) -> Rule:
    def rule(item: Plain, _operation: Operation) -> Iterator[Problem]:
        held = item.get(member)
        if held is not None and not is_date(held):
            told = "-".join(held[part] for part in ("year", "month", "day") if part in held)
            message = f"{told} is not a date (write month and day with two digits)."
            yield _refused(member, "date-impossible", message, 9049)

    return rule


def is_date(held: Mapping[str, str]) -> bool:
    """Tell whether the parts of a date are spelt as the registry wants and exist together."""
    month, day = held.get("month"), held.get("day")
    if not _FOUR_DIGITS.fullmatch(held.get("year", "")):
        return False
    if not all(part is None or _TWO_DIGITS.fullmatch(part) for part in (month, day)):
        return False
    try:
        date(int(held["year"]), int(month or 1), int(day or 1))
    except ValueError:
        return False
    return True


def _identifiers(item: Plain, member: str) -> list[Plain | None]:
    found: list[Plain | None] = item.get(member, {}).get("external-id", [])
    return found


def _has_identifiers(member: str) -> Rule:
    def rule(item: Plain, _operation: Operation) -> Iterator[Problem]:
        if not _identifiers(item, member):
            message = "At least one identifier is required."
            yield _refused(member, "identifier-missing", message, _IDENTIFIER_MISSING)

    return rule


def _funded_by_allowed(item: Plain, _operation: Operation) -> Iterator[Problem]:
    for index, entry in enumerate(_identifiers(item, "external-ids")):
        path = f"external-ids.external-id[{index}]"
        if entry is None:
            yield _null_element(path)
        elif (
            entry.get("external-id-relationship") == "funded-by"
            and entry.get("external-id-type", "").lower() not in FUNDED_BY_TYPES
        ):
            message = "Only grant_number, proposal-id, uri and doi may be funded-by."
            yield _refused(f"{path}.external-id-type", "funded-by-type", message, 9020)


def _null_element(path: str) -> Problem:
    return _refused(path, "null-element", "A list must not hold null.", 9008)


def _identifiers_known(member: str, *, null_matters: bool) -> Rule:
    def rule(item: Plain, _operation: Operation) -> Iterator[Problem]:
        entries = _identifiers(item, member)
        for index, entry in enumerate(entries):
            if entry is None and null_matters:
                yield _null_element(f"{member}.external-id[{index}]")
        for index, entry in enumerate(entries):
            if entry is not None:
                yield from _identifier_problems(entry, f"{member}.external-id[{index}]")

    return rule


def _identifier_problems(entry: Plain, path: str) -> Iterator[Problem]:
    kind = entry.get("external-id-type", "")
    if kind not in IDENTIFIER_TYPES:
        message = f"ORCID knows no identifier type “{kind}” (case matters)."
        where = f"{path}.external-id-type"
        yield _refused(where, "identifier-type-unknown", message, _IDENTIFIER_MISSING)
    if is_empty(entry.get("external-id-value", "")):
        where = f"{path}.external-id-value"
        yield _refused(where, "blank", "The identifier is empty.", _IDENTIFIER_MISSING)
    if "external-id-relationship" not in entry:
        where = f"{path}.external-id-relationship"
        message = "Say self, part-of, version-of or funded-by."
        yield _refused(where, "relationship-missing", message, _IDENTIFIER_MISSING)


def _relationships(item: Plain, member: str) -> set[str]:
    entries = _identifiers(item, member)
    return {entry.get("external-id-relationship", "") for entry in entries if entry is not None}


def _work_has_self(item: Plain, _operation: Operation) -> Iterator[Problem]:
    if _identifiers(item, "external-ids") and "self" not in _relationships(item, "external-ids"):
        message = "At least one identifier must name the work itself (self)."
        yield _refused("external-ids", "self-missing", message, _IDENTIFIER_MISSING)


def _version_needs_self(item: Plain, _operation: Operation) -> Iterator[Problem]:
    held = _relationships(item, "review-identifiers")
    if "version-of" in held and "self" not in held:
        message = "An identifier that is version-of needs one beside it that is self."
        yield _refused("review-identifiers", "self-missing", message, _IDENTIFIER_MISSING)


def _subject_known(item: Plain, _operation: Operation) -> Iterator[Problem]:
    entry = item.get("subject-external-identifier")
    if entry is not None:
        yield from _identifier_problems(entry, "subject-external-identifier")


def _contributors(item: Plain) -> Iterator[tuple[str, Plain | None]]:
    for index, entry in enumerate(item.get("contributors", {}).get("contributor", [])):
        yield f"contributors.contributor[{index}]", entry


def _contributors_sound(item: Plain, _operation: Operation) -> Iterator[Problem]:
    for path, entry in _contributors(item):
        if entry is None:
            yield _null_element(path)
            continue
        orcid = entry.get("contributor-orcid")
        if orcid is not None and not _has_orcid_path(orcid):
            where = f"{path}.contributor-orcid"
            yield _refused(where, "orcid-malformed", "This is not an ORCID iD.", 9020)
        if "credit-name" in entry and is_empty(entry["credit-name"]):
            where = f"{path}.credit-name"
            yield _refused(where, "blank", "Give a name or take the member out.", 9020)


def _has_orcid_path(orcid: Plain) -> bool:
    path = orcid.get("path") or orcid.get("uri", "").rpartition("/")[2]
    return _ORCID_PATH.fullmatch(path) is not None


def _roles_known(item: Plain, _operation: Operation) -> Iterator[Problem]:
    for path, entry in _contributors(item):
        role = (entry or {}).get("contributor-attributes", {}).get("contributor-role")
        if role is not None and not is_work_role(role):
            where = f"{path}.contributor-attributes.contributor-role"
            yield _refused(where, "role-unknown", f"ORCID has no role “{role}” in works.", 9058)


def is_work_role(role: str) -> bool:
    """Tell whether a contributor of a work may have this role (REGISTRY.md 4.8)."""
    return role in LEGACY_WORK_ROLES or role in _ENUM_ROLES or role.lower() in CREDIT_ROLES


def stored_role(role: str) -> str:
    """Return a role as it is read back after the registry stored it (readback.jsonl)."""
    if role in _ENUM_ROLES:
        return role.lower().replace("_", "-")
    return role.lower() if role.lower() in CREDIT_ROLES else role


def _organization_identified(item: Plain, _operation: Operation) -> Iterator[Problem]:
    known = item.get("convening-organization", {}).get("disambiguated-organization")
    if known is not None and known.get("disambiguated-organization-identifier") == "":
        path = "convening-organization.disambiguated-organization"
        yield _refused(path, "organization-unknown", "The identifier is empty.", 9045)


def _issn_group_normal(item: Plain, operation: Operation) -> Iterator[Problem]:
    group = item.get("review-group-id", "")
    if group.startswith("issn:") and normalize("issn", group) is None:
        # A PUT does not make groups: it only finds that this one does not exist.
        number = 9053 if operation.is_create else 9020
        yield _refused("review-group-id", "issn-malformed", f"{group} holds no ISSN.", number)


RULES: Final[Mapping[ActivityKind, tuple[Rule, ...]]] = {
    "work": (
        _put_code_matches,
        _title_not_empty,
        _date_exists("publication-date"),
        _citation_not_empty,
        _has_identifiers("external-ids"),
        _funded_by_allowed,
        _contributors_sound,
        _no_put_code,
        _visibility_stays,
        _identifiers_known("external-ids", null_matters=False),
        _work_has_self,
        _roles_known,
    ),
    "peer-review": (
        _put_code_matches,
        _has_identifiers("review-identifiers"),
        _no_put_code,
        _identifiers_known("review-identifiers", null_matters=True),
        _version_needs_self,
        _subject_known,
        _visibility_stays,
        _organization_identified,
        _date_exists("review-completion-date"),
        _issn_group_normal,
    ),
}
"""REGISTRY.md 5.2 and 7.1; the order is that of the registry's own checks."""
