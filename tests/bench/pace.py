"""How much of ORCID's rate several processes use together, and what the limiter refuses.

One credential at 24 requests a second against the simulator with its limiter on; each process
keeps eight requests going. Counted is what was answered after the first burst.
"""

import tempfile
from pathlib import Path

from orcid_connect.places import place_of
from orcid_connect.store.migrating import migrate
from tests.bench.effort import Effort
from tests.bench.tables import print_table
from tests.support.postgres import running
from tests.support.senders import RATE, send_together

PROCESSES = (1, 2, 4)
BURST_OVER_SECONDS = 3.0
ROUNDS_OF_LOAD = 5
"""A measurement is so many times as long as others: a second more or less is one block."""


async def measure(effort: Effort) -> None:
    """Measure on each database."""
    seconds = float(effort.seconds * ROUNDS_OF_LOAD)
    rows = []
    with tempfile.TemporaryDirectory() as folder, running() as server:
        for processes in PROCESSES:
            file = str(Path(folder, f"pace{processes}.sqlite"))
            for name, database in (("SQLite", file), ("PostgreSQL", server.lend())):
                migrate(place_of(database))
                sent = await send_together(
                    database, processes, burst_over=BURST_OVER_SECONDS, seconds=seconds
                )
                rows.append((f"{name}, {processes}", f"{sent.share:.1%}", str(sent.refused)))
    title = f"pace: one credential at {RATE:.0f} requests/s, {seconds:.0f} s each"
    print_table(title, ("database, processes", "share of the rate", "503s"), rows)
