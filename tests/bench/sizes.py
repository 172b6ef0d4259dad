"""Whether a delivery costs the same in a small ledger and in a very large one."""

import os
import resource
from statistics import median
from time import perf_counter

from sqlalchemy import text

from orcid_connect.journeys.intake import take_in
from orcid_connect.journeys.planning import plan_due
from orcid_connect.journeys.reconciling import Reconciler
from orcid_connect.plugins import Plugins
from orcid_connect.services import Services
from tests.bench import draining
from tests.bench.databases import databases
from tests.bench.effort import Effort
from tests.bench.load import LoadFailed
from tests.bench.servers import child
from tests.bench.tables import print_table
from tests.support.journal import article, author

SIZES = (1_000, 100_000, 2_000_000)
"""Rows: 85 % delivered, 10 % waiting, 5 % due."""
NOW = 4e9
"""Seconds since the epoch, after everything that was filled in."""
FILLED_AT_ONCE = 100_000
"""Rows; no statement may take longer than the database's patience."""
DELIVERED = 400
"""Deliveries that are timed, one for each of as many people."""
DECLARED = 500
"""More than are timed: the last that are timed share their time with none that were filled in."""

FILL = """
INSERT INTO oc_deliveries (id, tenant, credential, environment, person, activity, subject_kind,
  subject_key, link_id, orcid, desired_hash, put_code, known_hash, known_at, state, sentence,
  due_at, tries, made_at, changed_at)
WITH RECURSIVE numbers(i) AS
  (SELECT CAST(:first AS INTEGER) UNION ALL SELECT i + 1 FROM numbers WHERE i < :last)
SELECT 'fill' || i, 'journal', 'default', 'simulator', 'key:f' || (i % 50000), 'work', 'article',
  'fill' || i, CASE WHEN i % 20 < 18 THEN 'nobody' END,
  CASE WHEN i % 20 < 18 THEN '0000-' || (i % 50000) END, 'none',
  CASE WHEN i % 20 < 17 THEN i END, CASE WHEN i % 20 < 17 THEN 'none' END, 1.0,
  CASE WHEN i % 20 < 17 THEN 'delivered' WHEN i % 20 < 18 THEN 'due' ELSE 'waiting' END, '',
  CASE WHEN i % 20 = 17 THEN 4000000000.0 - i END, 0, 1.0, i
FROM numbers
"""
"""The due rows are due by now as well, and come after those that are timed."""


async def measure(effort: Effort) -> None:
    """Fill, deliver, and print seconds per delivery and the memory of the process."""
    sizes = [size for size in SIZES if size <= effort.rows]
    print(f"sizes: ledgers of {' and '.join(f'{size:,}' for size in sizes)} rows", flush=True)
    rows = []
    with databases() as made:
        for size in sizes:
            for name, database in made.each():
                rows.append(await _one(name, database, size, effort.rounds))
    head = ["ledger, rows", "ms per delivery", "each round", "RSS, MB"]
    print_table(f"sizes: {DELIVERED} deliveries out of a ledger of so many rows", head, rows)


async def _one(name: str, database: str, size: int, rounds: int) -> list[str]:
    async with child(draining.world(DECLARED)) as served:
        services = await Services.open(
            draining.settings_for(served.base_url, database), Plugins(()), clock=lambda: NOW
        )
        try:
            await _fill(services, size)
            await draining.link(services, served.writes)
            taken = [await _round(services, number) for number in range(rounds)]
        finally:
            await services.close()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    each = [seconds * 1000 for seconds in taken]
    all_of_them = " ".join(f"{one:.2f}" for one in each)
    return [f"{name}, {size:,}", f"{median(each):.2f}", all_of_them, f"{memory:.0f}"]


async def _fill(services: Services, size: int) -> None:
    for first in range(1, size + 1, FILLED_AT_ONCE):
        last = min(first + FILLED_AT_ONCE - 1, size)
        async with services.database.writing() as connection:
            await connection.execute(text(FILL), {"first": first, "last": last})


async def _round(services: Services, number: int) -> float:
    """Deliver one more work to each; return the seconds of a delivery."""
    await _declare(services, number)
    os.sync()  # the disk is not to be busy with what was filled in before
    return await _deliver(services, number * DECLARED)


async def _declare(services: Services, round_: int) -> None:
    for number in range(DECLARED):
        await take_in(services, article(author(f"p{number}"), key=f"a{round_}-{number}"))
    while await plan_due(services):
        pass
    async with services.database.writing() as connection:
        first = text(
            "UPDATE oc_deliveries SET due_at = 0 WHERE subject_key LIKE 'a%' AND state = 'due'"
        )
        await connection.execute(first)


async def _deliver(services: Services, before: int) -> float:
    """Deliver all that was declared, and return the seconds that one of those took that are timed.

    Raise LoadFailed if they do not arrive.
    """
    reconciler = Reconciler(services, "bench")
    began, taken = perf_counter(), 0.0
    for _ in range(DECLARED):
        await reconciler.go_on()
        arrived = await _arrived(services) - before
        if not taken and arrived >= DELIVERED:
            taken = (perf_counter() - began) / arrived
        if arrived >= DECLARED:
            await reconciler.end()
            return taken
    raise LoadFailed("what was due did not arrive")


async def _arrived(services: Services) -> int:
    async with services.database.reading() as connection:
        # Along an index: what is looked at must not grow with the ledger.
        query = text(
            "SELECT count(*) FROM oc_deliveries WHERE tenant = 'journal' "
            "AND state = 'delivered' AND changed_at >= :now"
        )
        return int((await connection.execute(query, {"now": NOW})).scalar_one())
