"""`/_control`: everything the Python interface can do, over HTTP, for tests in any language."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import fields
from typing import Any, TypeAlias

from orcid_connect.simulator import people
from orcid_connect.simulator.clock import iso
from orcid_connect.simulator.core import Core
from orcid_connect.simulator.entities import Client, Person, to_row
from orcid_connect.simulator.oauth import scopes, tokens
from orcid_connect.simulator.pages.rendering import page
from orcid_connect.simulator.wire import Answer, Call, json_answer

PREFIX = "/_control/"
PAGE_ENTRIES = 500
LONGEST_SETTING = 100 * 366 * 24 * 3600.0  # seconds: a hundred years, for "never"

Body: TypeAlias = dict[str, Any]
Action: TypeAlias = Callable[[Core, Body], Any]

# What actions stumble over when a body is not as it should be.
WRONG_BODIES = (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError)


async def answer_control(core: Core, call: Call) -> Answer:
    """Answer a call below `/_control`."""
    name, _, rest = call.path.removeprefix(PREFIX).partition("/")
    if (name, rest) == ("journal", "page"):
        entries = core.journal()[-PAGE_ENTRIES:][::-1]
        return page("journal.html", "journal page", entries=entries)
    action = ACTIONS.get((call.method, name))
    if action is None:
        return json_answer(404, {"error": f"there is no {call.method} {call.path}"})
    try:
        body = _read_body(call) | dict(call.arguments)
        if rest:
            body["name_in_path"] = rest
        found = action(core, body)
        value = await found if isinstance(found, Awaitable) else found
    except WRONG_BODIES as problem:
        return json_answer(400, {"error": _sentence(problem)})
    return json_answer(200, {} if value is None else value)


def _read_body(call: Call) -> Body:
    if not call.body:
        return {}
    value = json.loads(call.body)
    if not isinstance(value, dict):
        raise ValueError("the body is not a JSON object")
    return value


def _sentence(problem: Exception) -> str:
    if isinstance(problem, KeyError):
        return f"{problem.args[0]} is missing"
    if isinstance(problem, RecursionError):
        return "the body is nested too deeply"
    if isinstance(problem, AttributeError):
        return f"something in the body is of another kind than it should be: {problem}"
    return str(problem)


# --- people and clients ----------------------------------------------------------------------


def _show_person(person: Person) -> Body:
    return {
        "orcid": person.orcid,
        "given": person.given,
        "family": person.family,
        "email": person.email,
        "password": person.password,
        "state": person.state,
    }


def _add_person(core: Core, body: Body) -> Body:
    return _show_person(core.add_person(body.pop("given"), **body))


def _list_people(core: Core, _body: Body) -> Body:
    return {"people": [_show_person(person) for person in core.world.people]}


def _change_person(core: Core, body: Body) -> Body:
    orcid = body.pop("name_in_path", None)
    if orcid is None:
        return _add_person(core, body)
    state, primary = body.pop("state", None), body.pop("primary", None)
    if body:
        core.change_person(orcid, **body)
    if state is not None:
        core.set_state(orcid, state, primary)
    return _show_person(people.person_of(core.world, orcid))


def _show_client(client: Client) -> Body:
    return {each.name: getattr(client, each.name) for each in fields(client)}


def _add_client(core: Core, body: Body) -> Body:
    return _show_client(core.add_client(body.pop("kind", "member"), **body))


def _list_clients(core: Core, _body: Body) -> Body:
    return {"clients": [_show_client(client) for client in core.world.clients]}


# --- permissions -----------------------------------------------------------------------------


def _issue_token(core: Core, body: Body) -> Body:
    value = core.issue_token(
        body["client_id"], body.get("orcid"), body["scope"], expires_in=body.get("expires_in")
    )
    token = core.world.tokens[value]
    return {
        "access_token": value,
        "refresh_token": token.refresh,
        "expires_in": round(token.expires - core.clock.now()),
        "scope": " ".join(scopes.split(body["scope"])),
    }


def _revoke_tokens(core: Core, body: Body) -> Body:
    if "access_token" in body:
        reason = body.get("reason", tokens.CLIENT_REVOKED)
        return {"revoked": int(core.revoke_token(body["access_token"], reason))}
    return {"revoked": core.revoke_by_user(body["orcid"], body["client_id"])}


def _make_code(core: Core, body: Body) -> Body:
    code = core.grant(
        body["client_id"],
        body["orcid"],
        body["scope"],
        body["redirect_uri"],
        nonce=body.get("nonce"),
    )
    return {"code": code}


# --- records ---------------------------------------------------------------------------------


def _put_item(core: Core, body: Body) -> Body:
    put_code = core.put_item(
        body["orcid"],
        body["kind"],
        body["item"],
        client_id=body.get("client_id"),
        visibility=body.get("visibility"),
        put_code=body.get("put_code"),
    )
    return {"put_code": put_code}


def _add_group(core: Core, body: Body) -> Body:
    put_code = core.add_group(body.pop("group_id"), body.pop("name"), **body)
    return {"put_code": put_code}


def _remove_item(core: Core, body: Body) -> None:
    core.remove_item(body["orcid"], int(body["put_code"]))


def _show_record(core: Core, body: Body) -> Body:
    orcid = body["name_in_path"]
    people.person_of(core.world, orcid)
    found: dict[str, list[Any]] = {}
    for item in core.world.records.all_of(orcid):
        found.setdefault(item.kind, []).append(json.loads(item.content))
    return {"orcid": orcid, "items": found}


# --- what the registry knows -----------------------------------------------------------------


def _add_organizations(core: Core, body: Body) -> None:
    if "known" in body:
        core.know_organizations(body["known"])
    entries = body.get("organizations", [body] if "identifier" in body else [])
    for entry in entries:
        core.add_organization(entry["identifier"], entry["source"], entry.get("name", ""))


def _list_organizations(core: Core, _body: Body) -> Body:
    listed = [
        {"identifier": each.identifier, "source": each.source, "name": each.name}
        for each in core.world.organizations
    ]
    return {"known": core.world.recall("organizations known"), "organizations": listed}


def _add_issns(core: Core, body: Body) -> None:
    if "known" in body:
        core.know_issns(body["known"])
    for entry in body.get("issns", [body] if "issn" in body else []):
        core.add_issn(entry["issn"], entry.get("title", ""))


def _list_issns(core: Core, _body: Body) -> Body:
    listed = [{"issn": each.issn, "title": each.title} for each in core.world.issns]
    return {"known": core.world.recall("issns known"), "issns": listed}


# --- faults, time, the world -----------------------------------------------------------------


def _add_fault(core: Core, body: Body) -> Body:
    return {"id": core.add_fault(body.pop("kind"), **body)}


def _list_faults(core: Core, _body: Body) -> Body:
    return {"faults": [fault.as_json() for fault in core.faults]}


def _remove_faults(core: Core, body: Body) -> None:
    core.faults.remove(int(body["id"]) if "id" in body else None)


def _show_clock(core: Core, _body: Body) -> Body:
    now = core.clock.now()
    return {"now": now, "iso": iso(now), "frozen": core.clock.frozen}


def _set_clock(core: Core, body: Body) -> Body:
    if "freeze" in body:
        (core.clock.freeze if body["freeze"] else core.clock.release)()
    if "set" in body:
        core.clock.set(float(body["set"]))
    if "move" in body:
        core.clock.move(float(body["move"]))
    return _show_clock(core, body)


def _show_settings(core: Core, _body: Body) -> Body:
    return {each.name: getattr(core.settings, each.name) for each in fields(core.settings)}


def _change_settings(core: Core, body: Body) -> Body:
    known = {each.name for each in fields(core.settings)}
    unknown = set(body) - known
    if unknown:
        raise ValueError(f"there is no setting {', '.join(sorted(unknown))}")
    for name, value in body.items():
        setattr(core.settings, name, _setting(name, value, getattr(core.settings, name)))
    return _show_settings(core, body)


def _setting(name: str, value: Any, before: object) -> Any:
    """Read the new value of a switch: of the kind it has; raise ValueError."""
    if isinstance(before, float) and type(value) is int:
        value = float(value)
    is_endless = isinstance(value, float) and not 0 <= value <= LONGEST_SETTING
    if type(value) is not type(before) or is_endless:
        raise ValueError(f"the setting {name} cannot be {value!r}")
    return value


def _read_journal(core: Core, body: Body) -> Body:
    return {"entries": core.journal(int(body.get("after", 0)))}


def _list_webhooks(core: Core, _body: Body) -> Body:
    return {"webhooks": [to_row(webhook) for webhook in core.world.webhooks]}


async def _deliver_webhooks(core: Core, _body: Body) -> Body:
    return {"sent": await core.deliver_webhooks()}


ACTIONS: Mapping[tuple[str, str], Action] = {
    ("GET", "people"): _list_people,
    ("POST", "people"): _change_person,
    ("GET", "clients"): _list_clients,
    ("POST", "clients"): _add_client,
    ("POST", "tokens"): _issue_token,
    ("DELETE", "tokens"): _revoke_tokens,
    ("POST", "codes"): _make_code,
    ("POST", "items"): _put_item,
    ("DELETE", "items"): _remove_item,
    ("POST", "groups"): _add_group,
    ("GET", "records"): _show_record,
    ("GET", "organizations"): _list_organizations,
    ("POST", "organizations"): _add_organizations,
    ("GET", "issns"): _list_issns,
    ("POST", "issns"): _add_issns,
    ("GET", "faults"): _list_faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _remove_faults,
    ("GET", "clock"): _show_clock,
    ("POST", "clock"): _set_clock,
    ("GET", "settings"): _show_settings,
    ("POST", "settings"): _change_settings,
    ("POST", "reset"): lambda core, _: core.reset(),
    ("GET", "snapshot"): lambda core, _: core.snapshot(),
    ("POST", "restore"): lambda core, body: core.restore(body),
    ("POST", "keys"): lambda core, _: {"kid": core.rotate_keys()},
    ("GET", "webhooks"): _list_webhooks,
    ("POST", "webhooks"): _deliver_webhooks,
    ("GET", "journal"): _read_journal,
    ("DELETE", "journal"): lambda core, _: core.clear_journal(),
    ("GET", "secrets"): lambda core, _: {"secrets": sorted(core.secrets())},
}
