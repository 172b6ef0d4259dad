"""When ORCID says no, or nothing at all: each repair, and that nothing is lost or doubled."""

import json
from typing import Any

import pytest

from orcid_connect.store import leases
from tests.support.journal import TIMEOUT, Journal, article, author

pytestmark = pytest.mark.anyio

HOUR = 3600.0
WORK_PATH = "/api/*/work*"


async def connected(journal: Journal, key: str = "ada") -> str:
    """Connect a person and return their iD."""
    orcid = journal.person()
    await journal.connect(key, orcid)
    return orcid


async def published(journal: Journal) -> str:
    """Publish an article of a connected person and return their iD."""
    orcid = await connected(journal)
    await journal.declare(article(author()))
    return orcid


def a_work(title: str, doi: str = "10.5555/a1") -> dict[str, Any]:
    """Return a work as somebody else, or an older system of ours, may have put it there."""
    identifier = {
        "external-id-type": "doi",
        "external-id-value": doi,
        "external-id-relationship": "self",
    }
    return {
        "title": {"title": {"value": title}},
        "type": "journal-article",
        "external-ids": {"external-id": [identifier]},
    }


def title_on(journal: Journal, orcid: str) -> str:
    """Return the title of the only work on a record."""
    (work,) = journal.works(orcid)
    return str(work["title"]["title"]["value"])


UNCLEAR: list[dict[str, Any]] = [
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 502},
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 504},
    {"kind": "status", "status": 500, "applied": True},
    {"kind": "status", "status": 503, "applied": True},
    {"kind": "cut-before"},
    {"kind": "cut-after"},
    {"kind": "html", "status": 502, "applied": True},
    {"kind": "html", "status": 200},
    {"kind": "html", "status": 404},
]


@pytest.mark.parametrize("fault", UNCLEAR, ids=lambda fault: "-".join(map(str, fault.values())))
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_after_an_unclear_answer_the_record_ends_right(
    journal: Journal, fault: dict[str, Any], method: str
) -> None:
    """Whether or not ORCID acted, the item ends as it should, exactly once, after a while."""
    orcid = await connected(journal)
    if method != "POST":
        await journal.declare(article(author()))
    options = {name: value for name, value in fault.items() if name != "kind"}
    journal.simulator.add_fault(fault["kind"], method=method, path=WORK_PATH, count=1, **options)
    if method == "DELETE":
        await journal.withdraw("a1")
    else:
        await journal.declare(article(author(), day=2, title="Second"))
    assert (await journal.row()).state == "due"
    await journal.work(after=HOUR)
    row = await journal.row()
    if method == "DELETE":
        assert journal.works(orcid) == []
        assert row.state == "withdrawn"
    else:
        assert title_on(journal, orcid) == "Second"
        assert row.state == "delivered"


async def test_half_an_answer_is_no_answer(journal: Journal) -> None:
    """A PUT whose answer breaks off in the middle is looked up before anything else is sent."""
    orcid = await published(journal)
    journal.simulator.add_fault("half-body", method="PUT", path=WORK_PATH, count=1)
    await journal.declare(article(author(), day=2, title="Second"))
    assert (await journal.row()).state == "due"
    await journal.work(after=HOUR)
    assert (await journal.row()).state == "delivered"
    assert title_on(journal, orcid) == "Second"
    assert journal.writes() == [("POST", 201), ("PUT", 200)]


async def test_a_request_without_answer_is_left_alone_while_it_may_still_arrive(
    journal: Journal,
) -> None:
    """Until the request time-out has passed nothing is read or sent for that row."""
    await connected(journal)
    journal.simulator.add_fault("cut-after", method="POST", path=WORK_PATH, count=1)
    await journal.declare(article(author()))
    seen = len(journal.simulator.journal())
    await journal.work(after=TIMEOUT / 2)
    assert len(journal.simulator.journal()) == seen
    await journal.work(after=HOUR)
    assert journal.writes().count(("POST", 201)) == 1


async def test_an_outage_costs_nothing_and_ends_by_itself(journal: Journal) -> None:
    """While the registry is out publishing succeeds; afterwards everything arrives, once."""
    orcid = await connected(journal)
    journal.simulator.add_fault("status", status=503)
    for number in range(3):
        await journal.declare(article(author(), key=f"a{number}"))
    assert journal.works(orcid) == []
    journal.simulator.clear_faults()
    for _ in range(4):
        await journal.work(after=HOUR)
    assert len(journal.works(orcid)) == 3


async def test_too_many_requests_slow_the_whole_credential(journal: Journal) -> None:
    """After a 429 nothing of that credential is sent until the wait is over."""
    orcid = await connected(journal)
    journal.simulator.add_fault("status", status=429, count=1)
    for number in range(3):
        await journal.declare(article(author(), key=f"a{number}"))
    assert [status for _, status in journal.writes()] == [429]
    await journal.work(after=HOUR)
    assert len(journal.works(orcid)) == 3


async def test_what_stands_there_from_before_is_adopted(journal: Journal) -> None:
    """A duplicate that is ours and the same thing is taken over and corrected, not added again."""
    orcid = await connected(journal)
    old = a_work("Sent by an older system", "https://doi.org/10.5555/A1")
    put_code = journal.simulator.put_item(orcid, "work", old, client_id=journal.client_id)
    await journal.declare(article(author()))
    assert title_on(journal, orcid) == "On the Analytical Engine"
    assert (await journal.row()).put_code == put_code
    assert journal.writes() == [("POST", 409), ("PUT", 200)]


async def test_an_item_of_another_row_is_not_adopted(journal: Journal) -> None:
    """A second article with the same DOI is parked; the first keeps its item."""
    orcid = await published(journal)
    await journal.declare(article(author(), key="a2", doi="10.5555/a1", title="Another"))
    row = await journal.row("a2")
    assert row.state == "parked"
    assert "a1" in row.sentence
    assert title_on(journal, orcid) == "On the Analytical Engine"


async def test_others_may_hold_the_same_article(journal: Journal) -> None:
    """What the researcher or another client put there is neither touched nor in the way."""
    orcid = await connected(journal)
    payload = a_work("By myself")
    theirs = journal.simulator.put_item(orcid, "work", payload)
    await journal.declare(article(author()))
    await journal.withdraw("a1")
    assert [work["put-code"] for work in journal.works(orcid)] == [theirs]


async def test_a_single_404_is_not_believed(journal: Journal) -> None:
    """An item that the record still lists is not taken for removed."""
    orcid = await published(journal)
    body = json.dumps(
        {"response-code": 404, "error-code": 9016, "developer-message": "404 Not Found"}
    )
    journal.simulator.add_fault(
        "status", status=404, body=body, method="PUT", path=WORK_PATH, count=1
    )
    await journal.declare(article(author(), day=2, title="Second"))
    assert (await journal.row()).state == "due"
    await journal.work(after=HOUR)
    assert title_on(journal, orcid) == "Second"


async def test_what_the_researcher_removed_stays_removed_through_a_withdrawal(
    journal: Journal,
) -> None:
    """Removed by its owner, then withdrawn, then published again: it is not put back."""
    orcid = await published(journal)
    journal.simulator.remove_item(orcid, journal.works(orcid)[0]["put-code"])
    await journal.withdraw("a1")
    assert (await journal.row()).state == "declined"
    again = article(author()).as_of.replace(year=2030)
    await journal.declare(article(author()).model_copy(update={"as_of": again}))
    assert journal.works(orcid) == []
    assert (await journal.row()).state == "declined"


async def test_a_revoked_permission_ends_the_link(journal: Journal) -> None:
    """After a second no to the token the delivery waits for the person, and says so."""
    orcid = await published(journal)
    journal.simulator.revoke_by_user(orcid, journal.client_id)
    await journal.declare(article(author(), day=2, title="Second"))
    row = await journal.row()
    assert row.state == "waiting"
    assert "withdrew the permission" in row.sentence


async def test_a_revoked_permission_still_withdraws(journal: Journal) -> None:
    """Our own item can be taken back with a token that its owner withdrew."""
    orcid = await published(journal)
    journal.simulator.revoke_by_user(orcid, journal.client_id)
    await journal.declare(article(author(), day=2, title="Second"))
    await journal.withdraw("a1")
    assert journal.works(orcid) == []
    assert (await journal.row()).state == "withdrawn"


async def test_a_token_refused_once_is_not_given_up(journal: Journal) -> None:
    """One 401 that a read does not confirm costs a wait and nothing else."""
    orcid = await connected(journal)
    body = json.dumps({"error": "invalid_token", "error_description": "Invalid access token: x"})
    journal.simulator.add_fault(
        "status", status=401, body=body, method="POST", path=WORK_PATH, count=1
    )
    await journal.declare(article(author()))
    await journal.work(after=HOUR)
    assert len(journal.works(orcid)) == 1


async def test_links_that_fail_alike_pause_the_credential(journal: Journal) -> None:
    """When several people's tokens fail in a row it is the credential: it pauses, links stay."""
    orcids = [await connected(journal, f"p{number}") for number in range(4)]
    body = json.dumps({"error": "invalid_token", "error_description": "Invalid access token: x"})
    journal.simulator.add_fault("status", status=401, body=body)
    for number in range(4):
        await journal.declare(article(author(f"p{number}"), key=f"a{number}"))
    journal.simulator.clear_faults()
    async with journal.services.database.writing() as connection:
        ((realm, sentence),) = (await leases.paused_credentials(connection)).items()
        await leases.save_credential_state(connection, realm, leases.CredentialState())
    assert "rather the credential than the people" in sentence
    await journal.work(after=HOUR)
    assert [len(journal.works(orcid)) for orcid in orcids] == [1, 1, 1, 1]


async def test_a_merged_record_is_not_written_to(journal: Journal) -> None:
    """A record that was merged ends its link; the row waits for the person to reconnect."""
    orcid, primary = await published(journal), journal.person()
    journal.simulator.set_state(orcid, "deprecated", primary=primary)
    await journal.declare(article(author(), day=2, title="Second"))
    row = await journal.row()
    assert row.state == "waiting"
    assert "merged" in row.sentence
    assert journal.works(primary) == []


async def test_a_locked_record_is_tried_again_tomorrow(journal: Journal) -> None:
    """A locked record takes one request a day, and the work arrives when it is unlocked."""
    orcid = await connected(journal)
    journal.simulator.set_state(orcid, "locked")
    await journal.declare(article(author()))
    await journal.work(after=HOUR)
    assert [status for _, status in journal.writes()] == [409]
    journal.simulator.set_state(orcid, "active")
    await journal.work(after=25 * HOUR)
    assert len(journal.works(orcid)) == 1


async def test_content_that_orcid_refuses_is_parked_with_its_reason(journal: Journal) -> None:
    """A refusal of the content is shown, and the other deliveries go on."""
    orcid = await connected(journal)
    body = json.dumps(
        {"response-code": 400, "error-code": 9020, "developer-message": "400 Bad: the title"}
    )
    journal.simulator.add_fault(
        "status", status=400, body=body, method="POST", path=WORK_PATH, count=1
    )
    await journal.declare(article(author()))
    await journal.declare(article(author(), key="a2"))
    row = await journal.row("a1")
    assert row.state == "parked"
    assert "the title" in row.sentence
    assert len(journal.works(orcid)) == 1


async def test_a_parked_article_that_is_corrected_goes_out(journal: Journal) -> None:
    """New content is tried without anybody having to press anything."""
    orcid = await connected(journal)
    await journal.declare(article(author(), doi="no doi at all"))
    parked = await journal.row()
    assert parked.state == "parked"
    await journal.declare(article(author(), day=2))
    assert len(journal.works(orcid)) == 1


async def test_our_own_item_found_twice_is_merged(journal: Journal) -> None:
    """If the record holds our item twice after a crash, the older is kept, the other removed."""
    orcid = await connected(journal)
    journal.simulator.add_fault("status", status=500, method="POST", path=WORK_PATH, count=1)
    await journal.declare(article(author()))
    payload = a_work("x")
    kept, _ = (
        journal.simulator.put_item(orcid, "work", payload, client_id=journal.client_id)
        for _ in range(2)
    )
    theirs = journal.simulator.put_item(orcid, "work", payload, client_id=None)
    await journal.work(after=HOUR)
    assert {work["put-code"] for work in journal.works(orcid)} == {kept, theirs}
    rows = {row.state: row for row in await journal.rows()}
    assert rows["delivered"].put_code == kept
    assert set(rows) == {"delivered", "withdrawn"}
