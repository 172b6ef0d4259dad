"""One article with three thousand linked authors, at the rate that a member is allowed."""

import resource
from time import perf_counter

from orcid_connect.engines.embedded import work_through
from orcid_connect.journeys.intake import take_in
from orcid_connect.journeys.planning import plan_due
from orcid_connect.pacing import BURST, MEMBER_RATE
from orcid_connect.plugins import Plugins
from orcid_connect.services import Services
from orcid_connect.store import ledger
from tests.bench import draining
from tests.bench.databases import databases
from tests.bench.effort import Effort
from tests.bench.load import LoadFailed
from tests.bench.servers import child
from tests.bench.tables import print_table
from tests.support.journal import article, author


async def measure(effort: Effort) -> None:
    """Publish, deliver, and print seconds beside what the rate allows, and the memory."""
    rows = []
    with databases() as made:
        for name, database in made.each():
            rows.append(await _one(name, database, effort.crowd))
    head = ["database", "planning, s", "delivering, s", "the rate allows", "share", "RSS, MB"]
    print_table(f"crowd: one article with {effort.crowd:,} linked authors", head, rows)


async def _one(name: str, database: str, count: int) -> list[str]:
    async with child(draining.world(count)) as served:
        settings = draining.settings_for(served.base_url, database, rate=MEMBER_RATE)
        services = await Services.open(settings, Plugins(()))
        try:
            await draining.link(services, served.writes)
            await take_in(services, article(*(author(f"p{place}") for place in range(count))))
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            began = perf_counter()
            while await plan_due(services):
                pass
            planned = perf_counter()
            await work_through(services)
            seconds = perf_counter() - planned
            async with services.database.reading() as connection:
                states = await ledger.counts(connection)
        finally:
            await services.close()
    if states != {"delivered": count}:
        raise LoadFailed(f"delivering to a crowd ended with {states}")
    allowed = max(count - BURST, 0) / MEMBER_RATE
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    share = allowed / seconds
    planning = f"{planned - began:.1f}"
    return [name, planning, f"{seconds:.1f}", f"{allowed:.1f}", f"{share:.1%}", f"{grown:.0f}"]
