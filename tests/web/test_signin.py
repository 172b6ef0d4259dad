"""Signing in with ORCID: the host hears who it is, and nothing is connected."""

import json
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from itsdangerous import TimestampSigner
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from orcid_connect.hookspecs import hookimpl
from orcid_connect.notices import SignedIn
from orcid_connect.tenants import Tenant
from tests.support.readme import README, python_blocks
from tests.web.host import REDIRECT_URI, Browser, Journal, query, running_journal
from tests.web.test_outcomes import heading

pytestmark = pytest.mark.anyio


@dataclass
class Members:
    """The host's accounts by iD, and what it was told of who signed in."""

    accounts: dict[str, str] = field(default_factory=dict)
    told: list[SignedIn] = field(default_factory=list)
    answer: str | None = None
    fails: bool = False

    @hookimpl
    def orcid_signed_in(self, identity: SignedIn, request: Request) -> str | Response | None:
        self.told.append(identity)
        if self.fails:
            raise RuntimeError("the host's database is away")
        if self.answer is not None:
            return self.answer
        account = self.accounts.get(identity.orcid)
        if account is None:
            return None
        response = RedirectResponse("/desk", 303)
        response.set_cookie("account", account)  # a new session, whatever there was before
        return response


@pytest.fixture
def members() -> Members:
    """Nobody yet."""
    return Members()


@pytest.fixture
async def journal(tmp_path: Path, members: Members, anyio_backend: str) -> AsyncIterator[Journal]:
    """A journal in which one can sign in with ORCID."""
    async with running_journal(tmp_path, [members]) as running:
        yield running


@pytest.fixture
def browser(journal: Journal) -> Browser:
    """A browser in which nobody is signed in."""
    return Browser(journal)


async def leave(browser: Browser, **asked: str) -> str:
    """Press "Sign in with ORCID" and return the address at ORCID."""
    answer = await browser.get("signin", params=asked)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def sign_in(journal: Journal, browser: Browser, orcid: str, **asked: str) -> httpx.Response:
    """Sign in at ORCID and come back."""
    return await browser.get(journal.answer(await leave(browser, **asked), orcid))


async def test_the_host_signs_them_in(
    journal: Journal, browser: Browser, members: Members, ada: str
) -> None:
    """The host's own answer goes to the browser, with the session that the host began."""
    members.accounts[ada] = "anne"
    answer = await sign_in(journal, browser, ada)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    assert "account=anne" in answer.headers["set-cookie"]
    assert members.told == [
        SignedIn(
            orcid=ada,
            uri=f"{journal.sim.base_url}/{ada}",
            environment="simulator",
            credential="default",
            tenant="default",
            name="Ada Lovelace",
        )
    ]


async def test_it_asks_for_the_identity_alone(browser: Browser) -> None:
    """Signing in asks for no permission but to know who it is."""
    asked = query(await leave(browser))
    assert (asked["scope"], asked["redirect_uri"]) == ("openid", REDIRECT_URI)


async def test_nothing_is_connected_or_kept(
    journal: Journal, browser: Browser, members: Members, ada: str
) -> None:
    """No link comes of it, and the permission is withdrawn; that of a connection stays."""
    anne = Browser(journal, "anne")
    await anne.connect(ada)
    [kept] = journal.tokens(ada)
    members.accounts[ada] = "bert"
    await sign_in(journal, browser, ada)
    assert journal.tokens(ada) == [kept]
    assert (await anne.me())["connected"] is True
    assert (await Browser(journal, "bert").me())["connected"] is False


async def test_an_address_is_checked(
    journal: Journal, browser: Browser, members: Members, ada: str
) -> None:
    """The host may name an address; one that leads elsewhere is not followed."""
    members.answer = "/welcome"
    assert (await sign_in(journal, browser, ada)).headers["location"] == "/welcome"
    members.answer = "https://evil.example/"
    answer = await sign_in(journal, browser, ada, return_to="/submissions/3")
    assert answer.headers["location"] == "/submissions/3"


async def test_nobody_home(journal: Journal, browser: Browser, ada: str) -> None:
    """Who has no account here reads so, and what to do; the permission is withdrawn."""
    answer = await sign_in(journal, browser, ada)
    assert answer.status_code == 403
    assert heading(answer.text) == "No account here goes with this ORCID iD"
    assert ada in answer.text
    assert "Use another ORCID iD" in answer.text
    assert journal.tokens(ada) == []


async def test_no_plugin(tmp_path: Path) -> None:
    """Where no plugin hears of it, the page tells whoever runs the site what to do, and offers no
    other iD, which would fare no better.
    """
    async with running_journal(tmp_path) as journal:
        ada = journal.sim.add_person("Ada").orcid
        answer = await sign_in(journal, Browser(journal), ada)
    assert answer.status_code == 501
    assert heading(answer.text) == "Signing in with ORCID is not set up here"
    assert "<code>orcid_signed_in</code>" in answer.text
    assert "Go back" in answer.text
    assert "Use another ORCID iD" not in answer.text


async def test_a_failing_host_signs_nobody_in(
    journal: Journal, browser: Browser, members: Members, ada: str
) -> None:
    """If the host's hook breaks, nobody is signed in, and no other plugin decides in its stead."""
    members.fails = True
    answer = await sign_in(journal, browser, ada)
    assert answer.status_code == 503
    assert "set-cookie" not in answer.headers


async def test_refused(journal: Journal, browser: Browser) -> None:
    """Saying no is fine, is not remembered, and leads back."""
    state = query(await leave(browser, return_to="/front"))["state"]
    answer = await browser.get(f"callback?error=access_denied&state={state}")
    assert heading(answer.text) == "You are not signed in"
    assert 'href="/front"' in answer.text
    assert "/orcid/signin?" in answer.text
    plain = {"Accept": "application/json"}
    state = query(await leave(browser))["state"]
    told = await browser.get(f"callback?error=access_denied&state={state}", headers=plain)
    assert (told.status_code, told.json()["outcome"]) == (403, "refused")


async def test_stale(journal: Journal, browser: Browser, members: Members, ada: str) -> None:
    """Each return counts once, for a while."""
    back = journal.answer(await leave(browser), ada)
    await browser.get(back)
    assert heading((await browser.get(back)).text) == "This page was opened before"
    late = journal.answer(await leave(browser), ada)
    journal.sim.clock.move(journal.settings.state_lifetime + 1)
    assert heading((await browser.get(late)).text) == "That link has gone stale"
    assert len(members.told) == 1


async def test_down_and_unproven(
    journal: Journal, browser: Browser, members: Members, ada: str
) -> None:
    """If ORCID does not answer, or its word cannot be proved, the host hears nothing."""
    back = journal.answer(await leave(browser), ada)
    journal.sim.add_fault("status", path="/oauth/token", status=503, count=1)
    assert heading((await browser.get(back)).text) == "ORCID does not answer just now"
    back = journal.answer(await leave(browser), ada, nonce="of another sign-in")
    assert heading((await browser.get(back)).text) == "The sign-in did not come about"
    assert members.told == []
    assert journal.tokens(ada) == []


async def test_bound_to_the_browser(
    journal: Journal, browser: Browser, members: Members, ada: str
) -> None:
    """Nobody can be signed in as somebody else by a link: the state is of one browser."""
    back = journal.answer(await leave(browser), ada)
    victim = Browser(journal)
    assert (await victim.get(back)).status_code == 400
    await leave(victim)
    assert heading((await victim.get(back)).text) == "You started in another browser"
    assert members.told == []


async def test_the_errands_do_not_mix(
    journal: Journal, browser: Browser, members: Members, ada: str
) -> None:
    """A state for connecting signs nobody in, and one for signing in connects nobody."""
    members.accounts[ada] = "anne"
    anne = Browser(journal, "anne")
    signing_in = journal.answer(await leave(anne), ada)
    await anne.get(signing_in)
    assert (await anne.me())["connected"] is False
    connecting = journal.answer(await anne.leave(), ada)
    assert heading((await anne.get(connecting)).text) == "Your ORCID iD is connected"
    assert len(members.told) == 1


async def test_another_site_asks_first(browser: Browser, journal: Journal) -> None:
    """Sent by another site a person is asked: nobody is signed in without wanting to be."""
    answer = await browser.get("signin", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert heading(answer.text) == "Sign in with ORCID?"
    assert "Another site led you here" in answer.text


async def test_no_open_redirect(browser: Browser) -> None:
    """An address to return to that is not ours is refused before anybody leaves."""
    answer = await browser.get("signin", params={"return_to": "//evil.example"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("tenants", "asked", "told"),
    [((), "", "default"), ((Tenant(key="rivers"),), "", "rivers"), ((), "lakes", "lakes")],
    ids=["one site", "one tenant", "named"],
)
async def test_which_tenant(
    tmp_path: Path, tenants: tuple[Tenant, ...], asked: str, told: str
) -> None:
    """The address names the tenant; without it the only one there is, or `default`."""
    members = Members()
    async with running_journal(tmp_path, [members], tenants=tenants) as journal:
        ada = journal.sim.add_person("Ada").orcid
        wish = {"tenant": asked} if asked else {}
        await sign_in(journal, Browser(journal), ada, **wish)
    assert [one.tenant for one in members.told] == [told]


async def test_email_only_if_verified_and_shown(
    journal: Journal, browser: Browser, members: Members
) -> None:
    """An e-mail address comes along only if everybody may see it, and is in no repr."""
    shown = journal.sim.add_person(
        "Ada", "Lovelace", email="ada@engines.example", email_visibility="public"
    )
    hidden = journal.sim.add_person("Bert", email="bert@engines.example")
    for person in (shown, hidden):
        await sign_in(journal, browser, person.orcid)
    assert [one.email for one in members.told] == ["ada@engines.example", None]
    assert "engines.example" not in repr(members.told)


async def test_without_the_public_api(
    journal: Journal, browser: Browser, members: Members, ada: str
) -> None:
    """Signing in does without an e-mail address if ORCID does not tell it."""
    journal.sim.add_fault("status", path="/pub/*", status=503)
    await sign_in(journal, browser, ada)
    assert [(one.orcid, one.email) for one in members.told] == [(ada, None)]


async def test_explained_first(journal: Journal, browser: Browser) -> None:
    """Before people leave, a page says that nothing is left behind; one press goes on."""
    wish = urlencode({"explain": "1", "return_to": "/front"})
    answer = await browser.get(f"signin?{wish}")
    assert heading(answer.text) == "Sign in with ORCID?"
    assert "leaves no permission behind" in answer.text
    assert "signin?return_to=%2Ffront&amp;tenant=default" in answer.text


async def test_the_readmes_example_begins_a_new_session(tmp_path: Path) -> None:
    """The README's hook leaves nothing of the session that was there before: it was planted."""
    code = next(
        code for _, code in python_blocks(README.read_text()) if "def orcid_signed_in" in code
    )
    names: dict[str, Any] = {}
    exec(compile(code, "README.md", "exec"), names)
    plugin = names["OurSignIn"]()
    async with running_journal(tmp_path, [plugin]) as journal:
        journal.app.add_middleware(SessionMiddleware, secret_key="the journal's own")
        ada = journal.sim.add_person("Ada", "Lovelace").orcid
        browser = Browser(journal)
        planted = TimestampSigner("the journal's own").sign(
            b64encode(b'{"user": "mallory", "cart": "x"}')
        )
        browser.client.cookies.set("session", planted.decode(), domain="journal.test")
        welcome = await sign_in(journal, browser, ada)
        assert welcome.headers["location"] == "/register?name=Ada%20Lovelace"
        plugin.accounts = {ada: "ada"}
        answer = await sign_in(journal, browser, ada)
        assert answer.headers["location"] == "/"
        session = answer.headers["set-cookie"].partition("session=")[2].partition(".")[0]
        assert json.loads(b64decode(session)) == {"user": "ada"}
