"""How many requests each situation costs: what README.md promises, counted at the registry."""

from collections.abc import Awaitable, Callable

import pytest

from orcid_connect.journeys.intake import take_in
from tests.journeys.test_kinds import role
from tests.journeys.test_repairing import HOUR, a_work
from tests.support.journal import Journal, article, author, review

pytestmark = pytest.mark.anyio

Situation = Callable[[Journal, str], Awaitable[None]]


async def published(journal: Journal, _: str) -> None:
    """An article is published."""
    await journal.declare(article(author()))


async def published_twice(journal: Journal, orcid: str) -> None:
    """It is declared again, and again, unchanged."""
    await published(journal, orcid)
    await published(journal, orcid)
    await journal.work(after=HOUR)


async def corrected(journal: Journal, orcid: str) -> None:
    """It is published, then corrected."""
    await published(journal, orcid)
    await journal.declare(article(author(), day=2, title="Corrected"))


async def withdrawn(journal: Journal, orcid: str) -> None:
    """It is published, then withdrawn."""
    await published(journal, orcid)
    await journal.withdraw("a1")


async def hundred(journal: Journal, _: str) -> None:
    """A hundred works of one person are published."""
    for number in range(100):
        await take_in(journal.services, article(author(), key=f"a{number}"))
    await journal.work()


async def reviewed(journal: Journal, _: str) -> None:
    """A review is completed."""
    await journal.declare(review())


async def serving(journal: Journal, _: str) -> None:
    """An editor begins: ORCID would take the service twice, so the list is read first."""
    journal.simulator.know_organizations("all")
    await journal.declare(role())


async def unanswered(journal: Journal, _: str) -> None:
    """The answer to an addition is lost: the list is read, then the item."""
    journal.simulator.add_fault("cut-after", method="POST", path="/api/*", count=1)
    await journal.declare(article(author()))
    await journal.work(after=HOUR)


async def hundred_unanswered(journal: Journal, orcid: str) -> None:
    """The answer to a hundred is lost: the list is read once, then all of them in one go."""
    journal.simulator.add_fault("cut-after", method="POST", path="/api/*", count=1)
    await hundred(journal, orcid)
    await journal.work(after=HOUR)


async def there_already(journal: Journal, orcid: str) -> None:
    """It stands there already, put there by an older system of ours: read, then corrected."""
    journal.simulator.put_item(orcid, "work", a_work("Old"), client_id=journal.client_id)
    await published(journal, orcid)


async def removed(journal: Journal, orcid: str) -> None:
    """The researcher removed it; a correction finds that out, and the list confirms it."""
    await published(journal, orcid)
    (work,) = journal.works(orcid)
    journal.simulator.remove_item(orcid, work["put-code"])
    await journal.declare(article(author(), day=2, title="Corrected"))
    await journal.work(after=HOUR)


async def refused(journal: Journal, orcid: str) -> None:
    """The person withdrew the permission: refused once, and once more to be sure."""
    journal.simulator.revoke_by_user(orcid, journal.client_id)
    await published(journal, orcid)
    await journal.work(after=HOUR)


BUDGET: dict[Situation, str] = {
    published: "POST",
    published_twice: "POST",
    corrected: "POST PUT",
    withdrawn: "POST DELETE",
    hundred: "POST",
    reviewed: "POST",
    serving: "GET POST",
    unanswered: "POST GET GET",
    hundred_unanswered: "POST GET GET",
    there_already: "POST GET PUT",
    removed: "POST PUT GET",
    refused: "POST GET",
}


@pytest.mark.parametrize("situation", BUDGET, ids=lambda situation: situation.__name__)
async def test_a_situation_costs_its_requests_and_no_more(
    journal: Journal, situation: Situation
) -> None:
    """What reaches the registry is what the table says, in that order."""
    orcid = await journal.person_who_allows_everything()
    await situation(journal, orcid)
    sent = [
        entry["method"]
        for entry in journal.simulator.journal()
        if entry["path"].startswith("/api/")
    ]
    assert " ".join(sent) == BUDGET[situation]
