"""Tickets: a host's word for who is signed in, good for one browser, once, for ten minutes."""

from pathlib import Path
from urllib.parse import quote

import pytest

from orcid_connect.declarations import Person
from orcid_connect.errors import InputError, LinkingError, SettingsError
from orcid_connect.journeys.tickets import (
    MAX_CHARACTERS,
    TICKET_SECONDS,
    issue_ticket,
    person_named,
)
from tests.web.handing_over import ANNE, FROM_HOST, FROM_NOWHERE, SESSION, follow, ticket
from tests.web.host import PUBLIC_URL, Browser, Journal, forms_of, query, running_journal
from tests.web.test_outcomes import heading

pytestmark = pytest.mark.anyio


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


async def test_names_are_only_text(journal: Journal) -> None:
    """Script in a name stays text."""
    evil = Person(tenant="rivers", key="x", name="<script>alert(1)</script>")
    answer = await follow(Browser(journal), ticket(journal, evil), FROM_NOWHERE)
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text
