"""Works by the hundred: bulk POST and bulk GET (REGISTRY 5.4)."""

import json
from typing import Any

from orcid_connect.simulator import judging, writing
from orcid_connect.simulator.api.context import Context, read_put_code
from orcid_connect.simulator.api.guards import check_state, check_write_scope, item_refusal
from orcid_connect.simulator.api.items import (
    check_ceiling,
    check_organizations,
    clash,
    refuse,
)
from orcid_connect.simulator.api.problems import Problem, from_refusal
from orcid_connect.simulator.api.sections import SECTIONS
from orcid_connect.simulator.entities import Person
from orcid_connect.simulator.judging import JSON, PassedThrough, Refusal
from orcid_connect.simulator.wire import Answer, compact

MAX_READ = 100
KIND = "work"


def create_works(context: Context) -> Answer:
    """Answer POST of many works: 200, with a work or an error for each."""
    person = check_state(context)
    check_write_scope(context, SECTIONS[KIND].create)
    sent = (context.payload or {}).get("bulk")
    check_ceiling(context, KIND, len(sent) if isinstance(sent, list) else 0)
    if isinstance(context.read_body, Refusal):  # more elements than a bulk may have
        raise from_refusal(context.read_body)
    elements: list[JSON | Refusal | PassedThrough] = context.read_body
    answers = [_create_one(context, person, element) for element in elements]
    made = sum(was_made for was_made, _ in answers)
    listed = b",".join(answer for _, answer in answers)
    decision = f"bulk: {made} of {len(answers)} works created"
    return context.reply_bytes(b'{"bulk":[' + listed + b"]}", decision)


def _create_one(
    context: Context, person: Person, element: JSON | Refusal | PassedThrough
) -> tuple[bool, bytes]:
    """Tell whether a work was made, and what is answered of it."""
    if isinstance(element, PassedThrough):
        return False, compact({"error": element.item})
    try:
        return True, b'{"work":' + _create_work(context, person, element) + b"}"
    except Problem as problem:
        return False, compact({"error": problem.body(context.caller.name)})


def _create_work(context: Context, person: Person, element: JSON | Refusal) -> bytes:
    if isinstance(element, Refusal):
        raise from_refusal(element)
    refuse(judging.examine_bulk(element, storing=False))
    put_code = clash(context, KIND, element, bulk=True)
    if put_code is not None:
        raise Problem(9021, parameters={"putCode": put_code})
    refuse(judging.examine_storing(KIND, element))
    check_organizations(context, KIND, element)
    visibility = writing.new_visibility(person, element.get("visibility"))
    item, shown = writing.create_item(
        context.world,
        person,
        KIND,
        element,
        source=context.caller.source(),
        visibility=visibility,
    )
    told = b'"path":' + compact(shown["path"])
    return item.content.replace(told, b'"path":null', 1)


def read_works(context: Context) -> Answer:
    """Answer GET of works by their put-codes: what is found first, then the unknown codes."""
    check_state(context)
    texts = context.tail.split(",")
    if len(texts) > MAX_READ:
        raise Problem(9042, exception="ExceedMaxNumberOfPutCodesException")
    codes = [_read_code(text) for text in texts]
    found, missing = [], []
    for code in dict.fromkeys(codes):
        item = context.world.records.find(context.orcid, code)
        if item is None or item.kind != KIND:
            missing.append(code)
        else:
            found.append(item)
    found.sort(key=lambda item: item.put_code)  # the database's order, not the caller's
    answers = [_shown(context, item.put_code) for item in found]
    answers += [_error(context, Problem(9034, detail=f"'{code}'")) for code in missing]
    return context.reply({"bulk": answers}, f"bulk read: {len(found)} found, {len(missing)} not")


def _read_code(text: str) -> int:
    try:
        return read_put_code(text.strip())
    except Problem as problem:
        raise Problem(9006, detail=f"{text} is not a put-code") from problem


def _shown(context: Context, put_code: int) -> dict[str, Any]:
    item = context.world.items[put_code]
    code = item_refusal(context, item, SECTIONS[KIND].read_limited)
    if code is None:
        return {"work": json.loads(item.content)}
    # In a bulk even a missing scope shows as "private" (REGISTRY 3.4).
    return _error(context, Problem(9039 if context.public else 9013))


def _error(context: Context, problem: Problem) -> dict[str, Any]:
    return {"error": problem.body(context.caller.name)}
