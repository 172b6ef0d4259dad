"""`orcid.wsgi`: the same doors for WSGI servers."""

import asyncio
import sys
import threading
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client, EnvironBuilder
from werkzeug.wrappers import Response

from orcid_connect import OrcidConnect, Person, errors, hookimpl
from orcid_connect.wsgi import Wsgi
from tests.roof.test_synchronous import THREAD, settings
from tests.support.waiting import PATIENCE_SECONDS


class Accounts:
    """A WSGI host's own sign-in, found in the environ of the request."""

    @hookimpl
    def orcid_current_person(self, request: Request) -> Person | None:
        user = request.scope["wsgi_environ"].get("host.user")
        return Person(tenant="journal", key=user) if user else None


@pytest.fixture
def orcid(tmp_path: Path) -> Iterator[OrcidConnect]:
    """The object a WSGI host holds."""
    orcid = OrcidConnect(settings(tmp_path), [Accounts()])
    yield orcid
    orcid.sync.close()
    assert THREAD not in {thread.name for thread in threading.enumerate()}


def host(_environ: Any, start_response: Any) -> list[bytes]:
    """Answer as the host does."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"the host"]


def test_mounted(orcid: OrcidConnect) -> None:
    """Mounted by werkzeug's dispatcher it answers, and hooks see the request's environ."""
    client = Client(DispatcherMiddleware(host, {"/orcid": orcid.wsgi}), Response)
    assert client.get("/").text == "the host"
    assert client.get("/orcid/healthz").status_code == 200
    assert client.get("/orcid/me").status_code == 403
    anne = {"host.user": "anne"}
    assert '"connected":false' in client.get("/orcid/me", environ_base=anne).text
    page = client.get("/orcid/my", environ_base=anne, headers={"Accept": "text/html"})
    assert "Connect your ORCID iD" in page.text
    assert 'href="/orcid/static/orcid-connect.css"' in page.text
    leaving = client.get("/orcid/connect", environ_base=anne)
    assert leaving.status_code == 303
    assert "--oc-" in client.get("/orcid/static/orcid-connect.css").text
    assert client.head("/orcid/healthz").text == ""


def test_beside(orcid: OrcidConnect) -> None:
    """Hosts that cannot mount anything put theirs beside ours."""
    client = Client(orcid.wsgi.beside(host), Response)
    for path, theirs in (("/", True), ("/orcidea", True), ("/orcid/healthz", False)):
        assert (client.get(path).text == "the host") is theirs, path
    assert client.get("/orcid").status_code == 404


def test_button(orcid: OrcidConnect) -> None:
    """The button is rendered from a request's environ."""
    environ = EnvironBuilder(path="/home", environ_base={"host.user": "anne"}).get_environ()
    assert "Connect your ORCID iD" in orcid.sync.button(environ, "/home")
    assert "Sign in first" in orcid.sync.button(EnvironBuilder(path="/home").get_environ())


@pytest.mark.parametrize(
    "changes",
    [
        {"PATH_INFO": "/\xff"},
        {"QUERY_STRING": "a=\xe9"},
        {"CONTENT_LENGTH": "many"},
        {"CONTENT_LENGTH": "-5"},
    ],
)
def test_malformed(orcid: OrcidConnect, changes: dict[str, str]) -> None:
    """What no address can be is answered, not raised."""
    environ = {**EnvironBuilder(path="/healthz").get_environ(), **changes}
    statuses: list[str] = []
    body = b"".join(orcid.wsgi(environ, lambda status, *_: statuses.append(status)))
    assert statuses == ["400 Bad Request"]
    assert b"cannot be read" in body


def test_the_answer_waits_for_nothing_behind_it(orcid: OrcidConnect) -> None:
    """What goes on after an answer keeps no thread of the server busy, and ends with the loop."""
    begun, ended = threading.Event(), threading.Event()

    async def slow() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("done", background=BackgroundTask(slow))(scope, receive, send)

    wsgi = Wsgi(app, orcid.sync.thread, orcid.settings)
    assert Client(wsgi, Response).get("/").text == "done"
    assert begun.wait(PATIENCE_SECONDS)
    assert not ended.is_set()
    orcid.sync.close()
    assert ended.is_set()


def test_a_visitor_who_goes_away(orcid: OrcidConnect) -> None:
    """What a server closes before its end is ended here as well."""
    ended = threading.Event()
    taken: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await PlainTextResponse("long")(scope, receive, send)
            taken.append("all of it")
        finally:
            ended.set()

    wsgi = Wsgi(app, orcid.sync.thread, orcid.settings)
    parts = wsgi(EnvironBuilder(path="/").get_environ(), lambda *_: None)
    assert next(iter(parts)) == b"long"
    assert isinstance(parts, Generator)
    parts.close()
    assert ended.wait(PATIENCE_SECONDS)
    assert taken == []


def test_an_app_that_breaks(orcid: OrcidConnect) -> None:
    """An error reaches the server, and the next request is served."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Client(Wsgi(app, orcid.sync.thread, orcid.settings), Response).get("/")
    assert Client(orcid.wsgi, Response).get("/healthz").status_code == 200


def test_without_the_extra(orcid: OrcidConnect, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a2wsgi the error names the extra."""
    monkeypatch.setitem(sys.modules, "a2wsgi.asgi", None)
    with pytest.raises(errors.SettingsError, match=r"orcid-connect\[wsgi\]"):
        _ = orcid.wsgi
