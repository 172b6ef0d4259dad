"""Tickets: a host's word for who is signed in, good for one browser, once, for ten minutes."""

from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from starlette.requests import Request

from orcid_connect.declarations import Person
from orcid_connect.errors import InputError, LinkingError, SettingsError
from orcid_connect.hookspecs import hookimpl
from orcid_connect.journeys.tickets import (
    MAX_CHARACTERS,
    TICKET_SECONDS,
    issue_ticket,
    person_named,
)
from tests.web.host import (
    ORIGIN,
    PUBLIC_URL,
    Browser,
    Journal,
    form_of,
    forms_of,
    query,
    running_journal,
)
from tests.web.test_outcomes import heading

pytestmark = pytest.mark.anyio

SESSION = "oc_session_" + sha256(b"/orcid").hexdigest()[:8]
FROM_HOST = {"Referer": f"{ORIGIN}/submissions/3", "Sec-Fetch-Site": "same-origin"}
FROM_NOWHERE = {"Sec-Fetch-Site": "none"}
ANNE = Person(tenant="rivers", key="anne", name="Anne Brook")
BOB = Person(tenant="rivers", key="bob")


def ticket(journal: Journal, person: Person = ANNE, **wish: Any) -> str:
    """Return a new ticket."""
    return issue_ticket(journal.settings, journal.services.clock, person, **wish)


async def follow(
    browser: Browser, signed: str, headers: dict[str, str] | None = None, door: str = "connect"
) -> httpx.Response:
    """Follow a link with a ticket, from a page of the host if nothing else is said."""
    return await browser.get(
        f"{door}?ticket={quote(signed, safe='')}", headers=FROM_HOST if headers is None else headers
    )


async def test_connect_by_ticket(journal: Journal, ada: str) -> None:
    """Who comes with a ticket connects, comes back, sees their page and disconnects."""
    browser = Browser(journal)
    signed = ticket(journal, purpose="read", return_to="/submissions/3", language="fr")
    entered = await follow(browser, signed)
    assert entered.status_code == 303
    address = entered.headers["location"]
    assert address.startswith(f"{PUBLIC_URL}/connect?")
    assert query(address) == {"return_to": "/submissions/3", "purpose": "read", "lang": "fr"}
    leaving = await browser.get(address, headers=FROM_HOST)
    asked = query(leaving.headers["location"])
    assert asked["scope"] == "openid /read-limited"
    back = await browser.get(journal.answer(leaving.headers["location"], ada))
    assert back.status_code == 200
    assert 'href="/submissions/3"' in back.text
    assert (await browser.me())["orcid"].endswith(ada)
    page = await browser.get("my")
    forms = dict(forms_of(page.text))
    await browser.post("disconnect", forms["/orcid/disconnect"])
    assert (await browser.me())["connected"] is False


async def test_the_ticket_says_nothing_and_is_in_no_page(journal: Journal) -> None:
    """Neither address nor cookie shows whom it is about, and pages do not show the ticket."""
    browser = Browser(journal)
    signed = ticket(journal, return_to="/submissions/3")
    entered = await follow(browser, signed)
    for text in (signed, entered.headers["set-cookie"]):
        assert "anne" not in text.lower()
        assert "rivers" not in text
    assert signed not in entered.headers["location"]
    assert entered.headers["referrer-policy"] == "origin"
    assert signed not in (await browser.get("my")).text


async def test_my_page_by_ticket(journal: Journal) -> None:
    """A ticket opens a person's own page as well."""
    browser = Browser(journal)
    entered = await follow(browser, ticket(journal, return_to="/home"), door="my")
    assert entered.headers["location"] == f"{PUBLIC_URL}/my?return_to=%2Fhome"
    assert (await browser.get(entered.headers["location"])).status_code == 200


async def test_popup_is_passed_on(journal: Journal) -> None:
    """A popup stays one."""
    signed = quote(ticket(journal), safe="")
    entered = await Browser(journal).get(
        f"connect?ticket={signed}&display=popup", headers=FROM_HOST
    )
    assert query(entered.headers["location"]) == {"display": "popup"}


async def test_what_stands_beside_a_ticket_does_not_count(journal: Journal) -> None:
    """Purpose and return address are the ticket's; others beside it are left alone."""
    signed = quote(ticket(journal, purpose="read", return_to="/a"), safe="")
    entered = await Browser(journal).get(
        f"connect?ticket={signed}&return_to=/evil&purpose=write-person", headers=FROM_HOST
    )
    assert query(entered.headers["location"]) == {"return_to": "/a", "purpose": "read"}


async def test_same_browser_again(journal: Journal) -> None:
    """Loading it again in the same browser is no misfortune."""
    browser = Browser(journal)
    signed = ticket(journal)
    assert (await follow(browser, signed)).status_code == 303
    assert (await follow(browser, signed)).status_code == 303
    assert (await follow(browser, signed, FROM_NOWHERE)).status_code == 303


async def test_another_browser(journal: Journal) -> None:
    """In another browser a used ticket lets nobody in."""
    signed = ticket(journal)
    assert (await follow(Browser(journal), signed)).status_code == 303
    thief = Browser(journal)
    answer = await follow(thief, signed)
    assert (answer.status_code, heading(answer.text)) == (403, "That link was used before")
    assert SESSION not in thief.client.cookies
    assert (await thief.get("my")).status_code == 403


@pytest.mark.parametrize("door", ["connect", "my"])
async def test_expired(journal: Journal, door: str) -> None:
    """After ten minutes a ticket lets nobody in."""
    signed = ticket(journal)
    journal.sim.clock.move(TICKET_SECONDS + 1)
    answer = await follow(Browser(journal), signed, door=door)
    assert (answer.status_code, heading(answer.text)) == (403, "That link has expired")


async def test_guessed_tampered_and_overlong(journal: Journal) -> None:
    """What we did not make lets nobody in, nor does what was made for something else."""
    signed = ticket(journal)
    browser = Browser(journal)
    middle = len(signed) // 3
    changed = signed[:middle] + ("A" if signed[middle] != "A" else "B") + signed[middle + 1 :]
    state = query(await Browser(journal, "anne").leave())["state"]
    await follow(browser, ticket(journal))
    session = browser.client.cookies[SESSION]
    for forged in ("", "x", "a.b.c", changed, state, session, signed + "x" * MAX_CHARACTERS, "é"):
        answer = await follow(Browser(journal), forged)
        assert answer.status_code == 403, forged
        assert heading(answer.text) == "That link does not work"


async def test_problem_json(journal: Journal) -> None:
    """A program is told the same with a reason."""
    answer = await Browser(journal).get(
        "connect?ticket=x", headers={**FROM_HOST, "Accept": "application/json"}
    )
    assert answer.status_code == 403
    assert (answer.json()["outcome"], answer.json()["reason"]) == ("ticket", "forged")
    asked = await Browser(journal).get(
        f"connect?ticket={quote(ticket(journal), safe='')}", headers={"Accept": "application/json"}
    )
    assert asked.status_code == 403
    assert "return_origins" in asked.json()["detail"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        FROM_NOWHERE,
        {"Sec-Fetch-Site": "cross-site", "Referer": "https://evil.example/"},
        {"Sec-Fetch-Site": "same-site", "Referer": "http://blog.journal.test/"},
        {"Referer": "http://["},
    ],
)
async def test_planted_ticket_asks_first(
    journal: Journal, ada: str, headers: dict[str, str]
) -> None:
    """A ticket that no page of the host led to lets in only who says that it is theirs."""
    victim = Browser(journal)
    signed = ticket(journal)
    answer = await follow(victim, signed, headers)
    assert (answer.status_code, heading(answer.text)) == (200, "Continue as Anne Brook?")
    assert SESSION not in victim.client.cookies
    assert (await victim.get("connect")).status_code == 403
    action, fields = form_of(answer.text)
    entered = await victim.post(f"{ORIGIN}{action}", fields)
    assert (entered.status_code, entered.headers["location"]) == (303, f"{PUBLIC_URL}/connect")
    again = await victim.post(f"{ORIGIN}{action}", fields)
    assert again.status_code == 303
    assert (await victim.connect(ada)).status_code == 200


@pytest.mark.parametrize("path", ["/orcid/connect", "//orcid/connect", "/%6frcid/my", "/ORCID/my"])
@pytest.mark.parametrize("site", [{"Sec-Fetch-Site": "same-origin"}, {}])
async def test_our_own_page_lends_nobody_its_name(
    journal: Journal, path: str, site: dict[str, str]
) -> None:
    """A ticket behind the way back of a page of ours asks first: anybody may have put it there."""
    victim = Browser(journal)
    back = f"/orcid/connect?ticket={ticket(journal)}"
    page = await victim.get(
        "connect", params={"return_to": back}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert f'href="{back}"' in page.text
    answer = await victim.get(
        f"{ORIGIN}{back}", headers={"Referer": f"{ORIGIN}{path}?return_to=x", **site}
    )
    assert heading(answer.text) == "Continue as Anne Brook?"
    assert SESSION not in victim.client.cookies


@pytest.mark.parametrize("times", [0, 1, 2])
async def test_a_sign_in_of_the_host_lends_nobody_its_name(journal: Journal, times: int) -> None:
    """A ticket in the address of the page that led here asks first: the link was made with it."""
    victim, signed = Browser(journal), ticket(journal)
    after = f"/orcid/connect?ticket={signed}"
    for _ in range(times):
        after = quote(after, safe="")
    headers = {**FROM_HOST, "Referer": f"{ORIGIN}/login?next={after}"}
    answer = await follow(victim, signed, headers)
    assert heading(answer.text) == "Continue as Anne Brook?"
    assert SESSION not in victim.client.cookies


async def test_a_host_page_beside_ours_is_the_hosts(journal: Journal) -> None:
    """A page of the host whose path only begins like ours leads in as any other."""
    headers = {"Referer": f"{ORIGIN}/orcids/3", "Sec-Fetch-Site": "same-origin"}
    assert (await follow(Browser(journal), ticket(journal), headers)).status_code == 303


async def test_browsers_may_follow_the_form_to_orcid(journal: Journal) -> None:
    """The page that asks allows its form to lead to ORCID, and to nowhere else."""
    answer = await follow(Browser(journal), ticket(journal), FROM_NOWHERE)
    policy = answer.headers["content-security-policy"]
    assert f"form-action 'self' {journal.credential.site};" in policy
    assert "frame-ancestors 'none'" in policy


async def test_the_question_cannot_be_answered_from_elsewhere(journal: Journal) -> None:
    """Another site, another browser and another ticket's form press the button in vain."""
    victim, attacker = Browser(journal), Browser(journal)
    action, fields = form_of((await follow(attacker, ticket(journal), FROM_NOWHERE)).text)
    _, own = form_of((await follow(victim, ticket(journal, BOB), FROM_NOWHERE)).text)
    url = f"{ORIGIN}{action}"
    assert (await victim.post(url, fields)).status_code == 403
    mixed = {**own, "ticket": fields["ticket"]}
    assert (await victim.post(url, mixed)).status_code == 403
    foreign = await victim.post(url, own, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert SESSION not in victim.client.cookies


async def test_another_person_in_the_same_browser(journal: Journal) -> None:
    """A ticket of somebody else asks before it replaces who is known here."""
    browser = Browser(journal)
    await follow(browser, ticket(journal))
    answer = await follow(browser, ticket(journal, BOB))
    assert heading(answer.text) == "Continue with your ORCID iD?"
    assert "they are no longer known here" in answer.text
    action, fields = form_of(answer.text)
    await browser.post(f"{ORIGIN}{action}", fields)
    assert (await follow(browser, ticket(journal, BOB))).status_code == 303


async def test_loading_ahead_uses_nothing_up(journal: Journal) -> None:
    """A prefetch or a HEAD leaves the ticket as it was."""
    signed = ticket(journal)
    for name, value in (
        ("Sec-Purpose", "prefetch;prerender"),
        ("Purpose", "prefetch"),
        ("X-Moz", "prefetch"),
    ):
        ahead = await follow(Browser(journal), signed, {**FROM_HOST, name: value})
        assert ahead.status_code == 503
    asked = await Browser(journal).client.head(f"{PUBLIC_URL}/connect?ticket={signed}")
    assert asked.status_code == 405
    assert (await follow(Browser(journal), signed)).status_code == 303


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


@pytest.mark.parametrize(
    "return_to",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http://journal.test@evil.example/",
        "\thttps://evil.example",
    ],
)
async def test_no_open_redirect(journal: Journal, return_to: str) -> None:
    """No ticket is made that would send people elsewhere."""
    with pytest.raises(LinkingError):
        ticket(journal, return_to=return_to)


async def test_an_origin_that_is_not_listed_any_more(tmp_path: Path) -> None:
    """What was allowed when the ticket was made must be allowed when it is used."""
    listed = ("https://submit.example",)
    async with running_journal(tmp_path, return_origins=listed) as journal:
        signed = ticket(journal, return_to="https://submit.example/list")
        answer = await follow(Browser(journal), signed, {"Referer": f"{listed[0]}/"})
        assert answer.status_code == 303
    (tmp_path / "later").mkdir()
    async with running_journal(tmp_path / "later") as journal:
        assert (await follow(Browser(journal), signed)).status_code == 403


async def test_what_cannot_be_a_ticket(journal: Journal, tmp_path: Path) -> None:
    """A mistake of the host is a sentence where it is made."""
    with pytest.raises(InputError, match="identify, read"):
        ticket(journal, purpose="everything")
    with pytest.raises(InputError, match="1 to 512"):
        person_named("", None)
    with pytest.raises(InputError, match="another tenant"):
        person_named(ANNE, "lakes")
    with pytest.raises(InputError, match="too long"):
        long = Person(tenant="ü" * 512, key="ö" * 512, name="ß" * 900)
        ticket(journal, long, return_to="/" + "ä" * 700)
    credential = journal.credential.model_copy(update={"tenants": ("lakes",)})
    (tmp_path / "one").mkdir()
    async with running_journal(tmp_path / "one") as other:
        settings = other.settings.model_copy(update={"credentials": (credential,)})
        with pytest.raises(SettingsError, match="rivers"):
            issue_ticket(settings, other.services.clock, ANNE)


async def test_longest_person_fits_a_cookie(journal: Journal) -> None:
    """The longest person a ticket carries is still known afterwards."""
    browser = Browser(journal)
    await follow(browser, ticket(journal, Person(tenant="t" * 512, key="k" * 512, name="n" * 500)))
    cookie = browser.client.cookies[SESSION]
    assert len(cookie) < 4000
    assert (await browser.get("my")).status_code == 200


async def test_names_are_only_text(journal: Journal) -> None:
    """Script in a name stays text."""
    evil = Person(tenant="rivers", key="x", name="<script>alert(1)</script>")
    answer = await follow(Browser(journal), ticket(journal, evil), FROM_NOWHERE)
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


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
