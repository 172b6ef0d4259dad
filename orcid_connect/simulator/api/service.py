"""The Member and the Public API: every call meets the checks in the registry's order (3.2)."""

from collections.abc import Mapping

from orcid_connect.simulator import judging
from orcid_connect.simulator.api.callers import STRANGER, identify
from orcid_connect.simulator.api.context import Context
from orcid_connect.simulator.api.guards import check_token_record
from orcid_connect.simulator.api.media import JSON_TYPES, Wanted, kind_of_body, negotiate
from orcid_connect.simulator.api.problems import (
    AuthProblem,
    Problem,
    error_xml,
    from_refusal,
)
from orcid_connect.simulator.api.routes import find_endpoint
from orcid_connect.simulator.api.versions import redirect_version
from orcid_connect.simulator.api.webhook_registration import answer_webhook, webhook_target
from orcid_connect.simulator.judging import Refusal
from orcid_connect.simulator.orcid_ids import has_orcid_shape
from orcid_connect.simulator.wire import JSON_TYPE, Answer, Call, compact, indented, json_answer
from orcid_connect.simulator.world import World

WITH_BODY = frozenset({"POST", "PUT"})
STATUS_PATHS = frozenset({"apiStatus", "pubStatus"})
CORS_HEADERS = [
    ("access-control-allow-origin", "*"),
]
PREFLIGHT_HEADERS = [
    *CORS_HEADERS,
    ("access-control-allow-methods", "GET, POST, PUT, DELETE, OPTIONS, HEAD"),
    ("access-control-allow-headers", "X-Requested-With,Origin,Content-Type,Accept"),
]
NO_XML = (
    "the answer to this request would be XML, which this simulator does not write yet: "
    "without an Accept header, or with */*, the registry answers in XML; "
    "ask for application/json"
)
NO_XML_BODY = "this simulator does not read XML yet; send application/json"


def answer_api(world: World, call: Call, *, public: bool) -> Answer:
    """Answer a call of the Member or the Public API; `call.path` begins with /api or /pub."""
    if call.method == "OPTIONS":
        return Answer(200, headers=list(PREFLIGHT_HEADERS), decision="preflight")
    wanted = _wanted(call)
    try:
        answer = _answer(world, call, wanted, public=public)
    except Problem as problem:
        answer = _refusal(world, call, wanted, problem)
    except AuthProblem as problem:
        answer = json_answer(problem.status, problem.body, problem.reason)
    answer.headers.extend(CORS_HEADERS)
    return _with_callback(call, answer)


def _wanted(call: Call) -> Wanted:
    accept = call.headers.get("accept")
    says_nothing = accept is None or accept.strip() in {"", "*/*"}
    if says_nothing and call.path.rsplit("/", 1)[-1] in STATUS_PATHS:
        return Wanted("application/json")
    return negotiate(accept, call.headers.get("content-type"))


def _answer(world: World, call: Call, wanted: Wanted, *, public: bool) -> Answer:
    target = None if public else webhook_target(call)
    if target is not None:
        return answer_webhook(world, call, *target)
    segments = [segment for segment in call.path.split("/") if segment][1:]
    moved = redirect_version(world, call, wanted, segments, public=public)
    if moved is not None:
        return moved
    segments = segments[1:]
    call.orcid = next((each for each in segments if has_orcid_shape(each)), None)
    is_open = segments in (["status"], ["apiStatus"], ["pubStatus"])
    caller = STRANGER if is_open else identify(world, call, public=public)
    endpoint, orcid, tail = find_endpoint(segments, public=public)
    method = "GET" if call.method == "HEAD" else call.method
    handler = endpoint.methods.get(method)
    if handler is None:
        raise _wrong_method(endpoint.methods)
    if endpoint.csv:
        _check_table(call)
    else:
        _check_media(call, method, wanted, reads=endpoint.reads)
    check_token_record(caller, segments)
    context = Context(world, call, public, wanted, endpoint, orcid, tail, caller)
    if method in WITH_BODY and endpoint.reads:
        _read_body(context)
    return handler(context)


def _wrong_method(methods: Mapping[str, object]) -> Problem:
    allowed = ", ".join(sorted(methods))
    detail = f"this path takes {allowed}"
    return Problem(9001, status=405, detail=detail, headers=[("allow", allowed)])


def _check_media(call: Call, method: str, wanted: Wanted, *, reads: str) -> None:
    if method in WITH_BODY:
        kind = kind_of_body(call.headers.get("content-type"))
        if kind != "json":
            detail = NO_XML_BODY if kind == "xml" else "this Content-Type is not read here"
            raise Problem(9001, status=415, detail=detail)
    if wanted.media is None:
        raise Problem(9001, status=406, detail="none of the types in Accept can be had here")
    has_body = method in {"GET", "PUT"} or reads == "bulk"
    if has_body and not wanted.is_json:
        raise Problem(9001, status=406, detail=NO_XML)


def _check_table(call: Call) -> None:
    accepted = [part.partition(";")[0].strip() for part in _accept(call).split(",")]
    if not {"text/csv", "text/*", "*/*"}.intersection(accepted):
        raise Problem(9001, status=406, detail="this answers text/csv only")


def _accept(call: Call) -> str:
    return call.headers.get("accept", "").strip() or "*/*"


def _read_body(context: Context) -> None:
    try:
        context.payload = judging.parse(context.call.body)
    except (ValueError, RecursionError) as problem:
        raise Problem(9001, detail="the body is not JSON") from problem
    is_null_in_vendor_json = context.payload is None and (
        context.call.headers.get("content-type", "").startswith(JSON_TYPES[0])
    )
    if is_null_in_vendor_json:
        raise Problem(9008, exception="NullPointerException")
    found: object = (
        judging.read_bulk(context.payload)
        if context.endpoint.reads == "bulk"
        else judging.read(context.endpoint.kind, context.payload)
    )
    # A bulk of too many works is refused later: the ceiling of the record comes first (5.4).
    if isinstance(found, Refusal) and found.code != 9006:
        raise from_refusal(found)
    context.read_body = found


def _refusal(world: World, call: Call, wanted: Wanted, problem: Problem) -> Answer:
    client = world.clients.get(call.client_id) if call.client_id else None
    body = problem.body(client.name if client else None)
    reason = problem.reason()
    if wanted.is_json or wanted.media is None or problem.status == 406:
        plain = wanted.is_compact or not wanted.is_json
        media = JSON_TYPE if plain else f"{wanted.media};charset=UTF-8"
        text = compact(body) if plain else indented(body).encode("utf-8", "replace")
        return Answer(problem.status, text, media, list(problem.headers), reason)
    media = f"{wanted.media};charset=UTF-8"
    return Answer(problem.status, error_xml(body), media, list(problem.headers), reason)


def _with_callback(call: Call, answer: Answer) -> Answer:
    name = call.arguments.get("callback") if "callback=" in call.query else None
    if name and answer.media and "json" in answer.media:
        answer.body = name.encode() + b"(" + answer.body + b")"
        answer.media = "application/x-javascript;charset=UTF-8"
    return answer
