"""From the newest snapshot of a subject to one delivery row per person.

Planning may run again at any time and ends in the same rows: declaring twice changes nothing, a
person who connects turns waiting rows into due ones, a withdrawal is a desired nothing.
"""

from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.declarations import Withdrawal
from orcid_connect.journeys.contents import HELD, Content, Contents, contents_of
from orcid_connect.journeys.participants import Participant, participants
from orcid_connect.journeys.telling import tell_settled
from orcid_connect.observe import describe, log, where
from orcid_connect.pacing import backoff
from orcid_connect.services import Services, realm_of
from orcid_connect.settings import Credential
from orcid_connect.store import declared, ledger, people
from orcid_connect.store.declared import Snapshot, Subject
from orcid_connect.store.ledger import Delivery, DeliveryState, new_delivery
from orcid_connect.store.people import Link, Realm

BATCH = 20
"""Subjects planned in one go."""
ROWS_PER_TRANSACTION = 200
"""Rows written before the write lock is let go, so that intake never waits long."""
WRITE_SCOPES = frozenset({"/activities/update"})


@dataclass(frozen=True, slots=True)
class Standing:
    """The person's link, or the sentence that says why there is none to write with."""

    link: Link | None
    sentence: str = ""
    state: DeliveryState = "waiting"


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
    realm = realm_of(credential)
    contents = await contents_of(services, seen[0], realm)
    concerned = _concerned(seen[0])
    await _plan_people(services, subject, credential, concerned, contents)
    now = services.clock()
    async with services.database.writing() as connection:
        await _plan_absent(connection, subject, realm, concerned, now)
        await declared.note_planned(connection, seen, contents.problems, now)


def _concerned(newest: Snapshot) -> tuple[Participant, ...]:
    if isinstance(newest.declaration, Withdrawal):
        return ()
    return participants(newest.declaration)


async def _plan_people(
    services: Services,
    subject: Subject,
    credential: Credential,
    concerned: tuple[Participant, ...],
    contents: Contents,
) -> None:
    for start in range(0, len(concerned), ROWS_PER_TRANSACTION):
        async with services.database.writing() as connection:
            rows = {row.person: row for row in await ledger.of_subject(connection, subject)}
            for someone in concerned[start : start + ROWS_PER_TRANSACTION]:
                standing = await _standing(connection, credential, subject.tenant, someone)
                row = _row_for(rows, subject, realm_of(credential), someone, contents, standing)
                planned = _planned(row, contents.of(someone), standing, services.clock())
                await _store(connection, rows, planned, contents.of(someone), services.clock())


def _row_for(
    rows: dict[str, Delivery],
    subject: Subject,
    realm: Realm,
    someone: Participant,
    contents: Contents,
    standing: Standing,
) -> Delivery:
    """Return the person's row; one that was kept for the same iD under another name is theirs."""
    known = rows.get(someone.person)
    if known is None and standing.link is not None:
        known = rows.get(f"orcid:{standing.link.orcid}")
    if known is None:
        return new_delivery(subject, realm, someone.person, contents.activity, 0.0)
    return replace(known, person=someone.person)


async def _store(
    connection: AsyncConnection,
    rows: dict[str, Delivery],
    planned: Delivery,
    content: Content,
    now: float,
) -> None:
    before = next((row for row in rows.values() if row.id == planned.id), None)
    if before is not None and _left_behind(before, planned):
        await ledger.save(connection, _former(before), now)
        planned = replace(
            new_delivery(before.subject, before.realm, planned.person, planned.activity, now),
            link_id=planned.link_id,
            orcid=planned.orcid,
            desired_hash=planned.desired_hash,
            state=planned.state,
            sentence=planned.sentence,
            due_at=planned.due_at,
        )
    if planned == before:
        return
    if content.body is not None and content.digest is not None:
        await ledger.keep_payload(connection, content.digest, content.body, now)
    await ledger.save(connection, planned, now)
    await tell_settled(connection, before, planned, now)


def _left_behind(before: Delivery, planned: Delivery) -> bool:
    """Tell whether an item stands on a record that the person is no longer linked to."""
    return before.put_code is not None and planned.orcid != before.orcid


def _former(row: Delivery) -> Delivery:
    sentence = f"Left on {row.orcid} when the person connected another iD; we may not change it."
    return replace(row, person=f"former:{row.id}:{row.person}").rest("declined", sentence)


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
        if row.person in present or row.person.startswith("former:") or row.realm != realm:
            continue
        link = None
        if row.link_id is not None:
            link = await people.link_with_id(connection, row.link_id)
        unsettled = bool(await ledger.open_attempts(connection, row.id))
        planned = _planned_nothing(row, link, now, unsettled=unsettled)
        if planned != row:
            await ledger.save(connection, planned, now)
            await tell_settled(connection, row, planned, now)


def _planned_nothing(row: Delivery, link: Link | None, now: float, *, unsettled: bool) -> Delivery:
    wanted = replace(row, desired_hash=None)
    if row.state in ("declined", "withdrawn"):
        return wanted
    if row.put_code is None and not unsettled:
        return wanted.rest("withdrawn")
    if link is None or link.state not in ("active", "revoked"):
        sentence = "It should go from the record, but the person disconnected: they can remove it."
        return wanted.rest("waiting", sentence)
    if row.state == "due" and row.desired_hash is None:
        return row
    return wanted.due(now)


def _planned(row: Delivery, content: Content, standing: Standing, now: float) -> Delivery:
    """Decide where a row stands, given what it should hold and whom it may be written for."""
    wanted = replace(row, desired_hash=content.digest or row.desired_hash)
    if row.state == "declined":
        return wanted
    link = standing.link
    if link is None:
        return wanted.rest(standing.state, standing.sentence)
    if content.sentence:
        return replace(row, link_id=link.id, orcid=link.orcid).rest("parked", content.sentence)
    wanted = replace(wanted, link_id=link.id, orcid=link.orcid)
    same_record = row.orcid == link.orcid
    if row.state == "due":
        return wanted if same_record and _unchanged(row, wanted) else wanted.due(now)
    if row.put_code is not None and same_record and row.known_hash == content.digest:
        return wanted.rest("delivered")
    if row.state == "parked" and same_record and _unchanged(row, wanted):
        return wanted if not row.sentence.startswith(HELD) else wanted.due(now)
    return wanted.due(now)


def _unchanged(row: Delivery, wanted: Delivery) -> bool:
    return row.desired_hash == wanted.desired_hash


async def _standing(
    connection: AsyncConnection, credential: Credential, tenant: str, someone: Participant
) -> Standing:
    realm = realm_of(credential)
    if someone.person_key is not None:
        link = await people.active_link(connection, realm, tenant, someone.person_key)
    else:
        link = await people.link_by_orcid(connection, realm, tenant, someone.claimed or "")
    if not credential.may_write:
        return Standing(None, f"The credential {credential.name} is public: it may not write.")
    if link is None:
        return Standing(None, await _why_waiting(connection, realm, tenant, someone))
    if someone.claimed is not None and someone.claimed != link.orcid:
        sentence = (
            f"The article vouches for {someone.claimed}, this person connected {link.orcid}: "
            "check who it is, then correct the article or the connection."
        )
        return Standing(None, HELD + sentence, "parked")
    if not link.scopes & WRITE_SCOPES:
        return Standing(None, "Connected, but without permission to write: connect once more.")
    return Standing(link)


async def _why_waiting(
    connection: AsyncConnection, realm: Realm, tenant: str, someone: Participant
) -> str:
    if someone.person_key is None:
        return f"Waits until somebody here connects {someone.claimed}."
    last = await people.last_link(connection, realm, tenant, someone.person_key)
    if last is None:
        return "Waits until the person connects an iD."
    if last.state == "moved":
        return f"{last.orcid} was merged into another record: the person must connect once more."
    if last.state == "revoked":
        return "The person withdrew the permission at ORCID; waits until they connect again."
    return "The person disconnected; waits until they connect again."


async def _postpone(services: Services, subject: Subject) -> None:
    async with services.database.writing() as connection:
        seen = await declared.snapshots(connection, subject)
        tries = max((snapshot.plan_tries for snapshot in seen), default=0) + 1
        settings = services.settings
        wait = backoff(tries, base=settings.backoff_base, limit=settings.backoff_limit)
        await declared.postpone_planning(connection, subject, services.clock() + wait)
