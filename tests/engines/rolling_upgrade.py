"""A rolling upgrade on one database: `python -m tests.engines.rolling_upgrade [COMMIT]`.

The code of an older commit, in a work tree of its own, and this code serve side by side on a
database that this version migrates under way. Prints each step; fails if a record is not right.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from orcid_connect import Settings
from orcid_connect.places import place_of
from orcid_connect.plugins import Plugins
from orcid_connect.services import Services
from orcid_connect.store.migrating import migrate
from tests.engines.test_crash import settings_of
from tests.engines.test_faults import TickingClock
from tests.engines.test_takeover import Server
from tests.support.journal import Journal, has_works, journal_on
from tests.support.waiting import free_port, until

ROOT = Path(__file__).resolve().parents[2]
BEFORE_0002 = "347f7c1"
"""The last commit whose database is of version 0001."""


@asynccontextmanager
async def work_tree(commit: str) -> AsyncIterator[Path]:
    """Check a commit out beside this one."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "older")
        git = ("git", "-C", str(ROOT), "worktree")
        subprocess.run([*git, "add", "-q", "--detach", str(path), commit], check=True)
        try:
            yield path
        finally:
            subprocess.run([*git, "remove", "--force", str(path)], check=True)


async def serve(tree: Path, settings: dict[str, Any]) -> Server:
    """Start a server process of that code, and wait until it answers."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(tree / "tests" / "engines" / "server_process.py")),
        *(json.dumps(settings), str(port)),
        env={"PYTHONPATH": str(tree), "PATH": "/usr/bin:/bin"},
    )
    server = Server(process, port)
    await until(server.answers, "the server process answers")
    return server


def say(text: str) -> None:
    """Tell a step."""
    print(text, flush=True)


async def main(commit: str) -> None:
    """Upgrade from that commit to this one while both serve."""
    with tempfile.TemporaryDirectory() as folder:
        database, other = (str(Path(folder, name)) for name in ("journal.sqlite", "lent.sqlite"))
        async with work_tree(commit) as tree, journal_on(other, TickingClock()) as journal:
            await upgrade(tree, database, journal)


async def upgrade(tree: Path, database: str, journal: Journal) -> None:
    """Walk through the upgrade; `journal` lends its simulator and its settings."""
    orcid = journal.person()
    settings = settings_of(journal) | {"database": database}
    older = await serve(tree, settings)
    servers = [older]
    try:
        await until(older.delivers, "the older version delivers")
        say("older version: made its database and delivers")
        migrate(place_of(database))
        say("this version: migrated the database under it")
        async with journal_on_file(database, journal) as linked:
            await linked.connect("ada", orcid)
        await older.publish("a1")
        await until(has_works(journal, orcid, 1), "the older version delivers on it")
        say("older version: took in, planned and delivered on the migrated database")
        newer = await serve(ROOT, settings)
        servers.append(newer)
        await newer.publish("a2")
        await until(has_works(journal, orcid, 2), "the older one delivers what the newer took in")
        assert await older.delivers()
        assert not await newer.delivers()
        say("this version: took in; the older one, which holds the lock, delivered it")
        await older.publish("a3")
        await older.kill()
        await until(newer.delivers, "this version takes over")
        await newer.publish("a4")
        await until(has_works(journal, orcid, 4), "all is delivered")
        say("this version: took over from the killed older one, and delivered the rest")
    finally:
        for server in servers:
            await server.kill()
    conflicts = [status for _, status in journal.writes() if status != 201]
    assert conflicts == [], conflicts
    say("every work is on the record exactly once; nothing was sent twice")


@asynccontextmanager
async def journal_on_file(database: str, journal: Journal) -> AsyncIterator[Journal]:
    """Open services of this version on that database, with the same simulator."""
    settings = Settings(**settings_of(journal) | {"database": database})
    services = await Services.open(settings, Plugins())
    try:
        yield Journal(journal.simulator, services, journal.clock, journal.client_id)
    finally:
        await services.close()


if __name__ == "__main__":
    asyncio.run(main(*(sys.argv[1:] or [BEFORE_0002])))
