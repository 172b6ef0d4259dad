"""What happens while a request is under way: whoever spoke last has the last word."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

import httpx
import pytest

from orcid_connect import hookimpl
from orcid_connect.journeys import wishes
from orcid_connect.journeys.intake import take_in, withdraw
from orcid_connect.journeys.linking import disconnect
from orcid_connect.journeys.planning import plan_due
from tests.support.clock import MovedClock
from tests.support.journal import TENANT, Journal, article, author, journal_on, review
from tests.support.wishes import ADA

pytestmark = pytest.mark.anyio

HOUR = 3600.0
Happening = Callable[[], Awaitable[None]]


class Meanwhile(httpx.AsyncBaseTransport):
    """The network, on which something else happens once, before or after one request."""

    def __init__(self) -> None:
        self._network = httpx.AsyncHTTPTransport()
        self._before: dict[str, Happening] = {}
        self._after: dict[str, Happening] = {}

    def before(self, method: str, happening: Happening) -> None:
        """Let something happen before the next request of this method leaves."""
        self._before[method] = happening

    def after(self, method: str, happening: Happening) -> None:
        """Let something happen when ORCID has acted on it and its answer is on the way."""
        self._after[method] = happening

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, with what happens around it."""
        if happening := self._before.pop(request.method, None):
            await happening()
        response = await self._network.handle_async_request(request)
        if happening := self._after.pop(request.method, None):
            await happening()
        return response

    async def aclose(self) -> None:
        """Close the network."""
        await self._network.aclose()


class Slow:
    """A plugin during whose first call something else happens."""

    happening: Happening | None = None

    @hookimpl
    async def orcid_adjust_work(self, work: object, article: object, person: str) -> None:
        """Let it happen."""
        happening, self.happening = self.happening, None
        if happening is not None:
            await happening()


@pytest.fixture
def meanwhile() -> Meanwhile:
    """The network of this test."""
    return Meanwhile()


@pytest.fixture
async def journal(database: str, clock: MovedClock, meanwhile: Meanwhile) -> AsyncIterator[Journal]:
    """A journal on that network."""
    async with journal_on(database, clock, http=meanwhile) as opened:
        yield opened


async def plan(journal: Journal) -> None:
    """Plan all that is to be planned."""
    while await plan_due(journal.services):
        pass


async def two_due(journal: Journal) -> str:
    """Bring a review and an article of one person to where both are due; return their iD.

    The review is sent first and alone, then the work.
    """
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await take_in(journal.services, review())
    await take_in(journal.services, article(author()))
    await plan(journal)
    return orcid


async def withdraw_both(journal: Journal) -> None:
    """Withdraw what `two_due` declared."""
    await withdraw(journal.services, TENANT, "review", "r1", "")
    await withdraw(journal.services, TENANT, "article", "a1", "")
    await plan(journal)


async def test_what_is_withdrawn_during_a_visit_is_not_sent(
    journal: Journal, meanwhile: Meanwhile
) -> None:
    """While the review is sent, the article is withdrawn: it is never on the record."""
    orcid = await two_due(journal)
    meanwhile.after("POST", partial(withdraw_both, journal))
    await journal.work()
    assert journal.works(orcid) == journal.reviews(orcid) == []
    assert journal.writes() == [("POST", 201), ("DELETE", 204)]
    assert {row.put_code for row in await journal.rows()} == {None}


async def test_nothing_is_written_after_the_person_disconnected(
    journal: Journal, meanwhile: Meanwhile
) -> None:
    """Disconnecting while the first of two is sent keeps the second from being sent."""
    orcid = await two_due(journal)

    async def leave() -> None:
        await disconnect(journal.services, TENANT, "ada")

    meanwhile.after("POST", leave)
    await journal.work()
    await journal.work(after=HOUR)
    assert (len(journal.reviews(orcid)), journal.works(orcid)) == (1, [])
    assert [status for _, status in journal.writes()] == [201]


async def test_connecting_again_during_a_visit_loses_nothing(
    journal: Journal, meanwhile: Meanwhile
) -> None:
    """A new token for the same iD while a visit runs: both items arrive."""
    orcid = await two_due(journal)

    async def again() -> None:
        await journal.connect("ada", orcid)
        await plan(journal)

    meanwhile.after("POST", again)
    await journal.work()
    await journal.work(after=HOUR)
    assert len(journal.works(orcid)) == len(journal.reviews(orcid)) == 1
    assert {row.state for row in await journal.rows()} == {"delivered"}


async def test_a_put_code_is_never_noted_for_another_record(
    journal: Journal, meanwhile: Meanwhile
) -> None:
    """The person moves to another iD while a POST to the first is answered."""
    first, second = journal.person(), journal.person()
    await journal.connect("ada", first)

    async def move() -> None:
        await disconnect(journal.services, TENANT, "ada")
        await journal.connect("ada", second)
        await plan(journal)

    meanwhile.after("POST", move)
    await journal.declare(article(author()))
    await journal.work(after=HOUR)
    await journal.declare(article(author(), day=2, title="Corrected"))
    assert len(journal.works(first)) == 1
    assert [work["title"]["title"]["value"] for work in journal.works(second)] == ["Corrected"]
    noted = {row.orcid: row.put_code for row in await journal.rows()}
    assert noted[first] == journal.works(first)[0]["put-code"]
    assert noted[second] == journal.works(second)[0]["put-code"]


async def test_coming_back_to_the_first_iD_takes_its_item_up_again(journal: Journal) -> None:
    """iD 1, iD 2, iD 1 with a DOI that changed meanwhile: one item each, and it is ours to undo."""
    first, second = journal.person(), journal.person()
    await journal.connect("ada", first)
    await journal.declare(article(author()))
    for day, orcid in ((2, second), (3, first)):
        await disconnect(journal.services, TENANT, "ada")
        await journal.connect("ada", orcid)
        await journal.declare(article(author(), day=day, doi=f"10.5555/late{day}"))
    assert len(journal.works(first)) == len(journal.works(second)) == 1
    await journal.withdraw("a1")
    assert journal.works(first) == []


async def test_a_host_that_gives_a_person_another_key_keeps_the_item(journal: Journal) -> None:
    """The same iD under a new person key, with a corrected DOI, is still the same item."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await journal.declare(article(author()))
    await disconnect(journal.services, TENANT, "ada")
    await journal.connect("u17", orcid)
    await journal.declare(article(author("u17"), day=2, doi="10.5555/corrected"))
    assert len(journal.works(orcid)) == 1
    assert journal.writes() == [("POST", 201), ("PUT", 200)]


async def test_an_unclear_removal_is_not_taken_for_delivered(journal: Journal) -> None:
    """DELETE carried out but unanswered, then published again: it is on the record, once."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await journal.declare(article(author()))
    journal.simulator.add_fault("cut-after", method="DELETE", path="/api/*/work*", count=1)
    await journal.withdraw("a1")
    await disconnect(journal.services, TENANT, "ada")
    again = article(author()).as_of.replace(year=2030)
    await journal.declare(article(author()).model_copy(update={"as_of": again}))
    await journal.connect("ada", orcid)
    await journal.work(after=HOUR)
    assert len(journal.works(orcid)) == 1
    assert (await journal.row()).state == "delivered"


async def test_a_plan_that_was_overtaken_has_not_the_last_word(
    database: str, clock: MovedClock
) -> None:
    """While one planner asks a plugin, the article is withdrawn and planned by another."""
    slow = Slow()
    async with journal_on(database, clock, [slow], hook_timeout=5.0) as journal:
        orcid = journal.person()
        await journal.connect("ada", orcid)

        async def withdraw_meanwhile() -> None:
            await withdraw(journal.services, TENANT, "article", "a1", "")
            await plan(journal)

        slow.happening = withdraw_meanwhile
        await take_in(journal.services, article(author()))
        await journal.work()
        assert journal.works(orcid) == []
        assert journal.writes() == []


async def test_a_co_author_who_connects_during_the_first_planning_is_named(
    database: str, clock: MovedClock
) -> None:
    """Nobody's iD is missing because they connected a moment too early."""
    slow = Slow()
    async with journal_on(database, clock, [slow], hook_timeout=5.0) as journal:
        ada, bob = journal.person(), journal.person("Bob", "Cratchit")
        await journal.connect("ada", ada)

        async def connect_bob() -> None:
            await journal.connect("bob", bob)

        slow.happening = connect_bob
        await journal.declare(article(author(), author("bob")))
        (work,) = journal.works(ada)
        named = [one["contributor-orcid"]["path"] for one in work["contributors"]["contributor"]]
        assert named == [ada, bob]
        assert len(journal.works(bob)) == 1


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("decision", ["hold", "remove", "ask"])
async def test_what_its_person_decides_during_the_request(
    journal: Journal, meanwhile: Meanwhile, decision: str, moment: str
) -> None:
    """Decided while the request is on its way: the outcome overwrites nothing, and it holds."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    happening = partial(_decide, journal, "a1", decision)
    (meanwhile.before if moment == "before" else meanwhile.after)("POST", happening)
    await journal.declare(article(author()))
    await journal.declare(article(author(), day=2, title="Corrected"))
    await journal.work(after=HOUR)
    expected = {"hold": ["POST"], "remove": ["POST", "DELETE"], "ask": ["POST", "PUT"]}[decision]
    assert [method for method, _ in journal.writes()] == expected
    assert len(journal.works(orcid)) == (decision != "remove")
    row = await journal.row()
    states = {"hold": "declined", "remove": "declined", "ask": "delivered"}
    assert (row.state, row.wish) == (states[decision], None if decision == "ask" else decision)


@pytest.mark.parametrize("decision", ["hold", "remove", "ask"])
async def test_what_its_person_decides_during_the_visit(
    journal: Journal, meanwhile: Meanwhile, decision: str
) -> None:
    """Decided while the review before them is sent: of the works sent together, one stays."""
    orcid = await two_due(journal)
    await take_in(journal.services, article(author(), key="a2"))
    await plan(journal)
    meanwhile.after("POST", partial(_decide, journal, "a1", decision))
    await journal.work()
    await journal.work(after=HOUR)
    stays = 0 if decision == "ask" else 1
    assert (len(journal.reviews(orcid)), len(journal.works(orcid))) == (1, stays)
    assert (await journal.row("a1")).state == ("waiting" if decision == "ask" else "declined")


async def _decide(journal: Journal, key: str, decision: str) -> None:
    if decision == "ask":
        await wishes.set_ask_first(journal.services, ADA, ask=True)
        return
    row = await journal.row(key)
    decided = await wishes.decide(journal.services, ADA, row.id, wishes.deed_named(decision))
    assert decided is not None
    assert decided.done
