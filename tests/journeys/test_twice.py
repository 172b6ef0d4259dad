"""What ORCID would take twice stands once, though two keys say the same of one person."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from orcid_connect.declarations import Person, RecordItem, Withdrawal
from orcid_connect.journeys import managing, wishes
from orcid_connect.journeys.decisions import SAME_THERE, refused_by_its_person
from orcid_connect.journeys.intake import take_in
from orcid_connect.journeys.linking import disconnect
from orcid_connect.records import Address
from orcid_connect.store.ledger import Delivery
from tests.journeys.test_another_key import TREE
from tests.journeys.test_kinds import on_record, role
from tests.support.clock import MovedClock
from tests.support.journal import EVERYTHING, TENANT, Journal, at, author, journal_on
from tests.support.wishes import HOUR

pytestmark = pytest.mark.anyio

FIRST, SECOND = "editor-1", "editor-2"


@pytest.fixture
async def ada(journal: Journal) -> str:
    """Somebody who allowed everything."""
    return await journal.person_who_allows_everything()


def ended(key: str, day: int = 3) -> Withdrawal:
    """Return that a role was never true."""
    return Withdrawal(tenant=TENANT, key=key, as_of=at(day), of="role")


async def standing(journal: Journal, orcid: str) -> tuple[int, Delivery, Delivery]:
    """Return how many services are on the record, and both rows."""
    rows = (await journal.row(FIRST), await journal.row(SECOND))
    return len(on_record(journal, orcid, "service")), *rows


async def one_after_the_other(journal: Journal) -> None:
    """The second key comes when the first stands."""
    await journal.declare(role(key=FIRST))
    await journal.declare(role(key=SECOND))


async def together(journal: Journal) -> None:
    """Both are due in one visit."""
    await take_in(journal.services, role(key=FIRST))
    await journal.declare(role(key=SECOND))


@pytest.mark.parametrize("come", [one_after_the_other, together])
async def test_the_second_key_waits_and_then_takes_its_place(
    journal: Journal, ada: str, come: Callable[[Journal], Awaitable[None]]
) -> None:
    """One item: the other row says whose it is; withdrawn, whichever it was, the other goes."""
    await come(journal)
    count, *rows = await standing(journal, ada)
    (there,) = [row for row in rows if row.state == "delivered"]
    (waits,) = [row for row in rows if row.state == "parked"]
    assert count == 1
    assert waits.sentence.startswith(f"{SAME_THERE}role {there.subject.key} (put-code ")
    (told,) = await managing.act(journal.services, "retry", [waits.id])
    assert "stays parked as long as this holds" in told.sentence
    await journal.work()
    assert (await standing(journal, ada))[0] == 1
    await journal.declare(ended(there.subject.key))
    (held,) = on_record(journal, ada, "service")
    now = await journal.row(waits.subject.key)
    assert (now.state, now.put_code) == ("delivered", held["put-code"])
    assert [method for method, _ in journal.writes()] == ["POST", "DELETE", "POST"]


async def test_the_first_is_withdrawn_in_the_same_moment(journal: Journal, ada: str) -> None:
    """A host that gives new numbers withdraws the old and declares the new at once: one stands."""
    await journal.declare(role(key=FIRST))
    await take_in(journal.services, role(key=SECOND, day=2))
    await journal.declare(ended(FIRST, 2))
    count, first, second = await standing(journal, ada)
    assert (count, first.state, second.state) == (1, "withdrawn", "delivered")


async def test_the_first_is_corrected_into_something_else(journal: Journal, ada: str) -> None:
    """Once they are two things by what they say, both stand."""
    await one_after_the_other(journal)
    await journal.declare(role(key=FIRST, day=2, role_title="Editor-in-chief"))
    count, first, second = await standing(journal, ada)
    assert (count, first.state, second.state) == (2, "delivered", "delivered")


@pytest.mark.parametrize("fault", ["cut-after", "cut-before"])
async def test_while_the_first_is_unclear_the_second_is_not_sent(
    journal: Journal, ada: str, fault: str
) -> None:
    """Whether the first one's request arrived or not: in the end one of them stands, once."""
    journal.simulator.add_fault(fault, method="POST", path="/api/*", count=1)
    await together(journal)
    for _ in range(4):
        await journal.work(after=HOUR)
    count, first, second = await standing(journal, ada)
    assert (count, {first.state, second.state}) == (1, {"delivered", "parked"})


async def test_nothing_of_the_second_leaves_before_the_first_is_settled(
    journal: Journal, ada: str
) -> None:
    """As long as the first one's request may still arrive, the second waits and says so."""
    journal.simulator.add_fault("cut-after", method="POST", path="/api/*", count=1)
    await together(journal)
    assert [method for method, _ in journal.writes()] == ["POST"]
    rows = sorted([await journal.row(FIRST), await journal.row(SECOND)], key=lambda row: row.tries)
    assert {row.state for row in rows} == {"due"}
    assert any("is still unclear" in row.sentence for row in rows)


@pytest.mark.parametrize("fault", ["cut-after", "cut-before"])
async def test_what_nobody_may_look_up_any_more_keeps_no_other_waiting(
    database: str, clock: MovedClock, fault: str
) -> None:
    """One tenant's request broke off and its person left that tenant: the other's goes, once."""
    async with journal_on(database, clock, tenants=TREE) as journal:
        journal.simulator.know_organizations("all")
        orcid = journal.person()
        names = {TENANT: "ada", "sister": "lovelace"}
        for tenant, name in names.items():
            await journal.connect(name, orcid, tenant=tenant, scope=EVERYTHING)
            await take_in(journal.services, role(key=tenant, tenant=tenant, person=author(name)))
        journal.simulator.add_fault(fault, method="POST", path="/api/*", count=1)
        await journal.work()
        (waits,) = [row for row in await journal.rows() if "is still unclear" in row.sentence]
        (left,) = names.keys() - {waits.subject.tenant}
        await disconnect(journal.services, left, names[left])
        await journal.work(after=HOUR)
        (there,) = on_record(journal, orcid, "service")
        assert (await journal.row(waits.subject.key)).put_code == there["put-code"]


async def test_removed_by_its_person_the_second_does_not_take_its_place(
    journal: Journal, ada: str
) -> None:
    """At ORCID or on her own page: what waited for the place is refused with it."""
    await one_after_the_other(journal)
    row = await journal.row(FIRST)
    await wishes.decide(journal.services, Person(tenant=TENANT, key="ada"), row.id, "remove")
    await journal.work()
    count, _, second = await standing(journal, ada)
    assert (count, second.state, second.wish) == (0, "declined", "remove")
    assert second.sentence.endswith(f"It is the same as role {FIRST}.")
    await journal.declare(role(key="editor-3", day=2, role_title="Reviewer"))
    await journal.declare(role(key="editor-4", day=2, role_title="Reviewer"))
    put_code = (await journal.row("editor-3")).put_code
    assert put_code is not None
    journal.simulator.remove_item(ada, put_code)
    await journal.declare(role(key="editor-3", day=3, role_title="Reviewer", end="2026-05"))
    await journal.work(after=HOUR)
    assert on_record(journal, ada, "service") == []
    assert refused_by_its_person(await journal.row("editor-4"))


async def test_two_roles_and_two_people_have_their_own(journal: Journal, ada: str) -> None:
    """Another title, another start, and another person are no copies."""
    bert = journal.person()
    await journal.connect("bert", bert, scope=EVERYTHING)
    await journal.declare(role(key="r1"))
    await journal.declare(role(key="r2", role_title="Reader"))
    await journal.declare(role(key="r3", start="2025-02"))
    await journal.declare(role(key="b1", person=author("bert")))
    assert len(on_record(journal, ada, "service")) == 3
    assert len(on_record(journal, bert, "service")) == 1


async def test_a_country_that_two_keys_name_stands_once(journal: Journal, ada: str) -> None:
    """Of countries ORCID never finds a copy: we do."""

    def country(key: str) -> RecordItem:
        content: Any = Address(country="GB")
        return RecordItem(
            tenant=TENANT, key=key, as_of=at(1), person=author(), activity="address", item=content
        )

    await take_in(journal.services, country("c1"))
    await journal.declare(country("c2"))
    assert len(on_record(journal, ada, "address")) == 1
    states = sorted([(await journal.row("c1")).state, (await journal.row("c2")).state])
    assert states == ["delivered", "parked"]
    assert json.dumps(journal.writes()) == '[["POST", 201]]'
