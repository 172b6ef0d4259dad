"""`record`: what a record says, as far as we may see it."""

import asyncio
from collections.abc import Iterable, Iterator

import typer
from rich.console import Console

from orcid_connect import codec
from orcid_connect.cli.context import AppOption, JsonOption
from orcid_connect.cli.output import WRONG_USAGE, fail, say, say_json, table
from orcid_connect.cli.reaching import (
    CredentialOption,
    EnvironmentOption,
    SiteOption,
    reached,
    told,
)
from orcid_connect.errors import RegistryError
from orcid_connect.identifiers import parse_orcid
from orcid_connect.records import (
    Affiliations,
    FuzzyDate,
    Group,
    Name,
    Organization,
    Person,
    Record,
    Title,
    WorkSummary,
)
from orcid_connect.records.summaries import ActivitiesSummary, ActivityList

SHOWN = 10
"""Works shown without --json."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("record")(record)


def record(
    identifier: str = typer.Argument(help="An ORCID iD, bare or as an address."),
    environment: EnvironmentOption = "",
    site: SiteOption = "",
    credential: CredentialOption = "",
    app: AppOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show a record: a readable summary, or with --json the whole of it as ORCID's JSON."""
    orcid = parse_orcid(identifier)
    if orcid is None:
        fail(f"{identifier} is not an ORCID iD, or a digit of it is wrong.", WRONG_USAGE)
    try:
        found, host = asyncio.run(_read(orcid, environment, site, app, credential))
    except RegistryError as error:
        fail(told(error, orcid))
    if as_json:
        say_json(codec.encode_whole(found, orcid_host=host))
        return
    for line in _summary(found, host):
        say(line)
    _works(found)


async def _read(
    orcid: str, environment: str, site: str, app: str, credential: str
) -> tuple[Record, str]:
    async with reached(environment, site, app, credential) as api:
        with Console(stderr=True).status(f"Reading {orcid} …"):
            return await api.record(orcid), api.orcid_host


def _summary(found: Record, host: str) -> Iterator[str]:
    person = found.person
    name = _name(person.name) if person else ""
    yield f"{name or 'The name is not public'}   https://{host}/{found.orcid}"
    if person is not None:
        yield from _about(person)
    if found.activities_summary is not None:
        yield ""
        yield from _counts(found.activities_summary)
        yield from _affiliations(found.activities_summary)


def _name(name: Name | None) -> str:
    if name is None:
        return ""
    plain = " ".join(part for part in (name.given_names, name.family_name) if part)
    return name.credit_name or plain


def _about(person: Person) -> Iterator[str]:
    listed: list[tuple[str, Iterable[str]]] = []
    if person.other_names:
        listed.append(("also known as", (one.content for one in person.other_names.items)))
    if person.keywords:
        listed.append(("keywords", (one.content for one in person.keywords.items)))
    if person.addresses:
        listed.append(("countries", (one.country for one in person.addresses.items)))
    if person.researcher_urls:
        listed.append(("links", (one.url for one in person.researcher_urls.items)))
    if person.external_identifiers:
        identifiers = person.external_identifiers.items
        listed.append(("identifiers", (f"{one.type} {one.value}" for one in identifiers)))
    for label, values in listed:
        text = ", ".join(values)
        if text:
            yield f"  {label}: {text}"


def _counts(activities: ActivitiesSummary) -> Iterator[str]:
    """Say how many there are of each kind; things that are one count once (REGISTRY.md 3.6)."""
    for name, listing in activities:
        if isinstance(listing, ActivityList):
            count = len(_groups(listing))
            if count:
                yield f"  {name.replace('_', ' ')}: {count}"


def _groups(listing: ActivityList) -> tuple[Group, ...]:
    found: tuple[Group, ...] = getattr(listing, "groups", ())
    return found


def _affiliations(activities: ActivitiesSummary) -> Iterator[str]:
    for label, listing in (
        ("Employment", activities.employments),
        ("Education", activities.educations),
    ):
        for line in _affiliation_lines(listing):
            yield f"  {label}: {line}"


def _affiliation_lines(listing: Affiliations | None) -> Iterator[str]:
    entries = (entry for group in (listing.groups if listing else ()) for entry in group.entries)
    for entry in entries:
        one = entry.summary
        if one is not None:
            years = f"{_date(one.start_date) or '?'} to {_date(one.end_date) or 'now'}"
            parts = (one.role_title, one.department_name, _place(one.organization), years)
            yield ", ".join(part for part in parts if part)


def _place(organization: Organization | None) -> str:
    return organization.name if organization else ""


def _date(date: FuzzyDate | None) -> str:
    if date is None:
        return ""
    parts = [f"{date.year:04}"]
    parts += [f"{part:02}" for part in (date.month, date.day) if part is not None]
    return "-".join(parts)


def _works(found: Record) -> None:
    listing = found.activities_summary.works if found.activities_summary else None
    groups = listing.groups if listing else ()
    preferred = [group.summaries[0] for group in groups if group.summaries]
    if not preferred:
        return
    say("")
    rows = [_work_row(work) for work in preferred[:SHOWN]]
    table(("date", "type", "title", "identifier"), rows)
    if len(preferred) > SHOWN:
        say(f"… and {len(preferred) - SHOWN} more works: see --json.")


def _work_row(work: WorkSummary) -> tuple[str, str, str, str]:
    own = [one for one in work.external_ids if one.relationship == "self"]
    identifier = f"{own[0].type} {own[0].value}" if own else ""
    return _date(work.publication_date), work.type or "", _title(work.title), identifier


def _title(title: Title | None) -> str:
    return title.title if title else ""
