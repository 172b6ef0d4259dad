"""What has no identifier is the same by what it says: refused under one key, it stays refused."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from orcid_connect.declarations import RecordItem, Withdrawal
from orcid_connect.journeys.decisions import refused_by_its_person
from orcid_connect.journeys.tidying import prune
from orcid_connect.records import Address
from tests.journeys.test_another_key import TREE, pass_by
from tests.journeys.test_kinds import on_record, role
from tests.support.clock import MovedClock
from tests.support.journal import EVERYTHING, TENANT, Journal, author, journal_on
from tests.support.wishes import HOUR, ask_first, decide

pytestmark = pytest.mark.anyio

FIRST, SECOND = "first", "second"
Declare = Callable[..., Awaitable[None]]
Refuse = Callable[[Journal, Declare, str], Awaitable[None]]


@pytest.fixture
async def ada(journal: Journal) -> str:
    """Somebody who allowed everything."""
    return await journal.person_who_allows_everything()


async def declare_role(journal: Journal, key: str, **changes: Any) -> None:
    """Say that she is an editor, as of now."""
    now = datetime.fromtimestamp(journal.clock(), UTC)
    await journal.declare(role(key=key, **changes).model_copy(update={"as_of": now}))


async def declare_country(journal: Journal, key: str, **_changes: Any) -> None:
    """Say that she is in Britain, as of now."""
    now = datetime.fromtimestamp(journal.clock(), UTC)
    there: Any = Address(country="GB")
    await journal.declare(
        RecordItem(
            tenant=TENANT, key=key, as_of=now, person=author(), activity="address", item=there
        )
    )


KINDS: dict[Declare, str] = {declare_role: "service", declare_country: "address"}


async def removed_here(journal: Journal, declare: Declare, _orcid: str) -> None:
    """Sent, and removed on her own page."""
    await declare(journal, FIRST)
    await decide(journal, FIRST, "remove")


async def held_back(journal: Journal, declare: Declare, _orcid: str) -> None:
    """Never sent: she was asked, and holds it back."""
    await ask_first(journal, True)
    await declare(journal, FIRST)
    await decide(journal, FIRST, "hold")
    await ask_first(journal, False)


async def removed_at_orcid(journal: Journal, _declare: Declare, orcid: str) -> None:
    """Sent, removed at ORCID, and a correction finds that out."""
    await declare_role(journal, FIRST)
    put_code = (await journal.row(FIRST)).put_code
    assert put_code is not None
    journal.simulator.remove_item(orcid, put_code)
    await declare_role(journal, FIRST, end="2026-05")
    await pass_by(journal)


async def withdraw(journal: Journal) -> None:
    """The host says that it was never true."""
    first = await journal.row(FIRST)
    now = datetime.fromtimestamp(journal.clock(), UTC)
    await journal.declare(Withdrawal(tenant=TENANT, key=FIRST, as_of=now, of=first.subject.kind))


async def forgotten(journal: Journal) -> None:
    """The host says nothing of it any more."""


async def pruned(journal: Journal) -> None:
    """It is withdrawn, and a year later everything old is forgotten."""
    await withdraw(journal)
    await journal.work(after=365 * 24 * HOUR)
    assert [one async for one in prune(journal.services, journal.clock() - HOUR)]


@pytest.mark.parametrize("between", [withdraw, forgotten, pruned])
@pytest.mark.parametrize(
    ("declare", "refuse"),
    [
        (declare_role, removed_here),
        (declare_role, held_back),
        (declare_role, removed_at_orcid),
        (declare_country, removed_here),
        (declare_country, held_back),
    ],
)
async def test_refused_under_one_key_it_is_not_sent_under_another(
    journal: Journal,
    ada: str,
    declare: Declare,
    refuse: Refuse,
    between: Callable[[Journal], Awaitable[None]],
) -> None:
    """However it was refused and whatever came between, the second key begins refused, and says
    as what; her own yes sends it."""
    await refuse(journal, declare, ada)
    await between(journal)
    await declare(journal, SECOND)
    await pass_by(journal)
    row = await journal.row(SECOND)
    assert refused_by_its_person(row), row
    assert (row.state, row.put_code) == ("declined", None)
    assert f"It is the same as {row.subject.kind} {FIRST}." in row.sentence
    assert on_record(journal, ada, KINDS[declare]) == []
    if row.wish is not None:
        await decide(journal, SECOND, "send")
        assert len(on_record(journal, ada, KINDS[declare])) == 1


async def test_another_role_is_not_refused_with_it(journal: Journal, ada: str) -> None:
    """Another title, and the same in another department, are other things: they are sent."""
    await removed_here(journal, declare_role, ada)
    await declare_role(journal, "reader", role_title="Reader")
    await declare_role(journal, "letters", department="Letters")
    assert len(on_record(journal, ada, "service")) == 2


async def test_another_persons_same_role_is_sent(journal: Journal, ada: str) -> None:
    """What Ada refused says nothing of Bert, who has the same role."""
    bert = journal.person()
    await journal.connect("bert", bert, scope=EVERYTHING)
    await removed_here(journal, declare_role, ada)
    await declare_role(journal, SECOND, person=author("bert"))
    assert len(on_record(journal, bert, "service")) == 1


async def test_a_sister_journal_does_not_send_what_was_refused(
    database: str, clock: MovedClock
) -> None:
    """Within one tree of tenants she refused it for all, by her iD."""
    async with journal_on(database, clock, tenants=TREE) as journal:
        ada = await journal.person_who_allows_everything()
        await removed_here(journal, declare_role, ada)
        await journal.connect("lovelace", ada, tenant="sister", scope=EVERYTHING)
        await declare_role(journal, SECOND, tenant="sister", person=author("lovelace"))
        assert on_record(journal, ada, "service") == []
        assert refused_by_its_person(await journal.row(SECOND))


async def test_with_another_credential_it_stays_refused(journal: Journal, ada: str) -> None:
    """A tenant that changes its credential finds what was refused with the former one."""
    await removed_here(journal, declare_role, ada)
    moved = journal.with_new_credential()
    await moved.connect("ada", ada, scope=EVERYTHING)
    await declare_role(moved, SECOND)
    assert on_record(moved, ada, "service") == []
    assert refused_by_its_person(await moved.row(SECOND))
