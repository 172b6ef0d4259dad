"""From a role to one of the seven affiliations (REGISTRY.md 4.5): a service, an employment …"""

from collections.abc import Iterator
from typing import Final

from orcid_connect.declarations import PartialDate, Role
from orcid_connect.identifiers import parse_issn
from orcid_connect.mapping.organizations import organization
from orcid_connect.mapping.outcome import Findings, Mapped
from orcid_connect.mapping.own_ids import own_id
from orcid_connect.mapping.text import fit, tidy
from orcid_connect.mapping.urls import usable_url
from orcid_connect.mapping.works import fuzzy
from orcid_connect.policy import RolePolicy
from orcid_connect.records import AffiliationKind as Kind
from orcid_connect.records import (
    AnyAffiliation,
    Distinction,
    Education,
    Employment,
    ExternalId,
    FuzzyDate,
    InvitedPosition,
    Membership,
    Organization,
    Qualification,
    Service,
)

NAME_LENGTH: Final = 4000
"""UTF-16 units of a department's name and a role's title (REGISTRY.md 4.5)."""

PLAIN: Final = RolePolicy()

_TYPES: Final[dict[Kind, type[AnyAffiliation]]] = {
    "distinction": Distinction,
    "education": Education,
    "employment": Employment,
    "invited-position": InvitedPosition,
    "membership": Membership,
    "qualification": Qualification,
    "service": Service,
}
_NEED_ORGANIZATION: Final[frozenset[Kind]] = frozenset({"education", "employment"})


def affiliation_from_role(role: Role, policy: RolePolicy = PLAIN) -> Mapped[AnyAffiliation]:
    """Return the affiliation that a role becomes; one that has ended has an end date."""
    findings = Findings()
    place = organization(
        role.organization,
        "ORCID shows the organisation",
        findings,
        identified=policy.organization_identifier or role.activity in _NEED_ORGANIZATION,
    )
    affiliation = _TYPES[role.activity](
        organization=_with_country(place),
        department_name=_name(
            role.department or role.organization.department, "department", findings
        ),
        role_title=_role_title(role, findings),
        start_date=_start(role, findings),
        end_date=role.end and fuzzy(role.end),
        url=usable_url(role.url, "url", findings),
        external_ids=tuple(_identifiers(role, place, findings)),
    )
    return findings.outcome(affiliation)


def _with_country(place: Organization) -> Organization:
    """Leave city and region out where there is no country: ORCID refuses them then (9061)."""
    if place.country is not None:
        return place
    return place.model_copy(update={"city": None, "region": None})


def _name(text: str | None, path: str, findings: Findings) -> str | None:
    return fit(tidy(text, path, findings), NAME_LENGTH, path, path.replace("_", " "), findings)


def _role_title(role: Role, findings: Findings) -> str | None:
    title = _name(role.role_title, "role_title", findings)
    if title is None:
        findings.caution(
            "role_title",
            "role-title-missing",
            "The record does not say what this person does there. Declare the role with a title, "
            "such as “Editor in Chief”.",
        )
    return title


def _start(role: Role, findings: Findings) -> FuzzyDate | None:
    if role.start is None:
        if role.end is not None:
            findings.caution(
                "start", "start-missing", "The role has an end but no start. Declare both."
            )
        return None
    if role.end is None or not _reads_reversed(role.start, role.end):
        return fuzzy(role.start)
    findings.caution(
        "start",
        "start-coarsened",
        f"The end is known only as {role.end}, so the start is sent as exactly: ORCID takes "
        f"{role.start} for a later date.",
    )
    end = role.end
    return FuzzyDate(year=end.year, month=end.month)


def _reads_reversed(start: PartialDate, end: PartialDate) -> bool:
    """Tell whether an end known less exactly is taken for earlier than its start (9055)."""
    if start.year != end.year:
        return False
    if end.month is None:
        return start.month is not None
    return start.month == end.month and end.day is None and start.day is not None


def _identifiers(role: Role, place: Organization, findings: Findings) -> Iterator[ExternalId]:
    """Yield what identifies the role; one of our own where ORCID asks for any (9062)."""
    given = [*_declared(role, findings), *_journal(role, findings)]
    if not given and place.identifier is None and role.activity not in _NEED_ORGANIZATION:
        own_type, own = own_role_id(role.activity, role.tenant, role.key)
        yield ExternalId(type=own_type, value=own, relationship="self")
    yield from given


def own_role_id(activity: str, tenant: str, key: str) -> tuple[str, str]:
    """Return type and value of the identifier that we give a role without any of its own."""
    return "source-work-id", own_id(activity, tenant, key)


def _declared(role: Role, findings: Findings) -> Iterator[ExternalId]:
    for index, entry in enumerate(role.identifiers):
        path = f"identifiers[{index}]"
        value = tidy(entry.value, f"{path}.value", findings)
        kind = tidy(entry.type, f"{path}.type", findings)
        if value is not None and kind is not None:
            url = usable_url(entry.url, f"{path}.url", findings)
            yield ExternalId(type=kind, value=value, relationship=entry.relationship, url=url)


def _journal(role: Role, findings: Findings) -> Iterator[ExternalId]:
    printed = tidy(role.issn, "issn", findings)
    if printed is None:
        return
    issn = parse_issn(printed)
    if issn is None:
        findings.caution(
            "issn",
            "issn-malformed",
            f"“{printed}” is not an ISSN (eight characters, the last a check digit); it is left "
            "out. Correct it in the journal's settings.",
        )
        return
    yield ExternalId(type="issn", value=issn, relationship="part-of")
