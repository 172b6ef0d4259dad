"""What latency, limits and faults do to one request before and after it is answered."""

from dataclasses import dataclass, field

from orcid_connect.simulator.core import Core
from orcid_connect.simulator.faults import Fault
from orcid_connect.simulator.oauth import tokens
from orcid_connect.simulator.oauth.endpoints import bearer
from orcid_connect.simulator.orcid_ids import has_orcid_shape
from orcid_connect.simulator.wire import HTML_TYPE, Answer, Call

_HTML = b"""<!DOCTYPE html>
<html><head><title>Bad gateway</title></head>
<body><h1>Bad gateway</h1><p>The registry is not available at the moment.</p></body></html>
"""


@dataclass(slots=True)
class Disturbance:
    """What happens to one request besides its answer."""

    instead: Answer | None = None  # answered without doing the work
    replaced: Fault | None = None  # answered so after the work was done
    cut: bool = False
    half: bool = False
    skew: float = 0.0
    media: str | None = None
    revoke: list[str] = field(default_factory=list)  # reasons

    def after(self, core: Core, call: Call, answer: Answer) -> None:
        """Change the answer, or the caller's token, once the work is done."""
        if self.replaced is not None:
            given = _fault_answer(self.replaced)
            answer.status, answer.body, answer.media = given.status, given.body, given.media
            answer.headers = given.headers
            answer.decision += f"; answered {given.status} nevertheless"
        if self.media is not None:
            answer.media = self.media
        for reason in self.revoke:
            token = core.world.tokens.get(call.token or bearer(call) or "")
            if token is not None:
                tokens.disable(core.world, token, reason)
                core.world.storage.commit()


async def disturb(core: Core, call: Call) -> Disturbance:
    """Let limits, latency and faults act; the faults that hit are noted in the call."""
    found = Disturbance()
    waiting = core.settings.latency
    if core.faults.any or core.settings.rate or core.settings.quota:
        _name_caller(core, call)
    for fault in core.faults.hitting(call, core.clock.now()):
        call.faults.append(f"{fault.kind} (fault {fault.number})")
        waiting += fault.seconds if fault.kind == "slow" else 0.0
        _apply(core, fault, found)
    waiting += _limit(core, call, found)
    if waiting > 0:
        await core.clock.sleep(waiting)
    return found


def _name_caller(core: Core, call: Call) -> None:
    value = bearer(call) or call.arguments.get("access_token")
    token = core.world.tokens.get(value) if value else None
    call.client_id = token.client_id if token else call.form.get("client_id")
    if call.client_id is None:
        call.client_id = call.arguments.get("client_id")
    call.orcid = next((each for each in call.path.split("/") if has_orcid_shape(each)), None)


def _apply(core: Core, fault: Fault, found: Disturbance) -> None:
    kind = fault.kind
    if kind in {"status", "html", "outage"}:
        _apply_answer(fault, found)
    elif kind == "cut-before":
        found.cut, found.instead = True, Answer(503, decision="cut before the work was done")
    elif kind == "cut-after":
        found.cut = True
    elif kind == "half-body":
        found.half = True
    elif kind == "content-type":
        found.media = fault.value
    elif kind == "clock-skew":
        found.skew += fault.seconds
    elif kind == "key-rotation":
        core.keys.rotate()
    elif kind == "revoke-token":
        found.revoke.append(fault.reason)


def _apply_answer(fault: Fault, found: Disturbance) -> None:
    if fault.applied:
        found.replaced = fault
    elif fault.kind == "outage" and fault.status == 0:
        found.cut, found.instead = True, Answer(503, decision="outage: not answered")
    else:
        found.instead = _fault_answer(fault)


def _fault_answer(fault: Fault) -> Answer:
    headers = list(fault.headers.items())
    decision = f"fault {fault.number}: {fault.kind}"
    if fault.kind == "html":
        return Answer(fault.status, _HTML, HTML_TYPE, headers, decision)
    body = fault.body if fault.body is not None else f"simulated {fault.status}\n"
    return Answer(fault.status, body.encode(), "text/plain;charset=UTF-8", headers, decision)


def _limit(core: Core, call: Call, found: Disturbance) -> float:
    is_api = call.path.startswith(("/api/", "/pub/"))
    if not is_api or not (core.settings.rate or core.settings.quota):
        return 0.0
    client = core.world.clients.get(call.client_id) if call.client_id else None
    is_member = client is not None and client.is_member
    delay = core.limits.delay(client.client_id if client else call.peer, member=is_member)
    if delay is None:
        found.instead = Answer(
            503, b"Service Unavailable\n", "text/plain", decision="too fast: 503"
        )
        return 0.0
    is_stranger = client is None and call.path.startswith("/pub/")
    if is_stranger and core.limits.over_quota(call.peer):
        found.instead = Answer(
            429, b"Too Many Requests: the daily quota is used up.\n", "text/plain", decision="quota"
        )
    return delay
