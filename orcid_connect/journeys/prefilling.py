"""Reading the record of a connected person to fill a host's form: one request, nothing stored."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal

from orcid_connect import records
from orcid_connect.declarations import Person
from orcid_connect.errors import (
    OrcidConnectError,
    RecordDeactivated,
    RecordLocked,
    RecordMoved,
    RecordUnclaimed,
    RegistryError,
    RegistryUnreachable,
    TokenRefused,
)
from orcid_connect.identifiers import parse_doi
from orcid_connect.journeys.linking import current_link
from orcid_connect.journeys.prefilled import (
    AffiliationKind,
    FoundAffiliation,
    FoundEmail,
    FoundFunding,
    FoundName,
    FoundOrganization,
    FoundText,
    FoundWork,
    Prefill,
)
from orcid_connect.languages import marked
from orcid_connect.services import Services
from orcid_connect.store.people import Link

READ_LIMITED: Final = "/read-limited"
PREFILL_SECONDS: Final = 12.0
"""Somebody waits in front of an empty form: after this they had better begin to type."""
WORKS: Final = 50
MOST_WORKS: Final = 1_000

Reason = Literal["not-connected", "permission", "moved", "locked", "deactivated", "unclaimed"]
SENTENCES: Final[dict[Reason, str]] = {
    "not-connected": marked("No ORCID iD is connected, so there is nothing to fill the form with."),
    "permission": marked("ORCID no longer accepts the permission. Connect the iD again."),
    "moved": marked("This record was merged into another one at ORCID. Connect the iD again."),
    "locked": marked(
        "ORCID has locked this record, so it cannot be read. ORCID's help can say why."
    ),
    "deactivated": marked("This record was closed by its owner, so it cannot be read."),
    "unclaimed": marked("This record was not taken over by its owner yet, so it cannot be read."),
}
_CLOSED: Final[tuple[tuple[type[RegistryError], Reason], ...]] = (
    (RecordMoved, "moved"),
    (RecordLocked, "locked"),
    (RecordDeactivated, "deactivated"),
    (RecordUnclaimed, "unclaimed"),
)
_AFFILIATIONS: Final[tuple[tuple[str, AffiliationKind], ...]] = (
    ("employments", "employment"),
    ("educations", "education"),
    ("qualifications", "qualification"),
    ("invited_positions", "invited-position"),
    ("distinctions", "distinction"),
    ("memberships", "membership"),
    ("services", "service"),
)


class NothingToPrefill(OrcidConnectError):
    """The record cannot be read for this person; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(SENTENCES[reason])
        self.reason: Reason = reason


async def prefill(
    services: Services, person: Person, works: int = WORKS, *, within: float = PREFILL_SECONDS
) -> Prefill:
    """Read what may fill a form of this person's, with at most `works` works, the newest first.

    Raises `NothingToPrefill`, and `RegistryError` if ORCID does not answer as it should, or not
    within so many seconds.
    """
    link = await current_link(services, person)
    if link is None or link.state != "active":
        raise NothingToPrefill("not-connected")
    try:
        async with asyncio.timeout(within):
            record = await _read(services, person, link)
    except TimeoutError:
        raise RegistryUnreachable("ORCID did not answer in time", sent=True) from None
    except TokenRefused as error:
        raise NothingToPrefill(await _why_refused(services, person, link)) from error
    except RegistryError as error:
        reason = _closed(error)
        if reason is None:
            raise
        raise NothingToPrefill(reason) from error
    site = services.settings.credential_for(person.tenant).site
    return _filled(record, link, f"{site}/{link.orcid}", min(max(works, 0), MOST_WORKS))


def _closed(error: RegistryError) -> Reason | None:
    return next((reason for kind, reason in _CLOSED if isinstance(error, kind)), None)


async def _why_refused(services: Services, person: Person, link: Link) -> Reason:
    """Tell a closed record, whose tokens end with it, from a permission that was withdrawn."""
    credential = services.settings.credential_for(person.tenant)
    try:
        await services.public_api(credential).personal_details(link.orcid)
    except RegistryError as error:
        return _closed(error) or "permission"
    return "permission"


def _reads_limited(link: Link) -> bool:
    return READ_LIMITED in link.scopes and link.token_sealed is not None


async def _read(services: Services, person: Person, link: Link) -> records.Record:
    """Read with the person's permission where there is one, else what everybody may read."""
    credential = services.settings.credential_for(person.tenant)
    if _reads_limited(link):
        token = link.token(services.vault)
        return await services.member_api(credential).record(link.orcid, token=token)
    return await services.public_api(credential).record(link.orcid)


def _filled(record: records.Record, link: Link, uri: str, works: int) -> Prefill:
    person = record.person or records.Person()
    activities = record.activities_summary or records.ActivitiesSummary()
    listed = sorted(_works(activities, link), key=lambda work: work.year or 0, reverse=True)
    return Prefill(
        orcid=uri,
        read_as="limited" if _reads_limited(link) else "public",
        language=record.preferences.locale if record.preferences else None,
        name=_name(person.name, link),
        other_names=_texts(person.other_names, link, "content"),
        biography=_biography(person.biography, link),
        emails=_emails(person.emails, link),
        countries=_texts(person.addresses, link, "country"),
        keywords=_texts(person.keywords, link, "content"),
        affiliations=tuple(_affiliations(activities, link)),
        funding=tuple(_funding(activities, link)),
        works=tuple(listed[:works]),
        works_total=len(listed),
    )


def _origin(item: records.Item, link: Link) -> dict[str, Any]:
    """Return the members of `Found`: what has no client as its source is the person's own."""
    source = item.source
    own = source is None or (source.client_id is None and source.orcid in (None, link.orcid))
    return {
        "visibility": item.visibility,
        "asserted_by": "person" if own else "organization",
        "source": source.name if source else None,
    }


def _name(name: records.Name | None, link: Link) -> FoundName | None:
    if name is None:
        return None
    return FoundName(
        given=name.given_names,
        family=name.family_name,
        credit=name.credit_name,
        **_origin(name, link),
    )


def _biography(biography: records.Biography | None, link: Link) -> FoundText | None:
    if biography is None or not biography.content:
        return None
    return FoundText(value=biography.content, **_origin(biography, link))


def _texts(listed: Any, link: Link, member: str) -> tuple[FoundText, ...]:
    items: Sequence[records.Item] = listed.items if listed is not None else ()
    return tuple(FoundText(value=getattr(one, member), **_origin(one, link)) for one in items)


def _emails(emails: records.Emails | None, link: Link) -> tuple[FoundEmail, ...]:
    shown = [one for one in (emails.items if emails else ()) if one.email]
    return tuple(
        FoundEmail(
            value=one.email or "",
            primary=one.primary,
            verified=one.verified,
            **_origin(one, link),
        )
        for one in shown
    )


def _affiliations(activities: records.ActivitiesSummary, link: Link) -> Iterable[FoundAffiliation]:
    for member, kind in _AFFILIATIONS:
        listed: records.Affiliations | None = getattr(activities, member)
        for group in listed.groups if listed else ():
            one = next((entry.summary for entry in group.entries if entry.summary), None)
            if one is not None:
                yield FoundAffiliation(
                    kind=kind,
                    organization=_organization(one.organization),
                    department=one.department_name,
                    role=one.role_title,
                    start=_date(one.start_date),
                    end=_date(one.end_date),
                    **_origin(one, link),
                )


def _funding(activities: records.ActivitiesSummary, link: Link) -> Iterable[FoundFunding]:
    for group in activities.fundings.groups if activities.fundings else ():
        for one in group.summaries[:1]:
            numbers = (known.value for known in one.external_ids if known.type == "grant_number")
            yield FoundFunding(
                type=one.type,
                title=one.title.title if one.title else None,
                funder=_organization(one.organization),
                number=next(numbers, None),
                url=one.url,
                start=_date(one.start_date),
                end=_date(one.end_date),
                **_origin(one, link),
            )


def _works(activities: records.ActivitiesSummary, link: Link) -> Iterable[FoundWork]:
    for group in activities.works.groups if activities.works else ():
        for one in group.summaries[:1]:
            yield FoundWork(
                type=one.type,
                title=one.title.title if one.title else None,
                journal=one.journal_title,
                year=one.publication_date.year if one.publication_date else None,
                doi=_doi(one.external_ids),
                url=one.url,
                **_origin(one, link),
            )


def _doi(known: Iterable[records.ExternalId]) -> str | None:
    own = (one for one in known if one.type == "doi" and one.relationship == "self")
    found = (parse_doi(one.normalized or one.value) for one in own)
    return next((doi for doi in found if doi), None)


def _organization(one: records.Organization | None) -> FoundOrganization | None:
    if one is None:
        return None
    return FoundOrganization(
        name=one.name,
        city=one.city,
        region=one.region,
        country=one.country,
        ror=one.identifier if one.identifier_source == "ROR" else None,
        identifier=one.identifier,
        identifier_source=one.identifier_source,
    )


def _date(date: records.FuzzyDate | None) -> str | None:
    return None if date is None else str(date)
