"""How many transactions a second the one writing lock lets through, from several processes.

Each reads a row and then changes it, as the journeys do. `python -m tests.bench.locks ADDRESS
SECONDS` is one such process.
"""

import asyncio
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from orcid_connect.places import place_of
from orcid_connect.store import leases
from orcid_connect.store.database import Database
from orcid_connect.store.leases import CredentialState
from orcid_connect.store.migrating import migrate
from orcid_connect.store.people import Realm
from tests.bench.effort import Effort
from tests.bench.tables import print_table
from tests.support.postgres import running

PROCESSES = (1, 2, 4)
TASKS = 4
"""Transactions that each process wants at a time."""
REALM = Realm("default", "simulator")


async def measure(effort: Effort) -> None:
    """Measure on each database; PostgreSQL writes to its disk as it does by default."""
    rows = []
    with tempfile.TemporaryDirectory() as folder, running() as server:
        for setting in ("fsync", "full_page_writes"):
            server.run(f"ALTER SYSTEM SET {setting} = 'on'")
        server.run("SELECT pg_reload_conf()")
        for processes in PROCESSES:
            file = str(Path(folder, f"locks{processes}.sqlite"))
            for name, database in (("SQLite", file), ("PostgreSQL", server.lend())):
                migrate(place_of(database))
                done = await _together(database, processes, effort.seconds)
                rows.append((f"{name}, {processes}", f"{done / effort.seconds:,.0f}"))
    print_table(
        f"locks: read-then-write transactions, {TASKS} at a time in each process",
        ("database, processes", "a second"),
        rows,
    )


async def _together(database: str, processes: int, seconds: int) -> int:
    command = (sys.executable, "-m", "tests.bench.locks", database, str(seconds))
    pipe = asyncio.subprocess.PIPE
    started = [
        await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
        for _ in range(processes)
    ]
    for process in started:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    outputs = await asyncio.gather(*(process.communicate(b"go\n") for process in started))
    return sum(int(output) for output, _ in outputs)


async def write(database: Database, seconds: float) -> int:
    """Read and write until the time is over; return how often."""
    ends, count = perf_counter() + seconds, 0

    async def one_after_the_other() -> None:
        nonlocal count
        while perf_counter() < ends:
            async with database.writing() as connection:
                state = await leases.credential_state(connection, REALM)
                changed = CredentialState(slow_tries=state.slow_tries + 1)
                await leases.save_credential_state(connection, REALM, changed)
            count += 1

    await asyncio.gather(*(one_after_the_other() for _ in range(TASKS)))
    await database.close()
    return count


if __name__ == "__main__":
    opened = Database(place_of(sys.argv[1]))
    print("ready", flush=True)
    sys.stdin.readline()
    print(asyncio.run(write(opened, float(sys.argv[2]))))
