"""Group-id records: listed, searched, created, changed and deleted by clients (REGISTRY 6)."""

import json
import re

from orcid_connect.simulator import judging
from orcid_connect.simulator.api.context import Context
from orcid_connect.simulator.api.groups import add_group, make_issn_group, require_record
from orcid_connect.simulator.api.guards import require_scope
from orcid_connect.simulator.api.problems import Problem, from_refusal
from orcid_connect.simulator.entities import Group
from orcid_connect.simulator.judging import JSON
from orcid_connect.simulator.wire import Answer
from orcid_connect.simulator.world import World, group_key

KIND = "group-id-record"
READ = frozenset({"/group-id-record/read"})
UPDATE = frozenset({"/group-id-record/update"})
DEFAULT_PAGE_SIZE = 100
MEMBERS = ("name", "group-id", "description", "type", "put-code")
ISSN_PREFIX = "issn:"
_ISSN = re.compile(r"[0-9]{4}-[0-9]{3}[0-9Xx]")


def list_or_find(context: Context) -> Answer:
    """Answer GET of the groups: one by id or name, or a page of all."""
    require_scope(context.caller, READ)
    arguments = context.call.arguments
    if "group-id" in arguments:
        group = _find_by_id(context.world, arguments["group-id"])
        return context.reply(_show(group), "looked a group up by its id")
    if "name" in arguments:
        group = _find_by_name(context.world, arguments["name"])
        return context.reply(_show(group), "looked a group up by its name")
    return _list(context)


def _find_by_id(world: World, group_id: str) -> Group | None:
    group = world.group_by_id.get(group_key(group_id))
    if group is not None or not group_id.strip().startswith(ISSN_PREFIX):
        return group
    wanted = group_id.strip()
    issn = wanted.removeprefix(ISSN_PREFIX)
    if not _ISSN.fullmatch(issn):
        raise Problem(9053, detail=f"{wanted} names no ISSN")
    return make_issn_group(world, issn.upper(), wanted)


def _find_by_name(world: World, name: str) -> Group | None:
    wanted = name.strip().lower()
    return next((group for group in world.groups if group.name.strip().lower() == wanted), None)


def _list(context: Context) -> Answer:
    size = _number(context, "page-size", DEFAULT_PAGE_SIZE)
    number = _number(context, "page", 1)
    if size < 1 or number < 1:
        raise Problem(9006, detail="page and page-size begin at 1")
    groups = sorted(context.world.groups, key=lambda group: (group.created, group.put_code))
    page = groups[(number - 1) * size : number * size]
    newest = max((group.modified for group in page), default=None)
    value = {
        "last-modified-date": None if newest is None else {"value": newest},
        "total": len(page),  # of this page, not of all
        "page": number,
        "page-size": size,
        "group-id-record": [_show(group) for group in page],
    }
    return context.reply(value, f"listed {len(page)} groups")


def _number(context: Context, name: str, default: int) -> int:
    text = context.call.arguments.get(name)
    if text is None:
        return default
    try:
        return int(text)
    except ValueError as problem:
        raise Problem(9020, detail=f"{name} is not a number") from problem


def _show(group: Group | None) -> JSON:
    if group is None:
        return dict.fromkeys(MEMBERS)
    return {
        "name": group.name,
        "group-id": group.group_id,
        "description": group.description,
        "type": group.type,
        "put-code": group.put_code,
    }


def read_group(context: Context) -> Answer:
    """Answer GET of one group."""
    put_code = context.put_code()
    require_scope(context.caller, READ)
    group = require_record(context.world, put_code)
    return context.reply(_show(group), f"read group {put_code}")


def create_group(context: Context) -> Answer:
    """Answer POST of a group; ISSN groups are never made by clients."""
    require_scope(context.caller, UPDATE)
    world, body = context.world, context.read_body
    exists = group_key(body["group-id"]) in world.group_by_id
    refusal = judging.examine(
        KIND, body, op="create", put_code=None, stored=None, group_exists=exists
    )
    if refusal is not None:
        # A well-formed new ISSN: the registry makes its own record and says it was there.
        if refusal.code == 9025 and not exists:
            _make_issn_group(world, body)
        raise from_refusal(refusal)
    if exists:
        raise Problem(9025)
    stored = judging.stored_form(KIND, body)
    client = context.caller.client
    group = add_group(
        world,
        body["group-id"].strip(),
        stored["name"],
        body["description"],
        body["type"],
        client.client_id if client else None,
    )
    location = f"{world.api_base}/v3.0/group-id-record/{group.put_code}"
    decision = f"created group {group.put_code}"
    return Answer(201, headers=[("location", location)], decision=decision)


def _make_issn_group(world: World, body: JSON) -> None:
    issn = judging.normalize("issn", judging.group_record_issn(body) or "").value
    if issn:
        make_issn_group(world, issn, body["group-id"])


def update_group(context: Context) -> Answer:
    """Answer PUT of a group."""
    put_code = context.put_code()
    require_scope(context.caller, UPDATE)
    world, body = context.world, context.read_body
    if body.get("put-code") != put_code:
        named = body.get("put-code")
        parameters = {"url": put_code, "body": "null" if named is None else named}
        raise Problem(9019, parameters=parameters)
    group = require_record(world, put_code)
    refusal = judging.examine(KIND, body, op="update", put_code=put_code, stored=None)
    if refusal is not None:
        raise from_refusal(refusal)
    namesake = world.group_by_id.get(group_key(body["group-id"]))
    if namesake is not None and namesake.put_code != put_code:
        raise Problem(9025)
    _check_source(context, group)
    _change(world, group, judging.stored_form(KIND, body))
    return context.reply(_show(group), f"updated group {put_code}")


def _check_source(context: Context, group: Group) -> None:
    client = context.caller.client
    if client is None or group.client_id != client.client_id:
        raise Problem(9010, parameters={"activity": "work"})


def _change(world: World, group: Group, body: JSON) -> None:
    del world.group_by_id[group_key(group.group_id)]
    group.group_id, group.name = body["group-id"].strip(), body["name"]
    group.description, group.type = body["description"], body["type"]
    group.modified = world.clock.milliseconds()
    world.groups.put(group)
    world.group_by_id[group_key(group.group_id)] = group


def delete_group(context: Context) -> Answer:
    """Answer DELETE of a group; one with peer reviews stays."""
    put_code = context.put_code()
    require_scope(context.caller, UPDATE)
    group = require_record(context.world, put_code)
    if _has_reviews(context.world, group):
        raise Problem(9040)
    _check_source(context, group)
    context.world.groups.remove(put_code)
    del context.world.group_by_id[group_key(group.group_id)]
    return Answer(204, decision=f"deleted group {put_code}")


def _has_reviews(world: World, group: Group) -> bool:
    """Look through all peer reviews: groups are deleted too seldom to keep an index for it."""
    wanted = group_key(group.group_id)
    return any(
        group_key(json.loads(item.content)["review-group-id"]) == wanted
        for item in world.items
        if item.kind == "peer-review"
    )
