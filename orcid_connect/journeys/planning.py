"""From the newest snapshot of a subject to one delivery row per person.

Planning may run again at any time and ends in the same rows: declaring twice changes nothing, a
person who connects turns waiting rows into due ones, a withdrawal is a desired nothing.
"""

from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.declarations import Withdrawal
from orcid_connect.journeys.contents import Content, Contents, contents_of
from orcid_connect.journeys.decisions import (
    FORMER,
    begun_anew,
    leaves_something_behind,
    left_behind,
    planned,
    planned_nothing,
)
from orcid_connect.journeys.participants import Participant, participants
from orcid_connect.journeys.permissions import Permission, permissions_of
from orcid_connect.journeys.telling import tell_settled
from orcid_connect.observe import describe, log, where
from orcid_connect.pacing import backoff
from orcid_connect.services import Services, realm_of
from orcid_connect.settings import Credential
from orcid_connect.store import declared, ledger, people
from orcid_connect.store.declared import Snapshot, Subject
from orcid_connect.store.ledger import Delivery, new_delivery
from orcid_connect.store.people import Link, Realm

BATCH = 20
"""Subjects planned in one go."""
ROWS_PER_TRANSACTION = 200
"""Rows written before the write lock is let go, so that intake never waits long."""


@dataclass(frozen=True, slots=True)
class Place:
    """A person's row of a subject, as it is stored, if it is."""

    someone: Participant
    permission: Permission
    before: Delivery | None


async def plan_due(services: Services) -> int:
    """Plan what is due; one subject that fails is postponed and does not hold up the others."""
    async with services.database.reading() as connection:
        subjects = await declared.subjects_to_plan(connection, services.clock(), BATCH)
    for subject in subjects:
        try:
            await plan_subject(services, subject)
        except Exception as error:
            log.error("planning failed: %s at %s", describe(error), where(error))
            await _postpone(services, subject)
    return len(subjects)


async def plan_subject(services: Services, subject: Subject) -> None:
    """Make the rows of one subject agree with its newest snapshot."""
    async with services.database.reading() as connection:
        seen = await declared.snapshots(connection, subject)
    if not seen:
        return
    credential = services.settings.credential_for(subject.tenant)
    contents = await contents_of(services, seen[0], realm_of(credential))
    concerned = _concerned(seen[0])
    for start in range(0, len(concerned), ROWS_PER_TRANSACTION):
        part = concerned[start : start + ROWS_PER_TRANSACTION]
        async with services.database.writing() as connection:
            places = await _places(connection, subject, credential, part)
            await _plan_rows(connection, subject, credential, contents, places, services.clock())
    async with services.database.writing() as connection:
        now = services.clock()
        await _plan_absent(connection, subject, realm_of(credential), concerned, now)
        await declared.note_planned(connection, seen, contents.problems, now)


def _concerned(newest: Snapshot) -> tuple[Participant, ...]:
    if isinstance(newest.declaration, Withdrawal):
        return ()
    return participants(newest.declaration)


async def _places(
    connection: AsyncConnection,
    subject: Subject,
    credential: Credential,
    concerned: tuple[Participant, ...],
) -> list[Place]:
    """Find each person's row; one that was kept for the same iD under another name is theirs."""
    permissions = await permissions_of(connection, credential, subject.tenant, concerned)
    names = [someone.person for someone in concerned]
    names += [f"orcid:{one.link.orcid}" for one in permissions if one.link is not None]
    known = await ledger.of_people(connection, subject, realm_of(credential), names)
    rows = {row.person: row for row in known}
    return [
        Place(someone, permission, rows.get(someone.person) or rows.get(_by_orcid(permission)))
        for someone, permission in zip(concerned, permissions, strict=True)
    ]


def _by_orcid(permission: Permission) -> str:
    return "" if permission.link is None else f"orcid:{permission.link.orcid}"


async def _plan_rows(
    connection: AsyncConnection,
    subject: Subject,
    credential: Credential,
    contents: Contents,
    places: list[Place],
    now: float,
) -> None:
    new: list[Delivery] = []
    for place in places:
        person, content, before = place.someone.person, contents.of(place.someone), place.before
        row = before or new_delivery(subject, realm_of(credential), person, contents.activity, now)
        after = planned(replace(row, person=person), content, place.permission, now)
        if before is not None and leaves_something_behind(before, after):
            await ledger.save(connection, left_behind(before), now)
            before, after = None, begun_anew(after, now)
        if after == before:
            continue
        await _keep(connection, content, now)
        if before is None:
            new.append(after)
        else:
            await ledger.save(connection, after, now)
        await tell_settled(connection, before, after, now)
    await ledger.add(connection, new, now)


async def _keep(connection: AsyncConnection, content: Content, now: float) -> None:
    if content.body is not None and content.digest is not None:
        await ledger.keep_payload(connection, content.digest, content.body, now)


async def _plan_absent(
    connection: AsyncConnection,
    subject: Subject,
    realm: Realm,
    concerned: tuple[Participant, ...],
    now: float,
) -> None:
    """Want nothing where somebody is no longer named, or the subject is withdrawn."""
    present = {someone.person for someone in concerned}
    for row in await ledger.of_subject(connection, subject):
        if row.person in present or row.person.startswith(FORMER) or row.realm != realm:
            continue
        link = await _link_for_removal(connection, row)
        unsettled = bool(await ledger.open_attempts(connection, row.id))
        after = planned_nothing(row, link, now, unsettled=unsettled)
        if after != row:
            await ledger.save(connection, after, now)
            await tell_settled(connection, row, after, now)


async def _link_for_removal(connection: AsyncConnection, row: Delivery) -> Link | None:
    """Return the person's present link to the same record, else the one the row was sent with.

    A link that the person withdrew at ORCID still removes (REGISTRY.md 2.4).
    """
    kind, _, name = row.person.partition(":")
    find = people.newest_links if kind == "key" else people.links_by_orcid
    present = (await find(connection, row.realm, row.subject.tenant, [name])).get(name)
    if present is not None and present.state == "active" and present.orcid == row.orcid:
        return present
    return await people.link_with_id(connection, row.link_id or "")


async def _postpone(services: Services, subject: Subject) -> None:
    settings = services.settings
    async with services.database.writing() as connection:
        seen = await declared.snapshots(connection, subject)
        tries = max((snapshot.plan_tries for snapshot in seen), default=0) + 1
        wait = backoff(tries, base=settings.backoff_base, limit=settings.backoff_limit)
        await declared.postpone_planning(connection, subject, services.clock() + wait)
