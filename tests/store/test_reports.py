"""Listings, walks and counts: each row once, in order, filtered, and never by reading it all."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import event, text

from orcid_connect.services import Services
from orcid_connect.store import coverage, listings, people, reports
from orcid_connect.store.leases import CredentialState, save_credential_state
from orcid_connect.store.listings import Filters, Position
from orcid_connect.store.people import NewLink, Realm
from tests.support.clock import MovedClock
from tests.support.ledger import ORCID, REALM, delivery, fill, services_on

pytestmark = pytest.mark.anyio


async def ask(services: Services, question: Callable[..., Awaitable[Any]], *words: Any) -> Any:
    """Ask something in a transaction of its own."""
    async with services.database.reading() as connection:
        return await question(connection, *words)


async def listed(services: Services, filters: Filters, size: int = 100) -> list[int]:
    """Return the numbers of all rows of a listing, page by page."""
    found: list[int] = []
    after: Position | None = None
    while True:
        page = await ask(services, listings.page, filters, after, size)
        assert len(page.rows) <= size
        found += [int(row.id[:8], 16) for row in page.rows]
        after = page.after
        if after is None:
            return found


async def some_rows(services: Services, clock: MovedClock) -> None:
    """Store thirty rows of all states, three changed at each moment."""
    for number in range(30):
        row = delivery(
            number,
            state=listings.STATES[number % 6],
            tenant=f"journal-{number % 2}",
            activity="work" if number % 3 else "peer-review",
            person=f"key:p{number % 5}",
            orcid=ORCID if number == 7 else None,
            sentence="100% wrong_title" if number % 10 == 1 else "",
        )
        await fill(services, row, changed_at=clock() + number // 3)


@pytest.mark.parametrize("size", [1, 4, 30, 100])
async def test_pages_show_each_row_once(services: Services, clock: MovedClock, size: int) -> None:
    """However small the pages, each row is listed once, last changed first."""
    await some_rows(services, clock)
    assert await listed(services, Filters(), size) == list(reversed(range(30)))


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(state="parked"), [27, 21, 15, 9, 3]),
        (Filters(tenant="journal-1", state="due"), [25, 19, 13, 7, 1]),
        (Filters(activity="peer-review"), [27, 24, 21, 18, 15, 12, 9, 6, 3, 0]),
        (Filters(person="p4"), [29, 24, 19, 14, 9, 4]),
        (Filters(person="key:p4", tenant="journal-0"), [24, 14, 4]),
        (Filters(person=f"https://orcid.org/{ORCID}"), [7]),
        (Filters(key="a12"), [12]),
        (Filters(key="a12", tenant="journal-1"), []),
        (Filters(text="WRONG_T"), [21, 11, 1]),
        (Filters(text="wrong%t"), []),
        (Filters(kind="review"), []),
        (Filters(credential="default", state="declined"), [28, 22, 16, 10, 4]),
    ],
)
async def test_filters(
    services: Services, clock: MovedClock, filters: Filters, expected: list[int]
) -> None:
    """A filter shows what it says, in listings of any page size, in walks and in counts."""
    await some_rows(services, clock)
    assert await listed(services, filters, 2) == expected
    assert await listed(services, filters) == expected
    step = await ask(services, listings.walk, filters, "")
    assert [int(row.id[:8], 16) for row in step.rows] == sorted(expected)
    assert step.after is None
    assert await ask(services, listings.count, filters) == len(expected)


async def test_since(services: Services, clock: MovedClock) -> None:
    """Only what changed since a moment is listed, that moment included."""
    await some_rows(services, clock)
    assert await listed(services, Filters(since=clock() + 8)) == [29, 28, 27, 26, 25, 24]


async def test_a_scan_is_cut_into_pages(
    services: Services, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rare text is found however far back it is, though a page looks only so far."""
    monkeypatch.setattr(listings, "SCAN_ROWS", 2)
    await some_rows(services, clock)
    first = await ask(services, listings.page, Filters(text="wrong"), None, 5)
    assert first.after is not None
    assert await listed(services, Filters(text="wrong"), 5) == [21, 11, 1]


async def test_a_walk_goes_in_steps(
    services: Services, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A walk returns each matching row once and says how many it looked at."""
    monkeypatch.setattr(listings, "WALK_ROWS", 7)
    await some_rows(services, clock)
    after: str | None = ""
    seen: list[str] = []
    looked_at = 0
    while after is not None:
        step = await ask(services, listings.walk, Filters(state="due"), after)
        seen += [row.id for row in step.rows]
        looked_at += step.looked_at
        after = step.after
    assert [int(name[:8], 16) for name in seen] == [1, 7, 13, 19, 25]
    assert looked_at == 30


async def test_counts(services: Services, clock: MovedClock) -> None:
    """Rows are counted by credential, tenant and state, with the earliest that is due."""
    due = delivery(1, state="due", due_at=clock() - 60)
    await fill(services, due, delivery(2, state="due", due_at=clock()), delivery(3))
    found = await ask(services, reports.counts)
    assert [(one.tenant, one.state, one.count, one.oldest_due) for one in found] == [
        ("journal", "due", 2, clock() - 60),
        ("journal", "waiting", 1, None),
    ]
    assert await ask(services, listings.count, Filters(), 2) == 2


async def test_changed_by_day(services: Services, clock: MovedClock) -> None:
    """Each row counts on the day of its last change, also when only one tenant is asked for."""
    day = 86_400.0
    for number in range(6):
        row = delivery(number, state="delivered", tenant=f"journal-{number % 2}")
        await fill(services, row, changed_at=clock() - number * day)
    starts = [clock() - 2 * day, clock() - day, clock()]
    every = await ask(services, reports.changed_by_day, None, ["delivered"], starts, day)
    assert [one.counts["delivered"] for one in every] == [1, 1, 1]
    one = await ask(services, reports.changed_by_day, "journal-1", ["delivered"], starts, day)
    assert [each.counts["delivered"] for each in one] == [0, 1, 0]


async def test_tenants(services: Services) -> None:
    """Tenants are listed in order, a page at a time."""
    await fill(services, *(delivery(number, tenant=f"t{number}") for number in range(5)))
    assert await ask(services, reports.tenants, "", 3) == ["t0", "t1", "t2"]
    assert await ask(services, reports.tenants, "t2", 3) == ["t3", "t4"]


async def test_troubled_credentials(services: Services, clock: MovedClock) -> None:
    """Paused and slowed credentials are told; one whose waiting is over is not."""
    states = {
        "paused": CredentialState(paused_at=1.0, paused_sentence="why"),
        "slow": CredentialState(slow_until=clock() + 5),
        "well": CredentialState(slow_until=clock() - 5),
    }
    async with services.database.writing() as connection:
        for name, state in states.items():
            await save_credential_state(connection, Realm(name, "simulator"), state)
    found = await ask(services, reports.troubled_credentials, clock())
    assert {realm.credential: state for realm, state in found} == {
        "paused": states["paused"],
        "slow": states["slow"],
    }


async def test_coverage(services: Services, clock: MovedClock) -> None:
    """Each person counts once for each kind of activity, by the best link they have or had."""
    people_of = {1: "key:linked", 2: "key:never", 3: "key:took-back", 4: "key:moved"}
    await fill(services, *(delivery(number, person=who) for number, who in people_of.items()))
    await fill(services, delivery(5, person="key:linked"), delivery(6, person=f"orcid:{ORCID}"))
    await fill(services, delivery(7, person="key:linked", activity="peer-review", kind="review"))
    await fill(services, delivery(8, person=f"former:{delivery(1).id}:key:linked"))
    ends: dict[str, Any] = {"linked": None, "took-back": "revoked", "moved": "moved"}
    for place, (key, state) in enumerate(ends.items()):
        await link(services, key, f"0000-000{place}", state, clock())
    found = await ask(services, coverage.coverage, REALM, "journal")
    assert [(one.activity, one.linked, one.waiting, one.refused) for one in found] == [
        ("peer-review", 1, 0, 0),
        ("work", 1, 3, 1),
    ]
    await link(services, "never", ORCID, None, clock())
    of_works = (await ask(services, coverage.coverage, REALM, "journal"))[1]
    assert (of_works.linked, of_works.waiting, of_works.named) == (3, 1, 5)


async def link(services: Services, key: str, orcid: str, ended: Any, now: float) -> None:
    """Link a person; end the link if a state says so."""
    new = NewLink(
        tenant="journal",
        person_key=key,
        realm=REALM,
        orcid=orcid,
        name=None,
        scopes=frozenset({"/activities/update"}),
        access_token=SecretStr("nobody's"),
        refresh_token=None,
        expires_at=None,
    )
    async with services.database.writing() as connection:
        made = await people.make_link(connection, services.vault, new, now)
        if ended is not None:
            await people.end_link(connection, made, ended, "as a test says", now)


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(state="parked"),
        Filters(tenant="t", state="due"),
        Filters(tenant="t"),
        Filters(key="a1"),
        Filters(key="a1", tenant="t"),
        Filters(person="p"),
        Filters(person=ORCID),
    ],
)
async def test_listings_follow_an_index(
    database_path: Path, clock: MovedClock, filters: Filters
) -> None:
    """No listing reads the whole ledger: SQLite's own plan says so."""
    async with services_on(str(database_path), clock) as services:
        await fill(services, delivery(1))
        asked: list[tuple[str, Any]] = []
        async with services.database.reading() as connection:
            listen = (connection.engine.sync_engine, "before_cursor_execute", _noting(asked))
            event.listen(*listen)
            await listings.page(connection, filters, Position(2e9, "f"), 100)
            event.remove(*listen)
            for sql, words in asked:
                plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", words)
                assert all("SCAN oc_deliveries" not in str(row) for row in plan), sql


def _noting(asked: list[tuple[str, Any]]) -> Any:
    def note(_connection: Any, _cursor: Any, sql: str, words: Any, *_: Any) -> None:
        asked.append((sql, words))

    return note


async def test_the_backlog_follows_its_index(services: Services, clock: MovedClock) -> None:
    """What waits to be planned is counted per tenant, with what failed so far."""
    async with services.database.writing() as connection:
        for number, (tenant, due, tries) in enumerate(
            [("a", 5.0, 0), ("a", 3.0, 2), ("b", None, 0), ("c", 1.0, 0)]
        ):
            await connection.execute(
                text(
                    "INSERT INTO oc_declarations (event_id, tenant, kind, key, as_of, received_at, "
                    "withdrawn, body, plan_due_at, plan_tries) "
                    "VALUES (:event, :tenant, 'article', 'k', 1, 1, :gone, '{}', :due, :tries)"
                ),
                {"event": str(number), "tenant": tenant, "due": due, "tries": tries, "gone": False},
            )
    found = await ask(services, reports.backlogs)
    assert [(one.tenant, one.count, one.oldest_due, one.failed) for one in found] == [
        ("a", 2, 3.0, 1),
        ("c", 1, 1.0, 0),
    ]
