"""RFC 9700 item by item: the list is whole, its tests exist, and what they leave open is here."""

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.routing import Mount

from orcid_connect.journeys.link_states import read_state
from orcid_connect.purposes import PURPOSES, SCOPES
from orcid_connect.services import Services
from orcid_connect.settings import Credential
from orcid_connect.web.app import build_app
from orcid_connect.web.folders import locate
from tests.support.doors import METHODS, doors_of
from tests.web.host import ORIGIN, REDIRECT_URI, Browser, Journal, forms_of, query
from tests.web.rfc9700 import ITEMS
from tests.web.test_pages import Outline

pytestmark = pytest.mark.anyio

TOP = Path(__file__).resolve().parents[2]
SECTIONS = {"2.1", "2.1.1", "2.1.2", "2.2.1", "2.2.2", "2.3", "2.4", "2.5", "2.6"} | {
    f"4.{number}" for number in range(1, 18)
}
EVIL = "https://evil.example"


def test_every_section_is_answered() -> None:
    """No section is left out, and each item names a test or gives a reason."""
    assert {item.section for item in ITEMS} == SECTIONS
    for item in ITEMS:
        assert item.shown_by or item.reason, item.recommendation
        assert item.recommendation.endswith("."), item.recommendation


def test_every_test_that_is_named_exists() -> None:
    """A test that was renamed or taken away leaves its item unproved, and that is noticed."""
    names = {name for item in ITEMS for name in item.shown_by}
    for path in {name.partition("::")[0] for name in names}:
        tree = ast.parse((TOP / path).read_text(encoding="utf-8"))
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        defined = {f"{path}::{node.name}" for node in tree.body if isinstance(node, kinds)}
        assert {name for name in names if name.startswith(f"{path}::")} <= defined


async def test_one_redirect_uri(journal: Journal) -> None:
    """2.1, 4.1: whoever leaves, for what, and however they were addressed, it is one string."""
    found = set()
    for account in ("anne", "lakes.anne"):
        for purpose in PURPOSES:
            for headers in ({}, {"Host": "evil.example"}, {"X-Forwarded-Proto": "https"}):
                browser = Browser(journal, account)
                address = f"connect?purpose={purpose}&redirect_uri={EVIL}"
                answer = await browser.get(address, headers=headers)
                found.add(query(answer.headers["location"])["redirect_uri"])
    assert found == {REDIRECT_URI}


async def test_each_transaction_is_its_own(journal: Journal, browser: Browser) -> None:
    """2.1.1, 4.7: state and nonce are never the same twice, and long enough not to be guessed."""
    asked = [query(await browser.leave()) for _ in range(5)]
    for name in ("state", "nonce"):
        values = {one[name] for one in asked}
        assert len(values) == 5
        assert all(len(value) >= 22 for value in values)
    for one in asked:
        assert one["nonce"] not in one["state"]
        assert browser.client.cookies["oc_browser"] not in one["state"]


async def test_codes_only(journal: Journal, browser: Browser, ada: str) -> None:
    """2.1.2, 2.4: codes are asked for, and neither a token nor a password is taken."""
    address = await browser.leave()
    assert query(address)["response_type"] == "code"
    assert "response_mode" not in query(address)
    state = query(address)["state"]
    given = f"access_token=11111111-2222-4333-8444-555555555555&token_type=bearer&orcid={ada}"
    answer = await browser.get(f"callback?state={state}&{given}&id_token=x&password=x")
    assert answer.status_code == 400
    assert (await browser.me())["connected"] is False
    assert not journal.requests_of("/oauth/token")


async def test_a_state_knows_its_server(journal: Journal, browser: Browser, ada: str) -> None:
    """2.1, 4.4: a code goes to the server for which the state was made, or nowhere."""
    address = await browser.leave()
    state = read_state(journal.settings, journal.sim.clock.now, query(address)["state"])
    assert (state.credential, state.environment) == ("default", "simulator")
    other = Credential(
        name="default", client_id="APP-2", client_secret="not ours", environment="sandbox"
    )
    settings = journal.settings.model_copy(update={"credentials": (other,)})
    services = replace(journal.services, settings=settings)

    async def get_services() -> Services:
        return services

    journal.app.routes[:] = [Mount("/orcid", build_app(get_services, lambda: None))]
    answer = await browser.get(journal.answer(address, ada))
    assert "changed while you were there" in answer.text
    assert not journal.requests_of("/oauth/token")


async def test_only_303(journal: Journal, browser: Browser, ada: str) -> None:
    """2.1, 4.1, 4.12: every redirect is a 303, which carries no form on, and has no fragment."""
    await browser.connect(ada)
    forms = [fields for _, fields in forms_of((await browser.get("my")).text)]
    seen = set()
    [mounted] = [route for route in journal.app.routes if isinstance(route, Mount)]
    for door in doors_of(mounted.routes):
        for slash in ("", "/"):
            for method in METHODS:
                address = f"{ORIGIN}/orcid{door.address(rest='')}{slash}"
                for form in forms if method == "POST" else [{}]:
                    answer = await browser.client.request(method, address, data=form)
                    if 300 <= answer.status_code < 400:
                        assert answer.status_code == 303, (method, address)
                        assert "#" not in answer.headers["location"]
                        seen.add(door.path)
    assert {"/connect", "/disconnect"} <= seen


async def test_least_privileges(journal: Journal, browser: Browser) -> None:
    """2.3: each purpose asks for its own scopes, whatever else the address says."""
    for purpose, scopes in SCOPES.items():
        answer = await browser.get(f"connect?purpose={purpose}&scope=/person/update%20/webhook")
        assert query(answer.headers["location"])["scope"].split() == list(scopes)


async def test_the_page_at_the_redirect_uri_keeps_its_address(
    journal: Journal, browser: Browser, ada: str
) -> None:
    """4.2: code and state are not on the page they lead to, and no Referer takes them along."""
    for spoil in ("", "&error=x"):
        back = journal.answer(await browser.leave(), ada) + spoil
        answer = await browser.get(back)
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"
        for name in ("code", "state"):
            assert query(back)[name] not in answer.text + str(answer.headers)
        loaded = [attrs.get("src") or attrs.get("href") for attrs in loads(answer.text)]
        assert all(str(address).startswith("/orcid/static/") for address in loaded)


def loads(page: str) -> list[dict[str, str | None]]:
    """Return what a page loads by itself."""
    return Outline(page).all("link", "script", "img", "iframe", "object", "embed", "video", "audio")


async def test_no_token_in_an_address(journal: Journal, browser: Browser, ada: str) -> None:
    """4.3: no address to which we send a browser, and none that a page links, holds a token."""
    await browser.connect(ada)
    await browser.connect(ada)
    addresses = []
    for door in ("connect", "my", "button", "me", "callback"):
        answer = await browser.get(door)
        addresses.append(answer.headers.get("location", ""))
        addresses += re.findall(r'(?:href|src|action)="([^"]*)"', answer.text)
    assert len(addresses) > 10
    for secret in journal.sim.secrets():
        assert not [address for address in addresses if secret in address]


async def test_headers_of_proxies_decide_nothing(
    journal: Journal, browser: Browser, ada: str
) -> None:
    """4.13: what a proxy would say of address, path, host or person is not believed."""
    await browser.connect(ada)
    forged = {
        "Forwarded": "for=1.2.3.4;host=evil.example;proto=https",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "/evil",
        "X-Forwarded-Server": "evil.example",
        "X-Original-URL": "/orcid/admin/",
        "X-Rewrite-URL": "/orcid/admin/",
        "X-HTTP-Method-Override": "POST",
        "X-Remote-User": "edith",
        "Remote-User": "edith",
        "X-Forwarded-User": "edith",
        "SSL_CLIENT_VERIFY": "SUCCESS",
    }
    for door in ("my", "button", "me", "callback", "admin/", "metrics", "nowhere"):
        plain, spoofed = await browser.get(door), await browser.get(door, headers=forged)
        assert spoofed.status_code == plain.status_code, door
        assert "evil" not in spoofed.text + str(spoofed.headers), door
    stranger = await Browser(journal).get("me", headers=forged)
    assert stranger.status_code == 403


async def test_no_foreign_page_may_read(journal: Journal, browser: Browser, ada: str) -> None:
    """2.6: no answer about a person may be read by a page of an origin that is not listed."""
    await browser.connect(ada)
    [mounted] = [route for route in journal.app.routes if isinstance(route, Mount)]
    for door in doors_of(mounted.routes):
        for origin in (EVIL, "null", f"{ORIGIN}.evil.example"):
            for method in ("GET", "OPTIONS"):
                wish = {"Origin": origin, "Access-Control-Request-Method": "GET"}
                address = f"{ORIGIN}/orcid{door.address(orcid=ada, rest='orcid-id.svg')}"
                answer = await browser.client.request(method, address, headers=wish)
                allowed = answer.headers.get("access-control-allow-origin")
                assert allowed in (None, "*"), (door.path, allowed)
                assert "access-control-allow-credentials" not in answer.headers, door.path
                assert allowed is None or door.path in FOR_EVERYBODY, door.path


FOR_EVERYBODY = {"/static/{rest}", "/display/{orcid}", "/embed.js"}
"""Doors whose answers are the same whoever asks."""


def test_messages_between_windows_name_their_origin() -> None:
    """2.6, 4.17: no script sends to any origin, and none hears a message without asking whose."""
    scripts = list(locate("templates").rglob("*.js"))
    assert "postMessage" in "".join(path.read_text(encoding="utf-8") for path in scripts)
    for path in scripts:
        script = path.read_text(encoding="utf-8")
        for message in re.findall(r"postMessage\(([^;]*)\)", script):
            assert "*" not in message, path.name
            assert "," in message or "channel" in script.lower(), path.name
        if re.search(r"addEventListener\(\s*[\"']message", script):
            assert ".origin" in script, path.name
            assert ".source" in script, path.name
