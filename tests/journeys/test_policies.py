"""What a tenant's policy lets leave, when, and what it does where others were there first."""

from typing import Any

import pytest

from orcid_connect.declarations import ReviewSubject
from orcid_connect.store import leases
from orcid_connect.tenants import Tenant
from tests.journeys.test_repairing import a_work, connected
from tests.support.clock import MovedClock
from tests.support.journal import TENANT, Journal, article, author, journal_on, review

pytestmark = pytest.mark.anyio

YEAR_SECONDS = 366 * 86_400.0
GROUP = "orcid-generated:society-of-engines"


def tenant(**policy: Any) -> dict[str, Any]:
    """Return settings in which the journal has this policy."""
    return {"tenants": [Tenant(key=TENANT, name="Society of Engines", policy=policy)]}


async def test_an_anonymous_review_waits_for_word_and_year(
    database: str, clock: MovedClock
) -> None:
    """Not before the reviewer agrees, not before the year is over, and then the year alone."""
    async with journal_on(database, clock, **tenant(review_model="double-anonymous")) as journal:
        orcid = await connected(journal)
        await journal.declare(review())
        assert journal.reviews(orcid) == []
        assert "not been asked" in (await journal.row("r1")).sentence
        subject = ReviewSubject(title="A secret", doi="10.5555/secret")
        await journal.declare(review(day=2, consent=True, subject=subject))
        assert journal.reviews(orcid) == []
        assert (await journal.row("r1")).state == "waiting"
        await journal.work(after=YEAR_SECONDS)
        (held,) = journal.reviews(orcid)
        assert (
            held["completion-date" if "completion-date" in held else "review-completion-date"][
                "month"
            ]
            is None
        )
        assert "secret" not in str(held)


async def test_who_takes_their_word_back_has_the_review_removed(
    database: str, clock: MovedClock
) -> None:
    """Consent refused after all: what is on the record goes."""
    async with journal_on(database, clock) as journal:
        orcid = await connected(journal)
        await journal.declare(review(consent=True))
        assert len(journal.reviews(orcid)) == 1
        await journal.declare(review(day=2, consent=False))
        assert journal.reviews(orcid) == []
        row = await journal.row("r1")
        assert row.state == "withdrawn"
        assert "does not want" in row.sentence
        await journal.declare(review(day=3, consent=True))
        assert len(journal.reviews(orcid)) == 1


async def test_a_venue_of_our_own_is_made_when_it_is_needed(
    database: str, clock: MovedClock
) -> None:
    """Where reviews go under our own group, ORCID learns of it with the first review, once."""
    own = {"unstated": {"group": "own", "group_id": GROUP}}
    async with journal_on(database, clock, **tenant(reviews=own)) as journal:
        orcid = await connected(journal)
        await journal.declare(review())
        await journal.declare(review("r2"))
        held = journal.reviews(orcid)
        assert [one["review-group-id"] for one in held] == [GROUP, GROUP]
        made = [path for path in posts(journal) if path.endswith("/group-id-record")]
        assert len(made) == 1


def posts(journal: Journal) -> list[str]:
    """Return the path of every POST to the API."""
    entries = [entry for entry in journal.simulator.journal() if entry["method"] == "POST"]
    return [str(entry["path"]) for entry in entries if entry["path"].startswith("/api/")]


async def crossref(journal: Journal, orcid: str) -> None:
    """Let another trusted source put the work on the record first."""
    other = journal.simulator.add_client(kind="member", name="Crossref")
    journal.simulator.put_item(
        orcid, "work", a_work("As Crossref has it"), client_id=other.client_id
    )


async def test_another_sources_work_is_joined(journal: Journal) -> None:
    """By default ours is added beside the other's; ORCID groups them."""
    orcid = await connected(journal)
    await crossref(journal, orcid)
    await journal.declare(article(author()))
    assert len(journal.works(orcid)) == 2


async def test_another_sources_work_is_enough_by_policy(database: str, clock: MovedClock) -> None:
    """Where the tenant says so, nothing is added, and the row says who was there first."""
    async with journal_on(database, clock, **tenant(works={"elsewhere": "skip"})) as journal:
        orcid = await connected(journal)
        await crossref(journal, orcid)
        await journal.declare(article(author()))
        assert len(journal.works(orcid)) == 1
        row = await journal.row()
        assert row.state == "declined"
        assert "Crossref" in row.sentence


async def test_what_the_person_typed_themselves_is_no_trusted_source(
    database: str, clock: MovedClock
) -> None:
    """A work that the researcher added by hand does not keep ours away."""
    async with journal_on(database, clock, **tenant(works={"elsewhere": "skip"})) as journal:
        orcid = await connected(journal)
        journal.simulator.put_item(orcid, "work", a_work("By hand"), client_id=None)
        await journal.declare(article(author()))
        assert len(journal.works(orcid)) == 2


async def test_ours_is_preferred_by_policy(database: str, clock: MovedClock) -> None:
    """Ours is added, and the row tells how the person makes it the one that is shown."""
    async with journal_on(database, clock, **tenant(works={"elsewhere": "prefer"})) as journal:
        orcid = await connected(journal)
        await crossref(journal, orcid)
        await journal.declare(article(author()))
        assert len(journal.works(orcid)) == 2
        row = await journal.row()
        assert row.state == "delivered"
        assert "Crossref" in row.sentence


async def test_a_refused_client_pauses_its_credential(journal: Journal) -> None:
    """When ORCID refuses the client itself, everything of it waits for a person."""
    orcid = await connected(journal)
    refusal: dict[str, Any] = {
        "status": 409,
        "body": '{"response-code":409,"developer-message":"x","error-code":9057,"more-info":""}',
        "headers": {"Content-Type": "application/json"},
    }
    journal.simulator.add_fault("status", method="POST", path="/api/*", count=1, **refusal)
    await journal.declare(article(author()))
    async with journal.services.database.reading() as connection:
        (sentence,) = (await leases.paused_credentials(connection)).values()
    assert "resume" in sentence
    assert (await journal.row()).state == "due"
    assert journal.works(orcid) == []


async def test_an_issn_that_cannot_be_looked_up_is_tried_again(journal: Journal) -> None:
    """ORCID says the same of a throttled look-up as of an unknown ISSN: later, then parked."""
    orcid = await connected(journal)
    journal.simulator.know_issns("none")
    await journal.declare(review())
    assert (await journal.row("r1")).state == "due"
    journal.simulator.know_issns("all")
    await journal.work(after=3600)
    assert len(journal.reviews(orcid)) == 1
    journal.simulator.know_issns("none")
    await journal.declare(review("r2", issn="1741-4857"))
    for _ in range(6):
        await journal.work(after=86_400)
    assert (await journal.row("r2")).state == "parked"
