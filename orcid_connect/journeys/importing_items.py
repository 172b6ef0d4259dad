"""Taking over the put-codes of an older system: what of ours stands on a record already.

A put-code is kept only for what is declared here, names the person, and is the same thing as the
item that stands there, put there by our client. Then it is changed instead of added once more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect import codec
from orcid_connect.codec import identity, same_thing
from orcid_connect.declarations import Withdrawal
from orcid_connect.journeys.contents import activity_of, mapped_by
from orcid_connect.journeys.decisions import named_to
from orcid_connect.journeys.participants import Positive, participants
from orcid_connect.records import ItemKind
from orcid_connect.registry.member import Item, MemberApi
from orcid_connect.services import Services
from orcid_connect.store import declared, ledger
from orcid_connect.store.declared import Subject, SubjectKind
from orcid_connect.store.ledger import Delivery, new_delivery
from orcid_connect.store.people import Link
from orcid_connect.store.replanning import replan_subject
from orcid_connect.store.schema import record_leases

TAKEN_OVER: Final = "Taken over from an older system; it is compared with what is declared."


@dataclass(frozen=True, slots=True)
class OldItem:
    """One line: where something declared stands on a record, by an older system's word."""

    line: int
    person: str
    kind: SubjectKind
    key: str
    put_code: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of one put-code."""

    line: int
    outcome: Literal["kept", "known", "refused"]
    sentence: str
    item: OldItem


@dataclass(frozen=True, slots=True)
class Checked:
    """A put-code that the record confirms, or why not."""

    item: OldItem
    subject: Subject | None = None
    declaration: Positive | None = None
    activity: ItemKind = "work"
    sentence: str = ""


async def checked_items(
    services: Services,
    api: MemberApi,
    tenant: str,
    orcid: str,
    token: SecretStr,
    items: Sequence[OldItem],
) -> list[Checked]:
    """Compare put-codes with the record: one reading for each section. Raises `RegistryError`."""
    wanted = [await _declared(services, tenant, item) for item in items]
    sections = {one.activity for one in wanted if one.declaration is not None}
    listed: dict[ItemKind, dict[int, Item]] = {}
    for kind in sorted(sections):
        found = await api.items(orcid, kind, token=token)
        listed[kind] = {item.put_code: item for item in found}
    return [
        one if one.declaration is None else _compared(services, api, one, listed[one.activity])
        for one in wanted
    ]


async def _declared(services: Services, tenant: str, item: OldItem) -> Checked:
    async with services.database.reading() as connection:
        entry = await declared.entry_of_key(connection, Subject(tenant, item.kind, item.key))
        newest = await declared.newest(connection, entry.subject, services.clock())
    if newest is None:
        sentence = f"no {item.kind} is declared under this key yet: declare it, then import again."
        return Checked(item, sentence=sentence)
    declaration = newest.declaration
    if isinstance(declaration, Withdrawal):
        return Checked(item, sentence=f"this {item.kind} was withdrawn here: remove it by hand.")
    return Checked(item, entry.subject, declaration, activity_of(declaration))


def _compared(services: Services, api: MemberApi, one: Checked, listed: dict[int, Item]) -> Checked:
    found = listed.get(one.item.put_code)
    if found is None:
        return _not(one, "the record has no such item.")
    if found.client_id != api.client_id:
        return _not(one, "our client did not put that item there.")
    if one.declaration is None or not _is_about(services, one.declaration, one.activity, found):
        return _not(one, "the item with that put-code is about something else.")
    return one


def _is_about(services: Services, declaration: Positive, activity: ItemKind, found: Item) -> bool:
    policy = services.settings.tree.policy(declaration.tenant)
    mapped = mapped_by(declaration, policy, {})
    if mapped.activity is None:
        return False
    payload = codec.encode(mapped.activity)
    if same_thing(found.identity, identity(activity, payload)):
        return True
    return activity == "peer-review" and _same_review(payload, found.content)


def _same_review(payload: dict[str, Any], found: dict[str, Any]) -> bool:
    """Tell whether a review under another system's own identifier is for the same venue and date.

    Identifiers of reviews are made up by each system; put-codes say which of them is meant.
    """
    if _folded(payload.get("review-group-id")) != _folded(found.get("review-group-id")):
        return False
    ours = _date(payload.get("review-completion-date"))
    theirs = _date(found.get("completion-date") or found.get("review-completion-date"))
    shared = ours.keys() & theirs.keys()  # each is as exact as its system's policy
    return bool(shared) and all(ours[part] == theirs[part] for part in shared)


def _folded(value: Any) -> str:
    return str(value or "").strip().lower()


def _date(value: Any) -> dict[str, int]:
    parts = ("year", "month", "day")
    held = value if isinstance(value, dict) else {}
    return {part: int(held[part]["value"]) for part in parts if held.get(part)}


def _not(one: Checked, sentence: str) -> Checked:
    return replace(one, declaration=None, sentence=sentence)


async def keep_items(
    connection: AsyncConnection, services: Services, link: Link, checked: Sequence[Checked]
) -> list[Kept]:
    """Keep what was confirmed in the rows of the ledger, unless they know better."""
    busy = bool(checked) and await _is_visited(connection, services, link)
    return [await _keep(connection, services, link, one, busy=busy) for one in checked]


async def _is_visited(connection: AsyncConnection, services: Services, link: Link) -> bool:
    query = select(record_leases.c.owner).where(
        record_leases.c.credential == link.realm.credential,
        record_leases.c.environment == link.realm.environment,
        record_leases.c.orcid == link.orcid,
        record_leases.c.until > services.clock(),
    )
    return (await connection.execute(query)).first() is not None


async def _keep(
    connection: AsyncConnection, services: Services, link: Link, one: Checked, *, busy: bool
) -> Kept:
    if one.declaration is None or one.subject is None:
        return Kept(one.item.line, "refused", one.sentence, one.item)
    named = [
        someone.person
        for someone in participants(one.declaration)
        if someone.person_key == link.person_key
        or (someone.person_key is None and someone.claimed == link.orcid)
    ]
    if not named:
        return Kept(one.item.line, "refused", "it does not name this person.", one.item)
    now = services.clock()
    found = await ledger.of_people(connection, one.subject, [named[0]], [link.orcid])
    here = [row for row in found if row.realm == link.realm and row.activity == one.activity]
    here.sort(key=lambda row: row.person != named[0])
    row = next(iter(here), None) or new_delivery(
        one.subject, link.realm, named[0], one.activity, now
    )
    if row.put_code == one.item.put_code and row.orcid == link.orcid:
        return Kept(one.item.line, "known", "It was taken earlier.", one.item)
    row = replace(row, orcid=link.orcid, link_id=link.id)
    sentence = await _why_not(connection, row, one.item.put_code, busy=busy)
    if sentence:
        return Kept(one.item.line, "refused", sentence, one.item)
    row = replace(row, put_code=one.item.put_code, sentence=row.sentence or TAKEN_OVER)
    if here:
        await ledger.save(connection, row, now)
    else:
        await ledger.add(connection, [row], now)
    await replan_subject(connection, one.subject, now)
    return Kept(one.item.line, "kept", "", one.item)


async def _why_not(connection: AsyncConnection, row: Delivery, put_code: int, *, busy: bool) -> str:
    if row.put_code is not None:
        return f"it is known here under put-code {row.put_code}; that stays."
    if row.state == "declined" or row.held is not None or row.wish in ("hold", "remove"):
        return "the researcher or somebody here decided that it stays off the record."
    if busy or await ledger.unsettled(connection, [row.id]):
        return "the record is being written to: import again in a minute."
    owner = await ledger.owner_of(connection, row, put_code)
    if owner is not None and owner.id != row.id:
        return f"that item belongs to {named_to(row.subject.tenant, owner.subject)} here."
    return ""
