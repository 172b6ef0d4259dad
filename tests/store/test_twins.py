"""Finding what is the same under another key walks no large table."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import event

from tests.journeys.test_another_key import declare, removed_here
from tests.store.test_plans import walked
from tests.support.clock import MovedClock
from tests.support.journal import Journal, journal_on

pytestmark = pytest.mark.anyio

LOOKED_AT = ("oc_mentions JOIN", "oc_deliveries.sentence LIKE", "coalesce(oc_declarations.member")


async def test_each_statement_follows_an_index(database: str, clock: MovedClock) -> None:
    """Rows of the same thing, its namesakes, who waits on a record, and what left a lineage are
    found by indexes; of an article that has no namesake it is one statement."""
    async with journal_on(database, clock) as journal:
        await check(journal)


async def check(journal: Journal) -> None:
    """Refuse an article and declare it anew, and look at the plans of what was asked."""
    await journal.connect("ada", journal.person())
    found: dict[str, Any] = {}
    asked: list[str] = []

    def note(_c: object, _u: object, statement: str, values: Any, _x: object, _m: bool) -> None:
        if any(part in statement for part in LOOKED_AT):
            found[statement] = values
        asked.append(statement)

    store = journal.services.database
    engines = (store._engine.sync_engine, store._threads.engine)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    await declare(journal, "alone", doi="10.5555/alone")
    assert len([one for one in asked if "oc_mentions JOIN" in one]) == 1
    await removed_here(journal, "")
    await declare(journal, "a2")
    for lineage in ("one", "two"):
        await declare(journal, "v1", lineage=lineage, doi="10.5555/v1")
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
    assert len(found) == 5
    for statement, values in found.items():
        plan = await store.at_once("recording", partial(walked, statement=statement, values=values))
        assert not plan, statement
