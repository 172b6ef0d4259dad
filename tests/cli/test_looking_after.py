"""`status`, `deliveries` and `prune` on a filled ledger: what they show is true, and holds."""

import asyncio
import csv
import io
import json
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner, Result

from orcid_connect.cli.main import build
from orcid_connect.declarations import Contributor
from orcid_connect.engines.embedded import work_through
from orcid_connect.journeys import standstill
from orcid_connect.journeys.intake import take_in
from orcid_connect.observe import wall_clock
from orcid_connect.services import Services
from orcid_connect.store import listings, pruning
from orcid_connect.store.declared import intake_statement
from orcid_connect.store.ledger import Delivery
from orcid_connect.store.listings import STATES
from orcid_connect.store.schema import attempts
from tests.support.clock import MovedClock
from tests.support.journal import article
from tests.support.keys import SECRET_KEY
from tests.support.leaks import watch
from tests.support.ledger import ORCID, REALM, delivery, fill, keep, row_of, services_on
from tests.support.waiting import PATIENCE_SECONDS

Command = Callable[..., Result]
CREDENTIAL = {
    "client_id": "APP-NOWHERE",
    "client_secret": "nobody's",
    "environment": "simulator",
    "site_url": "http://127.0.0.1:9",
}


@pytest.fixture
def command(database_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run `orcid-connect` with these words, in this process."""
    variables = {
        "ORCID_CONNECT_PUBLIC_URL": "http://journal.test",
        "ORCID_CONNECT_DATABASE": str(database_path),
        "ORCID_CONNECT_SECRET_KEYS": SECRET_KEY,
        "ORCID_CONNECT_CREDENTIALS": json.dumps([CREDENTIAL]),
        "ORCID_CONNECT_LOAD_PLUGINS": "false",
        "COLUMNS": "300",
    }
    monkeypatch.chdir(database_path.parent)

    def run(*words: str) -> Result:
        done = CliRunner().invoke(build(), list(words), env=variables)
        watch.say(f"orcid-connect {words[0]}", done.output)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return run


def on(
    database_path: Path, work: Callable[[Services], Awaitable[Any]], seconds_ago: float = 0.0
) -> Any:
    """Do something with the services of this database, by the real clock or as if a while ago."""

    async def do() -> Any:
        async with services_on(
            str(database_path), MovedClock(wall_clock() - seconds_ago)
        ) as services:
            return await work(services)

    return asyncio.run(do())


def filled(database_path: Path, *rows: Delivery) -> None:
    """Store rows."""
    on(database_path, lambda services: fill(services, *rows))


def twelve(database_path: Path) -> None:
    """Store twelve rows of two tenants, two in each state."""

    async def work(services: Services) -> None:
        digest = await keep(services, "A title", services.clock())
        rows = [
            delivery(
                number,
                state=STATES[number % 6],
                tenant=f"journal-{number % 2}",
                orcid=ORCID if number % 6 else None,
                desired_hash=digest,
                due_at=services.clock() - 7200 if number % 6 == 1 else None,
            )
            for number in range(12)
        ]
        await fill(services, *rows)

    on(database_path, work)


def states(database_path: Path) -> dict[str, int]:
    """Return how many rows are in each state."""
    with closing(sqlite3.connect(database_path)) as connection:
        return dict(connection.execute("SELECT state, count(*) FROM oc_deliveries GROUP BY state"))


def test_status(command: Command, database_path: Path) -> None:
    """Per tenant and credential: counts, what waits longest, and that nobody delivers."""
    twelve(database_path)
    done = command("status")
    assert done.exit_code == 1  # something is parked
    assert "journal-1" in done.stdout
    assert "2 h" in done.stdout
    assert "No process delivers now" in done.stdout
    found = json.loads(command("status", "--json").stdout)
    assert found["totals"] == dict.fromkeys(STATES, 2)
    assert found["delivers"] is False
    (line,) = [one for one in found["tenants"] if one["tenant"] == "journal-1"]
    assert (line["due"], line["parked"], line["waiting"]) == (2, 2, 0)


def test_status_of_nothing(command: Command, database_path: Path) -> None:
    """Before anything was declared it says so, and is content."""
    on(database_path, lambda services: asyncio.sleep(0))
    done = command("status")
    assert done.exit_code == 0
    assert "Nothing was declared yet" in done.stdout


def test_what_is_for_nobody_is_told_apart_from_nothing(
    command: Command, database_path: Path
) -> None:
    """An article of which nobody is known is declared; status and deliveries say what it lacks."""

    async def declare(services: Services) -> None:
        await take_in(services, article(Contributor(family_name="Lovelace")))

    on(database_path, declare)
    assert "to plan" in command("status").stdout
    assert "`status` says what waits to be planned" in command("deliveries").stdout
    on(database_path, work_through)
    for words in (("status",), ("deliveries",)):
        done = command(*words)
        assert done.exit_code == 0
        assert "it is for nobody who is known by a person key" in done.stdout
        assert "Nothing was declared" not in done.stdout
    assert json.loads(command("status", "--json").stdout)["declared"] is True


def test_status_tells_what_stands_still(command: Command, database_path: Path) -> None:
    """A pause is told with its reason, planning that fails with where to look."""

    async def work(services: Services) -> None:
        await fill(services, delivery(1))
        await standstill.pause(services, REALM, "we look at it")
        await standstill.pause_tenant(services, "journal", "too many")
        statement = intake_statement(article(tenant="other"), "event", services.clock())
        async with services.database.writing() as connection:
            await connection.execute(statement.values(plan_tries=2))

    on(database_path, work, seconds_ago=2 * 3600 + 60)
    done = command("status")
    assert done.exit_code == 1
    assert "credential default is paused since 2 h: we look at it" in done.stdout
    assert "credential default, tenant journal, is paused since 2 h: too many" in done.stdout
    assert "other: planning of 1 fails" in done.stdout


def test_pages_and_filters(command: Command, database_path: Path) -> None:
    """A page tells how to see the next; filters of every kind are understood or refused."""
    filled(database_path, *(delivery(number, state="delivered") for number in range(150)))
    first = command("deliveries", "--state", "delivered", "--since", "1d")
    more = first.stdout.splitlines()[-1]
    assert more.startswith("More: --after ")
    second = command("deliveries", "--json", "--after", more.removeprefix("More: --after "))
    rows = [json.loads(line) for line in second.stdout.splitlines()]
    assert len(rows) == 50
    assert {row["environment"] for row in rows} == {"simulator"}
    for words in (["--since", "yesterday"], ["--after", "x"], ["--state", "x"]):
        assert command("deliveries", *words).exit_code == 2
    every = command("deliveries", "--json", "--all")
    assert len(every.stdout.splitlines()) == 150


def test_csv(command: Command, database_path: Path) -> None:
    """The file is there when it is whole, without formulas; `-` prints it."""
    filled(database_path, *(delivery(number, key=f"=a{number}") for number in range(5)))
    done = command("deliveries", "--csv", "all.csv")
    assert done.stdout == "5 deliveries in all.csv.\n"
    rows = list(csv.DictReader(io.StringIO(Path("all.csv").read_text(encoding="utf-8"))))
    assert {row["key"] for row in rows} == {f"'=a{number}" for number in range(5)}
    printed = command("deliveries", "--csv", "-", "--key", "=a3").stdout
    assert len(printed.splitlines()) == 2
    refused = command("deliveries", "--csv", "nowhere/all.csv")
    assert refused.exit_code == 1
    assert "cannot be written" in refused.stderr
    assert list(database_path.parent.glob("*.part")) == []


def test_a_stopped_export_leaves_no_file(
    command: Command, database_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C leaves the file of an earlier export as it was: half a file looks like a whole one."""
    filled(database_path, *(delivery(number) for number in range(3000)))
    whole, part = Path("all.csv"), Path("all.csv.part")
    whole.write_text("an earlier export", encoding="utf-8")
    monkeypatch.setattr(listings, "WALK_ROWS", 1)
    with pressing_ctrl_c(part.exists):
        done = command("deliveries", "--csv", "all.csv")
    assert done.exit_code == 1
    assert done.stderr == "Stopped: all.csv was not written. The same command begins anew.\n"
    assert whole.read_text(encoding="utf-8") == "an earlier export"
    assert not part.exists()


@contextmanager
def pressing_ctrl_c(when: Callable[[], bool]) -> Iterator[None]:
    """Press Ctrl-C as soon as something is so."""

    def press() -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not when() and time.monotonic() < deadline:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    presser = threading.Thread(target=press)
    presser.start()
    try:
        yield
    finally:
        presser.join()


def test_preview(command: Command, database_path: Path) -> None:
    """The exact payload with its method and place, and what is believed to stand there."""
    twelve(database_path)
    shown = command("deliveries", "preview", "00000003").stdout
    assert f"POST /v3.0/{ORCID}/work, once it is due; it is parked." in shown
    assert '"title": "A title"' in shown
    assert "nothing of it stands on the record" in shown
    found = json.loads(command("deliveries", "preview", "00000003", "--json").stdout)
    assert (found["method"], found["payload"]) == ("POST", {"title": "A title"})


def test_one_by_one(command: Command, database_path: Path) -> None:
    """Each deed on one delivery says what it did, or why it did nothing."""
    twelve(database_path)
    parked = command("deliveries", "park", "00000002", "--reason", "ask first")
    assert "is parked; nothing of it is sent" in parked.stdout
    removed = command("deliveries", "remove", "00000000")
    assert "is on no record and will not be sent" in removed.stdout
    refused = command("deliveries", "release", "00000001")
    assert refused.exit_code == 1
    assert "it is due: only what is declined allows that" in refused.stderr
    row = on(database_path, lambda services: row_of(services, 2))
    assert row.sentence == "Parked by hand: ask first"


def test_all_that_match(command: Command, database_path: Path) -> None:
    """A deed on a filter tells the count and waits for --yes; what does not allow it is left."""
    twelve(database_path)
    asked = command("deliveries", "retry", "--state", "parked")
    assert asked.exit_code == 2
    assert "This plans 2 deliveries again and tries them now. Say --yes" in asked.stderr
    assert states(database_path)["parked"] == 2
    done = command("deliveries", "retry", "--state", "parked", "--yes")
    assert done.stdout == "retry: 2 done; the running engine goes on with them.\n"
    assert states(database_path)["due"] == 4
    removed = command("deliveries", "remove", "--tenant", "journal-0", "--yes", "--reason", "x")
    assert removed.stdout.startswith("remove: 4 done")
    assert states(database_path) == {"due": 4, "declined": 6, "withdrawn": 2}
    none = command("deliveries", "release", "--tenant", "nowhere", "--yes")
    assert (none.exit_code, none.stdout) == (0, "No delivery matches that release is for.\n")


@pytest.mark.parametrize(
    "words",
    [
        ["retry"],
        ["retry", "0000", "--state", "parked"],
        ["retry", "--state", "delivered"],
        ["release", "--state", "parked"],
        ["park", "zzz"],
        ["preview", "0000000"],
    ],
)
def test_wrong_usage(command: Command, database_path: Path, words: list[str]) -> None:
    """Neither or both of id and filter, a state a deed is not for, no or several ids: code 2."""
    twelve(database_path)
    before = states(database_path)
    done = command("deliveries", *words)
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 1
    assert states(database_path) == before


def old_attempts(database_path: Path, count: int) -> None:
    """Store attempts that were closed long ago."""

    async def work(services: Services) -> None:
        long_ago = services.clock() - 500 * 86_400
        values = {
            "delivery_id": "d",
            "method": "POST",
            "started_at": long_ago,
            "finished_at": long_ago,
        }
        async with services.database.writing() as connection:
            await connection.execute(insert(attempts), [values] * count)

    on(database_path, work)


def attempts_left(database_path: Path) -> int:
    """Return how many attempts there are."""
    with closing(sqlite3.connect(database_path)) as connection:
        return int(connection.execute("SELECT count(*) FROM oc_attempts").fetchone()[0])


def test_prune(command: Command, database_path: Path) -> None:
    """A dry run counts, a run forgets; what is too young an age is refused."""
    old_attempts(database_path, 7)
    dry = command("prune", "--older-than", "400d", "--dry-run")
    assert "7  closed attempts would be forgotten" in dry.stdout
    assert attempts_left(database_path) == 7
    done = json.loads(command("prune", "--older-than", "400d", "--json").stdout)
    assert (done["attempts"], done["finished"], done["dry_run"]) == (7, True, False)
    assert attempts_left(database_path) == 0
    for age in ("1d", "soon", ""):
        assert command("prune", "--older-than", age).exit_code == 2


def test_prune_stops_between_two_steps(
    command: Command, database_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C ends a run after a whole step and says that the next goes on; it does."""
    old_attempts(database_path, 3000)
    monkeypatch.setattr(pruning, "BATCH", 1)

    with pressing_ctrl_c(lambda: attempts_left(database_path) < 3000):
        done = command("prune", "--older-than", "400d")
    assert done.exit_code == 1
    assert "Stopped between two steps; the next run goes on." in done.stderr
    left = attempts_left(database_path)
    assert 0 < left < 3000
    monkeypatch.undo()
    monkeypatch.chdir(database_path.parent)
    assert f"{left:,}  closed attempts forgotten" in command("prune", "--older-than", "400d").stdout
    assert attempts_left(database_path) == 0
