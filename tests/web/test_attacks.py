"""Attacks on every page and door, those included that were added since this was written."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from starlette.routing import Mount

from orcid_connect.journeys.intake import take_in
from orcid_connect.journeys.planning import plan_due
from tests.support.doors import Door, doors_of
from tests.support.journal import article, author
from tests.support.ledger import delivery, fill, row_of
from tests.web.host import ORIGIN, Browser, Journal, forms_of, query, running_journal
from tests.web.site import listening
from tests.web.test_admin import Editors, page_of, some_deliveries
from tests.web.test_pages import Outline, every_page

pytestmark = pytest.mark.anyio

EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 191 }}%(x)s"
PARAMETERS = (
    *("return_to", "next", "redirect", "redirect_uri", "url", "target", "continue", "origin"),
    *("home_url", "back", "opener", "callback", "dest", "lang", "said", "iss", "error_uri"),
)
TRICKS = (
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "https:evil.example",
    f"{ORIGIN}@evil.example/",
    f"{ORIGIN}.evil.example/",
    f"{ORIGIN}:80@evil.example/",
    "javascript:alert('evil.example')",
    "data:text/html,evil.example",
    "/x\r\nLocation: https://evil.example",
    "https://evil.example\\@journal.test/",
    "http://journal.test\u3002evil.example/",
)
POISON = (
    {"Host": "evil.example"},
    {"Host": "journal.test@evil.example"},
    {"Host": "journal.test:80.evil.example"},
    {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"},
    {
        "X-Forwarded-Host": "evil.example",
        "X-Host": "evil.example",
        "X-Original-Host": "evil.example",
    },
)
FOREIGN = (
    {"Origin": "https://evil.example"},
    {"Origin": f"{ORIGIN}.evil.example"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
)
MEGABYTE = 1_000_000
OVERSIZED = (
    {"Accept-Language": "de," * 50_000},
    {"Accept-Language": ";q=" * 50_000},
    {"Cookie": f"account=edith; oc_browser={'a' * MEGABYTE}; oc_language={'d' * MEGABYTE}"},
    {"Cookie": "account=edith; " + "; ".join(f"c{number}=v" for number in range(2_000))},
    {"Origin": "https://" + "e" * MEGABYTE},
    {"Referer": "https://" + "e" * MEGABYTE, "Sec-Fetch-Site": "cross-site"},
    {"Host": "h" * 100_000},
    {"Accept": "text/html," * 50_000},
)


@pytest.fixture
async def journal(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Journal]:
    """A journal with an administrator and deliveries, in which Edith is connected."""
    async with running_journal(tmp_path, [Editors()]) as running:
        await some_deliveries(running)
        yield running


@pytest.fixture
async def edith(journal: Journal) -> Browser:
    """Somebody connected, who may administer: every door opens to her."""
    browser = Browser(journal, "edith")
    await browser.connect(journal.sim.add_person("Edith").orcid)
    return browser


def every_door(journal: Journal, method: str) -> list[str]:
    """Return the address of each door that takes a method."""
    [mounted] = [route for route in journal.app.routes if isinstance(route, Mount)]
    doors: list[Door] = [door for door in doors_of(mounted.routes) if method in door.methods]
    places = {"id": delivery(3).id, "deed": "retry", "orcid": "0000-0002-1825-0097"}
    return [f"{ORIGIN}/orcid{door.address(rest='orcid-id.svg', **places)}" for door in doors]


def few_doors(journal: Journal) -> list[str]:
    """Return the doors that take a GET, of the administration's the first only: they are alike."""
    doors = every_door(journal, "GET")
    return [one for one in doors if "/admin/" not in one or one.endswith("/deliveries")]


def said(answer: httpx.Response) -> str:
    """Return everything an answer says."""
    return f"{answer.headers}\n{answer.text}"


def leads_astray(answer: httpx.Response) -> bool:
    """Tell whether an answer sends or links to the attacker's site, as a browser reads it."""
    links = [answer.headers.get("location", "")]
    if "evil" in answer.text and answer.headers["content-type"].startswith("text/html"):
        found = Outline(answer.text).all("a", "form", "link", "script", "iframe", "meta")
        links += [attrs.get(name) or "" for attrs in found for name in ("href", "action", "src")]
    for link in links:
        as_read = link.strip().translate({9: None, 10: None, 13: None, ord("\\"): "/"})
        parts = urlsplit(urljoin(str(answer.url), as_read))
        if "evil" in parts.netloc or parts.scheme not in ("http", "https"):
            return True
    return False


async def test_no_open_redirect_anywhere(journal: Journal, edith: Browser) -> None:
    """Whichever parameter takes an address, no door sends or links to another site."""
    doors = few_doors(journal)
    wishes = [dict.fromkeys(PARAMETERS, trick) for trick in TRICKS]
    wishes += [{name: trick} for name in PARAMETERS[:4] for trick in TRICKS[:3]]
    for address in doors:
        for wish in wishes:
            answer = await edith.get(address, params=wish)
            assert answer.status_code < 500, (address, wish)
            assert not leads_astray(answer), (address, wish)


async def test_the_host_header_poisons_nothing(journal: Journal, edith: Browser) -> None:
    """No door says back what a Host header, or one like it, says."""
    for address in [*few_doors(journal), f"{ORIGIN}/orcid/my/", f"{ORIGIN}/orcid/none"]:
        for headers in POISON:
            answer = await edith.get(address, headers=headers)
            assert answer.status_code < 500
            assert "evil" not in said(answer), (address, headers)


async def test_absolute_form_poisons_nothing(tmp_path: Path) -> None:
    """A request line with another site's whole address (RFC 9112, 3.2.2) decides nothing either."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    async with (
        running_journal(tmp_path, public_url=f"http://127.0.0.1:{port}/orcid") as journal,
        listening(journal.app, listener),
    ):
        for target in ("http://evil.example/orcid/connect", "http://evil.example/orcid/my"):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            head = f"GET {target} HTTP/1.1\r\nHost: evil.example\r\nAccept: text/html\r\n"
            writer.write(f"{head}Cookie: account=anne\r\nConnection: close\r\n\r\n".encode())
            answer = (await reader.read(100_000)).decode()
            writer.close()
            assert answer.startswith("HTTP/1.1 ")
            assert "evil" not in answer


async def test_no_page_can_be_framed(journal: Journal, edith: Browser) -> None:
    """Every door's answer, good or bad, forbids being framed, sniffed and loaded from elsewhere."""
    for browser in (edith, Browser(journal)):
        for method in ("GET", "POST"):
            for address in every_door(journal, method):
                answer = await browser.client.request(method, address)
                policy = answer.headers["content-security-policy"]
                assert "frame-ancestors 'none'" in policy, address
                assert policy.startswith("default-src 'none'"), address
                assert "unsafe" not in policy, address
                assert answer.headers["x-frame-options"] == "DENY", address
                assert answer.headers["x-content-type-options"] == "nosniff", address


async def test_every_form_needs_its_token(journal: Journal, edith: Browser) -> None:
    """No door takes a form without our token, with a wrong one or with another browser's."""
    other = Browser(journal, "edith")
    pages = [await other.get("my"), await other.get(page_of(3))]
    tokens = [form.get("token", "") for page in pages for _, form in forms_of(page.text)]
    assert len(tokens) >= 2
    for address in every_door(journal, "POST"):
        for token in ("", "x", "." * 80, *tokens):
            answer = await edith.post(address, {"token": token, "credential": "default"})
            assert answer.status_code in (400, 401, 403, 404), (address, answer.status_code)
    assert (await row_of(journal.services, 3)).state == "parked"
    assert (await edith.me())["connected"] is True


async def test_no_form_comes_from_elsewhere(journal: Journal, edith: Browser) -> None:
    """A form with the right token, sent by another site's page, is refused at every door."""
    pages = [await edith.get("my"), await edith.get(page_of(3)), await edith.get("admin/")]
    forms = [form for page in pages for _, form in forms_of(page.text)[:1]]
    assert len(forms) == 3
    for address in every_door(journal, "POST"):
        for headers in FOREIGN:
            for form in forms:
                answer = await edith.post(address, form, headers=headers)
                assert answer.status_code in (400, 401, 403, 404), (address, answer.status_code)
    assert (await row_of(journal.services, 3)).state == "parked"
    assert (await edith.me())["connected"] is True


@pytest.mark.parametrize("code", ["en", "ar"])
async def test_script_in_names_and_titles(tmp_path: Path, code: str) -> None:
    """Names of site and person, titles, sentences and ORCID's own words stay text."""
    async with running_journal(tmp_path, [Editors()], site_name=EVIL, language=code) as journal:
        await take_in(journal.services, article(author("edith"), tenant="rivers", title=EVIL))
        await plan_due(journal.services)
        row = delivery(1, key=EVIL, tenant=EVIL, person=f"key:{EVIL}", sentence=EVIL)
        await fill(journal.services, row)
        edith = Browser(journal, "edith")
        pages = await every_page(journal, edith)
        await edith.connect(journal.sim.add_person(EVIL, EVIL).orcid)
        for door in ("my", "button", "admin/", "admin/deliveries", "admin/coverage", page_of(1)):
            pages[door] = (await edith.get(door)).text
        state = query(await edith.leave())["state"]
        words = {"error": EVIL, "error_description": EVIL, "state": state}
        pages["ORCID's words"] = (await edith.get("callback", params=words)).text
    assert "&lt;script&gt;" in pages["my"]
    for name, page in pages.items():
        assert "<script>" not in page, name
        assert "<img" not in page, name
        assert "1337" not in page, name


async def test_script_in_the_address(journal: Journal, edith: Browser) -> None:
    """Nothing of an address becomes markup on any page."""
    for address in every_door(journal, "GET"):
        for names in (PARAMETERS, ("said",), ("return_to",), ("text", "tenant", "name")):
            answer = await edith.get(address, params=dict.fromkeys((*names, EVIL), EVIL))
            if answer.headers.get("content-type", "").startswith("text/html"):
                assert "<script>" not in answer.text, address
                assert "<img src=x" not in answer.text, address


async def test_oversized_headers(journal: Journal) -> None:
    """Headers larger than any server lets through are no error of ours and come back nowhere."""
    browser = Browser(journal, "edith")
    for headers in OVERSIZED:
        for address in few_doors(journal):
            answer = await browser.client.get(address, headers=headers)
            assert answer.status_code < 500, address
            assert len(said(answer)) < 60_000, address


async def test_oversized_query(journal: Journal) -> None:
    """Parameters of a megabyte are refused or passed over, at every door."""
    names = ("return_to", "state", "code", "lang", "text", "said", "ticket", "name", "proof")
    for address in few_doors(journal):
        for value in ("x" * MEGABYTE, "/" + "%C3%BC" * 20_000):
            query_string = "&".join(
                f"{name}={value}" for name in names[:: 1 + len(value) // 500_000]
            )
            answer = await raw_get(journal, httpx.URL(address).path, query_string)
            assert answer.status_code < 500, address
            assert len(said(answer)) < 60_000, address


async def raw_get(journal: Journal, path: str, query_string: str) -> httpx.Response:
    """Ask the app in process, past every client's own limits."""
    body, status, headers = b"", 500, httpx.Headers()
    asked = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, object]:
        return next(asked, {"type": "http.disconnect"})

    async def send(message: dict[str, object]) -> None:
        nonlocal body, status, headers
        if message["type"] == "http.response.start":
            status, headers = message["status"], httpx.Headers(message["headers"])  # type: ignore[assignment,arg-type]
        elif message["type"] == "http.response.body":
            body += message.get("body", b"")  # type: ignore[operator]

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query_string.encode(),
        "root_path": "",
        "scheme": "http",
        "server": ("journal.test", 80),
        "headers": [(b"cookie", b"account=edith"), (b"accept", b"text/html")],
    }
    await journal.app(scope, receive, send)  # type: ignore[arg-type]
    return httpx.Response(status, headers=headers, content=body)


async def test_oversized_forms(journal: Journal, edith: Browser) -> None:
    """A form of a megabyte, or of another kind, is refused before it is read to its end."""
    for address in every_door(journal, "POST"):
        for form in ({"token": "x" * MEGABYTE}, {f"f{number}": "x" for number in range(4_000)}):
            assert (await edith.post(address, form)).status_code in (400, 401, 403, 413), address
        for kind in ("multipart/form-data; boundary=x", "application/json", "text/xml", ""):
            answer = await edith.client.post(
                address, content=b"--x\r\n" * 1000, headers={"Content-Type": kind}
            )
            assert answer.status_code in (400, 401, 403, 413, 415), (address, kind)


async def test_no_secret_in_any_answer(journal: Journal, edith: Browser) -> None:
    """Through every door, in every language, with every method that reads: no secret is said."""
    secrets = journal.sim.secrets()
    assert len(secrets) >= 3
    for code in ("en", "ar"):
        for address in every_door(journal, "GET"):
            answer = await edith.get(address, params={"lang": code})
            assert not [secret for secret in secrets if secret in said(answer)], address
