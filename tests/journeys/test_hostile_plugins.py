"""A plugin that raises, hangs or answers nonsense in every hook changes nothing."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from orcid_connect import hookimpl
from tests.support.clock import MovedClock
from tests.support.journal import article, author, journal_on, review

pytestmark = pytest.mark.anyio

Behaviour = Callable[[], Any]


def hostile(behave: Behaviour) -> object:
    """Return a plugin that behaves so in every hook that planning or telling calls."""

    class Hostile:
        @hookimpl
        def orcid_adjust_work(self, work: Any, article: Any, person: str) -> Any:
            return behave()

        @hookimpl
        def orcid_adjust_peer_review(self, peer_review: Any, review: Any, person: str) -> Any:
            return behave()

        @hookimpl
        def orcid_veto_delivery(self, declaration: Any, person: str) -> Any:
            return behave()

        @hookimpl
        def orcid_delivery_settled(self, delivery: Any, outcome: str) -> Any:
            return behave()

        @hookimpl
        def orcid_link_made(self, link: Any) -> Any:
            return behave()

        @hookimpl
        def orcid_link_ended(self, link: Any, reason: str) -> Any:
            return behave()

    return Hostile()


def raising() -> None:
    """Raise what no one expects."""
    raise ZeroDivisionError


def leaving() -> None:
    """Try to end the program."""
    raise SystemExit(1)


def hanging() -> None:
    """Never come back in time."""
    threading.Event().wait(5)


@pytest.mark.parametrize(
    "behave",
    [raising, leaving, hanging, lambda: 42, lambda: {"title": None}, lambda: object],
    ids=["raises", "leaves", "hangs", "number", "dictionary", "class"],
)
async def test_everything_is_delivered_all_the_same(
    database: str, clock: MovedClock, behave: Behaviour
) -> None:
    """Works and reviews are added, corrected and withdrawn as if the plugin were not there."""
    plugins = [hostile(behave)]
    async with journal_on(database, clock, plugins, hook_timeout=0.02) as journal:
        orcid = journal.person()
        await journal.connect("ada", orcid)
        await journal.declare(article(author()))
        await journal.declare(review())
        await journal.declare(article(author(), day=2, title="Corrected"))
        (work,) = journal.works(orcid)
        assert work["title"]["title"]["value"] == "Corrected"
        assert len(journal.reviews(orcid)) == 1
        await journal.withdraw("a1")
        assert journal.works(orcid) == []


async def test_a_plugin_may_shape_and_hold(database: str, clock: MovedClock) -> None:
    """A well-behaved plugin changes the work of one person and holds that of another."""

    class House:
        held = True

        @hookimpl
        def orcid_adjust_work(self, work: Any, article: Any, person: str) -> Any:
            return work.model_copy(update={"journal_title": f"For {person}"})

        @hookimpl
        async def orcid_veto_delivery(self, declaration: Any, person: str) -> str | None:
            return "the author asked us to wait." if self.held and person == "key:bob" else None

    house = House()
    async with journal_on(database, clock, [house]) as journal:
        ada, bob = journal.person(), journal.person("Bob", "Cratchit")
        await journal.connect("ada", ada)
        await journal.connect("bob", bob)
        both = article(author(), author("bob", given_names="Bob", family_name="Cratchit"))
        await journal.declare(both)
        assert journal.works(ada)[0]["journal-title"]["value"] == "For key:ada"
        held = next(row for row in await journal.rows() if row.person == "key:bob")
        assert held.sentence == "Held back: the author asked us to wait."
        assert journal.works(bob) == []
        house.held = False
        await journal.declare(both)
        assert len(journal.works(bob)) == 1


async def test_content_that_a_plugin_spoils_is_parked(database: str, clock: MovedClock) -> None:
    """A plugin's change that ORCID would refuse is parked with its reason, and nothing is sent."""

    class Spoils:
        @hookimpl
        def orcid_adjust_work(self, work: Any, article: Any, person: str) -> Any:
            return work.model_copy(update={"external_ids": ()})

    async with journal_on(database, clock, [Spoils()]) as journal:
        await journal.connect("ada", journal.person())
        await journal.declare(article(author()))
        assert (await journal.row()).state == "parked"
        assert journal.writes() == []


async def test_plugins_hear_what_settled(database: str, clock: MovedClock) -> None:
    """Each rest of a delivery is told once, with facts and without secrets."""
    heard: list[tuple[str, str, int | None]] = []

    class Hears:
        @hookimpl
        async def orcid_delivery_settled(self, delivery: Any, outcome: str) -> None:
            heard.append((delivery.person, outcome, delivery.put_code))

    async with journal_on(database, clock, [Hears()]) as journal:
        await journal.connect("ada", journal.person())
        await journal.declare(article(author()))
        put_code = (await journal.row()).put_code
        await journal.withdraw("a1")
    assert heard == [("key:ada", "delivered", put_code), ("key:ada", "withdrawn", None)]
