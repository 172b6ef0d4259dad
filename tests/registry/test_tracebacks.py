"""What an error monitor sees of a failed call: no token, code or secret in any frame or cause."""

import json
from collections.abc import Awaitable, Callable, Iterator

import httpx
import pytest
from pydantic import SecretStr

from orcid_connect.errors import RegistryError
from orcid_connect.registry.member import MemberApi
from orcid_connect.registry.oauth import OAuth
from orcid_connect.registry.transport import Transport
from orcid_connect.settings import Credential

pytestmark = pytest.mark.anyio

ORCID = "0000-0002-1825-0097"
SECRETS = ("CLIENT-SECRET", "CODE-CODE", "TOKEN-TOKEN", "REFRESH-REFRESH", "ID-TOKEN")
TOKENS = {"access_token": "TOKEN-TOKEN", "refresh_token": "REFRESH-REFRESH", "id_token": "ID-TOKEN"}
CREDENTIAL = Credential(client_id="APP-1", client_secret="CLIENT-SECRET", environment="simulator")


class Registry(httpx.AsyncBaseTransport):
    """A registry that answers one thing, or breaks off."""

    def __init__(self, answer: httpx.Response | type[httpx.RequestError]) -> None:
        self.answer = answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if isinstance(self.answer, httpx.Response):
            return self.answer
        raise self.answer("away", request=request)


def seen(error: BaseException | None) -> Iterator[str]:
    """Yield the representation of every local variable of our frames, through all causes."""
    while error is not None:
        yield str(getattr(error, "doc", ""))
        request = getattr(error, "_request", None)
        if request is not None:
            yield f"{request.headers} {request.content!r}"
        traceback = error.__traceback__
        while traceback is not None:
            frame = traceback.tb_frame
            if "orcid_connect" in frame.f_code.co_filename:
                yield from (f"{name}={value!r}" for name, value in frame.f_locals.items())
            traceback = traceback.tb_next
        error = error.__cause__ or error.__context__


ANSWERS: dict[str, Callable[[], httpx.Response | type[httpx.RequestError]]] = {
    "cut": lambda: httpx.ReadTimeout,
    "unreachable": lambda: httpx.ConnectError,
    "refused": lambda: httpx.Response(400, json={"error": "invalid_grant"}),
    "not compressed": lambda: httpx.Response(
        200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(b"no gzip")
    ),
    "not JSON": lambda: httpx.Response(200, text=json.dumps(TOKENS)[:-1]),
    "a list": lambda: httpx.Response(200, json=[TOKENS]),
    "of a strange type": lambda: httpx.Response(200, json=TOKENS | {"token_type": "mac"}),
    "of a strange iD": lambda: httpx.Response(200, json=TOKENS | {"orcid": "1"}),
}


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("call", ["exchange", "refresh", "revoke", "on_behalf_of", "bearer"])
async def test_frames_hold_no_secret(answer: str, call: str) -> None:
    """Whatever goes wrong, the frames and causes of our errors show no secret."""
    async with Transport(5, http=Registry(ANSWERS[answer]())) as transport:
        oauth = OAuth(transport, CREDENTIAL)
        calls: dict[str, Callable[[], Awaitable[object]]] = {
            "exchange": lambda: oauth.exchange(SecretStr("CODE-CODE"), "http://journal.test/"),
            "refresh": lambda: oauth.refresh(SecretStr("REFRESH-REFRESH")),
            "revoke": lambda: oauth.revoke(SecretStr("TOKEN-TOKEN")),
            "on_behalf_of": lambda: oauth.on_behalf_of(SecretStr("ID-TOKEN")),
            "bearer": lambda: transport.send(
                "GET", "http://registry.test/", headers={}, bearer=SecretStr("TOKEN-TOKEN")
            ),
        }
        try:
            await calls[call]()
        except RegistryError as error:
            shown = "\n".join(seen(error))
            assert "self=" in shown
            for secret in SECRETS:
                assert secret not in shown
        else:
            assert call in ("revoke", "bearer")
            assert answer not in ("cut", "unreachable", "not compressed")


@pytest.mark.parametrize("answer", ["cut", "unreachable", "refused", "not compressed", "empty"])
@pytest.mark.parametrize("call", ["record", "change", "remove"])
async def test_frames_hold_no_permission(answer: str, call: str) -> None:
    """Whatever goes wrong with a record, no frame shows the token its owner gave."""
    token = SecretStr("TOKEN-TOKEN")
    answers = ANSWERS | {"empty": lambda: httpx.Response(200)}
    async with Transport(5, http=Registry(answers[answer]())) as transport:
        api = MemberApi(transport, CREDENTIAL)
        calls: dict[str, Callable[[], Awaitable[object]]] = {
            "record": lambda: api.record(ORCID, token=token),
            "change": lambda: api.change(ORCID, "work", 7, {}, token=token),
            "remove": lambda: api.remove(ORCID, "work", 7, token=token),
        }
        with pytest.raises(RegistryError) as raised:
            await calls[call]()
    shown = "\n".join(seen(raised.value))
    assert "token=" in shown
    assert "TOKEN-TOKEN" not in shown


async def test_bearer_is_sent() -> None:
    """A token given apart from the headers arrives as the Authorization header (RFC 6750, 2.1)."""
    heard: list[str] = []

    class Listening(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            heard.append(request.headers["authorization"])
            return httpx.Response(200)

    async with Transport(5, http=Listening()) as transport:
        await transport.send("GET", "http://registry.test/", headers={}, bearer=SecretStr("t"))
    assert heard == ["Bearer t"]
