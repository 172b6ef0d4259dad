"""A ticket that no page of the host led to asks first who one is, and nobody answers for others."""

from urllib.parse import quote

import pytest

from tests.web.handing_over import BOB, FROM_HOST, FROM_NOWHERE, SESSION, follow, ticket
from tests.web.host import ORIGIN, PUBLIC_URL, Browser, Journal, form_of
from tests.web.test_outcomes import heading

pytestmark = pytest.mark.anyio


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
