"""Putting items on records: their source, dates and visibility filled in, their indexes kept.

The rules who may do this live in the API rooms; people's own edits come here directly.
"""

import json
from dataclasses import replace
from typing import Any

from orcid_connect.simulator import judging
from orcid_connect.simulator.entities import Item, Person
from orcid_connect.simulator.judging import JSON, Source, Stored
from orcid_connect.simulator.orcid_ids import ORCID_SITE
from orcid_connect.simulator.wire import compact, compact_as_said
from orcid_connect.simulator.world import World

# In paths and Location; of activities the segment is the kind itself.
PERSON_SEGMENTS = {
    "researcher-url": "researcher-urls",
    "other-name": "other-names",
    "keyword": "keywords",
    "address": "address",
    "external-identifier": "external-identifiers",
}


def segment_of(kind: str) -> str:
    """Give the path segment under which single items of a kind live."""
    return PERSON_SEGMENTS.get(kind, kind)


def new_visibility(person: Person, given: str | None) -> str:
    """Give a new item's visibility: a claimed record's default, else what was given (4.6)."""
    chosen = person.default_visibility if person.claimed else given
    return chosen or "private"


def create_item(
    world: World,
    person: Person,
    kind: str,
    body: JSON,
    *,
    source: Source,
    visibility: str,
    display_index: int = 1,
    put_code: int | None = None,
) -> tuple[Item, JSON]:
    """Put a new item on the record; give it with the JSON of a read."""
    now = world.clock.milliseconds()
    item = Item(
        put_code=world.next_put_code() if put_code is None else put_code,
        orcid=person.orcid,
        kind=kind,
        visibility=visibility,
        created=now,
        modified=now,
        client_id=source.client_id,
        source_orcid=source.orcid,
        assertion_client=source.assertion_client,
        assertion_orcid=source.assertion_orcid,
        display_index=display_index,
    )
    shown = _complete(world, item, judging.stored_form(kind, body))
    item.content, said = compact_as_said(shown)
    world.records.add(item, judging.clash_keys(kind, said))
    touch(world, person)
    return item, shown


def update_item(
    world: World, person: Person, old: Item, kind: str, body: JSON
) -> tuple[Item, JSON]:
    """Put `body` in the place of an item; give it with the JSON of a read."""
    now = world.clock.milliseconds()
    new = replace(old, kind=kind, modified=now, digest=None)
    shown = _complete(world, new, judging.stored_form(kind, body))
    new.content = compact(shown)
    world.records.replace(old, new)
    touch(world, person)
    return new, shown


def show_to(world: World, person: Person, old: Item, visibility: str) -> Item:
    """Change who may see an item, as its owner can."""
    new = replace(old, visibility=visibility, digest=None)
    shown: JSON = json.loads(old.content)
    shown["visibility"] = visibility
    new.content = compact(shown)
    world.records.replace(old, new)
    touch(world, person)
    return new


def delete_item(world: World, person: Person, item: Item) -> None:
    """Take an item off the record."""
    world.records.remove(item)
    touch(world, person)


def touch(world: World, person: Person) -> None:
    """Note that the record changed."""
    person.modified = world.clock.milliseconds()
    world.people.put(person)


def source_of(item: Item) -> Source:
    """Give the source of an item as the judges take it."""
    return Source(item.client_id, item.source_orcid, item.assertion_client, item.assertion_orcid)


def stored(item: Item) -> Stored:
    """Give an item as the judges take it."""
    return Stored(item.put_code, source_of(item), json.loads(item.content))


def _complete(world: World, item: Item, shown: JSON) -> JSON:
    shown["created-date"] = {"value": item.created}
    shown["last-modified-date"] = {"value": item.modified}
    shown["source"] = source_json(world, item)
    shown["put-code"] = item.put_code
    shown["path"] = f"/{item.orcid}/{segment_of(item.kind)}/{item.put_code}"
    shown["visibility"] = item.visibility
    if "display-index" in shown:
        is_person = item.kind in PERSON_SEGMENTS
        shown["display-index"] = item.display_index if is_person else str(item.display_index)
    return shown


def source_json(world: World, item: Item) -> dict[str, Any]:
    """Write who is behind an item (REGISTRY 3.5)."""
    return {
        "source-orcid": orcid_json(item.source_orcid),
        "source-client-id": client_json(item.client_id),
        "source-name": _name(world, item.client_id, item.source_orcid),
        "assertion-origin-orcid": orcid_json(item.assertion_orcid),
        "assertion-origin-client-id": client_json(item.assertion_client),
        "assertion-origin-name": _name(world, item.assertion_client, item.assertion_orcid),
    }


def orcid_json(orcid: str | None) -> dict[str, str] | None:
    """Write an iD object."""
    if orcid is None:
        return None
    return {"uri": f"{ORCID_SITE}/{orcid}", "path": orcid, "host": "orcid.org"}


def client_json(client_id: str | None) -> dict[str, str] | None:
    """Write a client object."""
    if client_id is None:
        return None
    return {"uri": f"{ORCID_SITE}/client/{client_id}", "path": client_id, "host": "orcid.org"}


def _name(world: World, client_id: str | None, orcid: str | None) -> dict[str, str] | None:
    if client_id is not None:
        client = world.clients.get(client_id)
        return {"value": client.name} if client else None
    person = world.people.get(orcid) if orcid is not None else None
    name = person.public_name if person is not None else None
    return {"value": name} if name else None
