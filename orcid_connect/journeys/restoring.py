"""After a restored backup: reading every connected record before anything is written.

The ledger is older than the records then. What stands there is taken for true: put-codes that were
lost are found again, what somebody changed since is compared anew, what is gone stays gone.
"""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from orcid_connect.codec import identity, same_thing
from orcid_connect.errors import RegistryError, SealBroken
from orcid_connect.journeys.rows import Facts, restated, set_right
from orcid_connect.records import ItemKind
from orcid_connect.registry.member import Item, MemberApi
from orcid_connect.services import Services
from orcid_connect.store import bulk, ledger, people
from orcid_connect.store.ledger import Delivery
from orcid_connect.store.people import Link

RECORDS_PER_PAGE: Final = 100
SLACK_SECONDS: Final = 120.0
"""How far ORCID's clock may be from ours: a change within it may be our own."""
USUAL_KINDS: Final[frozenset[ItemKind]] = frozenset({"work", "peer-review"})


@dataclass(frozen=True, slots=True)
class Unknown:
    """An item of ours on a record that the ledger does not know."""

    orcid: str
    kind: ItemKind
    put_code: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What was found on one record, and what was set right in the ledger."""

    orcid: str
    confirmed: int = 0
    found_again: int = 0
    changed: int = 0
    gone: int = 0
    unknown: tuple[Unknown, ...] = ()
    trouble: str = ""


@dataclass(slots=True)
class _Section:
    """One section of a record beside the rows that are about it."""

    kind: ItemKind
    ours: dict[int, Item]
    rows: list[Delivery]
    bodies: dict[str, str] = field(default_factory=dict)


async def restored(services: Services) -> AsyncIterator[Restored]:
    """Compare every connected record with the ledger and set the ledger right; writes nothing.

    May be broken off and begun again.
    """
    after = ""
    while True:
        async with services.database.reading() as connection:
            links = await people.links_page(connection, after, RECORDS_PER_PAGE)
            kinds = await ledger.kinds(connection) | USUAL_KINDS
        for link in links:
            yield await _compare(services, link, kinds)
        if len(links) < RECORDS_PER_PAGE:
            return
        after = links[-1].id


async def _compare(services: Services, link: Link, kinds: frozenset[ItemKind]) -> Restored:
    credential = services.credential_of(link.realm)
    if credential is None:
        return Restored(link.orcid, trouble="its credential is not in the settings any more")
    try:
        found = await _sections(services, services.member_api(credential), link, kinds)
        result = Restored(link.orcid)
        for section in found:
            result = await _settle(services, section, result)
    except (RegistryError, SealBroken) as error:
        return Restored(link.orcid, trouble=str(error))
    return result


async def _sections(
    services: Services, api: MemberApi, link: Link, kinds: frozenset[ItemKind]
) -> list[_Section]:
    token = link.token(services.vault)
    if token is None:
        return []
    sections = []
    for kind in sorted(kinds):
        listed = await api.items(link.orcid, kind, token=token)
        ours = {item.put_code: item for item in listed if item.client_id == api.client_id}
        async with services.database.reading() as connection:
            rows = await ledger.of_record(connection, link.realm, link.orcid, kind)
            wanted = [row.desired_hash for row in rows if row.put_code not in ours]
            bodies = await connection.run_sync(bulk.bodies_of, wanted)
        sections.append(_Section(kind, ours, rows, bodies))
    return sections


async def _settle(services: Services, section: _Section, result: Restored) -> Restored:
    owned = {row.put_code for row in section.rows}
    spare = {code: item for code, item in section.ours.items() if code not in owned}
    confirmed, found_again, changed, gone = 0, 0, 0, 0
    for row in section.rows:
        if row.put_code not in section.ours:
            found = await _find_again(services, section, row, spare)
            found_again += found
            if row.put_code is not None and not found:
                gone += await _note_gone(services, row)
        elif _changed_since(section.ours[row.put_code], row):
            changed += await _doubt(services, row)
        else:
            confirmed += 1
    unknown = tuple(Unknown(result.orcid, section.kind, code) for code in sorted(spare))
    return replace(
        result,
        confirmed=result.confirmed + confirmed,
        found_again=result.found_again + found_again,
        changed=result.changed + changed,
        gone=result.gone + gone,
        unknown=result.unknown + unknown,
    )


async def _find_again(
    services: Services, section: _Section, row: Delivery, spare: dict[int, Item]
) -> int:
    """Give a row the put-code of our item about the same thing, which nobody else owns."""
    body = section.bodies.get(row.desired_hash or "")
    if body is None:
        return 0
    wanted = identity(section.kind, json.loads(body))
    alike = [code for code, item in spare.items() if same_thing(item.identity, wanted)]
    if not alike:
        return 0
    put_code = min(alike)
    del spare[put_code]
    facts = Facts(put_code, None)

    def how(fresh: Delivery, now: float) -> Delivery:
        known = restated(fresh, facts, now)
        answered = fresh.wish == "ask" and known.wish is None  # they said yes after the backup
        return known.due(now) if known.state == "delivered" or answered else known

    await set_right(services, row, how)
    return 1


async def _note_gone(services: Services, row: Delivery) -> int:
    """Somebody removed it since: it is not ours to put there again (DESIGN.md, promise 3).

    It was us where it was to go, unless the row was parked: then nothing was sent.
    """
    was_to_go = row.desired_hash is None and row.held != "parked"
    facts = Facts(None, None, removed_by_researcher=not was_to_go)
    await set_right(services, row, lambda fresh, now: restated(fresh, facts, now))
    return 1


def _changed_since(item: Item, row: Delivery) -> bool:
    moment = (item.content.get("last-modified-date") or {}).get("value")
    if not isinstance(moment, int) or row.known_at is None:
        return False
    return moment / 1000.0 > row.known_at + SLACK_SECONDS


async def _doubt(services: Services, row: Delivery) -> int:
    """It was changed after what we know of it: what should stand there is sent again."""

    def how(fresh: Delivery, now: float) -> Delivery:
        known = replace(fresh, known_hash=None)
        return known.due(now) if known.state == "delivered" else known

    await set_right(services, row, how)
    return 1


def sums(results: Sequence[Restored]) -> Restored:
    """Return the sums over several records, for a summary."""
    return Restored(
        "",
        confirmed=sum(one.confirmed for one in results),
        found_again=sum(one.found_again for one in results),
        changed=sum(one.changed for one in results),
        gone=sum(one.gone for one in results),
        unknown=tuple(item for one in results for item in one.unknown),
    )
