"""REGISTRY 9: registering webhooks, and how they are fired."""

import asyncio
from urllib.parse import quote

import httpx
import pytest

from orcid_connect.simulator import Person, Simulator, serving
from tests.simulator import bodies
from tests.simulator.callers import Caller

pytestmark = pytest.mark.anyio
CALLBACK = "https://hooks.example/orcid?iD=1"


class Receiver:
    """The far end of webhooks: notes what arrives and answers as told."""

    def __init__(self) -> None:
        self.status = 200
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Take one delivery."""
        self.requests.append(request)
        return httpx.Response(self.status)

    @property
    def transport(self) -> httpx.MockTransport:
        """The way to this receiver, without a network."""
        return httpx.MockTransport(self)


@pytest.fixture
def receiver() -> Receiver:
    """A callback that answers 200 until told otherwise."""
    return Receiver()


@pytest.fixture
def premium(sim: Simulator, http: httpx.AsyncClient, ada: Person) -> Caller:
    """A premium client that may register webhooks."""
    client = sim.add_client("premium", "Premium").client_id
    return Caller(http, sim.issue_token(client, None, "/webhook"), ada.orcid, "/api")


def hook(url: str = CALLBACK) -> str:
    """The path of a webhook, its callback percent-encoded."""
    return f"/webhook/{quote(url, safe='')}"


def refusal(answer: httpx.Response) -> tuple[int, int]:
    """Status and error number of a refusal."""
    return answer.status_code, answer.json()["error-code"]


async def test_9_1_register_and_remove(sim: Simulator, premium: Caller) -> None:
    """PUT is 201 with the request's own address, again 204; DELETE 204, again 404/9028."""
    answer = await premium.send("PUT", hook())
    assert (answer.status_code, answer.content) == (201, b"")
    assert answer.headers["location"] == f"{sim.base_url}/api/{premium.orcid}{hook()}"
    assert (await premium.send("PUT", hook())).status_code == 204
    assert (await premium.delete(hook())).status_code == 204
    gone = await premium.delete(hook())
    assert refusal(gone) == (404, 9028)
    text = gone.json()["developer-message"]
    assert premium.orcid in text
    assert CALLBACK in text


async def test_9_1_another_clients_webhook(
    sim: Simulator, http: httpx.AsyncClient, premium: Caller
) -> None:
    """The key is global: another client's PUT is 204 and changes nothing, its DELETE 403/9014."""
    second = sim.add_client("premium", "Second").client_id
    rival = Caller(http, sim.issue_token(second, None, "/webhook"), premium.orcid, "/api")
    await premium.send("PUT", hook())
    assert (await rival.send("PUT", hook())).status_code == 204
    assert refusal(await rival.delete(hook())) == (403, 9014)
    assert (await premium.delete(hook())).status_code == 204


async def test_9_1_faults_in_order(
    sim: Simulator, http: httpx.AsyncClient, premium: Caller, member: Caller, journal: str
) -> None:
    """415, wrong record 9017, scope 9038, URI 9012, iD 9011."""
    plain = {"content-type": "text/plain"}
    assert refusal(await premium.send("PUT", hook(), headers=plain)) == (415, 9001)
    bea = sim.add_person("Bea").orcid
    wrong_record = Caller(http, member.token, bea, "/api")
    assert refusal(await wrong_record.send("PUT", hook("bad uri"))) == (401, 9017)
    weak = Caller(http, sim.issue_token(journal, None, "/read-public"), "nobody", "/api")
    assert refusal(await weak.send("PUT", hook("bad uri"))) == (403, 9038)
    nobody = Caller(http, premium.token, "8888-9999-9999-9999", "/api")
    for bad in ("bad uri", "http://x/%zz", "ht!tp://x"):
        assert refusal(await nobody.send("PUT", hook(bad))) == (400, 9012)
    assert refusal(await nobody.send("PUT", hook())) == (404, 9011)
    assert (await premium.send("PUT", hook("relative/path"))).status_code == 201
    assert refusal(await premium.get(hook())) == (405, 9001)
    assert (await http.put(f"/api/{bea}{hook()}")).status_code == 403


async def test_9_2_an_empty_post_after_a_change(
    sim: Simulator, premium: Caller, member: Caller, receiver: Receiver
) -> None:
    """A changed record is told by one empty POST; several changes coalesce."""
    sim.clock.move(10)
    await premium.send("PUT", hook())
    assert await sim.deliver_webhooks(receiver.transport) == 0
    sim.clock.move(10)
    await member.created("/work", bodies.work("10.5555/1"))
    await member.created("/work", bodies.work("10.5555/2"))
    sim.clock.move(1)
    assert await sim.deliver_webhooks(receiver.transport) == 1
    (request,) = receiver.requests
    assert (request.method, request.content) == ("POST", b"")
    assert str(request.url) == CALLBACK
    sim.clock.move(10)
    assert await sim.deliver_webhooks(receiver.transport) == 0


async def test_9_2_back_off_is_linear(
    sim: Simulator, premium: Caller, member: Caller, receiver: Receiver
) -> None:
    """After n failures the next try is no sooner than n times ten minutes; success ends it."""
    await premium.send("PUT", hook())
    await member.created("/work", bodies.work())
    receiver.status = 500
    for failures in (1, 2, 3):
        await sim.deliver_webhooks(receiver.transport)
        assert len(receiver.requests) == failures
        sim.clock.move(failures * 600 - 1)
        await sim.deliver_webhooks(receiver.transport)
        assert len(receiver.requests) == failures
        sim.clock.move(1)
    receiver.status = 204
    assert await sim.deliver_webhooks(receiver.transport) == 1
    (webhook,) = sim.world.webhooks
    assert webhook.failures == 0


@pytest.mark.parametrize("status", [301, 400, 404])
async def test_9_2_only_2xx_is_success(
    sim: Simulator, premium: Caller, member: Caller, receiver: Receiver, status: int
) -> None:
    """Redirects are not followed and count as failures like any other status."""
    await premium.send("PUT", hook())
    await member.created("/work", bodies.work())
    receiver.status = status
    assert await sim.deliver_webhooks(receiver.transport) == 0
    assert len(receiver.requests) == 1
    (webhook,) = sim.world.webhooks
    assert webhook.failures == 1


async def test_9_2_it_gives_up_after_25_failures(
    sim: Simulator, premium: Caller, member: Caller, receiver: Receiver
) -> None:
    """A dead registration is revived by DELETE and PUT, not by another PUT."""
    await premium.send("PUT", hook())
    await member.created("/work", bodies.work())
    receiver.status = 500
    for _ in range(30):
        sim.clock.move(26 * 600)
        await sim.deliver_webhooks(receiver.transport)
    assert len(receiver.requests) == 25
    receiver.status = 200
    await premium.send("PUT", hook())
    assert await sim.deliver_webhooks(receiver.transport) == 0
    await premium.delete(hook())
    await premium.send("PUT", hook())
    await member.created("/work", bodies.work("10.5555/again"))
    assert await sim.deliver_webhooks(receiver.transport) == 1


async def test_9_2_429_skips_the_clients_other_deliveries(
    sim: Simulator, http: httpx.AsyncClient, premium: Caller, member: Caller, receiver: Receiver
) -> None:
    """After a 429 the rest of that client's deliveries wait for the next run."""
    for number in range(3):
        await premium.send("PUT", hook(f"https://hooks.example/{number}"))
    second = sim.add_client("premium", "Second").client_id
    rival = Caller(http, sim.issue_token(second, None, "/webhook"), premium.orcid, "/api")
    await rival.send("PUT", hook("https://rival.example/"))
    await member.created("/work", bodies.work())
    receiver.status = 429
    await sim.deliver_webhooks(receiver.transport)
    assert [request.url.host for request in receiver.requests] == ["hooks.example", "rival.example"]


async def test_9_2_not_for_closed_clients(
    sim: Simulator, premium: Caller, member: Caller, receiver: Receiver
) -> None:
    """Deactivated clients and those with webhooks switched off are not called."""
    await premium.send("PUT", hook("hooks.example/no-scheme"))
    await member.created("/work", bodies.work())
    (webhook,) = sim.world.webhooks
    client = sim.world.clients[webhook.client_id]
    client.webhooks_enabled = False
    await sim.deliver_webhooks(receiver.transport)
    client.webhooks_enabled, client.state = True, "deactivated"
    await sim.deliver_webhooks(receiver.transport)
    assert receiver.requests == []
    client.state = "active"
    await sim.deliver_webhooks(receiver.transport)
    assert str(receiver.requests[0].url) == "http://hooks.example/no-scheme"


async def test_9_2_a_running_server_fires_by_the_simulated_clock(
    sim: Simulator, ada: Person
) -> None:
    """Under a server the sender wakes by itself once the simulated clock has moved on."""
    arrived = asyncio.Event()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"POST /hook HTTP/1.1\r\n")
        assert b"content-length: 0" in head.lower()
        writer.write(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
        arrived.set()

    listener = await asyncio.start_server(take, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    client = sim.add_client("premium", "Premium").client_id
    token = sim.issue_token(client, None, "/webhook")
    async with serving(sim) as base_url, httpx.AsyncClient(base_url=base_url) as http:
        premium = Caller(http, token, ada.orcid, "/api")
        url = f"http://127.0.0.1:{port}/hook"
        assert (await premium.send("PUT", hook(url))).status_code == 201
        sim.put_item(ada.orcid, "keyword", {"content": "changed"})
        sim.clock.move(301)
        await asyncio.wait_for(arrived.wait(), timeout=10)
    listener.close()
    await listener.wait_closed()


async def test_9_2_control_lists_and_fires(sim: Simulator, premium: Caller, member: Caller) -> None:
    """Over /_control webhooks are listed, and a run can be asked for; nobody is there to answer."""
    await premium.send("PUT", hook("http://127.0.0.1:9/closed"))
    await member.created("/work", bodies.work())
    assert (await premium.http.post("/_control/webhooks")).json() == {"sent": 0}
    (listed,) = (await premium.http.get("/_control/webhooks")).json()["webhooks"]
    assert (listed["url"], listed["failures"]) == ("http://127.0.0.1:9/closed", 1)
