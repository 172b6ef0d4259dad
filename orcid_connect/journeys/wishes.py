"""What the person whose record it is decides of their own deliveries; nobody else overrides it.

A decision is one short transaction on what the row is by then. It stays through declarations,
reconnecting and whatever the host does; what the host decided of a delivery stays beside it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.declarations import Person
from orcid_connect.errors import InputError
from orcid_connect.journeys.decisions import (
    AUTHOR_IS_ASKED,
    at_rest,
    refused_by_its_person,
    removed_for_good,
)
from orcid_connect.journeys.telling import tell_settled
from orcid_connect.journeys.twins import follow
from orcid_connect.services import Services, realm_of
from orcid_connect.store import ledger, people, wishes
from orcid_connect.store.ledger import Delivery, DeliveryState
from orcid_connect.store.replanning import replan_person, replan_subject

PersonDeed = Literal["send", "hold", "remove"]
# send    send it, and correct it when it changes: of what waits for their yes, or they refused
# hold    send nothing of it; what stands on their record stays as it is
# remove  take it off their record, and do not send it again

PERSON_DEEDS: Final[tuple[PersonDeed, ...]] = get_args(PersonDeed)
_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
_OPEN: Final[frozenset[DeliveryState]] = frozenset({"waiting", "due", "delivered", "parked"})


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person's decision did to a delivery; `done` is false where it was not possible."""

    row: Delivery
    done: bool


def possible(row: Delivery) -> tuple[PersonDeed, ...]:
    """Return what its person may decide of a row as it stands."""
    return tuple(deed for deed in PERSON_DEEDS if _ALLOWED[deed](row))


async def names_of(connection: AsyncConnection, services: Services, person: Person) -> list[str]:
    """Return what the ledger calls a person: by the host's key, and by the iD they have now.

    A former link's iD may be somebody else's by now.
    """
    realm = realm_of(services.settings.credential_for(person.tenant))
    link = await people.active_link(connection, realm, person.tenant, person.key)
    return [f"key:{person.key}"] + ([] if link is None else [f"orcid:{link.orcid}"])


async def own_row(services: Services, person: Person, delivery_id: str) -> Delivery | None:
    """Return a delivery of this person's, None for anybody else's or an unknown one."""
    async with services.database.reading() as connection:
        return await _own(connection, services, person, delivery_id)


async def decide(
    services: Services, person: Person, delivery_id: str, deed: PersonDeed
) -> Decided | None:
    """Do what this person decides of a delivery of theirs; None if it is not theirs or unknown.

    A row that does not allow it by now is left alone.
    """
    now = services.clock()
    async with services.database.writing() as connection:
        row = await _own(connection, services, person, delivery_id)
        if row is None:
            return None
        if deed not in possible(row):
            return Decided(row, done=False)
        unsettled = bool(await ledger.unsettled(connection, [row.id]))
        after = _DEEDS[deed](row, now, unsettled)
        await ledger.save(connection, after, now)
        await connection.run_sync(follow, [(row, after)], now)
        await tell_settled(connection, row, after, now)
        if deed == "send":
            await replan_subject(connection, row.subject, now)
    return Decided(after, done=True)


async def set_ask_first(services: Services, person: Person, *, ask: bool) -> None:
    """Keep whether this person wants to be asked first, and let it hold for what is not sent yet.

    Corrections of what they have on their record go by themselves. Whoever is asked no more has
    all sent that only waited for their yes, and nothing that they held back or removed by hand.
    """
    now = services.clock()
    async with services.database.writing() as connection:
        named = await names_of(connection, services, person)
        await wishes.keep_ask_first(connection, person.tenant, person.key, ask, now)
        if ask:
            await wishes.ask_of_what_is_due(connection, person.tenant, named, AUTHOR_IS_ASKED, now)
        else:
            await wishes.ask_no_more(connection, person.tenant, named, now)
        orcid = next((name[6:] for name in named if name.startswith("orcid:")), None)
        await replan_person(connection, person.tenant, person.key, orcid, now)


def deed_named(name: str) -> PersonDeed:
    """Return what a person may decide by its name; raises `InputError`."""
    for deed in PERSON_DEEDS:
        if deed == name:
            return deed
    raise InputError(f"{name!r} is none of {', '.join(PERSON_DEEDS)}")


async def _own(
    connection: AsyncConnection, services: Services, person: Person, delivery_id: str
) -> Delivery | None:
    # Ids come from addresses, and PostgreSQL takes no NUL.
    row = await ledger.get(connection, delivery_id) if _ID.fullmatch(delivery_id) else None
    if row is None or row.subject.tenant != person.tenant:
        return None
    return row if row.person in await names_of(connection, services, person) else None


def _may_be_sent(row: Delivery) -> bool:
    if row.state == "withdrawn":
        return False
    asked = row.wish == "ask" and row.state in ("waiting", "due", "parked")
    return asked or refused_by_its_person(row)


def _may_be_held(row: Delivery) -> bool:
    return row.state in _OPEN and row.wish not in ("hold", "remove") and row.held != "removed"


def _may_be_removed(row: Delivery) -> bool:
    stands = row.state == "declined" and row.put_code is not None
    return row.wish != "remove" and row.held != "removed" and (row.state in _OPEN or stands)


_ALLOWED: Final[Mapping[PersonDeed, Callable[[Delivery], bool]]] = {
    "send": _may_be_sent,
    "hold": _may_be_held,
    "remove": _may_be_removed,
}


def _send(row: Delivery, now: float, _unsettled: bool) -> Delivery:
    after = replace(row, wish="yes", wished_at=now)
    if after.held is not None:  # what the host decided holds on, and is the host's to take back
        return after if after.state == "due" else at_rest(after)
    # What it should hold is worked out first; an open attempt is settled before anything is sent.
    return after.rest("waiting")


def _hold(row: Delivery, now: float, unsettled: bool) -> Delivery:
    after = replace(row, wish="hold", wished_at=now)
    if row.state == "due" and row.desired_hash is None:
        return after  # it is being removed, as the host wants: that goes on
    if unsettled and row.orcid is not None:
        return after.due(now)  # what its last request did is looked up; then it rests
    return at_rest(after)


def _remove(row: Delivery, now: float, unsettled: bool) -> Delivery:
    after = replace(row, wish="remove", wished_at=now, desired_hash=None)
    if row.put_code is None and not unsettled:
        return removed_for_good(after)
    return after.due(now)


_DEEDS: Final[Mapping[PersonDeed, Callable[[Delivery, float, bool], Delivery]]] = {
    "send": _send,
    "hold": _hold,
    "remove": _remove,
}
