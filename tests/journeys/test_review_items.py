"""A peer review in ORCID's own words would pass by the review policy: no door takes it."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pluggy
import pytest
from sqlalchemy import update

from orcid_connect import OrcidConnect, RecordItem, hookspecs
from orcid_connect.codec import decode
from orcid_connect.errors import InputError
from orcid_connect.journeys.backfilling import Comparison, backfill
from orcid_connect.journeys.intake import take_in
from orcid_connect.records import PeerReview
from orcid_connect.store.schema import declarations
from tests.codec.payloads import FULL
from tests.journeys.test_kinds import ITEMS, item
from tests.support.journal import TENANT, Journal, at, author

pytestmark = pytest.mark.anyio

SAYS = "declare it as a Review, by review_completed"


def reviewed() -> RecordItem:
    """Return a whole peer review, its subject and all, as an item."""
    held: Any = decode(PeerReview, FULL["peer-review"])
    return RecordItem(
        tenant=TENANT, key="i1", as_of=at(1), person=author(), activity="peer-review", item=held
    )


async def test_every_way_in_refuses_it_and_says_what_to_do(journal: Journal) -> None:
    """By call, in a host's transaction, as a statement, by hook: an `InputError`, nothing kept."""
    orcid = OrcidConnect(journal.services.settings, clock=journal.clock)
    with pytest.raises(InputError, match=SAYS):
        await take_in(journal.services, reviewed())
    async with orcid.running():
        with pytest.raises(InputError, match=SAYS):
            await orcid.declare(reviewed())
        with pytest.raises(InputError, match=SAYS):
            orcid.statement(reviewed(), "qmark")
    host = pluggy.PluginManager("orcid_connect")
    host.add_hookspecs(hookspecs)
    host.register(orcid.triggers)
    with pytest.raises(InputError, match=SAYS):
        host.hook.orcid_declare(declaration=reviewed())
    await journal.work()
    assert await journal.rows() == []


async def test_a_comparison_names_it_and_goes_on(journal: Journal) -> None:
    """Among many items of an export it is one that cannot be taken; the others are."""

    async def everything() -> AsyncIterator[Any]:
        yield reviewed()
        yield item("keyword", ITEMS["keyword"][0]).model_copy(update={"key": "i2"})

    summary = await backfill(journal.services, Comparison(TENANT, "item"), everything())
    assert [(one.key, SAYS in one.sentence) for one in summary.refusals] == [("i1", True)]
    assert summary.new == 1


async def test_one_that_was_recorded_before_is_held_back(journal: Journal) -> None:
    """What an earlier version took in is not sent any more, and its row says why."""
    orcid = await journal.person_who_allows_everything()
    await take_in(journal.services, item("keyword", ITEMS["keyword"][0]))
    body = {"version": 1, "kind": "item", "value": reviewed().model_dump(mode="json")}
    async with journal.services.database.writing() as connection:
        await connection.execute(update(declarations).values(body=json.dumps(body)))
    await journal.work()
    row = await journal.row("i1")
    assert (row.activity, row.state, SAYS in row.sentence) == ("peer-review", "parked", True)
    assert journal.reviews(orcid) == []
