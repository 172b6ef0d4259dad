"""Declarations of every kind come in: twice, late, in any order; and the receipt says what next."""

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from orcid_connect.declarations import (
    AnyDeclaration,
    Contributor,
    RecordItem,
    Role,
    SubjectKind,
    Withdrawal,
    subject_kind,
)
from orcid_connect.errors import InputError
from orcid_connect.journeys.intake import end_role, take_in, withdraw
from orcid_connect.records import Keyword
from orcid_connect.store import declared
from orcid_connect.store.declared import Subject
from tests.journeys.test_kinds import SOCIETY
from tests.support.journal import TENANT, Journal, article, at, author, review

pytestmark = pytest.mark.anyio


def role(key: str = "editor", *, day: int = 1, **changes: Any) -> Role:
    """Return a role of Ada's."""
    values: dict[str, Any] = {
        "tenant": TENANT,
        "key": key,
        "as_of": at(day),
        "person": author(),
        "organization": SOCIETY,
        "role_title": "Editor",
        "start": "2024-01",
    }
    return Role(**(values | changes))


def keyword(key: str = "word", *, day: int = 1, **changes: Any) -> RecordItem:
    """Return a keyword of Ada's."""
    values: dict[str, Any] = {
        "tenant": TENANT,
        "key": key,
        "as_of": at(day),
        "person": author(),
        "activity": "keyword",
        "item": Keyword(content="engines"),
    }
    return RecordItem(**(values | changes))


def an_article(key: str = "a1", *, day: int = 1, **changes: Any) -> AnyDeclaration:
    """Return an article of Ada's."""
    return article(changes.pop("person", author()), key=key, day=day, **changes)


def a_review(key: str = "r1", *, day: int = 1, **changes: Any) -> AnyDeclaration:
    """Return a review of Ada's."""
    return review(key, day=day, reviewer=changes.pop("person", author()), **changes)


KINDS: dict[SubjectKind, Callable[..., AnyDeclaration]] = {
    "article": an_article,
    "review": a_review,
    "role": role,
    "item": keyword,
}
every_kind = pytest.mark.parametrize("kind", KINDS)


@every_kind
async def test_the_newest_holds_in_any_order_of_arrival(
    journal: Journal, kind: SubjectKind
) -> None:
    """Of two declarations and a withdrawal, each said twice, the newest as_of holds every time."""
    make = KINDS[kind]
    for number, days in enumerate(permutations((1, 2, 3))):
        key = f"k{number}"
        said = {
            1: make(key, day=1),
            2: make(key, day=2),
            3: Withdrawal(tenant=TENANT, key=key, as_of=at(3), of=kind),
        }
        newest = 0
        for day in [day for day in days for _twice in range(2)]:
            receipt = await take_in(journal.services, said[day])
            assert receipt.holds == (day >= newest)
            newest = max(newest, day)
        async with journal.services.database.reading() as connection:
            subject = Subject(TENANT, kind, key)
            held = await declared.newest(connection, subject, journal.clock())
        assert held is not None
        assert held.withdrawn


@every_kind
async def test_a_late_older_declaration_does_not_undo_a_withdrawal(
    journal: Journal, kind: SubjectKind
) -> None:
    """What was withdrawn stays withdrawn when an older declaration arrives late, and it is told."""
    journal.simulator.know_organizations("all")
    await journal.connect("ada", journal.person(), scope="/activities/update /person/update")
    first = KINDS[kind]("k", day=1)
    await journal.declare(first)
    await withdraw(journal.services, TENANT, kind, "k", "an error")
    await journal.work()
    receipt = await journal.declare(KINDS[kind]("k", day=2))
    (row,) = await journal.rows("k")
    assert row.state == "withdrawn"
    assert not receipt.holds
    assert "something newer is known" in receipt.sentence
    assert [method for method, _ in journal.writes()] == ["POST", "DELETE"]


@every_kind
async def test_the_receipt_says_how_everybody_stands(journal: Journal, kind: SubjectKind) -> None:
    """Of each kind the receipt names the person, waiting before and linked after they connect."""
    make = KINDS[kind]
    receipt = await take_in(journal.services, make())
    assert [(one.person, one.state) for one in receipt.people] == [("key:ada", "waiting")]
    assert receipt.sentence == "Recorded; it is delivered as soon as ORCID and the people allow."
    await journal.connect("ada", journal.person())
    receipt = await take_in(journal.services, make(day=2))
    assert [one.state for one in receipt.people] == ["linked"]


@every_kind
async def test_nobody_is_delivered_to_by_name(journal: Journal, kind: SubjectKind) -> None:
    """Of each kind, somebody with neither key nor authenticated iD cannot be delivered to."""
    stranger = Contributor(given_names="Ada", family_name="Lovelace", orcid=journal.person())
    receipt = await take_in(journal.services, KINDS[kind](person=stranger))
    assert [(one.name, one.state) for one in receipt.people] == [("Ada Lovelace", "unknown")]


@every_kind
async def test_what_is_scheduled_is_said(journal: Journal, kind: SubjectKind) -> None:
    """A declaration for a later day is recorded, and the receipt says when it may leave."""
    when = at(1) + timedelta(days=3650)
    receipt = await take_in(journal.services, KINDS[kind](not_before=when))
    assert receipt.sentence.startswith("Recorded. It is scheduled: nothing leaves before 2036-04-")


async def test_the_receipt_names_what_holds_it_back(journal: Journal) -> None:
    """What ORCID would refuse of a role is told at once, with its problems."""
    reversed_dates = role(start="2025-01", end="2024-01")
    receipt = await take_in(journal.services, reversed_dates)
    assert receipt.sentence.startswith("Recorded, but it is held back until this is corrected:")
    assert any(problem.holds for problem in receipt.problems)


async def test_what_policy_keeps_here_is_said(journal: Journal) -> None:
    """A review whose reviewer does not want it is recorded, and the receipt says that it stays."""
    receipt = await take_in(journal.services, review(consent=False))
    assert receipt.sentence == (
        "Recorded, but nothing of it is sent: The reviewer does not want this review on the record."
    )


async def test_a_role_ends_by_its_key(journal: Journal) -> None:
    """The newest known role of a key is declared again with its end; everything else stays."""
    await take_in(journal.services, role(role_title="Editor"))
    await take_in(journal.services, role(day=2, role_title="Chief Editor"))
    receipt = await end_role(journal.services, TENANT, "editor", "2026-06")
    async with journal.services.database.reading() as connection:
        subject = Subject(TENANT, "role", "editor")
        held = await declared.newest(connection, subject, journal.clock())
    assert held is not None
    assert held.event_id == receipt.event_id
    ended = held.declaration
    assert isinstance(ended, Role)
    assert (ended.role_title, str(ended.start), str(ended.end)) == (
        "Chief Editor",
        "2024-01",
        "2026-06",
    )


async def test_a_role_that_is_not_known_cannot_end(journal: Journal) -> None:
    """Ending an unknown or retracted role is an error that says what to do; nothing is kept."""
    with pytest.raises(InputError, match="no role 'editor' of tenant 'journal' was ever declared"):
        await end_role(journal.services, TENANT, "editor", "2026-06")
    await take_in(journal.services, role())
    await withdraw(journal.services, TENANT, "role", "editor", "")
    with pytest.raises(InputError, match="was retracted"):
        await end_role(journal.services, TENANT, "editor", "2026-06")


async def test_a_version_is_withdrawn_by_its_own_key(journal: Journal) -> None:
    """A key that was declared as a version of a lineage is withdrawn there, and only it."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    for version in ("1", "2"):
        await journal.declare(
            article(author(), key=f"v{version}", lineage="l", title=f"Version {version}")
        )
    await withdraw(journal.services, TENANT, "article", "v2", "")
    await journal.work()
    (work,) = journal.works(orcid)
    assert work["title"]["title"]["value"] == "Version 1"


def test_every_kind_is_tested() -> None:
    """The table of these tests has each kind once, under its own name."""
    assert {kind: subject_kind(make()) for kind, make in KINDS.items()} == {
        kind: kind for kind in KINDS
    }
