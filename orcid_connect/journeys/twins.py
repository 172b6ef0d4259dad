"""The same thing under another key: not sent after its person refused it, nor beside the first.

The same is what has an identifier of its own in common, now or before, and is of one tree of
tenants; one person's is what is kept for them, or is about their record, by whatever key.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect import codec
from orcid_connect.codec import Payload, same_thing
from orcid_connect.journeys.decisions import (
    SAME_THERE,
    refused_as,
    refused_by_its_person,
    removed_at_orcid,
)
from orcid_connect.journeys.likeness import (
    likeness,
    likeness_of_body,
    marks_standing,
    stands_unknown,
)
from orcid_connect.journeys.participants import Participant
from orcid_connect.journeys.permissions import Permission
from orcid_connect.journeys.taking_up import key_of
from orcid_connect.records import ItemKind
from orcid_connect.store import bulk, ledger, mentions, twins
from orcid_connect.store.ledger import Attempt, Delivery
from orcid_connect.store.mentions import Mentioning
from orcid_connect.store.people import Realm
from orcid_connect.store.replanning import replan_subject_now
from orcid_connect.store.twins import Known, Twin


@dataclass(frozen=True, slots=True)
class Thing:
    """What is planned, of which kind, by what it is known, and with which credential it is sent."""

    who: Mentioning
    activity: ItemKind
    own: frozenset[str]
    realm: Realm


@dataclass(frozen=True, slots=True)
class Someone:
    """A person of whom something is planned, and the row they have of it, if any."""

    participant: Participant
    permission: Permission
    row: Delivery | None

    @property
    def names(self) -> frozenset[str]:
        """What the ledger may call them, in their tenant."""
        link = self.permission.link
        names = {self.participant.person, f"key:{key_of(self.participant, self.permission)}"}
        return frozenset(names | (set() if link is None else {f"orcid:{link.orcid}"}))

    @property
    def orcid(self) -> str | None:
        """The record that they connected."""
        return None if self.permission.link is None else self.permission.link.orcid

    def begins_on_record(self, unsettled: Collection[str]) -> bool:
        """Tell whether nothing of their row can be on their record: what became of its requests is
        known, or they went to another record than the one it is on."""
        row = self.row
        if row is None or (row.put_code is None and row.id not in unsettled):
            return True
        return self.orcid is not None and row.orcid != self.orcid


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of one person about the same thing: one they refused, one that stands."""

    refused: Delivery | None = None
    standing: Delivery | None = None


NOTHING = Found()


async def twins_of(
    connection: AsyncConnection, thing: Thing, people: Sequence[Someone]
) -> Mapping[str, Found]:
    """Return, by their names, what these people have of the same thing under other keys."""
    if not thing.own or not people:
        return {}
    known = Known(
        thing.who,
        thing.own,
        thing.realm.environment,
        frozenset().union(*(one.names for one in people)),
        {one.orcid for one in people if one.orcid is not None},
    )
    found = await twins.of_people(connection, known)
    alike = [twin for twin in found if twin.row.activity == thing.activity]
    same = await _same(connection, thing, alike) if alike else []
    return {one.participant.person: _found(thing, one, same) for one in people}


async def _same(connection: AsyncConnection, thing: Thing, alike: Sequence[Twin]) -> list[Twin]:
    """Leave out what has an identifier in common and another that contradicts it, as chapters do
    that were given the ISBN of their book."""
    own = _pairs(thing.own)
    told_apart = set()
    for subject in {twin.row.subject for twin in alike}:
        named = await mentions.of_subject(connection, Mentioning(thing.who.root, subject))
        if not same_thing(own, _pairs(mentions.own_in(named))):
            told_apart.add(subject)
    return [twin for twin in alike if twin.row.subject not in told_apart]


def _pairs(identifiers: frozenset[str]) -> frozenset[tuple[str, str]]:
    return frozenset(
        (kind, value) for kind, _, value in (one.partition(":") for one in identifiers)
    )


def _found(thing: Thing, someone: Someone, same: Sequence[Twin]) -> Found:
    theirs = [twin for twin in same if _is_theirs(thing, someone, twin.row)]
    refused = (twin.row for twin in theirs if _counts(twin.row, someone.row))
    standing = (twin.row for twin in theirs if _stands(thing, someone, twin))
    return Found(next(refused, None), next(standing, None))


def _counts(twin: Delivery, row: Delivery | None) -> bool:
    """Tell whether its person refused it, and did not let this row be sent since."""
    if not refused_by_its_person(twin) or (row is not None and row.held is not None):
        return False
    if row is None or row.wished_at is None or row.wish == "ask":
        return True
    refused_at = twin.known_at if removed_at_orcid(twin) else twin.wished_at
    return (refused_at or 0.0) > row.wished_at


def _is_theirs(thing: Thing, someone: Someone, row: Delivery) -> bool:
    named = row.subject.tenant == thing.who.subject.tenant and row.person in someone.names
    return named or (row.orcid is not None and row.orcid == someone.orcid)


def _stands(thing: Thing, someone: Someone, twin: Twin) -> bool:
    """Tell whether it is on the very record, from the same source, under what it has in common."""
    row = twin.row
    changing = row.known_hash is None or row.known_hash != row.desired_hash
    return (
        row.put_code is not None
        and row.realm == thing.realm
        and row.orcid == someone.orcid
        and (twin.said_now or changing)
    )


async def twin_on_record(
    connection: AsyncConnection,
    row: Delivery,
    payload: Payload,
    may_arrive: Callable[[Attempt], bool],
) -> Delivery | None:
    """Return another subject's row about the same thing on the same record: its item stands there,
    or what it sent last may still arrive."""
    listed = await ledger.of_record(connection, row.realm, row.orcid or "", row.activity)
    others = [one for one in listed if one.subject != row.subject]
    open_ = await connection.run_sync(bulk.open_attempts_of, [one.id for one in others])
    wanted = likeness(row.subject, row.activity, payload)
    for one in sorted(others, key=lambda one: one.put_code is None):
        sent = [each.sent_hash for each in open_.get(one.id, []) if may_arrive(each)]
        if one.put_code is None and not sent:
            continue
        bodies = await connection.run_sync(
            bulk.bodies_of, [one.known_hash, one.desired_hash, *sent]
        )
        said = (likeness_of_body(one.subject, one.activity, body) for body in bodies.values())
        if any(same_thing(each, wanted) for each in said):
            return one
    return None


def follow(
    connection: Connection, changes: Sequence[tuple[Delivery, Delivery]], now: float
) -> None:
    """Have planned again what is the same as a row that was refused, or waits for its place."""
    for before, after in changes:
        if refused_by_its_person(after) != refused_by_its_person(before):
            if refused_by_its_person(after):
                _remember(connection, before)
            for subject in twins.namesakes(connection, after.subject):
                replan_subject_now(connection, subject, now)
        if _was_never_there(before, after):  # while that was open, no refusal could be heard
            replan_subject_now(connection, after.subject, now)
    moved = [one for one in changes if _makes_room(*one)]
    for realm in {before.realm for before, _ in moved}:
        places = {(before.orcid, before.activity) for before, _ in moved if before.realm == realm}
        orcids = {orcid for orcid, _ in places if orcid is not None}
        for row in twins.waiting(connection, realm, orcids, SAME_THERE):
            if (row.orcid, row.activity) in places:
                _refuse_with(connection, row, [one for one in moved if one[0].realm == realm], now)
                replan_subject_now(connection, row.subject, now)


def _remember(connection: Connection, row: Delivery) -> None:
    """Keep by what was known what its person refuses: as it stands on their record, and as it is
    said now; of what it was before they know nothing."""
    if row.activity == "work" or row.subject.kind == "review":
        return
    named = mentions.named_now(connection, row.subject)
    standing = marks_standing(connection, [row])
    said = {one for relation, one in named if relation == mentions.SAYS}
    others = bulk.rows_of(connection, row.subject)
    stale = {one for one in mentions.own_in(named) if codec.is_mark(one)} - said - standing
    others_refused = any(refused_by_its_person(one) for one in others if one.id != row.id)
    if others_refused or stands_unknown(row):
        stale = set()  # these may be what they refused
    mentions.remember(connection, row.subject, standing - mentions.own_in(named), stale)


def _refuse_with(
    connection: Connection, row: Delivery, moved: Sequence[tuple[Delivery, Delivery]], now: float
) -> None:
    """Refuse a row that waited for the place of one that its person refused, where nothing but
    what it says tells that it is the same: no identifiers do."""
    for before, after in moved:
        same_place = (before.orcid, before.activity) == (row.orcid, row.activity)
        if row.activity == "work" or not same_place or not refused_by_its_person(after):
            continue
        digests = (row.desired_hash, before.known_hash or before.desired_hash)
        bodies = bulk.bodies_of(connection, digests)
        ours, theirs = (
            likeness_of_body(one.subject, row.activity, bodies.get(digest or "", "{}"))
            for one, digest in zip((row, before), digests, strict=True)
        )
        if same_thing(ours, theirs):
            bulk.save_known(connection, [refused_as(row, after)], now)
            return


def _makes_room(before: Delivery, after: Delivery) -> bool:
    """Tell whether an item went from a record, or is another thing by now."""
    was_there = before.put_code is not None
    return was_there and (before.put_code, before.known_hash) != (after.put_code, after.known_hash)


def _was_never_there(before: Delivery, after: Delivery) -> bool:
    """Tell whether reading the record showed that an addition did not arrive: it is sent anew."""
    nothing = before.put_code is None and after.put_code is None
    wanted = after.activity == "work" and after.state == "due" and after.desired_hash is not None
    return nothing and wanted and before.known_at != after.known_at
