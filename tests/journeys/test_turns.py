"""Tenants take turns; one that stands still, or has a canary, holds up nobody else."""

import pytest

from orcid_connect.journeys import standstill
from orcid_connect.journeys.intake import take_in
from orcid_connect.journeys.planning import plan_due
from orcid_connect.journeys.reconciling import Reconciler
from orcid_connect.services import realm_of
from orcid_connect.store import turns
from orcid_connect.store.claims import LEASE_SECONDS, claim_records
from orcid_connect.tenants import Tenant
from tests.journeys.test_repairing import connected
from tests.support.clock import MovedClock
from tests.support.journal import Journal, article, author, journal_on

pytestmark = pytest.mark.anyio

OTHER = "other"


async def backlog(journal: Journal, tenant: str, people: int) -> None:
    """Bring one work each of so many people of a tenant to where it is due."""
    for number in range(people):
        key = f"{tenant}-{number}"
        await journal.connect(key, journal.person(), tenant=tenant)
        await take_in(journal.services, article(author(key), key=key, tenant=tenant))
    while await plan_due(journal.services):
        pass


async def claimed_tenants(journal: Journal, limit: int) -> list[str]:
    """Claim so many records and return whose they are."""
    async with journal.services.database.writing() as connection:
        claims = await connection.run_sync(claim_records, "me", journal.clock(), limit)
    people = {row.orcid: row.subject.tenant for row in await journal.rows()}
    return [people[claim.orcid] for claim in claims]


async def test_a_backlog_does_not_starve_a_small_tenant(journal: Journal) -> None:
    """Of eight records claimed, the tenant with two has both, whatever waits elsewhere."""
    await backlog(journal, "journal", 30)
    await backlog(journal, OTHER, 2)
    assert sorted(await claimed_tenants(journal, 8)) == ["journal"] * 6 + [OTHER] * 2


async def test_tenants_take_turns_one_record_at_a_time(journal: Journal) -> None:
    """With one record claimed at a time, two backlogs are served alternately."""
    await backlog(journal, "journal", 4)
    await backlog(journal, OTHER, 4)
    served = []
    for _ in range(6):
        journal.clock.move(0.1)
        served += await claimed_tenants(journal, 1)
    assert served in (["journal", OTHER] * 3, [OTHER, "journal"] * 3)


async def test_a_record_is_claimed_once(journal: Journal) -> None:
    """What is leased to one visit is nobody else's, until the lease lapses."""
    await backlog(journal, "journal", 1)
    assert await claimed_tenants(journal, 5) == ["journal"]
    assert await claimed_tenants(journal, 5) == []
    journal.clock.move(LEASE_SECONDS + 1)
    assert await claimed_tenants(journal, 5) == ["journal"]


async def test_a_paused_tenant_stands_still_alone(journal: Journal) -> None:
    """Nothing of a paused tenant is sent, also for a person whom another tenant knows too."""
    orcid = await connected(journal)
    await journal.connect("eve", orcid, tenant=OTHER)
    await backlog(journal, OTHER, 1)
    await standstill.pause_tenant(journal.services, OTHER, "looked at")
    await take_in(journal.services, article(author("eve"), key="held", tenant=OTHER))
    await journal.declare(article(author(), key="goes"))
    states = {row.subject.key: row.state for row in await journal.rows()}
    assert (states["held"], states["goes"]) == ("due", "delivered")
    assert len(journal.works(orcid)) == 1
    await standstill.resume_tenant(journal.services, OTHER)
    await journal.work()
    assert {row.state for row in await journal.rows()} == {"delivered"}


async def test_a_canary_lets_few_go_and_waits(database: str, clock: MovedClock) -> None:
    """Three deliveries leave, then the tenant pauses itself and says what to do."""
    tenants = [Tenant(key="journal", canary=3)]
    async with journal_on(database, clock, tenants=tenants) as journal:
        await backlog(journal, "journal", 6)
        await journal.work()
        states = [row.state for row in await journal.rows()]
        assert (states.count("delivered"), states.count("due")) == (3, 3)
        async with journal.services.database.reading() as connection:
            (queue,) = await turns.paused_queues(connection)
        assert "orcid-connect resume" in (queue.paused_sentence or "")
        await standstill.resume_tenant(journal.services, "journal")
        await journal.work()
        assert {row.state for row in await journal.rows()} == {"delivered"}


async def test_a_canary_counts_within_a_bulk(database: str, clock: MovedClock) -> None:
    """Ten works of one person, a canary of four: four are on the record."""
    tenants = [Tenant(key="journal", canary=4)]
    async with journal_on(database, clock, tenants=tenants) as journal:
        orcid = await connected(journal)
        for number in range(10):
            await take_in(journal.services, article(author(), key=f"a{number}"))
        await journal.work()
        assert len(journal.works(orcid)) == 4


async def test_a_stopping_engine_begins_no_visit(journal: Journal) -> None:
    """After the word to stop, what is due stays due."""
    await backlog(journal, "journal", 3)
    reconciler = Reconciler(journal.services, "me")
    reconciler.begin_no_more()
    assert not await reconciler.go_on()
    assert {row.state for row in await journal.rows()} == {"due"}


async def test_a_resumed_credential_may_begin_with_a_canary(journal: Journal) -> None:
    """After a pause two items go first, then everything waits for a person once more."""
    realm = realm_of(journal.services.settings.credentials[0])
    await standstill.pause(journal.services, realm, "by hand")
    await backlog(journal, "journal", 4)
    await journal.work()
    assert {row.state for row in await journal.rows()} == {"due"}
    await standstill.resume(journal.services, realm, canary=2)
    await journal.work()
    states = [row.state for row in await journal.rows()]
    assert (states.count("delivered"), states.count("due")) == (2, 2)


async def test_a_tenant_can_be_paused_before_it_sent_anything(journal: Journal) -> None:
    """What is declared later by a tenant that was paused first stays here."""
    await standstill.pause_tenant(journal.services, "journal", "not yet")
    await backlog(journal, "journal", 1)
    await journal.work()
    assert {row.state for row in await journal.rows()} == {"due"}
