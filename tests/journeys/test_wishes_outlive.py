"""What people decided of their deliveries holds whatever happens afterwards.

Every way a delivery stood, everything its person may decide, everything that may happen: shown by
what ORCID was and was not asked.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert

from orcid_connect.journeys import managing, wishes
from orcid_connect.journeys.backfilling import Comparison, backfill
from orcid_connect.journeys.intake import take_in, withdraw
from orcid_connect.journeys.linking import disconnect
from orcid_connect.journeys.managing import AUTHOR_DECIDED, Deed
from orcid_connect.journeys.restoring import restored
from orcid_connect.journeys.wishes import PersonDeed
from orcid_connect.store.ledger import Delivery
from orcid_connect.store.schema import attempts
from tests.support.journal import TENANT, Journal, article, author
from tests.support.wishes import ADA, HOUR, decide, on_record, own_row, plan, so_far, written

pytestmark = pytest.mark.anyio

COMBINATIONS: list[tuple[str, PersonDeed | None]] = [
    ("unconnected", "hold"),
    ("unconnected", "remove"),
    ("asked", None),
    ("asked", "hold"),
    ("asked", "remove"),
    ("due", "hold"),
    ("due", "remove"),
    ("delivered", "hold"),
    ("delivered", "remove"),
    ("unclear", "hold"),
    ("unclear", "remove"),
]
KEYS = [f"{stood}-{deed}" for stood, deed in COMBINATIONS]


async def prepare(journal: Journal) -> str:
    """Bring one article of Ada's to each combination; return her iD."""
    orcid = journal.person()
    for stood, deed in COMBINATIONS:
        if stood == "unconnected":
            await take_in(journal.services, article(author(), key=f"{stood}-{deed}"))
    await plan(journal)
    await _decide_all(journal, "unconnected")
    await journal.connect("ada", orcid)
    for stood in ("delivered", "due", "unclear", "asked"):
        if stood == "asked":
            await wishes.set_ask_first(journal.services, ADA, ask=True)
        for deed in [deed for one, deed in COMBINATIONS if one == stood]:
            await take_in(journal.services, article(author(), key=f"{stood}-{deed}"))
        await plan(journal)
        if stood == "delivered":
            await journal.work()
        if stood == "unclear":
            await _break_off(journal)
        await _decide_all(journal, stood)
    await journal.work()
    await journal.work(after=HOUR)
    return orcid


async def _decide_all(journal: Journal, stood: str) -> None:
    for one, deed in COMBINATIONS:
        if one == stood and deed is not None:
            await decide(journal, f"{one}-{deed}", deed, work=False)


async def _break_off(journal: Journal) -> None:
    """Leave a request of each without an answer; ORCID never got them."""
    async with journal.services.database.writing() as connection:
        for key in KEYS:
            if key.startswith("unclear"):
                row = await own_row(journal, key)
                begun = insert(attempts).values(
                    delivery_id=row.id,
                    method="POST",
                    sent_hash=row.desired_hash,
                    started_at=journal.clock(),
                )
                await connection.execute(begun)


async def declared_anew(journal: Journal, _orcid: str) -> None:
    """Everything is declared once more, corrected."""
    for key in KEYS:
        await take_in(journal.services, article(author(), key=key, day=2, title="Corrected"))


async def connected_anew(journal: Journal, orcid: str) -> None:
    """She disconnects and connects again, with the same iD."""
    await disconnect(journal.services, TENANT, "ada")
    await journal.work()
    await journal.connect("ada", orcid)


async def connected_otherwise(journal: Journal, _orcid: str) -> None:
    """She disconnects and connects another iD."""
    await disconnect(journal.services, TENANT, "ada")
    await journal.work()
    await journal.connect("ada", journal.person("Augusta", "King"))


async def meddled_with(journal: Journal, _orcid: str) -> None:
    """The editor tries all there is but taking it off."""
    deeds: tuple[Deed, ...] = ("retry", "release", "park", "retry")
    for key in KEYS:
        for deed in deeds:
            row = await own_row(journal, key)
            (told,) = await managing.act(journal.services, deed, [row.id])
            if row.wish in ("hold", "remove"):
                assert (told.done, told.sentence) == (False, AUTHOR_DECIDED)
        await journal.work()


async def published_anew(journal: Journal, _orcid: str) -> None:
    """Everything is withdrawn, and published again."""
    for key in KEYS:
        await withdraw(journal.services, TENANT, "article", key, "")
    await journal.work()
    for key in KEYS:
        now = datetime.fromtimestamp(journal.clock() + 5, UTC)
        await take_in(journal.services, article(author(), key=key, as_of=now))


async def named_anew(journal: Journal, _orcid: str) -> None:
    """She is taken off every byline, and named again."""
    bert = author("bert")
    for day, byline in ((2, (bert,)), (3, (bert, author()))):
        for key in KEYS:
            await take_in(journal.services, article(*byline, key=key, day=day))
        await journal.work()


async def named_by_iD(journal: Journal, orcid: str) -> None:
    """The host names her by her authenticated iD from now on."""
    by_orcid = author(None, orcid=orcid, orcid_authenticated=True)
    for key in KEYS:
        await take_in(journal.services, article(by_orcid, key=key, day=2))


async def came_in_versions(journal: Journal, _orcid: str) -> None:
    """Every article becomes the first version of a lineage that has a second."""
    for key in KEYS:
        lineage = f"all-{key}"
        for version, day in ((key, 2), (f"{key}-v2", 3)):
            more = {"lineage": lineage, "doi": f"10.5555/{key}"}
            await take_in(journal.services, article(author(), key=version, day=day, **more))


async def compared(journal: Journal, _orcid: str) -> None:
    """A nightly comparison states everything anew, and the records are read as after a restore."""

    async def everything() -> Any:
        for key in KEYS:
            yield article(author(), key=key, day=4, title="From the archive")

    await backfill(journal.services, Comparison(TENANT, "article"), everything())
    await journal.work()
    assert [one.trouble async for one in restored(journal.services)] == [""]


async def nobody_did_anything(_journal: Journal, _orcid: str) -> None:
    """Days go by."""


EVENTS = (
    declared_anew,
    connected_anew,
    connected_otherwise,
    meddled_with,
    published_anew,
    named_anew,
    named_by_iD,
    came_in_versions,
    compared,
    nobody_did_anything,
)
QUICK = (declared_anew, came_in_versions)
"""On PostgreSQL, to keep the whole suite short; make soak has all of them there too."""
Event = Callable[[Journal, str], Awaitable[None]]


@pytest.mark.parametrize(
    ("database", "event"),
    [
        pytest.param(kind, event, marks=() if quick else pytest.mark.soak)
        for kind in ("sqlite", "postgresql")
        for event in EVENTS
        for quick in [kind == "sqlite" or event in QUICK]
    ],
    indirect=["database"],
)
async def test_what_they_decided_outlives_everything(journal: Journal, event: Event) -> None:
    """Whatever happens, nothing that Ada stopped is sent; once she says so, each is, once."""
    orcid = await prepare(journal)
    assert on_record(journal, orcid) == ["delivered-hold"]
    assert written(journal, "POST") == {"delivered-hold", "delivered-remove"}
    before = so_far(journal)
    await event(journal, orcid)
    for _ in range(3):
        await journal.work(after=25 * HOUR)
    assert written(journal, "POST", "PUT", after=before) == set()
    rows = [row for row in await journal.rows() if row.person in ("key:ada", f"orcid:{orcid}")]
    assert not [row for row in rows if row.state == "due"]
    await say_send_to_all(journal, rows)
    for _ in range(2):
        await journal.work(after=HOUR)
    link = next(row.orcid for row in await journal.rows() if row.person in named(orcid))
    assert on_record(journal, str(link)) == sorted(KEYS)


def named(orcid: str) -> tuple[str, str]:
    """Return what the ledger calls Ada."""
    return ("key:ada", f"orcid:{orcid}")


async def say_send_to_all(journal: Journal, rows: list[Delivery]) -> None:
    """Let Ada say send to everything of hers that allows it."""
    for row in rows:
        if "send" in wishes.possible(row):
            decided = await wishes.decide(journal.services, ADA, row.id, "send")
            assert decided is not None
            assert decided.done
