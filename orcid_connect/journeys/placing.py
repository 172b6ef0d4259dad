"""A plan, and each person's place in it: their row, their permission, and what they have of the
same thing under other keys.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.codec import Identity, same_thing
from orcid_connect.journeys.contents import Contents
from orcid_connect.journeys.likeness import likeness_of_body
from orcid_connect.journeys.participants import Participant
from orcid_connect.journeys.permissions import Permission, permissions_of
from orcid_connect.journeys.taking_up import (
    key_of,
    refused_elsewhere,
    rows_before,
    unless_elsewhere,
)
from orcid_connect.journeys.twins import NOTHING, Someone, Thing, twins_of
from orcid_connect.services import realm_of
from orcid_connect.settings import Credential
from orcid_connect.store import bulk, ledger, wishes
from orcid_connect.store.declared import Seen, Snapshot, Subject
from orcid_connect.store.ledger import Delivery


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be true of a subject, as of what was seen of its declarations."""

    subject: Subject
    credential: Credential
    seen: tuple[Seen, ...]
    newest: Snapshot
    concerned: tuple[Participant, ...]
    contents: Contents
    thing: Thing
    canary: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A person's row of a subject, as it is stored, if it is.

    `refused` is a row of theirs that they refused, of another credential or key; `standing` one of
    the same thing that is on their record; `ask` says whether they want to be asked first.
    """

    someone: Participant
    permission: Permission
    before: Delivery | None
    unsettled: bool = False
    refused: Delivery | None = None
    standing: Delivery | None = None
    ask: bool = False


async def places_in(
    connection: AsyncConnection, plan: Plan, concerned: tuple[Participant, ...]
) -> list[Place]:
    """Find each person's row: the one on their record, whoever it was kept for, before any."""
    activity = plan.contents.activity
    permissions = await permissions_of(
        connection, plan.credential, plan.subject.tenant, concerned, activity
    )
    links = [one.link for one in permissions if one.link is not None]
    names = [someone.person for someone in concerned] + [f"key:{one.person_key}" for one in links]
    orcids = [one.orcid for one in links]
    found = await ledger.of_people(connection, plan.subject, names, orcids)
    known = [row for row in found if row.activity == activity]
    unsettled = await ledger.unsettled(connection, [row.id for row in known])
    realm = realm_of(plan.credential)
    here = [row for row in known if row.realm == realm]
    rows = rows_before(concerned, permissions, here, unsettled)
    keys = [key_of(*one) for one in zip(concerned, permissions, strict=True)]
    asking = await wishes.asking(connection, plan.subject.tenant, [key for key in keys if key])
    everybody = [Someone(*one) for one in zip(concerned, permissions, rows, strict=True)]
    others = await _becoming_others(connection, plan, everybody)
    beginning = [one for one in everybody if one.begins_on_record(unsettled)]
    alike = await twins_of(connection, plan.thing, beginning + others)
    places = []
    for one in everybody:
        someone, permission, row = one.participant, one.permission, one.row
        twin = alike.get(someone.person, NOTHING)
        refused = refused_elsewhere(someone, permission, known, realm) if row is None else None
        place = Place(
            someone,
            unless_elsewhere(someone, permission, known, realm),
            row,
            row is not None and row.id in unsettled,
            refused or twin.refused,
            twin.standing,
            key_of(someone, permission) in asking,
        )
        places.append(place)
    return places


async def _becoming_others(
    connection: AsyncConnection, plan: Plan, everybody: Sequence[Someone]
) -> list[Someone]:
    """Return those on whose record an item stands that a correction makes about another thing."""
    corrected = [
        (one, one.row.known_hash or "", body)
        for one in everybody
        if one.row is not None
        and one.row.put_code is not None
        and (body := plan.contents.of(one.participant).body) is not None
        and plan.contents.of(one.participant).digest != one.row.known_hash
    ]
    digests = [known for _, known, _ in corrected]
    bodies = await connection.run_sync(bulk.bodies_of, digests) if digests else {}
    return [
        one
        for one, known, body in corrected
        if not same_thing(_said(plan, bodies.get(known, "{}")), _said(plan, body))
    ]


def _said(plan: Plan, body: str) -> Identity:
    return likeness_of_body(plan.subject, plan.contents.activity, body)
