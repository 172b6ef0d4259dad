"""Doors that are closed, headers that are always there, and secrets that never come out."""

import logging
from pathlib import Path

import pytest
from starlette.routing import Mount

from orcid_connect.hookspecs import hookimpl
from orcid_connect.places import SqliteFile
from orcid_connect.services import Services
from orcid_connect.web.app import build_app
from tests.web.host import ORIGIN, Browser, Journal, form_of, query, running_journal
from tests.web.test_outcomes import heading

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "door",
    [
        "my",
        "me",
        "button",
        "healthz",
        "connect",
        "callback",
        "nowhere",
        "static/orcid-id.svg",
        "my/",
    ],
)
@pytest.mark.parametrize("account", ["anne", None], ids=["anne", "stranger"])
async def test_headers(journal: Journal, door: str, account: str | None) -> None:
    """Every answer, good or bad, carries the protective headers; none of ours is stored."""
    answer = await Browser(journal, account).get(door)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["x-content-type-options"] == "nosniff"
    expected = "public, max-age=3600" if door.startswith("static") else "no-store"
    assert answer.headers["cache-control"] == expected


@pytest.mark.parametrize(
    "return_to", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"]
)
async def test_no_open_redirect(journal: Journal, browser: Browser, return_to: str) -> None:
    """An address to return to that is not ours is a clear page, at each door that takes one."""
    for door in ("connect", "my", "button"):
        answer = await browser.get(door, params={"return_to": return_to})
        assert answer.status_code == 400
        assert heading(answer.text) == "This link leads to another site"
        assert "evil" not in answer.text
        assert "location" not in answer.headers


async def test_host_header_decides_nothing(journal: Journal, browser: Browser, ada: str) -> None:
    """Redirect URI and links come from public_url, whatever the Host header says."""
    poison = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    answer = await browser.get("connect", headers=poison)
    assert query(answer.headers["location"])["redirect_uri"] == f"{ORIGIN}/orcid/callback"
    for door in ("my", "button", "callback"):
        assert "evil" not in (await browser.get(door, headers=poison)).text


async def test_cookie(journal: Journal, browser: Browser) -> None:
    """The cookie is for us alone: HttpOnly, Lax, below our path, and Secure under https."""
    answer = await browser.get("connect")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("oc_browser=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/orcid" in cookie
    assert "Secure" not in cookie


async def test_secure_cookie(tmp_path: Path) -> None:
    """Under https the cookie travels encrypted only."""
    async with running_journal(tmp_path, public_url="https://journal.test/orcid") as journal:
        answer = await Browser(journal, "anne").get("connect")
        assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize("planted", ["x", "a" * 42, "a" * 44, "<script>", "é" * 43, ""])
async def test_planted_cookie_is_replaced(journal: Journal, browser: Browser, planted: str) -> None:
    """A cookie that we cannot have made is not taken over."""
    answer = await browser.client.get(
        f"{ORIGIN}/orcid/connect",
        headers=[(b"cookie", f"account=anne; oc_browser={planted}".encode())],
    )
    assert answer.status_code == 303
    assert f"oc_browser={planted};" not in answer.headers["set-cookie"]


async def test_script_in_a_name(journal: Journal, browser: Browser) -> None:
    """A name from a record is text on every page, never markup."""
    evil = journal.sim.add_person('<script>alert("x")</script>', 'O\'Neil & "Sons"').orcid
    pages = [(await browser.connect(evil)).text]
    pages += [(await browser.get(door)).text for door in ("my", "button")]
    for page in pages:
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


async def test_script_in_the_query(journal: Journal, browser: Browser) -> None:
    """What stands in the address is never put on a page as markup, nor at all where unknown."""
    evil = {
        "said": "<script>",
        "error": "<script>",
        "state": "<script>",
        "return_to": '/"><script>',
    }
    for door in ("my", "callback", "button", "nowhere/<script>"):
        assert "<script>" not in (await browser.get(door, params=evil)).text


@pytest.mark.parametrize(
    ("method", "door", "status"),
    [
        ("GET", "nowhere", 404),
        ("GET", "static/nothing.css", 404),
        ("GET", "static/../base.html", 404),
        ("GET", "static/%2e%2e/base.html", 404),
        ("GET", "disconnect", 405),
        ("POST", "connect", 405),
        ("POST", "callback", 405),
        ("DELETE", "me", 405),
    ],
)
async def test_wrong_doors(
    journal: Journal, browser: Browser, method: str, door: str, status: int
) -> None:
    """A door that is not there is a page for browsers and problem details for programs."""
    url = f"{ORIGIN}/orcid/{door}"
    page = await browser.client.request(method, url)
    assert page.status_code == status
    assert page.headers["content-type"].startswith("text/html")
    problem = await browser.client.request(method, url, headers={"Accept": "*/*"})
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["status"] == status


async def test_nothing_secret_comes_out(
    journal: Journal, browser: Browser, ada: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Through every outcome no token, code, secret or e-mail address is logged or answered."""
    caplog.set_level(logging.DEBUG, "orcid_connect")
    await browser.connect(ada)
    await browser.connect(ada, "openid")
    await Browser(journal, "bert").connect(ada)
    url = await browser.leave()
    await browser.get(journal.answer(url, ada, nonce="wrong"))
    await browser.get(journal.answer(url, ada))
    journal.sim.add_fault("status", path="/oauth/token", status=503, count=1)
    await browser.get(journal.answer(await browser.leave(), ada))
    journal.sim.add_fault("status", path="/oauth/revoke", status=503, count=1)
    _, fields = form_of((await browser.get("my")).text)
    await browser.post("disconnect", fields)
    for door in ("my", "me", "button", "healthz", "callback"):
        await browser.get(door)
    ours = [record for record in caplog.records if record.name.startswith("orcid_connect")]
    assert ours
    logged = "\n".join(f"{record.getMessage()} {record.exc_text or ''}" for record in ours)
    answered = "\n".join(journal.heard)
    for secret in journal.sim.secrets():
        assert secret not in logged
        assert secret not in answered
    assert "callback?" not in logged


class Spilling:
    """A plugin that fails with somebody's secret in its message."""

    @hookimpl
    def orcid_current_person(self, request: object) -> None:
        raise RuntimeError("someone@example.org")


async def test_failing_plugin(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A plugin that raises costs nobody the page, and its message goes nowhere."""
    async with running_journal(tmp_path, [Spilling()]) as journal:
        ada = journal.sim.add_person("Ada").orcid
        answer = await Browser(journal, "anne").connect(ada)
        assert heading(answer.text) == "Your ORCID iD is connected"
        assert "example.org" not in caplog.text


async def test_unexpected_error(
    journal: Journal, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever breaks is a page with a reference that the log has too, without its message."""

    async def broken() -> Services:
        raise RuntimeError("someone@example.org")

    journal.app.routes[:] = [Mount("/orcid", build_app(broken, lambda: None))]
    answer = await browser.get("me")
    assert answer.status_code == 500
    assert heading(answer.text) == "Something went wrong"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    reference = answer.text.split("<code>")[1].split("</code>")[0]
    assert reference in caplog.text
    assert "example.org" not in answer.text + caplog.text
    problem = await browser.get("healthz", headers={"Accept": "application/json"})
    assert problem.json()["reference"] in caplog.text


async def test_database_gone(journal: Journal, browser: Browser, ada: str) -> None:
    """If the database fails, the page says that nothing was lost, and nothing else."""
    url = await browser.leave()
    place = journal.settings.database_place
    assert isinstance(place, SqliteFile)
    path = place.path
    await journal.services.database.close()
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()
    path.mkdir()
    answer = await browser.get(journal.answer(url, ada))
    assert answer.status_code in (500, 503)
    assert "Nothing" in answer.text
    assert not journal.requests_of("/oauth/token")
