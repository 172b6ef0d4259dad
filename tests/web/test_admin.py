"""The administration: what it shows, what its buttons do, and that nothing of it lies."""

import csv
import io
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from orcid_connect.hookspecs import hookimpl
from orcid_connect.store import bulk, ledger, turns
from orcid_connect.store.leases import credential_state
from orcid_connect.store.listings import STATES
from tests.support.ledger import ORCID, REALM, delivery, fill, keep, row_of
from tests.web.host import Browser, Journal, form_of, running_journal

pytestmark = pytest.mark.anyio


class Editors:
    """The journal's plugin: the account `edith` may administer."""

    @hookimpl
    def orcid_may_administer(self, request: Request) -> bool:
        return request.cookies.get("account") == "edith"


@pytest.fixture
async def journal(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Journal]:
    """A journal with an administrator."""
    async with running_journal(tmp_path, [Editors()]) as running:
        yield running


@pytest.fixture
def edith(journal: Journal) -> Browser:
    """The administrator's browser."""
    return Browser(journal, "edith")


async def some_deliveries(journal: Journal) -> None:
    """Store twelve deliveries of two tenants, two in each state."""
    now = journal.services.clock()
    digest = await keep(journal.services, "A title", now)
    for number in range(12):
        row = delivery(
            number,
            state=STATES[number % 6],
            tenant=f"journal-{number % 2}",
            orcid=ORCID if number % 6 else None,
            desired_hash=digest,
            due_at=now - 7200 if number % 6 == 1 else None,
            sentence="ORCID said no." if number % 6 == 3 else "",
        )
        await fill(journal.services, row, changed_at=now - 3600 * number)


def page_of(number: int) -> str:
    """Return the address of a delivery's page."""
    return f"admin/deliveries/{delivery(number).id}"


async def press(browser: Browser, number: int, deed: str, **fields: str) -> Any:
    """Press a button of a delivery's page."""
    shown = (await browser.get(page_of(number))).text
    assert f"/{deed}" in shown
    _, form = form_of(shown)
    return await browser.post(f"{page_of(number)}/{deed}", {"token": form["token"], **fields})


def text_of(page: str) -> str:
    """Return a page's text without its tags, spaces as one."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


async def test_an_empty_ledger_says_what_to_do(edith: Browser) -> None:
    """Without any delivery each page says when there will be some."""
    assert "Nothing was declared yet" in (await edith.get("admin/")).text
    assert "No deliveries yet" in (await edith.get("admin/deliveries")).text
    assert "Nobody is named yet" in (await edith.get("admin/coverage")).text


async def test_the_overview_counts(journal: Journal, edith: Browser) -> None:
    """The overview counts by state and tenant, and says who delivers and what waits longest."""
    await some_deliveries(journal)
    said = text_of((await edith.get("admin/")).text)
    for state in STATES:
        assert f"2 {state}" in said
    assert "No process delivers now" in said
    assert "was due 2 hours ago , 21 September 2026" in said
    assert "In the last 30 days: 2 delivered, 2 withdrawn, 2 declined, 2 parked." in said
    assert "journal-0" in said
    assert "journal-1" in said
    slashless = await edith.get("admin")
    assert slashless.headers["location"] == "/orcid/admin/"


async def test_each_database_answers(tmp_path: Path, database: str) -> None:
    """Every page, the download and the metrics are the same on each database."""
    async with running_journal(tmp_path, [Editors()], database=database) as journal:
        edith = Browser(journal, "edith")
        await some_deliveries(journal)
        await press(edith, 1, "park")
        assert "3 parked" in text_of((await edith.get("admin/")).text)
        for filters in ("", "?state=parked", "?tenant=journal-1&text=by%20hand", "?person=ada"):
            page = (await edith.get(f"admin/deliveries{filters}")).text
            assert delivery(1).id in page
        assert delivery(1).id in (await edith.get(f"admin/deliveries?person={ORCID}")).text
        assert "Authors of the byline" in (await edith.get("admin/coverage")).text
        assert len((await edith.get("admin/deliveries.csv")).text.splitlines()) == 13
        metrics = (await edith.get("metrics")).text
        assert 'orcid_connect_deliveries{state="parked"} 3.0' in metrics


async def test_filters_are_in_the_address(journal: Journal, edith: Browser) -> None:
    """A listing shows what its address says, and its form shows the address."""
    await some_deliveries(journal)
    page = (await edith.get("admin/deliveries?state=parked&text=said")).text
    assert page.count('class="oc-state" data-state="parked"') == 2
    assert page.count("<tr role") == 3
    assert '<option value="parked" selected>' in page
    assert 'name="text" value="said"' in page
    assert "deliveries.csv?state=parked&amp;text=said" in page
    none = (await edith.get("admin/deliveries?state=parked&tenant=nowhere")).text
    assert "No delivery matches" in none


async def test_pages(journal: Journal, edith: Browser) -> None:
    """Page by page each delivery is shown once, and the last page leads no further."""
    rows = [delivery(number, state="delivered") for number in range(120)]
    for number, row in enumerate(rows):
        await fill(journal.services, row, changed_at=journal.services.clock() + number // 7)
    address: str | None = "/orcid/admin/deliveries?state=delivered"
    seen: list[str] = []
    pages = 0
    while address is not None:
        page = (await edith.get(address)).text
        seen += re.findall(r'/deliveries/([0-9a-f]{32})"', page)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        address = found[1].replace("&amp;", "&") if found else None
        pages += 1
    assert pages == 3
    assert sorted(seen) == sorted(row.id for row in rows)


async def test_times_are_relative_and_exact(journal: Journal, edith: Browser) -> None:
    """A time is told as people compare it, with the exact one for machines and readers."""
    await some_deliveries(journal)
    page = (await edith.get("admin/deliveries")).text
    assert '<time datetime="2026-09-21T10:13:20+00:00" title="21 September 2026, ' in page
    assert ">3 hours ago<span" in page


async def test_one_delivery(journal: Journal, edith: Browser) -> None:
    """A delivery's page has the exact payload, what is believed to stand there, and attempts."""
    await some_deliveries(journal)
    row = await row_of(journal.services, 3)
    async with journal.services.database.writing() as connection:
        opened = await connection.run_sync(
            bulk.open_attempts, [(row, "POST")], journal.services.clock()
        )
        await ledger.close_attempt(
            connection, opened[row.id], status=400, code="9006", outcome="park: no", now=1.0
        )
    said = text_of((await edith.get(page_of(3))).text)
    assert f"POST /v3.0/{ORCID}/work Not now: it is parked." in said
    assert "{ &#34;title&#34;: &#34;A title&#34; }" in said
    assert "What we believe stands there Nothing of it." in said
    assert "POST 400 park: no" in said
    assert (await edith.get(f"admin/deliveries/{'f' * 32}")).status_code == 404


@pytest.mark.parametrize(
    ("number", "deed", "state"),
    [
        (3, "retry", "due"),
        (1, "park", "parked"),
        (4, "release", "due"),
        (0, "remove", "declined"),
    ],
)
async def test_buttons(
    journal: Journal, edith: Browser, number: int, deed: str, state: str
) -> None:
    """Each button does what it says, tells so on the page after, and wakes the engine."""
    await some_deliveries(journal)
    answer = await press(edith, number, deed, reason="asked by mail")
    assert answer.status_code == 303
    assert journal.wakes == ["wake"]
    row = await row_of(journal.services, number)
    assert row.state == state
    after = (await edith.get(answer.headers["location"])).text
    assert 'role="status"' in after
    if deed in ("park", "remove"):
        assert "asked by mail" in text_of(after)


async def test_only_what_is_possible_is_offered(journal: Journal, edith: Browser) -> None:
    """A page offers what its delivery allows; a button that came too late says so."""
    await some_deliveries(journal)
    delivered = (await edith.get(page_of(2))).text
    assert "/retry" not in delivered
    assert "/release" not in delivered
    _, form = form_of(delivered)
    late = await edith.post(f"{page_of(2)}/retry", {"token": form["token"]})
    assert "not possible any more" in (await edith.get(late.headers["location"])).text
    assert (await row_of(journal.services, 2)).state == "delivered"


async def test_what_stands_nowhere_is_kept_off_rather_than_taken_off(
    journal: Journal, edith: Browser
) -> None:
    """Taking off is offered where an item stands; where none does, keeping off is."""
    standing, missing = delivery(0, state="delivered", put_code=7), delivery(1, state="waiting")
    for row in (standing, missing):
        await fill(journal.services, row)
    there, nowhere = [text_of((await edith.get(page_of(number))).text) for number in (0, 1)]
    assert "Take off the record" in there
    assert "Keep off the record" not in there
    assert "Keep off the record" in nowhere
    assert "Take off the record" not in nowhere


async def test_pause_and_resume(journal: Journal, edith: Browser) -> None:
    """A tenant and a credential are paused with a reason, shown as such, and resumed."""
    await some_deliveries(journal)
    _, form = form_of((await edith.get("admin/")).text)
    fields = {
        "token": form["token"],
        "credential": REALM.credential,
        "environment": REALM.environment,
    }
    await edith.post("admin/pause", fields | {"tenant": "journal-1", "reason": "too many"})
    await edith.post("admin/pause", fields | {"reason": "we look"})
    said = text_of((await edith.get("admin/")).text)
    assert "journal-1 , credential default paused just now" in said
    assert "we look" in said
    async with journal.services.database.reading() as connection:
        (queue,) = await turns.paused_queues(connection)
        assert (queue.tenant, queue.paused_sentence) == ("journal-1", "too many")
        assert (await credential_state(connection, REALM)).paused_at is not None
    await edith.post("admin/resume", fields | {"tenant": "journal-1"})
    await edith.post("admin/resume", fields)
    assert "Standing still" not in (await edith.get("admin/")).text
    unknown = await edith.post("admin/pause", fields | {"credential": "nobody's"})
    assert unknown.status_code == 404
    nowhere = await edith.post("admin/pause", fields | {"tenant": "nowhere"})
    assert nowhere.status_code == 404


async def test_coverage(journal: Journal, edith: Browser) -> None:
    """People are counted per journal and role; one journal's page has its own chart."""
    await fill(
        journal.services,
        delivery(1),
        delivery(2, person="key:bert", activity="peer-review", kind="review"),
        delivery(3, person="key:ada", key="another"),
    )
    said = text_of((await edith.get("admin/coverage")).text)
    assert "journal Authors of the byline 1 0 1 0 0% Reviewers 1 0 1 0 0%" in said
    one = (await edith.get("admin/coverage?tenant=journal")).text
    assert "Its last 30 days" in one


async def test_csv(journal: Journal, edith: Browser) -> None:
    """The download has every delivery that matches, and no cell that is a formula."""
    await fill(
        journal.services,
        delivery(1, key='=HYPERLINK("http://evil.example")', state="parked", sentence="-1+1"),
        delivery(2, person="key:+cmd", state="parked", sentence='a "quoted", word'),
        delivery(3, person="key:ada@example.org"),
    )
    answer = await edith.get("admin/deliveries.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["cache-control"] == "no-store"
    rows = {row["id"][:8]: row for row in csv.DictReader(io.StringIO(answer.text))}
    assert len(rows) == 3
    assert rows["00000001"]["key"] == '\'=HYPERLINK("http://evil.example")'
    assert rows["00000001"]["sentence"] == "'-1+1"
    assert rows["00000002"]["sentence"] == 'a "quoted", word'
    assert rows["00000003"]["person"] == "key:(an e-mail address)"
    parked = await edith.get("admin/deliveries.csv?state=parked")
    assert len(parked.text.splitlines()) == 3


async def test_the_chart_is_also_text(journal: Journal, edith: Browser) -> None:
    """The chart has a title, its words, and a table with the same numbers; and no script."""
    await some_deliveries(journal)
    page = (await edith.get("admin/")).text
    assert 'role="img" aria-labelledby="oc-chart-title oc-chart-words"' in page
    assert page.count('class="oc-bar"') >= 4
    assert page.count('<th scope="row"><time datetime="2026-') == 30
    assert "<script" not in page
    assert " style=" not in page


async def test_answers_to_programs(journal: Journal, edith: Browser) -> None:
    """A filter that makes no sense is problem details for programs."""
    answer = await edith.get(
        "admin/deliveries?state=nonsense", headers={"Accept": "application/json"}
    )
    assert answer.status_code == 400
    assert "say one of waiting, due" in json.loads(answer.text)["detail"]
