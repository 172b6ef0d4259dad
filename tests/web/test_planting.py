"""Nobody's iD lands in another's account: planted states and cookies, silent hosts, other sites."""

from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient
from starlette.requests import Request

from orcid_connect.declarations import Person
from orcid_connect.hookspecs import hookimpl
from orcid_connect.journeys.tickets import issue_ticket
from tests.web.host import HTML, ORIGIN, PUBLIC_URL, Browser, Journal, query, running_journal
from tests.web.test_outcomes import heading

pytestmark = pytest.mark.anyio

HTTPS = "https://journal.test/orcid"
ELSEWHERE = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}


def planted(journal: Journal, attacker: Browser, account: str | None = None) -> Browser:
    """Return a victim's browser into which the attacker's own value of our cookie was put."""
    victim = Browser(journal, account)
    victim.client.cookies.set(
        "oc_browser", attacker.client.cookies["oc_browser"], domain="journal.test", path="/"
    )
    return victim


async def test_planted_on_somebody_not_signed_in(journal: Journal, ada: str) -> None:
    """With a stranger's state and cookie, nobody signed in: nothing is linked or exchanged."""
    attacker = Browser(journal, "mallory")
    back = journal.answer(await attacker.leave(), ada)
    answer = await planted(journal, attacker).get(back)
    assert answer.status_code == 403
    assert heading(answer.text) == "Please sign in first"
    assert not journal.requests_of("/oauth/token")
    assert (await attacker.me())["connected"] is False


async def test_planted_on_somebody_signed_in(journal: Journal, ada: str) -> None:
    """With a stranger's state and cookie, and an own account signed in, nothing is linked."""
    attacker = Browser(journal, "mallory")
    back = journal.answer(await attacker.leave(), ada)
    answer = await planted(journal, attacker, "victim").get(back)
    assert heading(answer.text) == "You are signed in as somebody else now"
    assert not journal.requests_of("/oauth/token")


class SessionStore:
    """A host whose session store can break."""

    broken = False

    @hookimpl
    def orcid_current_person(self, request: Request) -> Person | None:
        if self.broken:
            raise ConnectionError("the session store is away")
        return None


async def test_planted_while_the_host_is_broken(tmp_path: Path) -> None:
    """While the host cannot say who is there, nobody is taken for the person of the state."""
    host = SessionStore()
    async with running_journal(tmp_path, [host]) as journal:
        ada = journal.sim.add_person("Ada").orcid
        attacker = Browser(journal, "mallory")
        back = journal.answer(await attacker.leave(), ada)
        victim = planted(journal, attacker)
        host.broken = True
        page = await victim.get(back)
        assert page.status_code == 503
        assert "try again" in page.text
        problem = await victim.get(back, headers={"Accept": "application/json"})
        assert (problem.status_code, problem.json()["status"]) == (503, 503)
        assert not journal.requests_of("/oauth/token")
        for door in ("me", "my", "connect"):
            assert (await victim.get(door)).status_code == 503, door
        assert "Sign in first" in (await victim.get("button")).text
        host.broken = False
        assert heading((await victim.get(back)).text) == "Please sign in first"
        assert heading((await attacker.get(back)).text) == "Your ORCID iD is connected"


async def test_session_not_sent_along(journal: Journal, browser: Browser, ada: str) -> None:
    """A strict session cookie stays away on the way from ORCID: the page lets one go on."""
    back = journal.answer(await browser.leave("/submissions/3"), ada)
    browser.sign_out()
    answer = await browser.get(back)
    assert heading(answer.text) == "Please sign in first"
    assert 'href="/submissions/3"' in answer.text
    assert 'href=""' in answer.text  # this address once more, now from a page of ours
    assert query(back)["code"] not in answer.text
    browser.sign_in("anne")
    assert heading((await browser.get(back)).text) == "Your ORCID iD is connected"


async def test_nobody_elsewhere_is_not_asked_to_go_on(journal: Journal) -> None:
    """Where nobody came back from ORCID there is nothing to go on with."""
    assert 'href=""' not in (await Browser(journal).get("connect")).text


async def test_cookie_cannot_be_planted_under_https(tmp_path: Path) -> None:
    """Under https only this very host can set our cookie, so it is for the whole host."""
    async with running_journal(tmp_path, public_url="https://journal.test/orcid") as journal:
        browser = Browser(journal, "anne")
        answer = await browser.get("connect")
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-oc_browser=")
        assert "; Path=/;" in cookie
        assert "Domain" not in cookie
        value = cookie.partition("=")[2].partition(";")[0]
        back = journal.answer(
            answer.headers["location"], journal.sim.add_person("Ada").orcid
        ).replace("https://", "http://")
        for name, title in (
            ("oc_browser", "You started in another browser"),
            ("__Host-oc_browser", "Your ORCID iD is connected"),
        ):
            sent = await browser.client.get(
                back, headers=[(b"cookie", f"account=anne; {name}={value}".encode())]
            )
            assert heading(sent.text) == title


@pytest.mark.parametrize("space", [b"\xa0", b"\x85", b"\xa0\x85"])
async def test_no_sibling_host_plants_a_session(tmp_path: Path, space: bytes) -> None:
    """Behind a space that browsers take for part of the name, our cookies are not ours."""
    async with running_journal(tmp_path, public_url=HTTPS) as journal:
        attacker = AsyncClient(mounts={"https://": ASGITransport(journal.app)}, headers=HTML)
        journal.browsers.append(attacker)
        person = Person(tenant="rivers", key="mallory")
        signed = issue_ticket(journal.settings, journal.services.clock, person)
        entered = await attacker.get(
            f"{HTTPS}/my?ticket={signed}", headers={"Sec-Fetch-Site": "same-origin"}
        )
        assert entered.status_code == 303
        jar = {cookie.name: str(cookie.value).encode() for cookie in attacker.cookies.jar}
        own = [name.encode() + b"=" + value for name, value in jar.items()]
        planted = [space + pair for pair in own]
        assert len(own) == 2
        for cookies, status in ((own, 200), (planted, 403), ([*own, *planted], 200)):
            victim = AsyncClient(mounts={"https://": ASGITransport(journal.app)})
            journal.browsers.append(victim)
            sent = [(b"cookie", b"; ".join(cookies)), (b"accept", b"application/json")]
            assert (await victim.get(f"{HTTPS}/me", headers=sent)).status_code == status


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Referer": "https://evil.example/journal.test"},
        {"Referer": "http://journal.test.evil.example/"},
        {"Referer": "http://journal.test@evil.example/"},
        {"Referer": "http://["},
        {"Origin": "null"},
        {"Origin": "https://evil.example", "Referer": f"{ORIGIN}/"},
    ],
)
async def test_started_from_another_site(
    journal: Journal, browser: Browser, headers: dict[str, str]
) -> None:
    """Another site cannot send a person to ORCID without a click on a page of ours."""
    answer = await browser.get(
        "connect", params={"return_to": "/place"}, headers={**ELSEWHERE, **headers}
    )
    assert answer.status_code == 403
    assert heading(answer.text) == "Connect your ORCID iD?"
    assert f'href="{PUBLIC_URL}/connect?return_to=%2Fplace"' in answer.text
    assert "location" not in answer.headers
    assert "set-cookie" not in answer.headers
    problem = await browser.get(
        "connect", headers={**ELSEWHERE, **headers, "Accept": "application/json"}
    )
    assert (problem.status_code, problem.json()["outcome"]) == (403, "elsewhere")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-site"},
        {**ELSEWHERE, "Referer": "https://submit.example/list?page=2"},
        {**ELSEWHERE, "Origin": "https://submit.example"},
        {**ELSEWHERE, "Referer": f"{ORIGIN}/"},
    ],
)
async def test_started_from_our_sites(tmp_path: Path, headers: dict[str, str]) -> None:
    """The host's own pages, listed origins and browsers that say nothing start at once."""
    async with running_journal(tmp_path, return_origins=("https://submit.example",)) as journal:
        answer = await Browser(journal, "anne").get("connect", headers=headers)
        assert answer.status_code == 303
