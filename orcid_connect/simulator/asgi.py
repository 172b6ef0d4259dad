"""The ASGI application: reads a request whole, lets faults and limits have their way, answers.

Work on the world is done in one piece without awaiting, and committed before the answer leaves.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from email.utils import formatdate
from typing import Any, TypeAlias

import httpx

from orcid_connect.simulator.api.service import answer_api
from orcid_connect.simulator.control import answer_control
from orcid_connect.simulator.core import Core
from orcid_connect.simulator.faulting import Disturbance, disturb
from orcid_connect.simulator.site import answer_site
from orcid_connect.simulator.webhooks import WebhookRunner
from orcid_connect.simulator.wire import Answer, Call

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

# Under this name our own server offers to break the connection of a request.
CUT = "simulator.cut"
STYLE_SHEET = "/style.css"
MAX_BODY_BYTES = 64 * 1024 * 1024
_NO_BODY = frozenset({204, 304})


class Application:
    """The simulated registry as an ASGI application."""

    def __init__(self, core: Core) -> None:
        """Serve this world."""
        self._core = core

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or follow the server's lifespan."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            raise RuntimeError("the simulator speaks HTTP only")

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = await _read_call(scope, receive)
        if len(call.body) > MAX_BODY_BYTES:
            answer = Answer(413, b"Request Entity Too Large\n", "text/plain")
            await _send(answer, call, send, self._core.clock.now())
            return
        if call.path.startswith("/_control"):
            answer = await answer_control(self._core, call)
            self._core.world.storage.commit()
            await _send(answer, call, send, self._core.clock.now())
            return
        disturbance = await disturb(self._core, call)
        answer = self._work(call, disturbance)
        self._core.world.storage.commit()
        disturbance.after(self._core, call, answer)
        if call.path != STYLE_SHEET:  # it says nothing about anybody
            self._core.note(call, answer)
        now = self._core.clock.now() + disturbance.skew
        await _deliver(answer, call, disturbance, _Line(scope, receive, send), now)

    def _work(self, call: Call, disturbance: Disturbance) -> Answer:
        if disturbance.instead is not None:
            return disturbance.instead
        self._core.world.skew = disturbance.skew
        answer = self._dispatch(call)
        self._core.world.skew = 0.0
        return answer

    def _dispatch(self, call: Call) -> Answer:
        if call.path.startswith("/api/") and call.path != "/api/oauth/token":
            return answer_api(self._core.world, call, public=False)
        if call.path.startswith("/pub/") and call.path != "/pub/oauth/token":
            return answer_api(self._core.world, call, public=True)
        return answer_site(self._core, call)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        async with WebhookRunner(self._core.world).running():
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


class _Line:
    """One request's way back to the caller, which can be cut."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._cut: Callable[[], None] | None = scope.get("state", {}).get(CUT)
        self._receive = receive
        self.send = send

    async def cut(self) -> None:
        """Break the connection: for real under our own server, else as httpx would report it."""
        if self._cut is None:
            raise httpx.RemoteProtocolError("the simulator cut the connection")
        self._cut()
        while (await self._receive())["type"] != "http.disconnect":
            pass


async def _deliver(
    answer: Answer, call: Call, disturbance: Disturbance, line: _Line, now: float
) -> None:
    if disturbance.cut:
        await line.cut()
        return
    if disturbance.half:
        await _start(answer, line.send, now)
        part = answer.body[: max(1, len(answer.body) // 2)]
        await line.send({"type": "http.response.body", "body": part, "more_body": True})
        await line.cut()
        return
    await _send(answer, call, line.send, now)


async def _send(answer: Answer, call: Call, send: Send, now: float) -> None:
    await _start(answer, send, now)
    body = b"" if call.method == "HEAD" or answer.status in _NO_BODY else answer.body
    await send({"type": "http.response.body", "body": body})


async def _start(answer: Answer, send: Send, now: float) -> None:
    headers = [(name.encode("latin-1"), _header(value)) for name, value in answer.headers]
    if answer.media is not None:
        headers.append((b"content-type", answer.media.encode()))
    if answer.status not in _NO_BODY:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    headers.append((b"date", formatdate(now, usegmt=True).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})


def _header(value: str) -> bytes:
    return value.encode("ascii", "xmlcharrefreplace").replace(b"\r", b"").replace(b"\n", b"")


async def _read_call(scope: Scope, receive: Receive) -> Call:
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        text = value.decode("latin-1")
        key = name.decode("latin-1").lower()
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    raw_path = scope.get("raw_path") or scope["path"].encode()
    client = scope.get("client")
    return Call(
        method=scope["method"],
        path=scope["path"],
        raw_path=raw_path.partition(b"?")[0].decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=await _read_body(receive),
        peer=client[0] if client else "127.0.0.1",
    )


async def _read_body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts)
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MAX_BODY_BYTES:
            return b"".join(parts)
        if not message.get("more_body", False):
            return b"".join(parts)
