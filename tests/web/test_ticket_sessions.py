"""The session that a ticket opens: whose it is, where it counts, and when the host knows better."""

from pathlib import Path

import pytest
from starlette.requests import Request

from orcid_connect.declarations import Person
from orcid_connect.hookspecs import hookimpl
from tests.web.handing_over import BOB, SESSION, follow, ticket
from tests.web.host import (
    Browser,
    Journal,
    running_journal,
)
from tests.web.test_outcomes import heading

pytestmark = pytest.mark.anyio


async def test_session_ends(journal: Journal) -> None:
    """After half an hour the browser is not known any more."""
    browser = Browser(journal)
    await follow(browser, ticket(journal))
    journal.sim.clock.move(1799)
    assert (await browser.get("my")).status_code == 200
    journal.sim.clock.move(2)
    assert (await browser.get("my")).status_code == 403


async def test_planted_session(journal: Journal) -> None:
    """A session cookie counts in its own browser only, and none can be made up."""
    attacker, victim = Browser(journal), Browser(journal)
    await follow(attacker, ticket(journal, BOB))
    planted = attacker.client.cookies[SESSION]
    victim.client.cookies.set(SESSION, planted, domain="journal.test", path="/")
    assert (await victim.get("my")).status_code == 403
    await follow(victim, ticket(journal))
    victim.client.cookies.delete(SESSION)
    for cookie in (planted, "x", ticket(journal)):
        victim.client.cookies.set(SESSION, cookie, domain="journal.test", path="/")
        assert (await victim.get("my")).status_code == 403
        victim.client.cookies.delete(SESSION)


async def test_session_of_another_installation(journal: Journal, tmp_path: Path) -> None:
    """With other keys neither tickets nor sessions count."""
    browser = Browser(journal)
    await follow(browser, ticket(journal))
    (tmp_path / "other").mkdir()
    async with running_journal(tmp_path / "other", secret_keys=("another key " * 4,)) as other:
        stranger = Browser(other)
        for name in (SESSION, "oc_browser"):
            stranger.client.cookies.set(
                name, browser.client.cookies[name], domain="journal.test", path="/"
            )
        assert (await stranger.get("my")).status_code == 403
        assert (await follow(Browser(other), ticket(journal))).status_code == 403


async def test_the_host_knows_better(journal: Journal) -> None:
    """Where the host itself says who is there, that counts, and another's session is over."""
    browser = Browser(journal)
    await follow(browser, ticket(journal))
    browser.sign_in("carol")
    answer = await browser.get("my")
    assert answer.status_code == 200
    assert SESSION not in browser.client.cookies
    browser.sign_out()
    assert (await browser.get("my")).status_code == 403


async def test_a_ticket_for_somebody_else_than_the_host_says(journal: Journal) -> None:
    """A ticket does not talk over the host, and is not used up by that."""
    signed = ticket(journal)
    answer = await follow(Browser(journal, "rivers.bob"), signed)
    assert (answer.status_code, heading(answer.text)) == (403, "You are signed in as somebody else")
    assert (await follow(Browser(journal, "rivers.anne"), signed)).status_code == 303


class BrokenHost:
    """A host that cannot say who is there."""

    @hookimpl
    def orcid_current_person(self, request: Request) -> Person | None:
        raise ConnectionError("the session store is away")


async def test_a_host_that_cannot_say(tmp_path: Path) -> None:
    """While the host cannot say who is there, no ticket and no session counts."""
    async with running_journal(tmp_path, [BrokenHost()]) as journal:
        assert (await follow(Browser(journal), ticket(journal))).status_code == 503


async def test_tenant_is_bound(tmp_path: Path, ada: str) -> None:
    """A ticket of one journal makes nobody known in another."""
    async with running_journal(tmp_path) as journal:
        ada = journal.sim.add_person("Ada").orcid
        browser = Browser(journal)
        await follow(browser, ticket(journal))
        await browser.connect(ada)
        other = Browser(journal)
        await follow(other, ticket(journal, Person(tenant="lakes", key="anne")))
        assert (await other.me())["connected"] is False


async def test_longest_person_fits_a_cookie(journal: Journal) -> None:
    """The longest person a ticket carries is still known afterwards."""
    browser = Browser(journal)
    await follow(browser, ticket(journal, Person(tenant="t" * 512, key="k" * 512, name="n" * 500)))
    cookie = browser.client.cookies[SESSION]
    assert len(cookie) < 4000
    assert (await browser.get("my")).status_code == 200


async def test_under_https_the_session_is_of_this_host_alone(tmp_path: Path) -> None:
    """Under https no sibling host can plant a session."""
    async with running_journal(tmp_path, public_url="https://journal.test/orcid") as journal:
        answer = await Browser(journal).client.get(
            f"http://journal.test/orcid/connect?ticket={ticket(journal)}",
            headers={"Referer": "https://journal.test/"},
        )
        cookies = answer.headers.get_list("set-cookie")
        session = next(one for one in cookies if SESSION in one)
        assert session.startswith(f"__Host-{SESSION}=")
        for part in ("; Path=/;", "HttpOnly", "SameSite=lax", "Secure"):
            assert part.lower() in session.lower() + ";"
