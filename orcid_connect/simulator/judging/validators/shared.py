"""Checks that several validators share: titles, put-codes, visibility, external ids, organisations.

Each raises Refused; an absent object where the registry expects one is its null pointer (9008).
"""

from dataclasses import dataclass
from typing import Any, Literal

from orcid_connect.simulator.judging import refusals
from orcid_connect.simulator.judging.answers import JSON
from orcid_connect.simulator.judging.blanks import is_blank
from orcid_connect.simulator.judging.identifiers import TYPES
from orcid_connect.simulator.judging.languages import LANGUAGES

Op = Literal["create", "update"]


@dataclass(frozen=True, slots=True)
class Situation:
    """What is being done: creating or updating, and the stored item's visibility."""

    creating: bool
    visibility: str | None = None


def value_of(wrapper: JSON | None) -> Any:
    """Give what a wrapper holds, None for no wrapper."""
    return None if wrapper is None else wrapper["value"]


def check_no_put_code(item: JSON, situation: Situation) -> None:
    """Refuse a put-code on creation (9024)."""
    if situation.creating and item["put-code"] is not None:
        raise refusals.put_code_on_create()


def check_visibility(item: JSON, situation: Situation) -> None:
    """Refuse another visibility than the stored one on update (9035)."""
    if situation.creating or item["visibility"] is None:
        return
    if item["visibility"] != situation.visibility:
        raise refusals.visibility_changed()


def check_translated_language(title: JSON) -> None:
    """Require a language for a translated title (9037; the schema asks so too, save in bulk)."""
    translated = title["translated-title"]
    if translated is None or is_blank(translated["value"]):
        return
    if translated["language-code"] is None:
        raise refusals.missing_typed_value("translated title -> language code", LANGUAGES)


def identifiers_of(container: JSON | None) -> list[JSON | None]:
    """Give the external ids in their wrapper; no wrapper and no list are empty."""
    return [] if container is None else container["external-id"] or []


def require_identifiers(container: JSON | None, detail: str | None = None) -> list[JSON | None]:
    """Require at least one external id (9023)."""
    found = identifiers_of(container)
    if not found:
        raise refusals.bad_identifiers(detail)
    return found


def faults_of(identifier: JSON, name_the_type: bool = True) -> list[str]:
    """Name what is wrong with one external id; an unknown type is named by itself."""
    faults = []
    if identifier["external-id-type"] not in TYPES:
        faults.append(str(identifier["external-id-type"]) if name_the_type else "type")
    if is_blank(identifier["external-id-value"]):
        faults.append("value")
    if identifier["external-id-relationship"] is None:
        faults.append("relationship")
    return faults


def refuse_faults(faults: list[str]) -> None:
    """Refuse if any fault was found (9023)."""
    if faults:
        raise refusals.bad_identifiers("Invalid external-id  " + "  ".join(faults))


def check_identifiers(identifiers: list[JSON | None]) -> set[str]:
    """Require known types, values and relationships; gives the relationships found."""
    faults: list[str] = []
    for identifier in identifiers:
        if identifier is None:
            raise refusals.unexpected()
        faults.extend(faults_of(identifier))
    refuse_faults(faults)
    return {one["external-id-relationship"] for one in identifiers if one is not None}


def check_self_or_no_version(identifiers: list[JSON | None]) -> None:
    """Check external ids of a review or resource: version-of needs a self beside it (9023)."""
    relationships = check_identifiers(identifiers)
    if "version-of" in relationships and "self" not in relationships:
        refuse_faults(["version-of requires at least one self identifier"])


def has_disambiguation(organization: JSON) -> bool:
    """Say whether an organisation carries a disambiguated identifier."""
    disambiguated = organization["disambiguated-organization"]
    return bool(disambiguated and disambiguated["disambiguated-organization-identifier"])


def require_disambiguation(organization: JSON | None) -> None:
    """Require an organisation (9046) with a disambiguated identifier (9045)."""
    if organization is None:
        raise refusals.missing_organization()
    if not has_disambiguation(organization):
        raise refusals.organization_not_disambiguated()
