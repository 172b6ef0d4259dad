"""The world a simulator begins with, read from a TOML file."""

import tomllib
from pathlib import Path
from typing import Any

from orcid_connect.simulator import judging, people, writing
from orcid_connect.simulator.api.groups import add_group
from orcid_connect.simulator.entities import Issn, Organization
from orcid_connect.simulator.judging import JSON, Refusal, Source, read
from orcid_connect.simulator.world import World, group_key

DEFAULT_SEED = Path(__file__).parent / "world.toml"


class SeedError(ValueError):
    """A seed file that cannot be used; the message says what is wrong with it."""


def read_seed(path: Path | None) -> dict[str, Any]:
    """Read a seed file; without a path the one that comes with the simulator."""
    try:
        return tomllib.loads((path or DEFAULT_SEED).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as problem:
        raise SeedError(f"the seed file cannot be read: {problem}") from problem


def plant(world: World, seed: dict[str, Any]) -> None:
    """Fill an empty world; raise SeedError naming the entry that does not fit."""
    known = seed.get("known", {})
    world.remember("organizations known", known.get("organizations", "listed"))
    world.remember("issns known", known.get("issns", "listed"))
    for entry in seed.get("organizations", []):
        _try("organization", entry, lambda it: world.organizations.put(Organization(**it)))
    for entry in seed.get("issns", []):
        _try("issn", entry, lambda it: world.issns.put(Issn(it["issn"].upper(), it["title"])))
    for entry in seed.get("clients", []):
        _try("client", entry, lambda it: _plant_client(world, it))
    for entry in seed.get("people", []):
        _try("person", entry, lambda it: _plant_person(world, it))


def _try(what: str, entry: dict[str, Any], plant_one: Any) -> None:
    try:
        plant_one(dict(entry))
    except (TypeError, KeyError, ValueError) as problem:
        named = entry.get("name") or entry.get("given") or entry.get("issn") or "without a name"
        raise SeedError(f"the {what} {named} does not fit: {problem}") from problem


def _plant_client(world: World, entry: dict[str, Any]) -> None:
    kind, name = entry.pop("kind"), entry.pop("name")
    people.add_client(world, kind, name, entry.pop("redirect_uris", []), **entry)


def _plant_person(world: World, entry: dict[str, Any]) -> None:
    items = entry.pop("items", [])
    person = people.add_person(world, entry.pop("given"), **entry)
    for item in items:
        put_item(world, person.orcid, item.pop("kind"), item)


def put_item(
    world: World,
    orcid: str,
    kind: str,
    payload: Any,
    *,
    client_id: str | None = None,
    visibility: str | None = None,
    put_code: int | None = None,
) -> int:
    """Put an item on a record past all permissions, as its owner or a client; raise ValueError."""
    person = people.person_of(world, orcid)
    if put_code is not None and world.is_put_code_taken(put_code):
        raise ValueError(f"the put-code {put_code} is taken")
    if client_id is not None:
        people.client_of(world, client_id)
    body = read(kind, payload)
    if isinstance(body, Refusal):
        raise ValueError(f"the registry would refuse this {kind}: {body.code} {body.detail or ''}")
    if kind == "peer-review":
        _make_group(world, body)
    source = Source(client_id, None) if client_id else Source(None, orcid)
    chosen = visibility or writing.new_visibility(person, body.get("visibility"))
    # What people add themselves stands at display-index 0, what clients add at 1 (REGISTRY 3.5).
    item, _ = writing.create_item(
        world,
        person,
        kind,
        body,
        source=source,
        visibility=chosen,
        display_index=1 if client_id else 0,
        put_code=put_code,
    )
    return item.put_code


def _make_group(world: World, body: JSON) -> None:
    """Keep the group of a review if it is not there yet, with the portal's title or its own id."""
    need = judging.peer_review_group(body)
    if group_key(need.group_id) not in world.group_by_id:
        title = world.journal_title(need.issn) if need.issn else None
        add_group(world, need.group_id, title or need.group_id, None, "journal", None)
    body["review-group-id"] = need.group_id
