"""`POST /tickets` for hosts in another process: who may ask, and what they are told."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from orcid_connect.settings import HostKey
from orcid_connect.tenants import Tenant
from tests.support.signing import HOST_SECRET, OTHER_SECRET, signed
from tests.web.host import ORIGIN, PUBLIC_URL, Browser, Journal, running_journal

pytestmark = pytest.mark.anyio

LISTED = "https://submit.example"
WISH = {"tenant": "rivers", "person": "anne", "name": "Anne Brook", "return_to": f"{LISTED}/s/3"}
JSON = {"Content-Type": "application/json", "Accept": "*/*"}


@pytest.fixture
async def journal(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Journal]:
    """A journal with two hosts in other processes: one for everybody, one for the lakes alone."""
    keys = (
        HostKey(name="all", secret=HOST_SECRET),
        HostKey(name="lakes", secret=OTHER_SECRET, tenants=("water",)),
    )
    tree = (Tenant(key="water"), Tenant(key="lakes", parent="water"))
    async with running_journal(
        tmp_path, host_keys=keys, tenants=tree, return_origins=(LISTED,)
    ) as running:
        yield running


class Host:
    """A host in another process; each of its requests has an id of its own."""

    def __init__(self, journal: Journal) -> None:
        self.now = journal.sim.clock.now
        self.client = Browser(journal).client
        self.sent = 0

    async def ask(
        self, wish: Any, secret: str = HOST_SECRET, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Send a signed request; `headers` replace those it would have."""
        body = wish if isinstance(wish, bytes) else json.dumps(wish).encode()
        self.sent += 1
        own = {**JSON, **signed(body, f"msg_{self.sent}", self.now(), secret), **(headers or {})}
        return await self.client.post(f"{PUBLIC_URL}/tickets", content=body, headers=own)


@pytest.fixture
def host(journal: Journal) -> Host:
    """The host that may speak for everybody."""
    return Host(journal)


async def test_from_ticket_to_connected_id(journal: Journal, host: Host, ada: str) -> None:
    """The person follows the address they are given, connects, and the host's watch sees it."""
    answer = await host.ask(WISH)
    assert answer.status_code == 201
    told = answer.json()
    assert told["connected"] is False
    assert told["state"] == "none"
    assert told["expires_at"] == "2026-09-21T14:23:20+00:00"
    browser = Browser(journal)
    arrived = await browser.get(told["url"], headers={"Referer": f"{LISTED}/s"})
    assert arrived.headers["location"].endswith("return_to=https%3A%2F%2Fsubmit.example%2Fs%2F3")
    leaving = await browser.get(arrived.headers["location"], headers={"Referer": f"{LISTED}/s"})
    back = await browser.get(journal.answer(leaving.headers["location"], ada))
    assert f'href="{LISTED}/s/3"' in back.text
    seen = await watch(journal, told["watch"])
    assert seen.json()["connected"] is True
    assert seen.json() == await browser.me()
    assert (await host.ask(WISH)).json()["orcid"].endswith(ada)
    my = await browser.get(told["my_url"], headers={"Referer": LISTED})
    assert urlsplit(my.headers["location"]).path == "/orcid/my"


async def watch(journal: Journal, token: str, origin: str = LISTED) -> httpx.Response:
    """Read a watch as a page of some origin does, without any cookie."""
    return await Browser(journal).get(
        "me", params={"watch": token}, headers={"Accept": "*/*", "Origin": origin}
    )


async def test_watch(journal: Journal, host: Host) -> None:
    """A watch is read for an hour by pages of listed origins, and opens nothing else."""
    token = (await host.ask(WISH)).json()["watch"]
    for origin, allowed in ((LISTED, LISTED), (ORIGIN, ORIGIN), ("https://evil.example", None)):
        answer = await watch(journal, token, origin)
        assert answer.status_code == 200
        assert answer.headers.get("access-control-allow-origin") == allowed
        assert answer.headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in answer.headers
        assert "set-cookie" not in answer.headers
    stranger = Browser(journal)
    assert (await stranger.get("my", params={"watch": token})).status_code == 403
    assert (await stranger.get(f"connect?ticket={token}")).status_code == 403
    for wrong in ("", "x", token[:-2], (await host.ask(WISH)).json()["url"].split("=")[1]):
        assert (await watch(journal, wrong)).status_code == 403, wrong
    journal.sim.clock.move(3601)
    late = await watch(journal, token)
    assert late.status_code == 403
    assert late.headers["access-control-allow-origin"] == LISTED
    assert "POST /tickets" in late.json()["detail"]


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"webhook-id": ""}, "Standard Webhooks"),
        ({"webhook-signature": ""}, "Standard Webhooks"),
        ({"webhook-timestamp": ""}, "Standard Webhooks"),
        ({"webhook-id": "x" * 300}, "Standard Webhooks"),
        ({"webhook-id": "msg_other"}, "fits none"),
        ({"webhook-signature": "v1,AAAA"}, "fits none"),
        ({"webhook-signature": "v1,!! v2,x garbage v1a,AAAA"}, "fits none"),
        ({"webhook-timestamp": "1789999000"}, "five minutes"),
        ({"webhook-timestamp": "1790001000"}, "five minutes"),
        ({"webhook-timestamp": "1790000001"}, "fits none"),
        ({"webhook-timestamp": "1790000000.0"}, "whole seconds"),
        ({"webhook-timestamp": "9" * 5000}, "whole seconds"),
    ],
)
async def test_not_signed_by_a_host(
    journal: Journal, host: Host, headers: dict[str, str], said: str
) -> None:
    """Unsigned, wrongly signed and stale requests get nothing, and are told what is wrong."""
    answer = await host.ask(WISH, headers=headers)
    assert answer.status_code == 403
    assert said in answer.json()["detail"]
    assert HOST_SECRET not in answer.text


async def test_wrong_key_and_changed_body(host: Host) -> None:
    """A key that is not listed, and a body changed on the way, do not count."""
    stranger = "whsec_" + "c29tZWJvZHkncyBvd24ga2V5LCBmb3IgdGVzdHM="
    assert (await host.ask(WISH, stranger)).status_code == 403
    headers = signed(json.dumps(WISH).encode(), "msg_x", host.now())
    changed = json.dumps({**WISH, "person": "bob"}).encode()
    assert (await host.ask(changed, headers=headers)).status_code == 403
    assert (await host.ask(b"\xff\xfe")).status_code == 403


async def test_two_signatures_while_a_key_changes(host: Host) -> None:
    """One of several signatures is enough."""
    body = json.dumps(WISH).encode()
    right = signed(body, "msg_1", host.now())["webhook-signature"]
    answer = await host.ask(body, headers={"webhook-signature": f"v1,AAAA {right}"})
    assert answer.status_code == 201


async def test_replayed(host: Host) -> None:
    """A request is taken once; ids are each host's own."""
    assert (await host.ask(WISH)).status_code == 201
    headers = signed(json.dumps(WISH).encode(), "msg_1", host.now())
    answer = await host.ask(WISH, headers=headers)
    assert (answer.status_code, "id of its own" in answer.json()["detail"]) == (409, True)
    lakes = {"tenant": "lakes", "person": "x"}
    other = signed(json.dumps(lakes).encode(), "msg_1", host.now(), OTHER_SECRET)
    assert (await host.ask(lakes, OTHER_SECRET, other)).status_code == 201


async def test_a_key_speaks_for_its_tenants(host: Host) -> None:
    """A key of one tenant speaks for it and those below, and for no other."""
    for tenant, status in (("water", 201), ("lakes", 201), ("rivers", 403), ("default", 403)):
        answer = await host.ask({"tenant": tenant, "person": "anne"}, OTHER_SECRET)
        assert answer.status_code == status, tenant
    assert "may not speak for tenant 'default'" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"", 422, "the body"),
        (b"[]", 422, "the body"),
        (b"{", 422, "the body"),
        (b"[" * 9000, 422, "the body"),
        (b'{"tenant": "rivers"}', 422, "person: Field required"),
        (b'{"person": ""}', 422, "person: "),
        (b'{"person": 7}', 422, "person: "),
        (b'{"person": "a", "redirect": "/x"}', 422, "redirect: "),
        (b'{"person": "a", "purpose": "all"}', 422, "'identify'"),
        (b'{"person": "a", "return_to": "https://evil.example/"}', 400, "not on this site"),
        (b'{"person": "a", "return_to": "//evil.example"}', 400, "not on this site"),
    ],
)
async def test_told_what_to_change(host: Host, body: bytes, status: int, said: str) -> None:
    """A mistake is a sentence that names it."""
    answer = await host.ask(body)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, said in answer.json()["detail"]) == (status, True), answer.text


async def test_type_and_size(host: Host) -> None:
    """Only JSON of a sensible size is read."""
    form = await host.ask(WISH, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert (form.status_code, "application/json" in form.json()["detail"]) == (415, True)
    assert (await host.ask({**WISH, "name": "x" * 20_000})).status_code == 413
    long = {"person": "ü" * 512, "tenant": "ö" * 512, "return_to": "/" + "ä" * 700}
    answer = await host.ask(long)
    assert (answer.status_code, "too long" in answer.json()["detail"]) == (422, True)


async def test_without_host_keys(tmp_path: Path) -> None:
    """Where no host has a key, the door says which setting opens it."""
    async with running_journal(tmp_path) as journal:
        answer = await Host(journal).ask(WISH)
        assert answer.status_code == 403
        assert "host_keys" in answer.json()["detail"]
