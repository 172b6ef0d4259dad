"""What `article_published` costs a host, beside a bare transaction that keeps as many bytes."""

from statistics import median
from time import perf_counter
from uuid import uuid4

from sqlalchemy import text

from orcid_connect import OrcidConnect
from orcid_connect.store.declared import intake_statement
from tests.bench.databases import databases
from tests.bench.effort import Effort
from tests.bench.tables import print_table
from tests.support.journal import article, author
from tests.support.ledger import settings_without_registry

CALLS = 200
AUTHORS = 5


async def measure(effort: Effort) -> None:
    """Measure both, call by call in turn, and print the medians."""
    rows = []
    with databases() as made:
        for name, database in made.each():
            ours, bare = await _one_database(database, CALLS * effort.rounds)
            cells = [f"{seconds * 1000:.2f}" for seconds in (ours, bare)]
            rows.append([name, *cells, f"{ours / bare:.2f}"])
    head = ["median of a call, ms", "article_published", "bare transaction", "ratio"]
    print_table(f"intake: articles of {AUTHORS} authors, one after another", head, rows)


async def _one_database(database: str, calls: int) -> tuple[float, float]:
    orcid = OrcidConnect(settings_without_registry(database))
    try:
        services = await orcid.services()
        async with services.database.writing() as connection:
            await connection.execute(text("CREATE TABLE bare (id VARCHAR(40), body TEXT)"))
        ours, bare = [], []
        for number in range(calls):
            one = article(*(author(f"p{place}") for place in range(AUTHORS)), key=f"a{number}")
            body = str(intake_statement(one, "x", 1.0).compile().params["body"])
            began = perf_counter()
            await orcid.article_published(one)
            between = perf_counter()
            async with services.database.writing() as connection:
                values = {"id": uuid4().hex, "body": body}
                await connection.execute(text("INSERT INTO bare VALUES (:id, :body)"), values)
            ended = perf_counter()
            ours.append(between - began)
            bare.append(ended - between)
        return median(ours), median(bare)
    finally:
        await orcid.close()
