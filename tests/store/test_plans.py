"""What every visit asks of the database is found by an index, however large the tables are."""

import re
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, event

from orcid_connect.journeys.intake import take_in
from tests.support.clock import MovedClock
from tests.support.journal import Journal, article, author, journal_on

pytestmark = pytest.mark.anyio

LARGE = ("oc_deliveries", "oc_attempts", "oc_links", "oc_payloads", "oc_declarations")
"""Tables that grow with what was ever declared."""
EXPLAINED = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b")


async def asked(journal: Journal) -> list[tuple[str, Any]]:
    """Deliver two works to each of three people; return what was asked at once, with values."""
    for person in ("p0", "p1", "p2"):
        await journal.connect(person, journal.person())
    for key in ("a1", "a2"):
        await take_in(journal.services, article(author("p0"), author("p1"), author("p2"), key=key))
    found: dict[str, Any] = {}

    def note(_c: object, _u: object, statement: str, values: Any, _x: object, many: bool) -> None:
        found.setdefault(statement, values[0] if many else values)

    engine = journal.services.database._threads.engine
    event.listen(engine, "before_cursor_execute", note)
    await journal.work()
    event.remove(engine, "before_cursor_execute", note)
    assert {row.state for row in await journal.rows()} == {"delivered"}
    return [(one, values) for one, values in found.items() if EXPLAINED.match(one)]


def walked(connection: Connection, statement: str, values: Any) -> list[str]:
    """Return the lines of a statement's plan that walk the whole of a large table, or all that is
    due in it."""
    if connection.dialect.name == "sqlite":
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        lines = [str(row[3]) for row in plan]
    else:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # where there is another way
        lines = [str(row[0]) for row in connection.exec_driver_sql(f"EXPLAIN {statement}", values)]
    whole = rf"(SCAN|Seq Scan on) ({'|'.join(LARGE)})"
    if any("TEMP B-TREE FOR ORDER BY" in line for line in lines):  # all of it is read, then sorted
        whole += r"|oc_deliveries_due "
    return [line for line in lines if re.search(whole, line)]


async def test_no_visit_walks_a_large_table(database: str, clock: MovedClock) -> None:
    """No statement of claiming, announcing and concluding reads a table from end to end."""
    async with journal_on(database, clock) as journal:
        statements = await asked(journal)
        assert len(statements) > 12
        for statement, values in statements:
            plan = await journal.services.database.at_once(
                "recording", partial(walked, statement=statement, values=values)
            )
            assert not plan, statement
