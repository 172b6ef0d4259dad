"""Everything that can stand on a record goes through the same ledger, exactly once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from orcid_connect import codec
from orcid_connect.declarations import RecordItem, Role, Withdrawal
from orcid_connect.mapping import affiliation_from_role
from orcid_connect.records import (
    Address,
    ExternalId,
    ExternalIdentifier,
    Funding,
    FuzzyDate,
    ItemKind,
    Keyword,
    Organization,
    OtherName,
    Proposal,
    ResearcherUrl,
    ResearchResource,
    ResourceItem,
    Title,
)
from orcid_connect.store.schema import deliveries
from tests.journeys.test_repairing import HOUR
from tests.support.journal import EVERYTHING, TENANT, Journal, at, author

pytestmark = pytest.mark.anyio

ROR = "https://ror.org/041kmwe10"
SOCIETY = {"name": "Society of Engines", "city": "London", "country": "GB", "ror": ROR}
PLACE = Organization(
    name="Society of Engines",
    city="London",
    country="GB",
    identifier=ROR,
    identifier_source="ROR",
)
AWARD = ExternalId(type="grant_number", value="EN-1843", relationship="self")
ENGINE = ExternalId(type="source-work-id", value="engine-1", relationship="self")
PROPOSAL = ExternalId(type="proposal-id", value="P-7", relationship="self")

ROLE_KINDS: tuple[ItemKind, ...] = (
    "service",
    "employment",
    "education",
    "qualification",
    "invited-position",
    "distinction",
    "membership",
)


def role(kind: str = "service", *, day: int = 1, **changes: Any) -> Role:
    """Return a role of Ada's."""
    values: dict[str, Any] = {
        "tenant": TENANT,
        "key": "editor-1",
        "as_of": at(day),
        "person": author(),
        "activity": kind,
        "organization": SOCIETY,
        "department": "Journal of Engines",
        "role_title": "Editor",
        "start": "2024-01",
    }
    return Role(**(values | changes))


def item(kind: str, content: Any, *, day: int = 1) -> RecordItem:
    """Return an item of Ada's record."""
    return RecordItem(
        tenant=TENANT, key="i1", as_of=at(day), person=author(), activity=kind, item=content
    )


ITEMS: dict[str, tuple[Any, ...]] = {
    "funding": tuple(
        Funding(
            type="grant",
            title=Title(title=title),
            organization=PLACE,
            external_ids=(AWARD,),
        )
        for title in ("Engines", "More engines")
    ),
    "keyword": (Keyword(content="engines"), Keyword(content="analytical engines")),
    "other-name": (OtherName(content="A. A. L."), OtherName(content="Ada King")),
    "researcher-url": (
        ResearcherUrl(name="Home", url="https://ada.example/"),
        ResearcherUrl(name="Ada's pages", url="https://ada.example/"),
    ),
    "address": (Address(country="GB"), Address(country="FR")),
    "external-identifier": tuple(
        ExternalIdentifier(type="Loop profile", value="17", url=url, relationship="self")
        for url in ("https://loop.example/17", "https://loop.example/people/17")
    ),
}


@pytest.fixture
async def ada(journal: Journal) -> str:
    """Somebody who allowed everything."""
    return await journal.person_who_allows_everything()


def on_record(journal: Journal, orcid: str, kind: str) -> list[dict[str, Any]]:
    """Return the items of a kind on a record."""
    return list(journal.simulator.items(orcid, kind))


@pytest.mark.parametrize("kind", ROLE_KINDS)
async def test_a_role_is_added_ended_and_withdrawn(journal: Journal, ada: str, kind: str) -> None:
    """A role appears once, gets its end when it is over, and goes when it was never true."""
    await journal.declare(role(kind))
    await journal.declare(role(kind, day=2, end="2026-03"))
    (held,) = on_record(journal, ada, kind)
    assert held["end-date"]["year"]["value"] == "2026"
    gone = Withdrawal(tenant=TENANT, key="editor-1", as_of=at(3), of="role")
    await journal.declare(gone)
    assert on_record(journal, ada, kind) == []
    assert [method for method, _ in journal.writes()] == ["POST", "PUT", "DELETE"]


@pytest.mark.parametrize("kind", ITEMS)
async def test_any_item_is_added_changed_and_withdrawn(
    journal: Journal, ada: str, kind: str
) -> None:
    """Whatever a host declares in ORCID's own words appears, changes and goes."""
    first, second = ITEMS[kind]
    await journal.declare(item(kind, first))
    await journal.declare(item(kind, first))
    assert len(on_record(journal, ada, kind)) == 1
    await journal.declare(item(kind, second, day=2))
    assert len(on_record(journal, ada, kind)) == 1
    await journal.declare(Withdrawal(tenant=TENANT, key="i1", as_of=at(3), of="item"))
    assert on_record(journal, ada, kind) == []
    assert [method for method, _ in journal.writes()] == ["POST", "PUT", "DELETE"]


@pytest.mark.parametrize("kind", ["service", "membership", "address", "keyword", "funding"])
@pytest.mark.parametrize("fault", ["cut-after", "cut-before"])
async def test_an_addition_without_answer_is_found_again(
    journal: Journal, ada: str, kind: str, fault: str
) -> None:
    """Kinds that ORCID would take twice are found by what they are about, and stand there once."""
    declared = item(kind, ITEMS[kind][0]) if kind in ITEMS else role(kind)
    journal.simulator.add_fault(fault, method="POST", path="/api/*", count=1)
    await journal.declare(declared)
    await journal.work(after=HOUR)
    assert len(on_record(journal, ada, kind)) == 1
    (row,) = await journal.rows()
    assert row.state == "delivered"


@pytest.mark.parametrize("kind", ["service", "address", "keyword", "funding"])
async def test_what_a_lost_ledger_added_is_taken_up(journal: Journal, ada: str, kind: str) -> None:
    """An item that our client put there before this ledger knew of it is adopted, not doubled."""
    declared = item(kind, ITEMS[kind][0]) if kind in ITEMS else role(kind)
    await journal.declare(declared)
    (held,) = on_record(journal, ada, kind)
    await forget_rows(journal)
    await journal.declare(declared)
    assert [one["put-code"] for one in on_record(journal, ada, kind)] == [held["put-code"]]
    (row,) = await journal.rows()
    assert (row.state, row.put_code) == ("delivered", held["put-code"])


async def forget_rows(journal: Journal) -> None:
    """Lose every delivery, as somebody who lost their database did."""
    async with journal.services.database.writing() as connection:
        await connection.execute(delete(deliveries))


async def test_a_permission_for_works_does_not_write_names(journal: Journal) -> None:
    """Person items wait for the scope that they need; the sentence says so."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await journal.declare(item("keyword", ITEMS["keyword"][0]))
    (row,) = await journal.rows()
    assert (row.state, on_record(journal, orcid, "keyword")) == ("waiting", [])
    assert "permission" in row.sentence
    await journal.connect("ada", orcid, scope=EVERYTHING)
    await journal.work()
    assert len(on_record(journal, orcid, "keyword")) == 1


async def test_an_item_that_becomes_another_kind_moves(journal: Journal, ada: str) -> None:
    """A role corrected from membership to service leaves the one section for the other."""
    await journal.declare(role("membership"))
    await journal.declare(role("service", day=2))
    assert on_record(journal, ada, "membership") == []
    assert len(on_record(journal, ada, "service")) == 1


async def test_further_copies_of_ours_are_removed(journal: Journal, ada: str) -> None:
    """Two equal items of our own client: one is kept and corrected, the other goes."""
    copy = codec.encode(affiliation_from_role(role()).activity or Keyword(content=""))
    kept = journal.simulator.put_item(ada, "service", copy, client_id=journal.client_id)
    journal.simulator.put_item(ada, "service", copy, client_id=journal.client_id)
    theirs = journal.simulator.put_item(ada, "service", copy, client_id=None)
    await journal.declare(role())
    codes = {one["put-code"] for one in on_record(journal, ada, "service")}
    assert theirs in codes
    assert kept in codes
    assert len(codes) == 2


async def test_a_research_resource_is_added_once(journal: Journal, ada: str) -> None:
    """A proposal that was granted time stands on the record once, also after a lost answer."""
    granted = ResearchResource(
        proposal=Proposal(
            title=Title(title="Time on the engine"),
            hosts=(PLACE,),
            external_ids=(PROPOSAL,),
            start_date=FuzzyDate(year=2025),
        ),
        items=(
            ResourceItem(
                name="Engine", type="infrastructures", hosts=(PLACE,), external_ids=(ENGINE,)
            ),
        ),
    )
    journal.simulator.add_fault("cut-after", method="POST", path="/api/*", count=1)
    await journal.declare(item("research-resource", granted))
    await journal.work(after=timedelta(hours=1).total_seconds())
    assert len(on_record(journal, ada, "research-resource")) == 1
