"""What two keys say alike of one person, of every kind: it stands once, and refused it stays so."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from orcid_connect.declarations import RecordItem, Withdrawal
from orcid_connect.journeys import wishes
from orcid_connect.journeys.decisions import SAME_REFUSED, SAME_THERE, refused_by_its_person
from orcid_connect.journeys.intake import take_in
from orcid_connect.journeys.participants import Positive
from orcid_connect.journeys.planning import plan_due
from orcid_connect.records import (
    Address,
    ExternalId,
    ExternalIdentifier,
    Funding,
    ItemKind,
    Keyword,
    OtherName,
    ResearcherUrl,
    Title,
)
from tests.journeys.test_another_key import pass_by
from tests.journeys.test_kinds import PLACE, SOCIETY, on_record, role
from tests.support.journal import TENANT, Journal, article, at, author
from tests.support.wishes import ADA, decide

pytestmark = pytest.mark.anyio

FIRST, SECOND = "first", "second"
WITHOUT_ROR = {name: SOCIETY[name] for name in ("name", "city", "country")}
Make = Callable[[str, int], Positive]


def grant(number: str, relationship: Any) -> Funding:
    """Return a grant that is known by its number, or by what it says."""
    known = ExternalId(type="grant_number", value=number, relationship=relationship)
    title = Title(title=f"Engines {number}")
    return Funding(type="grant", title=title, organization=PLACE, external_ids=(known,))


def profile(number: int) -> ExternalIdentifier:
    """Return a profile of hers elsewhere."""
    return ExternalIdentifier(
        type="Loop profile", value=f"{number}", url="https://loop.example/ada", relationship="self"
    )


def item(kind: ItemKind, contents: list[Any]) -> Make:
    """Return how to declare one of two things under a key."""

    def make(key: str, which: int) -> Positive:
        return RecordItem(
            tenant=TENANT,
            key=key,
            as_of=at(1),
            person=author(),
            activity=kind,
            item=contents[which],
        )

    return make


def editor(**changes: Any) -> Make:
    """Return how to declare one of two roles under a key."""

    def make(key: str, which: int) -> Positive:
        return role(key=key, role_title=("Editor", "Reader")[which], **changes)

    return make


CASES: dict[str, tuple[ItemKind, Make]] = {
    "work": ("work", lambda key, which: article(author(), key=key, doi=f"10.5555/a{which}")),
    "role with ROR": ("service", editor()),
    "role without ROR": ("service", editor(organization=WITHOUT_ROR)),
    "membership": ("membership", editor(organization=WITHOUT_ROR, activity="membership")),
    "country": ("address", item("address", [Address(country="GB"), Address(country="FR")])),
    "keyword": ("keyword", item("keyword", [Keyword(content="looms"), Keyword(content="mills")])),
    "other name": (
        "other-name",
        item("other-name", [OtherName(content="Ada King"), OtherName(content="A. K.")]),
    ),
    "address of the web": (
        "researcher-url",
        item(
            "researcher-url",
            [ResearcherUrl(name="H", url=f"https://ada.example/{one}") for one in "ab"],
        ),
    ),
    "profile": ("external-identifier", item("external-identifier", [profile(1), profile(2)])),
    "grant by number": ("funding", item("funding", [grant("1", "self"), grant("2", "self")])),
    "grant by title": ("funding", item("funding", [grant("1", "part-of"), grant("2", "part-of")])),
}
each_kind = pytest.mark.parametrize(("kind", "make"), CASES.values(), ids=CASES.keys())


@pytest.fixture
async def ada(journal: Journal) -> str:
    """Somebody who allowed everything."""
    return await journal.person_who_allows_everything()


async def say(journal: Journal, declaration: Positive | Withdrawal) -> None:
    """Declare something as of now, and do all that is due."""
    journal.clock.move(1)
    now = datetime.fromtimestamp(journal.clock(), UTC)
    await journal.declare(declaration.model_copy(update={"as_of": now}))


async def withdraw(journal: Journal, key: str) -> None:
    """Say that it was never true."""
    of = (await journal.row(key)).subject.kind
    await say(journal, Withdrawal(tenant=TENANT, key=key, as_of=at(1), of=of))


@each_kind
@pytest.mark.parametrize("how", ["withdrawn", "corrected"])
async def test_the_second_waits_for_the_first_and_takes_its_place(
    journal: Journal, ada: str, kind: ItemKind, make: Make, how: str
) -> None:
    """It stands once, whichever kind it is; gone or made another, the second goes by itself."""
    await say(journal, make(FIRST, 0))
    await say(journal, make(SECOND, 0))
    waits = await journal.row(SECOND)
    assert (waits.state, waits.put_code) == ("parked", None)
    assert waits.sentence.startswith(SAME_THERE)
    assert len(on_record(journal, ada, kind)) == 1
    if how == "withdrawn":
        await withdraw(journal, FIRST)
    else:
        await say(journal, make(FIRST, 1))
    await pass_by(journal)
    assert (await journal.row(SECOND)).state == "delivered"
    assert len(on_record(journal, ada, kind)) == (1 if how == "withdrawn" else 2)


@each_kind
async def test_what_she_removed_at_orcid_unnoticed_is_not_sent_under_another_key(
    journal: Journal, ada: str, kind: ItemKind, make: Make
) -> None:
    """As far as we know it stands; when the first is withdrawn it shows, and both are refused."""
    await say(journal, make(FIRST, 0))
    put_code = (await journal.row(FIRST)).put_code
    assert put_code is not None
    journal.simulator.remove_item(ada, put_code)
    await say(journal, make(SECOND, 0))
    await pass_by(journal)
    assert on_record(journal, ada, kind) == []
    await withdraw(journal, FIRST)
    await pass_by(journal)
    assert on_record(journal, ada, kind) == []
    assert refused_by_its_person(await journal.row(SECOND))


@each_kind
async def test_a_correction_makes_no_second_copy(
    journal: Journal, ada: str, kind: ItemKind, make: Make
) -> None:
    """Corrected into what another key put there, the item stays as it stands, and says so; once
    the other is gone, the correction goes by itself."""
    await say(journal, make(FIRST, 0))
    await say(journal, make(SECOND, 1))
    before = on_record(journal, ada, kind)
    await say(journal, make(SECOND, 0))
    row = await journal.row(SECOND)
    assert row.state == "parked"
    assert row.sentence.startswith(SAME_THERE)
    assert on_record(journal, ada, kind) == before
    await withdraw(journal, FIRST)
    await pass_by(journal)
    assert (await journal.row(SECOND)).state == "delivered"
    assert len(on_record(journal, ada, kind)) == 1


@each_kind
async def test_a_correction_puts_nothing_back(
    journal: Journal, ada: str, kind: ItemKind, make: Make
) -> None:
    """Corrected into what she refused under another key, the item stays as it stands, and says so;
    corrected back, it is as it was."""
    await say(journal, make(FIRST, 0))
    await say(journal, make(SECOND, 1))
    await decide(journal, FIRST, "remove")
    before = on_record(journal, ada, kind)
    await say(journal, make(SECOND, 0))
    await pass_by(journal)
    row = await journal.row(SECOND)
    assert row.state == "parked"
    assert row.sentence.startswith(SAME_REFUSED)
    assert on_record(journal, ada, kind) == before
    await say(journal, make(SECOND, 1))
    assert (await journal.row(SECOND)).state == "delivered"


@each_kind
async def test_what_it_was_before_a_correction_was_not_refused(
    journal: Journal, ada: str, kind: ItemKind, make: Make
) -> None:
    """She removes what it says by now: what the key said before is not hers to have refused. A
    work stays the one that has or had an identifier."""
    await say(journal, make(FIRST, 0))
    await say(journal, make(FIRST, 1))
    await decide(journal, FIRST, "remove")
    await say(journal, make(SECOND, 0))
    await pass_by(journal)
    row = await journal.row(SECOND)
    assert row.state == ("declined" if kind == "work" else "delivered")


async def test_what_stood_when_she_removed_it_was_refused(journal: Journal, ada: str) -> None:
    """She removed GB at ORCID, and the host said FR before that showed: neither comes back."""
    _, country = CASES["country"]
    await say(journal, country(FIRST, 0))
    put_code = (await journal.row(FIRST)).put_code
    assert put_code is not None
    journal.simulator.remove_item(ada, put_code)
    await say(journal, country(FIRST, 1))
    assert refused_by_its_person(await journal.row(FIRST))
    await say(journal, country(SECOND, 0))
    await say(journal, country("third", 1))
    await pass_by(journal)
    assert on_record(journal, ada, "address") == []


async def test_of_another_kind_it_was_not_refused(journal: Journal, ada: str) -> None:
    """A key was a keyword by mistake, then a country that she removes: the keyword is sent."""
    _, keyword = CASES["keyword"]
    _, country = CASES["country"]
    await say(journal, keyword(FIRST, 0))
    await say(journal, country(FIRST, 0))
    (row,) = [row for row in await journal.rows(FIRST) if row.activity == "address"]
    decided = await wishes.decide(journal.services, ADA, row.id, "remove")
    assert decided is not None
    assert decided.done
    await say(journal, keyword(SECOND, 0))
    assert len(on_record(journal, ada, "keyword")) == 1


@pytest.mark.parametrize("turns", range(0, 40, 4))
async def test_held_back_while_the_second_is_planned(
    journal: Journal, ada: str, turns: int
) -> None:
    """However far the planning of the second is when she holds the first back: it is not sent."""
    _, make = CASES["role with ROR"]
    journal.simulator.add_fault("status", path="/api/*", status=503)
    await say(journal, make(FIRST, 0))
    first = await journal.row(FIRST)
    await take_in(journal.services, make(SECOND, 0))
    planning = asyncio.ensure_future(plan_due(journal.services))
    for _ in range(turns):
        await asyncio.sleep(0)
    decided = await wishes.decide(journal.services, ADA, first.id, "hold")
    assert decided is not None
    assert decided.done
    await planning
    journal.simulator.clear_faults()
    await pass_by(journal)
    assert on_record(journal, ada, "service") == []
