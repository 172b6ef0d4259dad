"""REGISTRY.md 9: registering webhooks, and what is really sent when, by the registry's clock."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.conformance.bodies import work
from tests.conformance.marks import row
from tests.conformance.world import Account, Client, Person, Registry, account, refused, unique

NOBODY = "http://127.0.0.1:9"
"""Where nobody listens."""
MINUTE_SECONDS = 60
NEVER_SECONDS = 1e9


class Receiver(ThreadingHTTPServer):
    """A small server that keeps what it is sent, and answers each path as told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.sent: list[tuple[str, str, dict[str, str], bytes]] = []
        self.answers: dict[str, int] = {}

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def paths(self) -> list[str]:
        """The paths called so far; they are forgotten."""
        called = [path for _, path, _, _ in self.sent]
        self.sent.clear()
        return called


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Receiver

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        headers = {name.lower(): text for name, text in self.headers.items()}
        self.server.sent.append((self.command, self.path, headers, self.rfile.read(length)))
        self.send_response(self.server.answers.get(self.path, 204))
        self.send_header("Location", f"{self.server.url}/redirected")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A server on this machine that webhooks may call."""
    server = Receiver()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def premium(registry: Registry) -> Client:
    """A client that may register webhooks."""
    return registry.client("premium")


@pytest.fixture
def by_hand(clock: Registry, settings: Registry) -> Registry:
    """The registry with a clock to move, sending webhooks only when told."""
    clock.control("POST", "settings", {"webhook_seconds": NEVER_SECONDS})
    deliver(clock)
    return clock


def deliver(registry: Registry) -> None:
    """One run of the scheduler."""
    registry.control("POST", "webhooks")


def hook(
    registry: Registry, client: Client, person: Person, url: str, method: str = "PUT"
) -> httpx.Response:
    """Register or remove a webhook."""
    token = registry.token(client, None, "/webhook")
    path = f"/api/{person.orcid}/webhook/{quote(url, safe='')}"
    return registry.call(method, path, token)


def edit(registry: Registry, person: Person) -> None:
    """The person changes the record."""
    registry.by_hand(person, "work", work())


@row("9.1", "PUT new", "PUT existing", "DELETE own", "DELETE unknown", "DELETE another client's")
@row("3.2", "/{orcid}/webhook/{url} PUT", "/{orcid}/webhook/{url} DELETE")
@row("5.1", "9028", "text of 9028", "9014")
def test_life_of_a_registration(registry: Registry, premium: Client, person: Person) -> None:
    """A URL is registered once, by whoever came first, and removed by its owner only."""
    other, url = registry.client("premium"), f"{NOBODY}/{unique('a')}?x=1"
    answer = hook(registry, premium, person, url)
    assert (answer.status_code, answer.content) == (201, b"")
    sent = f"/api/{person.orcid}/webhook/{quote(url, safe='')}"
    assert answer.headers["location"] == f"{registry.base_url}{sent}"
    for client in (premium, other):
        answer = hook(registry, client, person, url)
        assert (answer.status_code, answer.content) == (204, b"")
    refused(hook(registry, other, person, url, "DELETE"), 403, 9014)
    answer = hook(registry, premium, person, url, "DELETE")
    assert (answer.status_code, answer.content) == (204, b"")
    text = refused(hook(registry, premium, person, url, "DELETE"), 404, 9028)
    assert person.orcid in text
    assert url in text
    assert hook(registry, other, person, url).status_code == 201
    assert hook(registry, other, person, url, "DELETE").status_code == 204


@row("9.1", "URL not parseable as a URI", "iD unknown", "no /webhook scope")
@row("5.1", "9011", "9012", "9038")
def test_registrations_refused(registry: Registry, premium: Client, person: Person) -> None:
    """First the scope, then the URI, then the iD; a relative URL is accepted."""
    reader = registry.token(premium, None, "/read-public")
    path = f"/api/nobody/webhook/{quote('http://[bad', safe='')}"
    refused(registry.call("PUT", path, reader), 403, 9038)
    token = registry.token(premium, None, "/webhook")
    refused(registry.call("PUT", path, token), 400, 9012)
    for orcid in ("8888-0000-0000-9999", "nobody"):
        path = f"/api/{orcid}/webhook/{quote(NOBODY, safe='')}"
        refused(registry.call("PUT", path, token), 404, 9011)
    relative = unique("localhost/relative")
    assert hook(registry, premium, person, relative).status_code == 201
    assert hook(registry, premium, person, relative, "DELETE").status_code == 204


@row("9.1", "token of another record's user", "Content-Type neither XML nor JSON")
def test_registrations_with_other_tokens_and_types(
    registry: Registry, premium: Client, person: Person
) -> None:
    """A token of another record is 401/9017, another Content-Type 415; states do not matter."""
    path = f"/api/{person.orcid}/webhook/{quote(NOBODY + unique('/t'), safe='')}"
    foreign = registry.token(premium, registry.person(), "/read-limited")
    refused(registry.call("PUT", path, foreign), 401, 9017)
    token = registry.token(premium, None, "/webhook")
    assert registry.call("PUT", path, token, content_type="text/plain").status_code == 415
    registry.change_person(person, state="locked")
    for media in ("application/json", "application/vnd.orcid+xml"):
        assert registry.call("PUT", path, token, content_type=media).status_code in (201, 204)
    assert registry.call("DELETE", path, token).status_code == 204


@row("9.2", "HTTP/1.1 POST, empty body", "Fires when the profile's last-modified")
@row("13", "20.")
def test_what_is_sent_and_when(
    by_hand: Registry, premium: Client, person: Person, receiver: Receiver
) -> None:
    """An edit after the registration sends one empty POST; several edits coalesce into one."""
    by_hand.move(MINUTE_SECONDS)
    hook(by_hand, premium, person, f"{receiver.url}/hook?id={person.orcid}")
    deliver(by_hand)
    assert receiver.paths() == []
    by_hand.move(1)
    edit(by_hand, person)
    edit(by_hand, person)
    by_hand.move(1)
    deliver(by_hand)
    [(method, path, headers, body)] = receiver.sent
    assert (method, path, body) == ("POST", f"/hook?id={person.orcid}", b"")
    assert not [name for name in headers if "signature" in name]
    receiver.sent.clear()
    by_hand.move(1)
    deliver(by_hand)
    assert receiver.paths() == []
    edit(by_hand, person)
    by_hand.move(1)
    deliver(by_hand)
    assert len(receiver.paths()) == 1


@row("9.2", "Fires when the profile's last-modified")
def test_any_clients_write_fires(by_hand: Registry, premium: Client, receiver: Receiver) -> None:
    """Webhooks follow the record: another client's write fires, the person need not agree."""
    ada: Account = account(by_hand)
    hook(by_hand, premium, ada.person, f"{receiver.url}/a")
    by_hand.move(1)
    ada.add("/work", work())
    by_hand.move(1)
    deliver(by_hand)
    assert receiver.paths() == ["/a"]


@row("9.2", "20 s timeout, redirects not followed", "Other failures: attempts++")
@row("13", "20.")
@pytest.mark.parametrize("status", [302, 404, 500])
def test_failures_back_off_linearly(
    status: int, by_hand: Registry, premium: Client, person: Person, receiver: Receiver
) -> None:
    """A redirect is a failure and not followed; the n-th retry waits n times ten minutes."""
    hook(by_hand, premium, person, f"{receiver.url}/a")
    receiver.answers["/a"] = status
    by_hand.move(1)
    edit(by_hand, person)
    deliver(by_hand)
    for attempts in (1, 2, 3):
        assert receiver.paths() == ["/a"]
        by_hand.move(attempts * 10 * MINUTE_SECONDS - 2)
        deliver(by_hand)
        assert receiver.paths() == []
        by_hand.move(3)
        deliver(by_hand)
    assert receiver.paths() == ["/a"]
    receiver.answers["/a"] = 202
    by_hand.move(40 * MINUTE_SECONDS + 1)
    deliver(by_hand)
    deliver(by_hand)
    assert receiver.paths() == ["/a"]


@row("9.2", "Other failures: attempts++")
def test_giving_up(by_hand: Registry, premium: Client, person: Person, receiver: Receiver) -> None:
    """After 25 failures a registration is dead; only DELETE and PUT revive it."""
    url = f"{receiver.url}/a"
    hook(by_hand, premium, person, url)
    receiver.answers["/a"] = 500
    by_hand.move(1)
    edit(by_hand, person)
    for _ in range(30):
        deliver(by_hand)
        by_hand.move(300 * MINUTE_SECONDS)
    assert len(receiver.paths()) == 25
    receiver.answers["/a"] = 204
    hook(by_hand, premium, person, url)
    edit(by_hand, person)
    deliver(by_hand)
    assert receiver.paths() == []
    hook(by_hand, premium, person, url, "DELETE")
    hook(by_hand, premium, person, url)
    by_hand.move(1)
    edit(by_hand, person)
    deliver(by_hand)
    assert receiver.paths() == ["/a"]


@row("9.2", "429", "Scheduler default in source")
def test_too_many_requests(by_hand: Registry, premium: Client, receiver: Receiver) -> None:
    """Oldest changes go first; a 429 skips that client's other deliveries of the run only."""
    first, second, third = (by_hand.person() for _ in range(3))
    other = by_hand.client("premium")
    for person, client, path in ((first, premium, "/1"), (second, premium, "/2")):
        hook(by_hand, client, person, receiver.url + path)
    hook(by_hand, other, third, f"{receiver.url}/3")
    for person in (first, second, third):
        by_hand.move(1)
        edit(by_hand, person)
    receiver.answers["/1"] = 429
    by_hand.move(1)
    deliver(by_hand)
    assert receiver.paths() == ["/1", "/3"]
    deliver(by_hand)
    assert receiver.paths() == ["/2"]
    receiver.answers.clear()
    by_hand.move(10 * MINUTE_SECONDS + 1)
    deliver(by_hand)
    assert receiver.paths() == ["/1"]


@row("9.2", "Sent only if the client's webhooks are enabled")
def test_clients_with_webhooks_disabled(
    by_hand: Registry, person: Person, receiver: Receiver
) -> None:
    """Nothing is sent for a client whose webhooks are disabled."""
    for path, enabled in (("/off", False), ("/on", True)):
        client = by_hand.client("premium", webhooks_enabled=enabled)
        hook(by_hand, client, person, receiver.url + path)
    by_hand.move(1)
    edit(by_hand, person)
    deliver(by_hand)
    assert receiver.paths() == ["/on"]
