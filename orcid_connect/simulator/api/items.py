"""Single items: create, read, update, delete, in the registry's order of checks (REGISTRY 7.1)."""

from orcid_connect.simulator import judging, writing
from orcid_connect.simulator.api import groups
from orcid_connect.simulator.api.context import Context
from orcid_connect.simulator.api.digests import digest_of
from orcid_connect.simulator.api.guards import (
    check_source,
    check_state,
    check_write_scope,
    item_refusal,
)
from orcid_connect.simulator.api.problems import Problem, from_refusal
from orcid_connect.simulator.api.sections import PERSON_KINDS, family_of
from orcid_connect.simulator.entities import Item
from orcid_connect.simulator.judging import AFFILIATIONS, JSON, Refusal
from orcid_connect.simulator.wire import Answer

SOURCE_CHECKED_FIRST = AFFILIATIONS | {"address"}
NOT_COMPARED_ON_UPDATE = frozenset({"research-resource"})
# Written by the registry only: what a client sends there changes nothing.
OUTPUT_ONLY = ("created-date", "last-modified-date", "source", "path")


# --- reading ---------------------------------------------------------------------------------


def read_item(context: Context) -> Answer:
    """Answer GET of one item."""
    item = _readable(context)
    decision = f"read {item.kind} {item.put_code}"
    if item.kind == "funding":
        return context.reply(_with_public_contributors(context, item), decision)
    return context.reply_bytes(item.content, decision)


def _with_public_contributors(context: Context, item: Item) -> JSON:
    """Show a funding as reads do: no e-mail, and names of known people as they show them (4.1)."""
    shown = writing.stored(item).item
    for contributor in (shown.get("contributors") or {}).get("contributor") or []:
        contributor["contributor-email"] = None
        orcid = (contributor.get("contributor-orcid") or {}).get("path")
        person = context.world.people.get(orcid) if orcid else None
        if person is not None:
            contributor["credit-name"] = {"value": person.public_name or ""}
    return shown


def read_summary(context: Context) -> Answer:
    """Answer GET of one item's summary."""
    item = _readable(context)
    return context.reply(digest_of(item).summary, f"read summary of {item.kind} {item.put_code}")


def _readable(context: Context) -> Item:
    put_code = context.put_code()
    check_state(context)
    kind = context.endpoint.kind
    item = _find(context, put_code, kind)
    if item.kind != kind:
        raise Problem(9006)  # an affiliation of another type
    code = item_refusal(context, item, context.section.read_limited)
    if code is not None:
        raise Problem(code)
    return item


def _find(context: Context, put_code: int, kind: str) -> Item:
    item = context.world.records.find(context.orcid, put_code)
    if item is None or item.kind not in family_of(kind):
        raise Problem(9016)
    return item


# --- creating --------------------------------------------------------------------------------


def create_item(context: Context) -> Answer:
    """Answer POST of one item."""
    person = check_state(context)
    section = context.section
    check_write_scope(context, section.create)
    kind, body = section.kind, context.read_body
    refuse(judging.examine(kind, body, op="create", put_code=None, stored=None, storing=False))
    check_ceiling(context, kind, 1)
    source = context.caller.source()
    refuse_clash(context, kind, body)
    if kind == "peer-review":
        groups.settle_group(context.world, body)
    refuse(judging.examine_storing(kind, body))
    check_organizations(context, kind, body)
    visibility = writing.new_visibility(person, body.get("visibility"))
    item, _ = writing.create_item(
        context.world, person, kind, body, source=source, visibility=visibility
    )
    world = context.world
    location = f"{world.api_base}/v3.0/{person.orcid}/{section.segment}/{item.put_code}"
    decision = f"created {kind}, put-code {item.put_code}, {visibility}"
    return Answer(201, headers=[("location", location)], decision=decision)


def check_ceiling(context: Context, kind: str, more: int) -> None:
    """Refuse works beyond what a record can hold."""
    if kind != "work":
        return
    if context.world.records.count(context.orcid, kind) + more > context.world.settings.max_works:
        raise Problem(9048)


def refuse_clash(context: Context, kind: str, body: JSON, except_for: int | None = None) -> None:
    """Refuse what this source has on the record already."""
    put_code = clash(context, kind, body, except_for)
    if put_code is None:
        return
    if kind in PERSON_KINDS:
        value, named = _said(kind, body)
        raise Problem(9030, parameters={"value": value, "type": named})
    raise Problem(9021, parameters={"putCode": put_code})


def clash(
    context: Context, kind: str, body: JSON, except_for: int | None = None, *, bulk: bool = False
) -> int | None:
    """Find the put-code of an item of the same source that says the same."""
    records = context.world.records
    candidates = [
        writing.stored(item)
        for item in records.sharing(context.orcid, kind, judging.clash_keys(kind, body))
        if item.put_code != except_for
    ]
    if not candidates:
        return None
    return judging.clash(kind, body, context.caller.source(), candidates, bulk=bulk)


def _said(kind: str, body: JSON) -> tuple[str, str]:
    if kind == "researcher-url":
        return str(body["url"]["value"]), kind
    if kind == "external-identifier":
        return str(body["external-id-value"]), str(body["external-id-type"])
    return str(body.get("content")), kind


def check_organizations(context: Context, kind: str, body: JSON) -> None:
    """Refuse disambiguated organisations that the registry's table does not hold."""
    for pair in judging.organizations(kind, body):
        if not context.world.knows_organization(*pair):
            raise Problem(9045)


def refuse(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise from_refusal(refusal)


# --- updating --------------------------------------------------------------------------------


def update_item(context: Context) -> Answer:
    """Answer PUT of one item."""
    put_code = context.put_code()
    person = check_state(context)
    section = context.section
    check_write_scope(context, section.update)
    kind, body = section.kind, context.read_body
    if body.get("put-code") != put_code:
        named = body.get("put-code")
        parameters = {"url": put_code, "body": "null" if named is None else named}
        raise Problem(9019, parameters=parameters)
    old = _find(context, put_code, kind)
    if kind == "work" and _says_the_same(old, body):
        return _answer_unchanged(context, old)
    _judge_update(context, old, kind, body)
    refuse(judging.examine_storing(kind, body))
    check_organizations(context, kind, body)
    item, shown = writing.update_item(context.world, person, old, kind, body)
    return _updated(context, item, shown, f"updated {kind} {item.put_code}")


def _judge_update(context: Context, old: Item, kind: str, body: JSON) -> None:
    if kind in SOURCE_CHECKED_FIRST:
        check_source(context, old)
    stored = writing.stored(old).item
    refuse(
        judging.examine(
            kind, body, op="update", put_code=old.put_code, stored=stored, storing=False
        )
    )
    if kind == "peer-review":
        groups.require_group(context.world, body["review-group-id"])
    if kind not in NOT_COMPARED_ON_UPDATE:
        refuse_clash(context, kind, body, except_for=old.put_code)
    if kind not in SOURCE_CHECKED_FIRST:
        check_source(context, old)


def _says_the_same(old: Item, body: JSON) -> bool:
    saved = writing.stored(old).item
    sent = judging.stored_form(old.kind, dict(body))
    sent["visibility"] = sent.get("visibility") or old.visibility
    return all(saved[name] == sent.get(name) for name in saved if name not in OUTPUT_ONLY)


def _answer_unchanged(context: Context, old: Item) -> Answer:
    if not context.caller.is_source(old):
        raise Problem(9014)
    shown = writing.stored(old).item
    return _updated(context, old, shown, f"{old.kind} {old.put_code} says the same: unchanged")


def _updated(context: Context, item: Item, shown: JSON, decision: str) -> Answer:
    if item.kind not in PERSON_KINDS:
        shown = {**shown, "path": None}
    return context.reply(shown, decision)


# --- deleting --------------------------------------------------------------------------------


def delete_item(context: Context) -> Answer:
    """Answer DELETE of one item."""
    put_code = context.put_code()
    person = check_state(context)
    section = context.section
    check_write_scope(context, section.delete)
    item = _find(context, put_code, section.kind)
    check_source(context, item)
    writing.delete_item(context.world, person, item)
    return Answer(204, decision=f"deleted {item.kind} {item.put_code}")
