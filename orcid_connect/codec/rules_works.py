"""The registry's own rules for works and peer reviews (REGISTRY.md 4.2, 4.3), in its own order."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from orcid_connect.codec.normalize import normalize
from orcid_connect.codec.roles import is_work_role
from orcid_connect.codec.rules_basics import (
    IDENTIFIER_MISSING,
    Operation,
    Plain,
    Rule,
    date_exists,
    has_identifiers,
    hollow_identifier,
    identifier_problems,
    identifiers,
    identifiers_known,
    is_hollow_date,
    no_put_code,
    null_element,
    put_code_matches,
    refused,
    relationships,
    visibility_stays,
)
from orcid_connect.codec.shapes import HOLLOW
from orcid_connect.codec.texts import is_empty
from orcid_connect.codec.vocabulary import FUNDED_BY_TYPES
from orcid_connect.errors import Problem

ISSN_GROUP: Final = re.compile(r"issn:\d{4}-\d{3}[\dXx]", re.ASCII)
_ORCID_PATH: Final = re.compile(r"(?:\d{4}-){3}\d{3}[\dX]", re.ASCII)


def _title_not_empty(item: Plain, _operation: Operation) -> Iterator[Problem]:
    if is_empty(item.get("title", {}).get("title", "")):
        yield refused("title.title", "title-missing", "The title is empty.", 9022)


def _translation_whole(item: Plain, _operation: Operation) -> Iterator[Problem]:
    translated = item.get("title", {}).get("translated-title")
    if translated is None:
        return
    path = "title.translated-title"
    if is_empty(translated.get("value", "")):
        if "language-code" in translated:
            message = "Give a translated title or take its language out."
            yield refused(f"{path}.value", "missing", message, 9020)
    elif "language-code" not in translated:
        message = "A translated title needs a language code."
        yield refused(f"{path}.language-code", "missing", message, 9037)


def _country_not_hollow(item: Plain, _operation: Operation) -> Iterator[Problem]:
    if item.get("country") == HOLLOW:
        yield refused("country", "missing", "Give a country or take the member out.", 9037)


def _date_not_hollow(item: Plain, _operation: Operation) -> Iterator[Problem]:
    if is_hollow_date(item.get("publication-date", {})):
        yield refused("publication-date", "missing", "Give a number or take the part out.", 9037)


def _type_given(item: Plain, _operation: Operation) -> Iterator[Problem]:
    if "type" not in item:
        yield refused("type", "missing", "A work must have a type.", 9037)


def _citation_has_type(item: Plain, _operation: Operation) -> Iterator[Problem]:
    if "citation-type" not in item.get("citation", {"citation-type": ""}):
        yield refused("citation.citation-type", "missing", "A citation must have a type.", 9037)


def _citation_not_empty(item: Plain, _operation: Operation) -> Iterator[Problem]:
    citation = item.get("citation")
    if citation is not None and is_empty(citation.get("citation-value", "")):
        path = "citation.citation-value"
        yield refused(path, "citation-empty", "Give a citation or take the member out.", 9020)


def _funded_by_allowed(item: Plain, _operation: Operation) -> Iterator[Problem]:
    for index, entry in enumerate(identifiers(item, "external-ids")):
        path = f"external-ids.external-id[{index}]"
        if entry is None:
            yield null_element(path)
        elif entry.get("external-id-relationship") != "funded-by":
            continue
        elif "external-id-type" not in entry:
            yield hollow_identifier(path)
        elif entry["external-id-type"].lower() not in FUNDED_BY_TYPES:
            message = "Only grant_number, proposal-id, uri and doi may be funded-by."
            yield refused(f"{path}.external-id-type", "funded-by-type", message, 9020)


def _work_has_self(item: Plain, _operation: Operation) -> Iterator[Problem]:
    if identifiers(item, "external-ids") and "self" not in relationships(item, "external-ids"):
        message = "At least one identifier must name the work itself (self)."
        yield refused("external-ids", "self-missing", message, IDENTIFIER_MISSING)


def _no_hollow_address(item: Plain, _operation: Operation) -> Iterator[Problem]:
    for index, entry in enumerate(identifiers(item, "external-ids")):
        if entry is not None and entry.get("external-id-url") == HOLLOW:
            yield hollow_identifier(f"external-ids.external-id[{index}]")


def version_needs_self(member: str) -> Rule:
    """Refuse identifiers that are only version-of (REGISTRY.md 4.3)."""

    def rule(item: Plain, _operation: Operation) -> Iterator[Problem]:
        held = relationships(item, member)
        if "version-of" in held and "self" not in held:
            message = "An identifier that is version-of needs one beside it that is self."
            yield refused(member, "self-missing", message, IDENTIFIER_MISSING)

    return rule


def _subject_known(item: Plain, _operation: Operation) -> Iterator[Problem]:
    entry = item.get("subject-external-identifier")
    if entry is not None:
        yield from identifier_problems(entry, "subject-external-identifier")


def contributors_of(item: Plain) -> Iterator[tuple[str, Plain | None]]:
    """Yield path and content of each contributor; a null among them stays."""
    for index, entry in enumerate(item.get("contributors", {}).get("contributor", [])):
        yield f"contributors.contributor[{index}]", entry


def _contributors_sound(item: Plain, _operation: Operation) -> Iterator[Problem]:
    for path, entry in contributors_of(item):
        if entry is None:
            yield null_element(path)
            continue
        orcid = entry.get("contributor-orcid")
        if orcid is not None and not _is_orcid(orcid):
            where = f"{path}.contributor-orcid"
            yield refused(where, "orcid-malformed", "This is not an ORCID iD.", 9020)
        if "credit-name" in entry and is_empty(entry["credit-name"]):
            where = f"{path}.credit-name"
            yield refused(where, "blank", "Give a name or take the member out.", 9020)
        if "contributor-email" in entry and is_empty(entry["contributor-email"]):
            where = f"{path}.contributor-email"
            yield refused(where, "blank", "Take the address out.", 9020)


def _is_orcid(orcid: Plain) -> bool:
    told = [orcid.get("path", ""), orcid.get("uri", "").rpartition("/")[2]]
    return all(is_empty(text) or _ORCID_PATH.fullmatch(text) for text in told)


def roles_known(is_role: Callable[[str], bool], where_used: str) -> Rule:
    """Refuse contributor roles that ORCID does not have (REGISTRY.md 4.8)."""

    def rule(item: Plain, _operation: Operation) -> Iterator[Problem]:
        for path, entry in contributors_of(item):
            role = (entry or {}).get("contributor-attributes", {}).get("contributor-role")
            if role is not None and not is_role(role):
                where = f"{path}.contributor-attributes.contributor-role"
                message = f"ORCID has no role “{role}” in {where_used}."
                yield refused(where, "role-unknown", message, 9058)

    return rule


def _organization_identified(item: Plain, _operation: Operation) -> Iterator[Problem]:
    known = item.get("convening-organization", {}).get("disambiguated-organization")
    if known is not None and known.get("disambiguated-organization-identifier") == "":
        path = "convening-organization.disambiguated-organization"
        yield refused(path, "organization-unknown", "The identifier is empty.", 9045)


def _issn_group_normal(item: Plain, operation: Operation) -> Iterator[Problem]:
    group = item.get("review-group-id", "")
    if not group.startswith("issn:"):
        return
    if operation.is_create and normalize("issn", group) is None:
        yield refused("review-group-id", "issn-malformed", f"{group} holds no ISSN.", 9053)
    if not operation.is_create and not ISSN_GROUP.fullmatch(group):
        # A PUT makes no groups, and none of another spelling was ever made (REGISTRY.md 6).
        message = f"{group} is not issn:dddd-dddX."
        yield refused("review-group-id", "issn-malformed", message, 9020)


WORK_RULES: Final[tuple[Rule, ...]] = (
    put_code_matches,
    _title_not_empty,
    _country_not_hollow,
    _translation_whole,
    _type_given,
    _date_not_hollow,
    date_exists("publication-date"),
    _citation_has_type,
    _citation_not_empty,
    has_identifiers("external-ids"),
    _funded_by_allowed,
    _contributors_sound,
    no_put_code,
    visibility_stays,
    identifiers_known("external-ids", null_matters=False),
    _work_has_self,
    _no_hollow_address,
    roles_known(is_work_role, "works"),
)

PEER_REVIEW_RULES: Final[tuple[Rule, ...]] = (
    put_code_matches,
    has_identifiers("review-identifiers"),
    no_put_code,
    identifiers_known("review-identifiers", null_matters=True),
    version_needs_self("review-identifiers"),
    _subject_known,
    visibility_stays,
    _organization_identified,
    date_exists("review-completion-date"),
    _issn_group_normal,
)
