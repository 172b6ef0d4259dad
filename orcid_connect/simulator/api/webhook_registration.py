"""Registering and removing webhooks, below the Member API without a version (REGISTRY 9.1)."""

import re
from urllib.parse import unquote

from orcid_connect.simulator.api.callers import identify
from orcid_connect.simulator.api.guards import check_token_record, require_scope
from orcid_connect.simulator.api.media import kind_of_body
from orcid_connect.simulator.api.problems import Problem
from orcid_connect.simulator.entities import Webhook
from orcid_connect.simulator.judging.uris import is_any_uri
from orcid_connect.simulator.wire import Answer, Call
from orcid_connect.simulator.world import World

SCOPE = frozenset({"/webhook"})
# What java.net.URI, unlike the schema, does not escape itself: blanks, controls and the like.
_NOT_IN_URIS = re.compile(r"[\x00-\x20\x7f\"<>\\^`{|}]")


def webhook_target(call: Call) -> tuple[str, str] | None:
    """Read iD and still encoded callback of a webhook path; None for any other path."""
    parts = call.raw_path.split("/")
    if len(parts) == 5 and parts[1] == "api" and parts[3] == "webhook" and parts[4]:
        return parts[2], parts[4]
    return None


def answer_webhook(world: World, call: Call, orcid: str, encoded: str) -> Answer:
    """Answer PUT and DELETE of a webhook; raise Problem or AuthProblem."""
    call.orcid = orcid
    caller = identify(world, call, public=False)
    if call.method not in {"PUT", "DELETE"}:
        raise Problem(9001, status=405, headers=[("allow", "DELETE, PUT")])
    content_type = call.headers.get("content-type")
    if content_type is not None and kind_of_body(content_type) is None:
        raise Problem(9001, status=415, detail="this Content-Type is not read here")
    check_token_record(caller, [orcid])
    require_scope(caller, SCOPE)
    url = unquote(encoded)
    if _NOT_IN_URIS.search(url) or not is_any_uri(url):
        raise Problem(9012, detail="the callback address is not a URI")
    if orcid not in world.people:
        raise Problem(9011)
    client_id = caller.client.client_id if caller.client else ""
    if call.method == "PUT":
        return _register(world, call, orcid, url, client_id)
    return _remove(world, orcid, url, client_id)


def _register(world: World, call: Call, orcid: str, url: str, client_id: str) -> Answer:
    # The key is global: a second client that asks for the same address changes nothing.
    if (orcid, url) in world.webhooks:
        return Answer(204, decision="webhook was there already")
    world.webhooks.put(Webhook(orcid, url, client_id, world.clock.milliseconds()))
    location = world.base_url + call.raw_path
    return Answer(201, headers=[("location", location)], decision="webhook registered")


def _remove(world: World, orcid: str, url: str, client_id: str) -> Answer:
    webhook = world.webhooks.get((orcid, url))
    if webhook is None:
        raise Problem(9028, parameters={"orcid": orcid, "uri": url})
    if webhook.client_id != client_id:
        raise Problem(9014)
    world.webhooks.remove((orcid, url))
    return Answer(204, decision="webhook removed")
