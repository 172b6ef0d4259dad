"""From the newest snapshot of a subject to one delivery row per person.

Planning may run again at any time and ends in the same rows: declaring twice changes nothing, a
person who connects turns waiting rows into due ones, a withdrawal is a desired nothing.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.declarations import Withdrawal
from orcid_connect.errors import Problem
from orcid_connect.journeys.contents import Content, contents_of, orcids_in
from orcid_connect.journeys.decisions import (
    FORMER,
    begun_anew,
    leaves_something_behind,
    left_behind,
    not_corrected,
    planned,
    planned_nothing,
    refused_as,
    refused_as_well,
    refused_by_its_person,
    stands_already,
    taken_up_again,
    unwanted,
    whose,
)
from orcid_connect.journeys.noting import note_mentions
from orcid_connect.journeys.participants import Participant, participants
from orcid_connect.journeys.placing import Place, Plan, places_in
from orcid_connect.journeys.telling import tell_settled
from orcid_connect.journeys.twins import Thing
from orcid_connect.journeys.versions import named_by, versions_known
from orcid_connect.observe import describe, log, where
from orcid_connect.pacing import backoff
from orcid_connect.services import Services, realm_of
from orcid_connect.store import declared, ledger, lineages, people
from orcid_connect.store.declared import Snapshot, Subject
from orcid_connect.store.ledger import Delivery, new_delivery
from orcid_connect.store.mentions import Mentioning
from orcid_connect.store.people import Link, Realm
from orcid_connect.store.replanning import plan_tries, replan_subject

Item = TypeVar("Item")

BATCH = 20
"""Subjects planned in one go."""
ROWS_PER_TRANSACTION = 200
"""Rows written before the write lock is let go, so that intake never waits long."""


class _Overtaken(Exception):
    """Something was declared or wished for since the plan was made: it is made anew."""


async def plan_due(services: Services) -> int:
    """Plan what is due; one subject that fails is postponed and does not hold up the others."""
    async with services.database.reading() as connection:
        subjects = await declared.subjects_to_plan(connection, services.clock(), BATCH)
    for subject in subjects:
        try:
            await plan_subject(services, subject)
        except _Overtaken:
            log.info("a plan was overtaken by a newer declaration and is made anew")
        except Exception as error:
            log.error("planning failed: %s at %s", describe(error), where(error))
            await _postpone(services, subject, error)
    return len(subjects)


async def plan_subject(services: Services, subject: Subject) -> None:
    """Make the rows of one subject agree with its newest snapshot."""
    plan = await _make_plan(services, subject)
    if plan is None:
        return
    if plan.newest.member is not None:
        async with services.database.writing() as connection:
            await _check_newest(connection, plan)
            await _gather_versions(connection, plan, services.clock())
    for part in _parts(plan.concerned):
        async with services.database.writing() as connection:
            await _check_newest(connection, plan)
            await _note_mentions(connection, services, plan, services.clock())
            await _plan_rows(connection, plan, part, services.clock())
    async with services.database.reading() as connection:
        absent = await _absent(connection, plan)
    for rows in _parts(absent):
        async with services.database.writing() as connection:
            await _check_newest(connection, plan)
            await _plan_absent(connection, plan, rows, services.clock())
    await _finish(services, plan)


async def _make_plan(services: Services, subject: Subject) -> Plan | None:
    async with services.database.reading() as connection:
        seen = await declared.seen_of(connection, subject)
        newest = await declared.newest(connection, subject, services.clock())
        if newest is None:
            return None
        lineage = await lineages.joined(connection, subject, newest.as_of)
    if lineage is not None:
        newest = _replaced(newest, lineage)
    credential = services.settings.credential_for(subject.tenant)
    contents = await contents_of(services, newest, realm_of(credential))
    declaration = newest.declaration
    concerned = () if isinstance(declaration, Withdrawal) else participants(declaration)
    canary = services.settings.tree.canary(subject.tenant)
    root = services.settings.tree.root(subject.tenant)
    thing = Thing(Mentioning(root, subject), contents.activity, contents.own, realm_of(credential))
    return Plan(subject, credential, tuple(seen), newest, concerned, contents, thing, canary)


def _replaced(newest: Snapshot, lineage: str) -> Snapshot:
    """Return what holds of an article that is a version of a lineage by now: nothing of its own."""
    gone = Withdrawal(
        tenant=newest.subject.tenant,
        key=newest.subject.key,
        as_of=newest.declaration.as_of,
        of=newest.subject.kind,
        reason=f"it is a version of {lineage} now",
    )
    return replace(newest, declaration=gone)


async def _gather_versions(connection: AsyncConnection, plan: Plan, now: float) -> None:
    """Take over the rows of versions declared by themselves before; what is twice then goes."""
    for former in await lineages.gathered(connection, plan.subject):
        own = {_place_of(row): row for row in await ledger.of_subject(connection, plan.subject)}
        for row in await ledger.of_subject(connection, former):
            kept = own.get(_place_of(row))
            if kept is None:
                await ledger.save(connection, replace(row, subject=plan.subject), now)
                continue
            await _clear(connection, row, f"It is a version of {plan.subject.key} now.", now)
            if refused_by_its_person(row) and kept.put_code is None and kept.wish is None:
                await ledger.save(connection, refused_as(kept, row), now)


def _place_of(row: Delivery) -> tuple[Realm, str, str]:
    return row.realm, row.activity, row.person


def _parts(whole: tuple[Item, ...]) -> Iterator[tuple[Item, ...]]:
    """Cut into parts that one transaction may write: intake never waits long for the lock."""
    for start in range(0, len(whole), ROWS_PER_TRANSACTION):
        yield whole[start : start + ROWS_PER_TRANSACTION]


async def _check_newest(connection: AsyncConnection, plan: Plan) -> None:
    """Two processes may plan at once: the one with the older view must not have the last word."""
    if tuple(await declared.seen_of(connection, plan.subject)) != plan.seen:
        raise _Overtaken


async def _finish(services: Services, plan: Plan) -> None:
    """Note that it is planned, unless somebody connected or a version came while it was."""
    if await orcids_in(services, plan.newest, realm_of(plan.credential)) != plan.contents.orcids:
        raise _Overtaken
    if await versions_known(services, plan.newest) != plan.contents.others:
        raise _Overtaken
    now, contents = services.clock(), plan.contents
    async with services.database.writing() as connection:
        if plan.subject.kind == "article":
            for lineage in await lineages.left(connection, plan.subject):
                await replan_subject(connection, lineage, now)
        await declared.note_planned(
            connection, plan.seen, contents.problems, now, contents.again_at
        )
        if not plan.concerned:
            await _note_mentions(connection, services, plan, now)


async def _note_mentions(
    connection: AsyncConnection, services: Services, plan: Plan, now: float
) -> None:
    """Keep by what it is known together with its rows: whoever refuses the same thing under
    another key meanwhile finds it, and has it planned again."""
    own = plan.thing.own
    named = named_by(plan.newest, own, allowed=plan.contents.allowed)
    await note_mentions(connection, services, plan.subject, named, own, now)


async def _plan_rows(
    connection: AsyncConnection, plan: Plan, concerned: tuple[Participant, ...], now: float
) -> None:
    new: list[Delivery] = []
    for place in await places_in(connection, plan, concerned):
        content = plan.contents.of(place.someone)
        if content.unwanted or _is_to_be_cleared(place.before):
            place = await _place_to_clear(connection, place)
        before, after = place.before, _planned_row(plan, place, content, now)
        if before is not None and leaves_something_behind(before, after, unsettled=place.unsettled):
            await ledger.save(connection, left_behind(before), now)
            before, after = None, refused_as_well(begun_anew(after, now), place.refused)
        if after == before:
            continue
        await _keep(connection, content, now)
        if before is None:
            new.append(after)
        else:
            await _make_room(connection, before, after, now)
            await ledger.save(connection, after, now)
        await tell_settled(connection, before, after, now)
    canary = plan.canary
    await ledger.add(connection, new, now, canary=canary)


def _is_to_be_cleared(before: Delivery | None) -> bool:
    """Tell whether a row is kept off the record it is on; one that is on none yet finds its own."""
    return before is not None and before.kept_off and before.orcid is not None


async def _place_to_clear(connection: AsyncConnection, place: Place) -> Place:
    """Return the place with the link that may remove what is there: it may be a revoked one."""
    if place.before is None:
        return place
    link = await _link_for_removal(connection, place.before)
    return replace(place, permission=replace(place.permission, link=link))


def _planned_row(plan: Plan, place: Place, content: Content, now: float) -> Delivery:
    person = place.someone.person
    if place.before is None:
        row = new_delivery(
            plan.subject, realm_of(plan.credential), person, plan.contents.activity, now
        )
    else:
        row = taken_up_again(place.before, person)
    if row.put_code is None and not place.unsettled:
        row = refused_as_well(row, place.refused)
    if content.unwanted and row.held is None:
        return unwanted(row, content, place.permission, now, unsettled=place.unsettled)
    after = planned(row, content, place.permission, now, unsettled=place.unsettled, ask=place.ask)
    if after.state != "due":
        return after
    if place.refused is not None and after.put_code is not None:
        return not_corrected(after, place.refused)
    return after if place.standing is None else stands_already(after, place.standing)


async def _make_room(
    connection: AsyncConnection, before: Delivery, after: Delivery, now: float
) -> None:
    """A row that takes another person's name: what that person had on another record stays."""
    if before.person == after.person:
        return
    for row in await ledger.of_people(connection, after.subject, [after.person], []):
        if row.id != after.id and row.realm == after.realm:
            await ledger.save(connection, left_behind(row), now)


async def _keep(connection: AsyncConnection, content: Content, now: float) -> None:
    if content.body is not None and content.digest is not None:
        await ledger.keep_payload(connection, content.digest, content.body, now)


async def _absent(connection: AsyncConnection, plan: Plan) -> tuple[str, ...]:
    """Return the rows of people who are not named any more, and what was never sent with a former
    credential: another row sends it with the one there is now."""
    present = {someone.person for someone in plan.concerned}
    rows = await ledger.of_subject(connection, plan.subject)
    return tuple(
        row.id
        for row in rows
        if row.person not in present
        or row.activity != plan.contents.activity
        or _is_of_a_former_credential(plan, row)
    )


def _is_of_a_former_credential(plan: Plan, row: Delivery) -> bool:
    return row.realm != realm_of(plan.credential) and row.put_code is None


async def _plan_absent(
    connection: AsyncConnection, plan: Plan, row_ids: tuple[str, ...], now: float
) -> None:
    """Want nothing where somebody is no longer named, or the subject is withdrawn."""
    for row_id in row_ids:
        row = await ledger.get(connection, row_id)
        if row is not None:
            await _clear(connection, row, _why_absent(plan, row), now)


async def _clear(connection: AsyncConnection, row: Delivery, why: str, now: float) -> None:
    """Want nothing of a row any more."""
    link = await _link_for_removal(connection, row)
    if row.person.startswith(FORMER) and (link is None or link.state != "active"):
        return  # it stays with the record that its person left
    unsettled = bool(await ledger.unsettled(connection, [row.id]))
    wanted = taken_up_again(row, row.person)
    after = planned_nothing(wanted, link, now, unsettled=unsettled, why=why)
    if after != row:
        await ledger.save(connection, after, now)
        await tell_settled(connection, row, after, now)


def _why_absent(plan: Plan, row: Delivery) -> str:
    declaration = plan.newest.declaration
    if not isinstance(declaration, Withdrawal):
        if row.realm != realm_of(plan.credential):
            return f"It goes with the credential {plan.credential.name} now."
        return "No longer named there, or not in this part."
    reason = declaration.reason.strip().rstrip(".")
    return f"Withdrawn: {reason}." if reason else "Withdrawn."


async def _link_for_removal(connection: AsyncConnection, row: Delivery) -> Link | None:
    """Return the person's present link to the same record, else the one the row was sent with.

    A link that the person withdrew at ORCID still removes (REGISTRY.md 2.4).
    """
    if row.link_id is None:
        return None
    kind, _, name = whose(row).partition(":")
    find = people.newest_links if kind == "key" else people.links_by_orcid
    present = (await find(connection, row.realm, row.subject.tenant, [name])).get(name)
    if present is not None and present.state == "active" and present.orcid == row.orcid:
        return present
    return await people.link_with_id(connection, row.link_id)


async def _postpone(services: Services, subject: Subject, error: Exception) -> None:
    settings = services.settings
    problem = Problem("", "planning-failed", "caution", f"Planning failed: {describe(error)}.")
    async with services.database.writing() as connection:
        tries = await plan_tries(connection, subject) + 1
        wait = backoff(tries, base=settings.backoff_base, limit=settings.backoff_limit)
        await declared.postpone_planning(connection, subject, services.clock() + wait, problem)
