"""Works of one record go together; what a bulk says is believed only as far as it is certain."""

from fnmatch import fnmatch
from typing import Any

import pytest

from orcid_connect.journeys.intake import take_in
from orcid_connect.store import people
from tests.journeys.test_repairing import HOUR, a_work, connected
from tests.support.journal import Journal, article, author

pytestmark = pytest.mark.anyio

WORKS = 12
BULK_PATH = "/api/*/works"


async def declare_many(journal: Journal, count: int = WORKS) -> None:
    """Declare several articles of one person before anything is delivered."""
    for number in range(count):
        await take_in(journal.services, article(author(), key=f"a{number}"))
    await journal.work()


def requests(journal: Journal) -> list[tuple[str, int]]:
    """Return method and status of every request to the registry's API."""
    return [
        (entry["method"], entry["status"])
        for entry in journal.simulator.journal()
        if entry["path"].startswith("/api/")
    ]


async def states(journal: Journal) -> set[str]:
    """Return the states that any delivery is in."""
    return {row.state for row in await journal.rows()}


async def test_new_works_of_a_record_go_in_one_request(journal: Journal) -> None:
    """Twelve works cost one request, and each row knows its own put-code."""
    orcid = await connected(journal)
    await declare_many(journal)
    assert requests(journal) == [("POST", 200)]
    noted = {row.put_code: row.subject.key for row in await journal.rows()}
    on_record = {
        work["put-code"]: work["external-ids"]["external-id"][0]["external-id-value"]
        for work in journal.works(orcid)
    }
    assert on_record == {code: f"10.5555/{key}" for code, key in noted.items()}
    assert await states(journal) == {"delivered"}


async def test_more_than_a_hundred_works_go_by_the_hundred(journal: Journal) -> None:
    """A hundred and thirty works cost two requests."""
    orcid = await connected(journal)
    await declare_many(journal, 130)
    assert requests(journal) == [("POST", 200), ("POST", 200)]
    assert len(journal.works(orcid)) == 130


async def test_a_clash_in_a_bulk_is_asked_again_alone(journal: Journal) -> None:
    """What stands there already is posted alone, read and adopted; the others are done at once."""
    orcid = await connected(journal)
    known = journal.simulator.put_item(
        orcid, "work", a_work("Old", "10.5555/a3"), client_id=journal.client_id
    )
    await declare_many(journal)
    assert requests(journal) == [("POST", 200), ("POST", 409), ("GET", 200), ("PUT", 200)]
    assert (await journal.row("a3")).put_code == known
    assert await states(journal) == {"delivered"}
    assert len(journal.works(orcid)) == WORKS


@pytest.mark.parametrize("kind", ["cut-after", "half-body", "html"])
async def test_a_bulk_without_a_clear_answer_is_settled_by_one_read(
    journal: Journal, kind: str
) -> None:
    """Carried out but not answered: the list is read once, nothing is sent again."""
    orcid = await connected(journal)
    journal.simulator.add_fault(
        kind,
        method="POST",
        path=BULK_PATH,
        count=1,
        **({"applied": True} if kind == "html" else {}),
    )
    await declare_many(journal)
    assert await states(journal) == {"due"}
    await journal.work(after=HOUR)
    assert await states(journal) == {"delivered"}
    assert len(journal.works(orcid)) == WORKS
    listed = [path for path in paths(journal, "GET") if path.endswith("/works")]
    assert len(listed) == 1
    assert [method for method, _ in journal.writes()] == ["POST"]


async def test_works_that_cannot_be_read_together_are_read_alone(journal: Journal) -> None:
    """What answers a bulk reading with a web page costs one request more, and nothing else."""
    orcid = await connected(journal)
    journal.simulator.add_fault("cut-after", method="POST", path=BULK_PATH, count=1)
    journal.simulator.add_fault("html", method="GET", path=f"{BULK_PATH}/*", status=200)
    await declare_many(journal, 3)
    await journal.work(after=HOUR)
    assert await states(journal) == {"delivered"}
    assert len(journal.works(orcid)) == 3
    together, alone = f"{BULK_PATH}/*", "/api/*/work/*"
    read = paths(journal, "GET")
    assert [sum(fnmatch(path, glob) for path in read) for glob in (together, alone)] == [1, 3]


def paths(journal: Journal, method: str) -> list[str]:
    """Return the paths of all requests of a method to the API."""
    entries = [entry for entry in journal.simulator.journal() if entry["method"] == method]
    return [str(entry["path"]) for entry in entries if entry["path"].startswith("/api/")]


async def test_a_bulk_that_never_arrived_is_sent_after_reading(journal: Journal) -> None:
    """Cut off before ORCID acted: read once, then sent once more."""
    orcid = await connected(journal)
    journal.simulator.add_fault("cut-before", method="POST", path=BULK_PATH, count=1)
    await declare_many(journal)
    await journal.work(after=HOUR)
    assert len(journal.works(orcid)) == WORKS
    assert await states(journal) == {"delivered"}


async def test_a_withdrawn_permission_is_confirmed_once_for_all(journal: Journal) -> None:
    """401 for a bulk: one confirming read, the link ends, every row waits."""
    orcid = await connected(journal)
    await journal.declare(article(author(), key="first"))
    journal.simulator.revoke_by_user(orcid, journal.client_id)
    seen = len(requests(journal))
    await declare_many(journal)
    assert requests(journal)[seen:] == [("POST", 401), ("GET", 401)]
    waiting = [row for row in await journal.rows() if row.subject.key != "first"]
    assert {row.state for row in waiting} == {"waiting"}


async def test_a_bulk_that_is_refused_as_a_whole_is_sent_one_by_one(journal: Journal) -> None:
    """A request that ORCID cannot read condemns no work in it: each is tried alone."""
    orcid = await connected(journal)
    refusal: dict[str, Any] = {
        "status": 400,
        "body": '{"response-code":400,"developer-message":"x","error-code":9001,"more-info":""}',
        "headers": {"Content-Type": "application/json"},
    }
    journal.simulator.add_fault("status", method="POST", path=BULK_PATH, count=1, **refusal)
    await declare_many(journal, 3)
    assert journal.writes() == [("POST", 400), ("POST", 201), ("POST", 201), ("POST", 201)]
    assert len(journal.works(orcid)) == 3


async def test_a_full_record_parks_what_does_not_fit(journal: Journal) -> None:
    """Of a bulk, what fits is delivered; the rest is parked with ORCID's limit as the reason."""
    orcid = await connected(journal)
    journal.simulator.settings.max_works = 5
    await declare_many(journal, 8)
    rows = await journal.rows()
    assert len(journal.works(orcid)) <= 5
    assert {row.state for row in rows} <= {"delivered", "parked"}
    assert all(row.sentence for row in rows if row.state == "parked")


async def test_two_links_to_one_record_write_each_with_its_own_permission(
    journal: Journal,
) -> None:
    """One iD connected in two journals: each journal's works go with that journal's token."""
    orcid = await connected(journal)
    await journal.connect("eve", orcid, tenant="other")
    for tenant, person in (("journal", "ada"), ("other", "eve")):
        for number in range(2):
            one = article(author(person), key=f"{tenant}{number}", tenant=tenant)
            await take_in(journal.services, one)
    await journal.work()
    assert requests(journal) == [("POST", 200), ("POST", 200)]
    assert len(journal.works(orcid)) == 4
    async with journal.services.database.reading() as connection:
        assert await people.count_links(connection) == 2
