"""Disconnecting: by our own form alone, at ORCID too, and for good."""

import pytest

from orcid_connect.journeys.revoking import revoke_due
from tests.web.host import ORIGIN, Browser, Journal, form_of, forms_of

pytestmark = pytest.mark.anyio


async def disconnect_form(browser: Browser) -> dict[str, str]:
    """Return the fields of the form on the person's page."""
    return dict(forms_of((await browser.get("my")).text))["/orcid/disconnect"]


async def test_disconnected(journal: Journal, browser: Browser, ada: str) -> None:
    """Pressing the button ends the link, revokes at ORCID and says so."""
    await browser.connect(ada)
    [token] = journal.tokens(ada)
    answer = await browser.post("disconnect", await disconnect_form(browser))
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{ORIGIN}/orcid/my?said=disconnected"
    page = await browser.get(answer.headers["location"])
    assert "Your ORCID iD is disconnected" in page.text
    assert token not in journal.tokens(ada)
    facts = await browser.me()
    assert (facts["connected"], facts["state"], facts["may"]) == (False, "ended", [])


async def test_connected_again(journal: Journal, browser: Browser, ada: str) -> None:
    """Who disconnected may connect again, also with another iD, also from another account."""
    await browser.connect(ada)
    await browser.post("disconnect", await disconnect_form(browser))
    bert = Browser(journal, "bert")
    assert (await bert.connect(ada)).status_code == 200
    second = journal.sim.add_person("Augusta", "King").orcid
    assert (await browser.connect(second)).status_code == 200
    assert (await browser.me())["orcid"].endswith(second)


async def test_registry_down(journal: Journal, browser: Browser, ada: str) -> None:
    """With ORCID down the link ends at once, and the revocation is made up for later."""
    await browser.connect(ada)
    fields = await disconnect_form(browser)
    journal.sim.add_fault("status", path="/oauth/revoke", status=503)
    assert (await browser.post("disconnect", fields)).status_code == 303
    assert (await browser.me())["connected"] is False
    assert len(journal.tokens(ada)) == 1
    journal.sim.clear_faults()
    assert await revoke_due(journal.services) == 0  # it backs off first
    journal.sim.clock.move(journal.settings.backoff_base)
    assert await revoke_due(journal.services) == 1
    assert journal.tokens(ada) == []


async def test_not_connected(journal: Journal, browser: Browser, ada: str) -> None:
    """Pressing an old page's button a second time changes nothing and is no error."""
    await browser.connect(ada)
    fields = await disconnect_form(browser)
    await browser.post("disconnect", fields)
    assert (await browser.post("disconnect", fields)).status_code == 303
    plain = await browser.post("disconnect", fields, headers={"Accept": "application/json"})
    assert plain.json() == {"disconnected": False}


async def test_form_of_the_fragment(journal: Journal, browser: Browser, ada: str) -> None:
    """The form in the fragment works as the one on the page."""
    await browser.connect(ada)
    action, fields = form_of((await browser.get("button")).text)
    assert (await browser.post(action, fields)).status_code == 303
    assert (await browser.me())["connected"] is False


async def test_without_token(journal: Journal, browser: Browser, ada: str) -> None:
    """A form without our token, or with a broken one, changes nothing."""
    await browser.connect(ada)
    token = (await disconnect_form(browser))["token"]
    for fields in ({}, {"token": ""}, {"token": "x"}, {"token": token[:-1]}, {"other": token}):
        answer = await browser.post("disconnect", fields)
        assert answer.status_code in (403, 415)
    assert (await browser.me())["connected"] is True


async def test_token_of_another_person(journal: Journal, browser: Browser, ada: str) -> None:
    """Somebody else's token, in whatever browser, does not disconnect me."""
    await browser.connect(ada)
    bert = Browser(journal, "bert")
    await bert.connect(journal.sim.add_person("Bert", "Brook").orcid)
    theirs = await disconnect_form(bert)
    assert (await browser.post("disconnect", theirs)).status_code == 403
    mine = await disconnect_form(browser)
    other_browser = Browser(journal, "anne")
    await other_browser.get("my")
    assert (await other_browser.post("disconnect", mine)).status_code == 403
    browser.sign_in("bert")
    assert (await browser.post("disconnect", mine)).status_code == 403
    assert (await bert.me())["connected"] is True


async def test_old_form(journal: Journal, browser: Browser, ada: str) -> None:
    """A page left open overnight asks to be opened again."""
    await browser.connect(ada)
    fields = await disconnect_form(browser)
    journal.sim.clock.move(13 * 3600)
    answer = await browser.post("disconnect", fields)
    assert answer.status_code == 403
    assert "Open the page again" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://journal.test.evil.example"},
        {"Origin": "http://journal.test:81"},
        {"Origin": "https://journal.test"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_from_another_site(
    journal: Journal, browser: Browser, ada: str, headers: dict[str, str]
) -> None:
    """What the browser says comes from another site is refused, token or not."""
    await browser.connect(ada)
    fields = await disconnect_form(browser)
    answer = await browser.post("disconnect", fields, headers=headers)
    assert answer.status_code == 403
    assert "another site" in answer.text
    assert (await browser.me())["connected"] is True


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"},
        {"Origin": "HTTP://journal.test"},
        {"Sec-Fetch-Site": "same-origin"},
        {},
    ],
)
async def test_from_here(
    journal: Journal, browser: Browser, ada: str, headers: dict[str, str]
) -> None:
    """Our own page's form is accepted in every browser."""
    await browser.connect(ada)
    fields = await disconnect_form(browser)
    assert (await browser.post("disconnect", fields, headers=headers)).status_code == 303


async def test_oversized_and_odd_bodies(journal: Journal, browser: Browser) -> None:
    """A body that no form of ours makes is refused without being read to its end."""
    url = f"{ORIGIN}/orcid/disconnect"
    large = await browser.client.post(url, data={"token": "x" * 20_000})
    assert large.status_code == 413
    odd = await browser.client.post(url, json={"token": "x"})
    assert odd.status_code == 415
    binary = await browser.client.post(
        url,
        content=b"\xff\xfe=%ff&token=%00",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert binary.status_code == 403
