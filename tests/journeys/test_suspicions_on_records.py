"""What a distrustful reader suspected of copies, strange answers and clocks that jump."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from orcid_connect import codec
from orcid_connect.journeys import reconciling
from orcid_connect.journeys.intake import take_in
from orcid_connect.journeys.reconciling import Reconciler
from orcid_connect.journeys.restoring import restored, sums
from orcid_connect.mapping import affiliation_from_role
from orcid_connect.records import Keyword
from orcid_connect.store import ledger
from orcid_connect.store.claims import LEASE_SECONDS
from tests.journeys.test_bulk import declare_many, states
from tests.journeys.test_kinds import on_record, role
from tests.journeys.test_races import Meanwhile, plan
from tests.journeys.test_repairing import HOUR, connected
from tests.support.clock import MovedClock
from tests.support.journal import Journal, article, author, journal_on

pytestmark = pytest.mark.anyio


class Shifted(Meanwhile):
    """The network, on which one answer of a bulk says a refusal first, and all else one later."""

    shift = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Shift the elements of the first bulk."""
        response = await super().handle_async_request(request)
        if not (self.shift and request.method == "POST" and request.url.path.endswith("/works")):
            return response
        self.shift = False
        elements = json.loads(await response.aread())["bulk"]
        error = {"response-code": 400, "developer-message": "no", "error-code": 9022}
        shifted: list[Any] = [{"error": error}, *elements[:-1]]
        return httpx.Response(200, json={"bulk": shifted})


@pytest.fixture
def network() -> Shifted:
    """The network of this test."""
    return Shifted()


@pytest.fixture
async def journal(database: str, clock: MovedClock, network: Meanwhile) -> AsyncIterator[Journal]:
    """A journal on that network, at a registry that knows every organisation."""
    async with journal_on(database, clock, http=network) as opened:
        opened.simulator.know_organizations("all")
        yield opened


def a_role() -> dict[str, Any]:
    """Return the role as it is sent."""
    return codec.encode(affiliation_from_role(role()).activity or Keyword(content=""))


async def test_no_refusal_is_believed_of_a_bulk_in_another_order(
    journal: Journal, network: Shifted
) -> None:
    """A refusal that may be another work's parks nothing: all is looked up, and there once."""
    network.shift = True
    orcid = await connected(journal)
    await declare_many(journal, 4)
    await journal.work(after=HOUR)
    assert await states(journal) == {"delivered"}
    assert len(journal.works(orcid)) == 4


async def test_what_only_looks_alike_is_not_removed(journal: Journal) -> None:
    """A role of our client that differs in its end is another system's: it stays."""
    orcid = await connected(journal)
    theirs = journal.simulator.put_item(
        orcid,
        "service",
        a_role() | {"end-date": {"year": {"value": "2025"}}},
        client_id=journal.client_id,
    )
    ours = journal.simulator.put_item(orcid, "service", a_role(), client_id=journal.client_id)
    await journal.declare(role())
    assert {one["put-code"] for one in on_record(journal, orcid, "service")} == {theirs, ours}
    row = await journal.row("editor-1")
    assert (row.state, row.put_code) == ("delivered", ours)
    assert journal.writes() == []


async def test_a_lost_answer_takes_up_what_was_sent_and_not_what_looks_alike(
    journal: Journal, network: Meanwhile
) -> None:
    """Another system of our client is a moment quicker, our answer is lost: both stay as sent."""
    orcid = await connected(journal)
    quicker = a_role() | {"end-date": {"year": {"value": "2025"}}}
    codes: list[int] = []

    async def be_quicker() -> None:
        code = journal.simulator.put_item(orcid, "service", quicker, client_id=journal.client_id)
        codes.append(code)

    journal.simulator.add_fault("cut-after", method="POST", path="/api/*/service", count=1)
    network.before("POST", be_quicker)
    await journal.declare(role())
    await journal.work(after=HOUR)
    row = await journal.row("editor-1")
    assert row.state == "delivered"
    found = {one["put-code"] for one in on_record(journal, orcid, "service")}
    assert found == {*codes, row.put_code}
    assert len(found) == 2


async def test_a_clock_that_jumps_does_not_begin_a_second_visit(
    journal: Journal, network: Meanwhile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All leases lapse while a request is under way: nobody is at the same record again."""
    monkeypatch.setattr(reconciling, "LOOK_SECONDS", 0.05)
    orcid = await connected(journal)
    await take_in(journal.services, role())
    await plan(journal)
    reconciler = Reconciler(journal.services, "test")

    async def jump() -> None:
        journal.clock.move(LEASE_SECONDS + 1)
        await reconciler.go_on()

    network.before("POST", jump)
    while await reconciler.go_on():
        pass
    assert len(on_record(journal, orcid, "service")) == 1
    assert journal.writes() == [("POST", 201)]


async def test_what_was_added_anew_after_the_backup_was_not_removed(journal: Journal) -> None:
    """Withdrawn and published again since the backup: its new item is found, and kept right."""
    orcid = await connected(journal)
    await journal.declare(article(author()))
    backup = await journal.row()
    await journal.withdraw("a1")
    again = article(author()).as_of.replace(year=2030)
    await journal.declare(article(author()).model_copy(update={"as_of": again}))
    (work,) = journal.works(orcid)
    async with journal.services.database.writing() as connection:
        await ledger.save(connection, backup, journal.clock())
    assert sums([one async for one in restored(journal.services)]).found_again == 1
    await journal.work()
    row = await journal.row()
    assert (row.state, row.put_code) == ("delivered", work["put-code"])
    assert journal.works(orcid)[0]["put-code"] == work["put-code"]
