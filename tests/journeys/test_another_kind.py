"""A work is the same work whether it is declared as an article or in ORCID's own words."""

from datetime import UTC, datetime
from typing import Any

import pytest

from orcid_connect.declarations import RecordItem, Withdrawal
from orcid_connect.journeys.decisions import SAME_THERE, refused_by_its_person
from orcid_connect.records import ExternalId, Title, Work
from tests.journeys.test_another_key import DOI, REFUSINGS, Refusing, declare, pass_by
from tests.support.journal import TENANT, Journal, author
from tests.support.wishes import decide

pytestmark = pytest.mark.anyio


@pytest.fixture
async def ada(journal: Journal) -> str:
    """Somebody who allowed everything."""
    return await journal.person_who_allows_everything()


async def declare_item(journal: Journal, key: str, title: str = "Notes") -> None:
    """Declare the work as an item, its DOI spelt in another way."""
    doi = ExternalId(type="doi", value=f"https://doi.org/{DOI.upper()}", relationship="self")
    item: Any = Work(type="journal-article", title=Title(title=title), external_ids=(doi,))
    now = datetime.fromtimestamp(journal.clock(), UTC)
    await journal.declare(
        RecordItem(tenant=TENANT, key=key, as_of=now, person=author(), activity="work", item=item)
    )


@pytest.mark.parametrize("refuse", REFUSINGS)
async def test_a_refused_article_is_not_sent_as_an_item(
    journal: Journal, ada: str, refuse: Refusing
) -> None:
    """It begins refused, says as what, and its person can have it sent."""
    await refuse(journal, ada, "a1", DOI)
    await declare_item(journal, "i1")
    await pass_by(journal)
    row = await journal.row("i1")
    assert refused_by_its_person(row)
    assert row.sentence.endswith("It is the same as article a1.")
    assert journal.works(ada) == []
    if row.wish is not None:
        await decide(journal, "i1", "send")
        assert len(journal.works(ada)) == 1


async def test_a_refused_item_is_not_sent_as_an_article(journal: Journal, ada: str) -> None:
    """The other way round: removed at ORCID as an item, it stays off as an article."""
    await declare_item(journal, "i1")
    put_code = (await journal.row("i1")).put_code
    assert put_code is not None
    journal.simulator.remove_item(ada, put_code)
    await declare_item(journal, "i1", title="Corrected")
    await declare(journal, "a1")
    await pass_by(journal)
    assert refused_by_its_person(await journal.row("a1"))
    assert journal.works(ada) == []


async def test_an_item_and_an_article_stand_once(journal: Journal, ada: str) -> None:
    """The second waits for the first, says so, and takes its place when that is withdrawn."""
    await declare_item(journal, "i1")
    await declare(journal, "a1")
    waits = await journal.row("a1")
    assert waits.state == "parked"
    assert waits.sentence.startswith(f"{SAME_THERE}item i1 (put-code ")
    now = datetime.fromtimestamp(journal.clock(), UTC)
    await journal.declare(Withdrawal(tenant=TENANT, key="i1", as_of=now, of="item"))
    assert ((await journal.row("a1")).state, len(journal.works(ada))) == ("delivered", 1)
