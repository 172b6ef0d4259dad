"""Claiming records: by several at a time, no record twice, and none while another leases it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from orcid_connect.places import place_of
from orcid_connect.store import ledger, turns
from orcid_connect.store.claims import LEASE_SECONDS, Claim, claim_records
from orcid_connect.store.database import Database
from orcid_connect.store.declared import Subject
from orcid_connect.store.migrating import migrate
from orcid_connect.store.people import Realm
from tests.support.ledger import rows_by_id

pytestmark = pytest.mark.anyio

REALM = Realm("default", "simulator")
NOW = 1_790_000_000.0
RECORDS, ROWS = 24, 3


@asynccontextmanager
async def filled(database: str) -> AsyncIterator[Database]:
    """Open a database in which two tenants have records with several due rows each."""
    migrate(place_of(database))
    opened = Database(place_of(database))
    rows = []
    for number in range(RECORDS * ROWS):
        tenant, record = f"tenant{number % 2}", number % RECORDS
        subject = Subject(tenant, "article", f"a{number}")
        row = ledger.new_delivery(subject, REALM, f"key:{record}", "work", NOW).due(NOW)
        rows.append(replace(row, orcid=f"0000-0000-0000-{record:04}"))
    async with opened.writing() as connection:
        await ledger.add(connection, rows, NOW)
        await turns.ensure_queues(connection)
    yield opened
    await opened.close()


@pytest.fixture
async def opened(database: str, anyio_backend: str) -> AsyncIterator[Database]:
    """Such a database, of either kind."""
    async with filled(database) as opened:
        yield opened


async def claim_all(opened: Database, owner: str, now: float = NOW) -> list[Claim]:
    """Claim until there is nothing more for this owner."""
    found: list[Claim] = []
    quiet = 0
    while quiet < 3:
        async with opened.claiming() as connection:
            claims = await connection.run_sync(claim_records, owner, now, 2)
        found += claims
        quiet = 0 if claims else quiet + 1
    return found


async def test_several_claim_at_once_and_none_twice(opened: Database) -> None:
    """Four who claim at the same time share the records: each is one's, and none is left."""
    found = await asyncio.gather(*(claim_all(opened, f"owner{one}") for one in range(4)))
    claims = [claim for one in found for claim in one]
    assert len(claims) == len(set(claims)) == RECORDS


async def test_a_lease_lasts_until_it_lapses(opened: Database) -> None:
    """A leased record is nobody else's until the lease lapses or is handed back."""
    async with opened.claiming() as connection:
        (claim,) = await connection.run_sync(claim_records, "me", NOW, 1)
    assert claim not in await claim_all(opened, "other")
    assert claim in await claim_all(opened, "third", NOW + LEASE_SECONDS)


async def test_claiming_does_not_wait_for_a_writer(postgres_database: str) -> None:
    """Whoever claims skips the rows that a writer holds, and waits for nobody."""
    async with filled(postgres_database) as opened, opened.writing() as writer:
        row = (await rows_by_id(writer, size=1))[0]
        await ledger.save(writer, row, NOW)
        async with asyncio.timeout(5):
            found = await claim_all(opened, "me")
    assert len(found) == RECORDS
