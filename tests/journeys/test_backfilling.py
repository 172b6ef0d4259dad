"""A full comparison records what differs, notices what is gone, and never wipes records."""

import tracemalloc
from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from orcid_connect.declarations import Article
from orcid_connect.errors import InputError
from orcid_connect.journeys.backfilling import (
    BackfillStopped,
    Comparison,
    Stated,
    Summary,
    Unreadable,
    backfill,
)
from orcid_connect.journeys.intake import take_in, withdraw
from tests.journeys.test_intake import keyword, role
from tests.support.journal import TENANT, Journal, article, at, author, review

pytestmark = pytest.mark.anyio


async def stream(stated: Iterable[Stated], *, breaks: bool = False) -> AsyncIterator[Stated]:
    """Yield these, and break off at the end if asked to."""
    for one in stated:
        yield one
    if breaks:
        raise ConnectionResetError("token=very-secret")


async def compare(
    journal: Journal,
    stated: Iterable[Stated],
    *,
    breaks: bool = False,
    kind: Any = "article",
    **changes: Any,
) -> Summary:
    """Compare with these as everything there is."""
    comparison = Comparison(TENANT, kind, **({"as_of": at(20)} | changes))
    return await backfill(journal.services, comparison, stream(stated, breaks=breaks))


def articles(count: int, *, day: int = 1, **changes: Any) -> list[Article]:
    """Return articles of Ada's."""
    return [article(author(), key=f"a{number}", day=day, **changes) for number in range(count)]


def counts(summary: Summary) -> dict[str, int]:
    """Return what a summary counts, without the zeros."""
    named = ("new", "changed", "unchanged", "older", "refused", "gone", "withdrawn")
    return {name: getattr(summary, name) for name in named if getattr(summary, name)}


async def declared_rows(journal: Journal) -> int:
    """Return how many declarations are stored."""
    async with journal.services.database.reading() as connection:
        rows = await connection.exec_driver_sql("SELECT COUNT(*) FROM oc_declarations")
        return int(rows.scalar_one())


@pytest.fixture
def early(journal: Journal) -> Journal:
    """The journal on the first of May 2026: before the comparisons of these tests."""
    journal.clock.now = at(1).timestamp()
    return journal


async def test_what_differs_is_recorded(early: Journal) -> None:
    """New and changed articles are delivered; the second night finds all as it is."""
    orcid = early.person()
    await early.connect("ada", orcid)
    assert counts(await compare(early, articles(3))) == {"new": 3}
    again = [*articles(2, day=2), *articles(3, day=2, title="Corrected")[2:]]
    assert counts(await compare(early, again)) == {"unchanged": 2, "changed": 1}
    await early.work()
    titles = [work["title"]["title"]["value"] for work in early.works(orcid)]
    assert sorted(titles) == ["Corrected", *["On the Analytical Engine"] * 2]


async def test_nothing_is_written_when_nothing_changed(early: Journal) -> None:
    """The comparison of what is known already, whatever its as_of, sends only SELECTs."""
    await compare(early, articles(450))
    written: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            written.append(statement)

    database = early.services.database
    engines = (database._engine.sync_engine, database._threads.engine)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    summary = await compare(early, articles(450, day=9), gone="withdraw")
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
    assert counts(summary) == {"unchanged": 450}
    assert written == []


@pytest.mark.parametrize(("kind", "make"), [("review", review), ("role", role), ("item", keyword)])
async def test_every_kind_can_be_compared(early: Journal, kind: Any, make: Any) -> None:
    """Reviews, roles and items are compared as articles are."""
    first = [make("one"), make("two")]
    assert counts(await compare(early, first, kind=kind)) == {"new": 2}
    summary = await compare(early, first[:1], kind=kind, gone="withdraw", at_most_gone=0.5)
    assert counts(summary) == {"unchanged": 1, "gone": 1, "withdrawn": 1}


async def test_what_is_gone_is_withdrawn(early: Journal) -> None:
    """One of forty that is missing goes from its record, and nothing else does."""
    orcid = early.person()
    await early.connect("ada", orcid)
    everything = articles(40)
    await compare(early, everything)
    await early.work()
    summary = await compare(early, everything[1:], gone="withdraw")
    assert counts(summary) == {"unchanged": 39, "gone": 1, "withdrawn": 1}
    assert summary.gone_keys == ("a0",)
    await early.work()
    assert len(early.works(orcid)) == 39
    assert counts(await compare(early, everything[1:], gone="withdraw")) == {"unchanged": 39}


@pytest.mark.parametrize("gone", ["report", "keep"])
async def test_what_is_gone_stays_unless_asked(early: Journal, gone: Any) -> None:
    """By default what is missing is only named; with keep nobody looks."""
    await compare(early, articles(2))
    summary = await compare(early, [], gone=gone)
    assert summary.gone == (2 if gone == "report" else 0)
    assert summary.withdrawn == 0
    assert await declared_rows(early) == 2


@pytest.mark.parametrize(
    ("kept", "breaks", "bad", "at_most", "sentence"),
    [
        (0, False, None, 1.0, "an empty export withdraws nothing"),
        (30, False, None, 0.05, "10 of 40 known are missing, more than 5.0%"),
        (39, True, None, 1.0, "broke off .ConnectionResetError.: nothing is taken for gone"),
        (39, False, Unreadable("not XML"), 1.0, "1 could not be read and do not say their key"),
    ],
)
async def test_a_broken_export_wipes_nothing(
    early: Journal, kept: int, breaks: bool, bad: Unreadable | None, at_most: float, sentence: str
) -> None:
    """Empty, cut off, broken off or unreadable: a clear error, and not one withdrawal."""
    await compare(early, articles(40))
    shown: list[Stated] = [*articles(kept)]
    shown += [bad] if bad else []
    with pytest.raises(BackfillStopped, match=sentence) as stopped:
        await compare(early, shown, breaks=breaks, gone="withdraw", at_most_gone=at_most)
    assert stopped.value.summary.unchanged == kept
    assert "secret" not in str(stopped.value)
    assert await declared_rows(early) == 40


async def test_the_advice_lets_it_pass(early: Journal) -> None:
    """Who follows the error's advice gets what is really gone withdrawn."""
    await compare(early, articles(40))
    with pytest.raises(BackfillStopped, match=r"say at_most_gone=0\.26"):
        await compare(early, articles(30), gone="withdraw")
    summary = await compare(early, articles(30), gone="withdraw", at_most_gone=0.26)
    assert summary.withdrawn == 10


async def test_one_bad_article_stops_no_other(early: Journal) -> None:
    """What cannot be read is told with its key, is not taken for gone, and the rest goes on."""
    await compare(early, articles(3))
    bad = {"key": "a1", "title": 17}
    other_tenant = article(author(), key="a2").model_copy(update={"tenant": "other"})
    everything: list[Stated] = [bad, other_tenant, review(), 17, *articles(1), *articles(4)[3:]]  # type: ignore[list-item]
    summary = await compare(early, everything, gone="report")
    assert counts(summary) == {"new": 1, "unchanged": 1, "refused": 4}
    told = {one.key: one.sentence for one in summary.refusals}
    assert told["a1"].startswith("title: Input should be a valid string")
    assert told["a2"] == "it is of tenant 'other', not 'journal'"
    assert told["r1"] == "a Review is not of kind article"
    assert told[None] == "a int is nothing that can be published"


async def test_plain_fields_are_enough(early: Journal) -> None:
    """A host may yield dictionaries; tenant and as_of come from the comparison."""
    fields = {"key": "a0", "title": "Plain", "contributors": [{"person_key": "ada"}]}
    assert counts(await compare(early, [fields])) == {"new": 1}
    assert counts(await compare(early, [fields], as_of=at(21))) == {"unchanged": 1}


async def test_what_the_host_said_since_wins(early: Journal) -> None:
    """An export older than what a hook declared neither undoes it nor takes it for gone."""
    await take_in(early.services, article(author(), key="a0", day=9, title="Corrected"))
    early.clock.now = at(21).timestamp()
    await take_in(early.services, article(author(), key="a1", day=2))  # after the export was made
    await take_in(early.services, article(author(), key="a2", day=25))
    summary = await compare(early, articles(1), gone="withdraw", at_most_gone=1.0)
    assert counts(summary) == {"older": 1}
    assert summary.older_keys == ("a0",)
    assert await declared_rows(early) == 3


async def test_what_is_scheduled_is_not_gone(early: Journal) -> None:
    """An article that is not published yet is not among all that is, and stays declared."""
    later = at(30) + timedelta(days=90)
    await take_in(early.services, article(author(), key="soon", not_before=later))
    await compare(early, articles(1))
    summary = await compare(early, articles(1), gone="withdraw", at_most_gone=1.0)
    assert counts(summary) == {"unchanged": 1}


async def test_what_was_taken_for_gone_comes_back(early: Journal) -> None:
    """Back in the export with its old as_of, it is declared anew; a host's withdrawal stays."""
    orcid = early.person()
    await early.connect("ada", orcid)
    await compare(early, articles(3))
    await compare(early, articles(2), gone="withdraw", at_most_gone=0.5)
    await withdraw(early.services, TENANT, "article", "a1", "retracted")
    summary = await compare(early, articles(3), as_of=at(21))
    assert counts(summary) == {"changed": 1, "unchanged": 1, "older": 1}
    await early.work()
    assert {row.subject.key for row in await early.rows() if row.state == "delivered"} == {
        "a0",
        "a2",
    }


async def test_versions_are_compared_each_by_its_own_key(early: Journal) -> None:
    """Of a lineage one version that is missing is withdrawn, and the other holds."""
    orcid = early.person()
    await early.connect("ada", orcid)
    versions = [
        article(author(), key=f"v{number}", day=number, lineage="paper", title=f"Version {number}")
        for number in (1, 2)
    ]
    assert counts(await compare(early, versions)) == {"new": 2}
    assert counts(await compare(early, versions)) == {"unchanged": 2}
    summary = await compare(early, versions[:1], gone="withdraw", at_most_gone=0.5)
    assert summary.gone_keys == ("v2",)
    await early.work()
    (work,) = early.works(orcid)
    assert work["title"]["title"]["value"] == "Version 1"


async def test_a_dry_run_records_nothing(early: Journal) -> None:
    """It counts what it would do."""
    await compare(early, articles(2))
    summary = await compare(early, articles(3)[1:], dry_run=True, gone="withdraw", at_most_gone=0.5)
    assert counts(summary) == {"new": 1, "unchanged": 1, "gone": 1}
    assert await declared_rows(early) == 2


async def test_one_key_twice_in_an_export_is_compared_in_order(early: Journal) -> None:
    """The second under a key counts as any later declaration: the newest as_of holds."""
    twice = [article(author(), day=2, title="New"), article(author(), day=1, title="Old")]
    assert counts(await compare(early, twice)) == {"new": 1, "older": 1}


async def test_who_stops_it_starts_it_again(early: Journal) -> None:
    """What was recorded before a stop is found unchanged, and the rest is recorded."""

    class Stopped(BaseException):
        """What Ctrl-C does."""

    async def interrupted() -> AsyncIterator[Stated]:
        for number, one in enumerate(articles(500)):
            if number == 450:
                raise Stopped
            yield one

    with pytest.raises(Stopped):
        await backfill(early.services, Comparison(TENANT, "article"), interrupted())
    summary = await compare(early, articles(500))
    assert counts(summary) == {"unchanged": 400, "new": 100}


async def test_progress_is_told(early: Journal) -> None:
    """Whoever watches hears after each page how far it is."""
    heard: list[int] = []
    await backfill(
        early.services,
        Comparison(TENANT, "article", gone="keep"),
        stream(articles(450)),
        lambda summary: heard.append(summary.seen),
    )
    assert heard == [201, 401, 450]


async def test_memory_stays_flat(early: Journal) -> None:
    """Ten times as many articles take hardly more memory: nothing is kept but pages and names."""

    async def peak(count: int) -> int:
        tracemalloc.reset_peak()
        generated = (article(author(), key=f"a{number}") for number in range(count))
        comparison = Comparison(TENANT, "article", as_of=at(20), gone="withdraw", dry_run=True)
        await backfill(early.services, comparison, stream(generated))
        return tracemalloc.get_traced_memory()[1]

    await compare(early, articles(10))
    tracemalloc.start()
    try:
        await peak(400)
        few, many = await peak(400), await peak(4000)
    finally:
        tracemalloc.stop()
    assert many < few * 1.3


@pytest.mark.parametrize(
    "changes",
    [{"at_most_gone": 5.0}, {"as_of": datetime(2026, 5, 1)}],
)
def test_what_cannot_be_is_refused(changes: Any) -> None:
    """A part above one and a moment without a zone are errors before anything is read."""
    with pytest.raises(InputError):
        Comparison(TENANT, "article", **changes)
