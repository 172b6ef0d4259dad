"""Any bytes in place of ORCID's answer: a typed error, never a hang, never another exception."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from orcid_connect import records
from orcid_connect.errors import (
    AnswerTooLarge,
    RateLimited,
    RecordMoved,
    RegistryDown,
    RegistryError,
    RegistryNotAsked,
    RegistryUnreachable,
    RegistryUnreadable,
)
from orcid_connect.records import GroupIdRecord
from orcid_connect.registry.access import Access
from orcid_connect.registry.member import MemberApi
from orcid_connect.registry.notifications import NotifiedItem, PermissionMessage
from orcid_connect.registry.oauth import OAuth
from orcid_connect.registry.public import PublicApi
from orcid_connect.registry.transport import MAX_ANSWER_BYTES, Transport
from orcid_connect.settings import Credential

pytestmark = pytest.mark.anyio

ORCID = "0000-0002-1825-0097"
TOKEN = SecretStr("a token")
Calls = dict[str, Callable[[], Awaitable[Any]]]
GROUP = GroupIdRecord(name="J", group_id="orcid-generated:j", description="D", type="journal")
MESSAGE = PermissionMessage("S", "I", "https://j.example/", (NotifiedItem("work", "W"),))
CREDENTIAL = Credential(
    client_id="APP-0000000000000001",
    client_secret=SecretStr("a secret"),
    kind="premium",
    environment="simulator",
)

# Pieces that look like answers, so that chance gets further than the first brace.
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "put-code", "group", "work-summary", "bulk", "work", "error", "error-code",
                    "response-code", "developer-message", "source", "source-client-id", "path",
                    "external-ids", "external-id", "title", "type", "value", "person", "name",
                    "result", "expanded-result", "num-found", "orcid-identifier", "notification",
                    "items", "item", "group-id-record", "group-id", "last-modified-date",
                    "access_token", "token_type", "expires_in", "scope", "orcid",
                ]
            )
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)  # fmt: skip
BODIES = st.binary(max_size=60) | VALUES.map(lambda value: _json(value))
HEADERS = st.sampled_from(
    [
        {},
        {"content-type": "application/json"},
        {"content-type": "text/html"},
        {"content-encoding": "gzip"},
        {"content-encoding": "br, gzip, nonsense"},
        {"location": "https://elsewhere.example/x"},
        {"location": "http://[::1"},
        {"location": "/v3.0/x/work/99999999999999999999"},
        {"retry-after": "٣"},
        {"retry-after": "99999999999999999999999"},
        {"date": "not a date"},
        {"set-cookie": "a=b; domain=.com"},
    ]
)
STATUSES = st.sampled_from([200, 201, 204, 206, 301, 302, 308, 400, 401, 403, 404, 409, 429, 500])


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def calls(transport: Transport) -> Calls:
    """Every kind of call, as somebody would make it."""
    access = Access(transport, None)
    public = PublicApi(access, "http://orcid.test")
    known = Access(transport, CREDENTIAL)
    member = MemberApi(transport, CREDENTIAL, access=known)
    oauth = OAuth(transport, CREDENTIAL)
    return {
        "record": lambda: public.record(ORCID),
        "person": lambda: public.person(ORCID),
        "activities": lambda: public.activities(ORCID),
        "works": lambda: public.section(ORCID, "work"),
        "employments": lambda: public.section(ORCID, "employment"),
        "keywords": lambda: public.section(ORCID, "keyword"),
        "item": lambda: public.item(ORCID, "peer-review", 7),
        "summary": lambda: public.summary(ORCID, "funding", 7),
        "bulk": lambda: _all(public.works(ORCID, [1, 2])),
        "client": lambda: public.client("APP-1"),
        "types": lambda: public.identifier_types(),
        "status": lambda: public.full_status(),
        "time": lambda: public.registry_time(),
        "search": lambda: _one(public.searching.plain("a")),
        "expanded": lambda: _one(public.searching.expanded("a")),
        "table": lambda: _one(public.searching.csv("a")),
        "add": lambda: member.add(ORCID, "work", {}, token=TOKEN),
        "change": lambda: member.change(ORCID, "work", 7, {}, token=TOKEN),
        "remove": lambda: member.remove(ORCID, "work", 7, token=TOKEN),
        "evidence": lambda: member.items(ORCID, "peer-review", token=TOKEN),
        "one": lambda: member.read(ORCID, "work", 7, token=TOKEN),
        "bulk add": lambda: _all(member.add_works(ORCID, [{}, {}], token=TOKEN)),
        "group": lambda: member.groups.find("issn:1741-4857"),
        "groups": lambda: _one(member.groups.pages()),
        "webhook": lambda: member.webhooks.register(ORCID, "https://j.example/"),
        "send": lambda: member.notifications.send(ORCID, MESSAGE),
        "messages": lambda: member.notifications.sent(ORCID),
        "message": lambda: member.notifications.read(ORCID, 7),
        "token": lambda: oauth.client_token("/read-public"),
        "refresh": lambda: oauth.refresh(TOKEN),
        "delegate": lambda: oauth.delegable_id_token(TOKEN),
        "behalf": lambda: oauth.on_behalf_of(TOKEN),
    }


async def _all(found: AsyncIterator[Any]) -> list[Any]:
    return [one async for one in found]


async def _one(found: AsyncIterator[Any]) -> Any:
    return await anext(found, None)


def answering(
    status: int, body: bytes, headers: dict[str, str], *, tokens: bool = True
) -> httpx.MockTransport:
    """Return a far end that always answers the same, but gives a token first if `tokens`."""
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]

    def answer(request: httpx.Request) -> httpx.Response:
        if tokens and request.url.path == "/oauth/token":
            return httpx.Response(200, json={"access_token": "a token"})
        return httpx.Response(status, headers=pairs, stream=httpx.ByteStream(body))

    return httpx.MockTransport(answer)


OF_OAUTH = frozenset({"token", "refresh", "delegate", "behalf"})
NAMES = tuple(calls(Transport(1.0)))


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(status=STATUSES, body=BODIES, headers=HEADERS)
@example(200, b"[" * 100_000, {})
@example(200, b'{"a":' * 100_000, {})
@example(200, b"9" * 5000, {})
@example(200, b'{"put-code": 1e999, "type": NaN}', {})
@example(200, '{"num-found": 1, "result": "\ud800"}'.encode("utf-8", "surrogatepass"), {})
@example(200, b'{"put-code": 7, "type": "\\ud800", "title": {"title": {"value": "\\udfff"}}}', {})
@example(200, b'"put-code","\x00"\n"', {})
@example(409, b'{"error-code": 9021, "developer-message": "put-code 99999999999999999999."}', {})
@example(409, b'{"error-code": 9007, "developer-message": "0000-0002-1825-0098"}', {})
@example(400, b'{"error-code": 1e400, "response-code": {}}', {})
@example(200, b'{"bulk": [{"error": {"error-code": 9034, "response-code": "x"}}, null]}', {})
def test_any_bytes(name: str, status: int, body: bytes, headers: dict[str, str]) -> None:
    """Whatever answers, a call returns or raises one of our errors; all of it can be printed."""

    async def call() -> None:
        far = answering(status, body, headers, tokens=name not in OF_OAUTH)
        async with Transport(5.0, http=far) as transport:
            found = await calls(transport)[name]()
        assert repr(found).encode()
        if isinstance(found, records.Answer):
            assert found.model_dump_json()

    try:
        asyncio.run(call())
    except RegistryError as error:
        printed = str(error).encode().decode()
    else:
        printed = ""
    assert "a token" not in printed


class Stream(httpx.AsyncByteStream):
    """A far end that never ends."""

    def __init__(self, part: bytes) -> None:
        self.part, self.sent = part, 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            self.sent += len(self.part)
            yield self.part


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
async def test_endless_answer(encoding: str) -> None:
    """An answer that does not end is cut off at a stated size, also where it comes compressed."""
    plain = b" " * 65_536
    stream = Stream(gzip.compress(plain) if encoding == "gzip" else plain)
    headers = {"content-encoding": encoding}
    far = httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, stream=stream))
    limit = 1_000_000 if encoding == "identity" else 50_000
    async with Transport(5.0, http=far, max_bytes=limit) as transport:
        with pytest.raises(AnswerTooLarge) as raised:
            await calls(transport)["record"]()
    assert raised.value.limit == limit
    assert stream.sent <= limit + len(plain)


async def test_two_gigabytes() -> None:
    """A far end that announces and sends two gigabytes is cut off at the stated 32 MB."""
    part, sent = b" " * 262_144, 0

    async def far(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2147483648\r\n\r\n")
        with suppress(ConnectionError):
            while sent < 2**31:
                writer.write(part)
                sent += len(part)
                await writer.drain()
        writer.close()

    async with await asyncio.start_server(far, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with Transport(20.0) as transport:
            with pytest.raises(AnswerTooLarge, match="cut off") as raised:
                await PublicApi(Access(transport, None), f"http://127.0.0.1:{port}").record(ORCID)
    assert raised.value.limit == MAX_ANSWER_BYTES == 32 * 2**20
    assert sent < 2 * MAX_ANSWER_BYTES


async def test_silent_far_end() -> None:
    """A far end that accepts and says nothing is given up, and the outcome is unknown."""
    done = asyncio.Event()

    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await done.wait()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with Transport(0.2) as transport:
            api = PublicApi(Access(transport, None), f"http://127.0.0.1:{port}")
            with pytest.raises(RegistryUnreachable) as raised:
                await api.record(ORCID)
        done.set()
    assert raised.value.outcome_unknown


@pytest.mark.parametrize("content", [None, [], "text", 7, True])
async def test_content_that_is_none(content: Any) -> None:
    """What is neither an item nor a JSON object is refused here, in single calls and in bulks."""
    far = httpx.MockTransport(lambda _: pytest.fail("something was sent"))
    async with Transport(5.0, http=far) as transport:
        api = MemberApi(transport, CREDENTIAL)
        with pytest.raises(RegistryNotAsked, match="JSON object"):
            await api.add(ORCID, "work", content, token=TOKEN)
        with pytest.raises(RegistryNotAsked, match="JSON object"):
            await api.change(ORCID, "work", 7, content, token=TOKEN)
        with pytest.raises(RegistryNotAsked, match="JSON object"):
            api.add_works(ORCID, [content], token=TOKEN)


async def test_redirects_keep_the_token() -> None:
    """A redirect to another host is not followed; the token goes to one host alone."""
    seen: list[httpx.Request] = []

    def far(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(302, headers={"location": "https://thief.example/"})

    async with Transport(5.0, http=httpx.MockTransport(far)) as transport:
        with pytest.raises(RegistryUnreadable):
            await calls(transport)["one"]()
    assert [request.url.host for request in seen] == ["127.0.0.1"]


async def test_cookies_are_not_kept() -> None:
    """What a host sets for one request does not go with the next, which may be another's."""
    seen: list[httpx.Request] = []

    def far(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, headers={"set-cookie": "who=ada; Path=/"}, json={})

    async with Transport(5.0, http=httpx.MockTransport(far)) as transport:
        for _ in range(2):
            await calls(transport)["status"]()
    assert all("cookie" not in request.headers for request in seen)


@pytest.mark.parametrize("put_code", [0, -1, 2**63, 10**40])
async def test_impossible_put_codes(put_code: int) -> None:
    """A put-code that cannot be is refused here, whatever is asked of it."""
    far = httpx.MockTransport(lambda _: pytest.fail("something was sent"))
    async with Transport(5.0, http=far) as transport:
        api = MemberApi(transport, CREDENTIAL)
        for call in (
            api.item(ORCID, "work", put_code, token=TOKEN),
            api.summary(ORCID, "work", put_code, token=TOKEN),
            api.change(ORCID, "work", put_code, {}, token=TOKEN),
            api.remove(ORCID, "work", put_code, token=TOKEN),
            _all(api.works(ORCID, [put_code], token=TOKEN)),
            api.groups.read(put_code),
            api.notifications.read(ORCID, put_code),
        ):
            with pytest.raises(RegistryNotAsked, match="put-code"):
                await call


@pytest.mark.parametrize("orcid", ["", "me", "0000-0002-1825-0098", "../record", "a/b"])
async def test_impossible_orcids(orcid: str) -> None:
    """What is no iD is refused here, so that no other path is asked for."""
    far = httpx.MockTransport(lambda _: pytest.fail("something was sent"))
    async with Transport(5.0, http=far) as transport:
        with pytest.raises(RegistryNotAsked, match="no ORCID iD"):
            await MemberApi(transport, CREDENTIAL).record(orcid, token=TOKEN)


async def test_kinds_of_trouble() -> None:
    """Bodies without JSON are told by their status: slow down, or the registry is away."""
    for status, kind in ((429, RateLimited), (503, RateLimited), (502, RegistryDown)):
        far = answering(status, b"<html>", {"retry-after": "7"})
        async with Transport(5.0, http=far) as transport:
            with pytest.raises(kind) as raised:
                await calls(transport)["record"]()
        assert getattr(raised.value, "retry_after", None) == 7.0


async def test_moved_record() -> None:
    """A merged record tells its primary iD, from Location or from the text."""
    body = {"error-code": 9007, "response-code": 409, "developer-message": f"use {ORCID}"}
    for headers in ({}, {"location": f"https://api.orcid.test/v3.0/{ORCID}/work"}):
        far = answering(409, _json(body), headers)
        async with Transport(5.0, http=far) as transport:
            with pytest.raises(RecordMoved) as raised:
                await calls(transport)["add"]()
        assert raised.value.primary == ORCID


async def test_a_change_answered_with_another_item() -> None:
    """A PUT answered with another item's body is not believed: its outcome is unknown."""
    body = _json({"put-code": 8, "title": {"title": {"value": "Another"}}})
    for bad in (body, _json({}), _json({"put-code": True}), _json({"put-code": "7"})):
        async with Transport(5.0, http=answering(200, bad, {})) as transport:
            member = MemberApi(transport, CREDENTIAL)
            with pytest.raises(RegistryUnreadable, match="another item") as raised:
                await member.change(ORCID, "work", 7, {}, token=TOKEN)
            with pytest.raises(RegistryUnreadable, match="another item"):
                await member.groups.change(7, GROUP)
            with pytest.raises(RegistryUnreadable, match="another item"):
                await member.read(ORCID, "work", 7, token=TOKEN)
        assert raised.value.outcome_unknown


@pytest.mark.parametrize(
    "location",
    [
        "https://api.orcid.test/v3.0/0000-0001-5109-3700/work/7",
        "https://api.orcid.test/v3.0/work/7",
        "/7",
        f"https://api.orcid.test/v3.0/{ORCID}/7",
    ],
)
async def test_added_to_another_record(location: str) -> None:
    """A POST whose Location names another record is not believed: its outcome is unknown."""
    far = answering(201, b"", {"location": location})
    async with Transport(5.0, http=far) as transport:
        for call in ("add", "send"):
            with pytest.raises(RegistryUnreadable, match="elsewhere") as raised:
                await calls(transport)[call]()
            assert raised.value.outcome_unknown
