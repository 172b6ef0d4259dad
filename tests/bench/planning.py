"""How fast declarations are taken in, and how fast the deliveries of long author lists are planned.

Every author has a person key; half of the measurements are of people who connected an iD
(their rows are due), half of people who did not (their rows wait). Nothing is delivered.
"""

import tempfile
from pathlib import Path
from time import perf_counter

from orcid_connect import Contributor
from orcid_connect.declarations import Article
from orcid_connect.journeys.intake import take_in
from orcid_connect.journeys.planning import plan_due
from orcid_connect.store import declared, ledger
from tests.bench.effort import Effort
from tests.bench.load import LoadFailed
from tests.bench.tables import print_table, spread
from tests.support.clock import MovedClock
from tests.support.journal import Journal, article, author, journal_on

SIZES = (10, 100, 1_000)
"""Authors of an article; the longest is an option."""
USUAL_AUTHORS, USUAL_ARTICLES = 5, 200
WAITING, DUE = "waiting", "due"


async def measure(effort: Effort) -> None:
    """Measure intake alone, then planning; print both."""
    rounds = f"median (lowest–highest) of {effort.rounds} rounds"
    print(f"planning: one process, SQLite file, {rounds}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        async with journal_on(Path(folder, "bench.sqlite"), MovedClock()) as journal:
            await _usual(journal, effort)
            await _planning(journal, effort)


async def _usual(journal: Journal, effort: Effort) -> None:
    """Declare usual articles one after another, plan nothing meanwhile; then plan them all."""
    intake, planning = [], []
    for number in range(effort.rounds):
        articles = [
            _article(f"usual{number}-{count}", USUAL_AUTHORS, WAITING)
            for count in range(USUAL_ARTICLES)
        ]
        began = perf_counter()
        for one in articles:
            await take_in(journal.services, one)
        taken = perf_counter()
        while await plan_due(journal.services):
            pass
        intake.append(USUAL_ARTICLES / (taken - began))
        planning.append(USUAL_ARTICLES / (perf_counter() - taken))
    head = [f"articles of {USUAL_AUTHORS} authors", "per second"]
    rows = [["intake alone", spread(intake)], ["planning alone", spread(planning)]]
    print_table("One after another", head, rows)


async def _planning(journal: Journal, effort: Effort) -> None:
    sizes = [*(size for size in SIZES if size < effort.authors), effort.authors]
    for number in range(max(sizes)):
        await journal.connect(_key(number, DUE), journal.person())
    rows = []
    for size in sizes:
        for state in (WAITING, DUE):
            taking, planning = [], []
            for number in range(effort.rounds):
                declared_article = _article(f"{state}-{size}-{number}", size, state)
                took, planned = await _plan_one(journal, declared_article, state)
                taking.append(took)
                planning.append(planned)
            rates = [size / seconds for seconds in planning]
            rows.append(
                [f"{size:,}", state, *(spread(s, 3) for s in (taking, planning)), spread(rates)]
            )
    head = ["authors", "rows are", "intake, seconds", "planning, seconds", "rows per second"]
    print_table("Planning one article whose authors have person keys", head, rows)


async def _plan_one(journal: Journal, one: Article, state: str) -> tuple[float, float]:
    """Take an article in and plan it; return the seconds of both. Raise LoadFailed."""
    began = perf_counter()
    await take_in(journal.services, one)
    taken = perf_counter()
    planned = await plan_due(journal.services)
    ended = perf_counter()
    async with journal.services.database.reading() as connection:
        subject = declared.entry_of(one).subject
        states = [row.state for row in await ledger.of_subject(connection, subject)]
    if planned != 1 or states != [state] * len(one.contributors):
        raise LoadFailed(f"planning {one.key} did not end in {state} rows for all its authors")
    return taken - began, ended - taken


def _article(key: str, authors: int, state: str) -> Article:
    named: list[Contributor] = [author(_key(number, state)) for number in range(authors)]
    return article(*named, key=key)


def _key(number: int, state: str) -> str:
    return f"{state}-{number}"
