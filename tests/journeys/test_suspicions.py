"""What a distrustful reader suspected: nothing wrong is written, and nothing is forgotten."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from orcid_connect.declarations import Article
from orcid_connect.journeys import managing, standstill
from orcid_connect.journeys.intake import take_in, withdraw
from orcid_connect.journeys.linking import disconnect
from orcid_connect.journeys.reconciling import Reconciler
from orcid_connect.services import realm_of
from orcid_connect.store import people
from orcid_connect.tenants import Tenant
from tests.journeys.test_lifecycle import identifiers, title_of, version
from tests.journeys.test_races import Meanwhile, plan, two_due
from tests.journeys.test_repairing import HOUR, a_work, connected
from tests.support.clock import MovedClock
from tests.support.journal import TENANT, Journal, article, author, journal_on, review

pytestmark = pytest.mark.anyio


@pytest.fixture
def meanwhile() -> Meanwhile:
    """The network of this test."""
    return Meanwhile()


@pytest.fixture
async def journal(database: str, clock: MovedClock, meanwhile: Meanwhile) -> AsyncIterator[Journal]:
    """A journal on that network."""
    async with journal_on(database, clock, http=meanwhile) as opened:
        yield opened


def later_than(journal: Journal, seconds: float) -> datetime:
    """Return a moment so many seconds from now."""
    return datetime.fromtimestamp(journal.clock() + seconds, UTC)


async def deliver(journal: Journal) -> None:
    """Deliver what is due without planning anything, as an engine may in the same moment."""
    reconciler = Reconciler(journal.services, "test")
    while await reconciler.go_on():
        pass


# --- what was said last holds, planned or not ----------------------------------------------------


async def test_what_is_withdrawn_but_not_planned_yet_is_not_sent(
    journal: Journal, meanwhile: Meanwhile
) -> None:
    """A withdrawal that planning has not come to yet keeps the article off the record."""
    orcid = await two_due(journal)

    async def take_back() -> None:
        await withdraw(journal.services, TENANT, "article", "a1", "")

    meanwhile.after("POST", take_back)
    await deliver(journal)
    assert (len(journal.reviews(orcid)), journal.works(orcid)) == (1, [])
    await journal.work()
    assert journal.writes() == [("POST", 201)]
    assert (await journal.row()).state == "withdrawn"


async def test_an_embargo_that_is_not_planned_yet_holds(journal: Journal) -> None:
    """Declared anew with a date before which nothing leaves: nothing does, until then."""
    orcid = await connected(journal)
    await take_in(journal.services, article(author()))
    await plan(journal)
    await take_in(journal.services, article(author(), day=2, not_before=later_than(journal, HOUR)))
    await deliver(journal)
    assert journal.writes() == []
    await journal.work()
    assert (await journal.row()).state == "waiting"
    await journal.work(after=HOUR + 1)
    assert len(journal.works(orcid)) == 1


async def test_consent_taken_back_but_not_planned_yet_holds(journal: Journal) -> None:
    """A reviewer says no while the review is due: it is never on the record."""
    orcid = await connected(journal)
    await take_in(journal.services, review(consent=True))
    await plan(journal)
    await take_in(journal.services, review(day=2, consent=False))
    await deliver(journal)
    await journal.work()
    assert (journal.writes(), journal.reviews(orcid)) == ([], [])


async def test_consent_taken_back_during_the_request_removes_the_review(
    journal: Journal, meanwhile: Meanwhile
) -> None:
    """A reviewer says no while ORCID answers: the review is on the record and goes again."""
    orcid = await connected(journal)

    async def refuse() -> None:
        await take_in(journal.services, review(day=2, consent=False))
        await plan(journal)

    meanwhile.after("POST", refuse)
    await journal.declare(review(consent=True))
    assert journal.reviews(orcid) == []
    assert journal.writes() == [("POST", 201), ("DELETE", 204)]


async def test_retrying_by_hand_sends_nothing_that_an_embargo_holds(journal: Journal) -> None:
    """Parked by hand, put under embargo, retried: what was due before does not slip out."""
    await connected(journal)
    await take_in(journal.services, article(author()))
    await plan(journal)
    row = await journal.row()
    await managing.act(journal.services, "park", [row.id])
    await take_in(journal.services, article(author(), day=2, not_before=later_than(journal, HOUR)))
    await plan(journal)
    await managing.act(journal.services, "retry", [row.id])
    await deliver(journal)
    assert journal.writes() == []
    await journal.work()
    assert (await journal.row()).state == "waiting"


# --- versions ------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["one", "each"])
async def test_lineages_of_two_tenants_never_meet(
    database: str, clock: MovedClock, policy: str
) -> None:
    """Two journals of one publisher number their submissions alike: their works stay strangers."""
    tenants = [
        Tenant(key="publisher", policy={"works": {"versions": policy}}),
        Tenant(key=TENANT, parent="publisher"),
        Tenant(key="other", parent="publisher"),
    ]
    async with journal_on(database, clock, tenants=tenants) as journal:
        ada = await connected(journal)
        eve = journal.person()
        await journal.connect("eve", eve, tenant="other")
        await journal.declare(version(1, day=1, lineage="42"))
        theirs: dict[str, Any] = {"tenant": "other", "contributors": (author("eve"),)}
        await journal.declare(version(2, day=2, lineage="42", **theirs))
        assert [identifiers(one) for one in journal.works(ada)] == [{("self", "10.5555/v1")}]
        assert [identifiers(one) for one in journal.works(eve)] == [{("self", "10.5555/v2")}]


@pytest.mark.parametrize("scheduled", [1, 2])
async def test_a_version_under_embargo_is_not_given_away(journal: Journal, scheduled: int) -> None:
    """The other version stands alone until the moment; then the newest stands and names it."""
    orcid = await connected(journal)
    for number in (1, 2):
        held = later_than(journal, HOUR) if number == scheduled else None
        await journal.declare(version(number, day=number, not_before=held))
    (work,) = journal.works(orcid)
    assert identifiers(work) == {("self", f"10.5555/v{3 - scheduled}")}
    await journal.work(after=HOUR + 1)
    (work,) = journal.works(orcid)
    assert identifiers(work) == {("self", "10.5555/v2"), ("version-of", "10.5555/v1")}


@pytest.mark.parametrize("alone", [1, 2])
async def test_an_article_that_becomes_a_version_is_the_same_work(
    journal: Journal, alone: int
) -> None:
    """Declared by themselves, then in a lineage: one work, and nothing stays when all are gone."""
    orcid = await connected(journal)
    for number in range(1, alone + 1):
        await journal.declare(version(number, day=number, lineage=None))
    assert len(journal.works(orcid)) == alone
    for number in (1, 2):
        await take_in(journal.services, version(number, day=number + 2))
    await journal.work()
    (work,) = journal.works(orcid)
    assert identifiers(work) == {("self", "10.5555/v2"), ("version-of", "10.5555/v1")}
    assert {row.state for row in await journal.rows()} <= {"delivered", "withdrawn"}
    await journal.withdraw("v1")
    await journal.withdraw("v2")
    assert journal.works(orcid) == []


async def test_a_lineage_whose_versions_name_different_authors(journal: Journal) -> None:
    """Each author of the version that stands has it once; who was named before has none."""
    ada, bob = await connected(journal), await connected(journal, "bob")
    await journal.declare(version(1, day=1, contributors=(author(),)))
    await journal.declare(version(2, day=2, contributors=(author("bob"),)))
    assert journal.works(ada) == []
    assert [title_of(one) for one in journal.works(bob)] == ["Version 2"]


# --- whose row it is -----------------------------------------------------------------------------


@pytest.mark.parametrize("order", [("ada", "bob"), ("bob", "ada")])
async def test_an_iD_that_changes_hands_between_co_authors(
    journal: Journal, order: tuple[str, str]
) -> None:
    """Bob had connected Ada's iD; then she does: her record's item is hers, and Bob has a row."""
    orcid = journal.person()
    await journal.connect("bob", orcid)

    def said(day: int, title: str = "Engines") -> Article:
        return article(*(author(name) for name in order), day=day, title=title)

    await journal.declare(said(1))
    await disconnect(journal.services, TENANT, "bob")
    await journal.connect("ada", orcid)
    await journal.work()
    await journal.declare(said(2, "Engines, corrected"))
    assert [title_of(one) for one in journal.works(orcid)] == ["Engines, corrected"]
    rows = {row.person: row for row in await journal.rows()}
    assert (rows["key:ada"].state, rows["key:bob"].state) == ("delivered", "waiting")
    second = journal.person("Bob", "Cratchit")
    await journal.connect("bob", second)
    await journal.work()
    assert len(journal.works(orcid)) == len(journal.works(second)) == 1
    await journal.withdraw("a1")
    assert journal.works(orcid) == journal.works(second) == []


async def test_co_authors_who_had_connected_each_others_iD(journal: Journal) -> None:
    """Both change over at once: each record's item stays, once, and both can be withdrawn."""
    first, second = journal.person(), journal.person()
    await journal.connect("ada", first)
    await journal.connect("bob", second)
    await journal.declare(article(author(), author("bob")))
    for person in ("ada", "bob"):
        await disconnect(journal.services, TENANT, person)
    await journal.connect("ada", second)
    await journal.connect("bob", first)
    await journal.work()
    assert len(journal.works(first)) == len(journal.works(second)) == 1
    owners = {row.orcid: row.person for row in await journal.rows() if row.state == "delivered"}
    assert owners == {second: "key:ada", first: "key:bob"}
    await journal.withdraw("a1")
    assert journal.works(first) == journal.works(second) == []


async def test_what_was_refused_stays_so_under_another_person_key(journal: Journal) -> None:
    """The researcher removed it; the host gives them another key: it is not sent again."""
    orcid = await connected(journal)
    vouched = author(None, orcid=orcid, orcid_authenticated=True)
    await journal.declare(article(vouched))
    (work,) = journal.works(orcid)
    journal.simulator.remove_item(orcid, work["put-code"])
    await journal.declare(article(vouched, day=2, title="Corrected"))
    assert (await journal.row()).state == "declined"
    await journal.declare(article(author(), day=3, title="Corrected again"))
    assert journal.works(orcid) == []
    assert [row.state for row in await journal.rows()] == ["declined"]


async def test_disconnecting_ends_a_link_that_orcid_ended_before(journal: Journal) -> None:
    """Refused by ORCID for a while, then disconnected here: no turn of events revives the link."""
    orcids = {name: await connected(journal, name) for name in ("ada", "bob", "eve")}
    for orcid in orcids.values():
        journal.simulator.revoke_by_user(orcid, journal.client_id)
    await journal.declare(article(author(), key="a1"))
    await disconnect(journal.services, TENANT, "ada")
    for name in ("bob", "eve"):
        await journal.declare(article(author(name), key=f"of-{name}"))
    realm = realm_of(journal.services.settings.credential_for(TENANT))
    async with journal.services.database.reading() as connection:
        found = await people.newest_links(connection, realm, TENANT, ["ada", "bob"])
    assert {key: link.state for key, link in found.items()} == {"ada": "ended", "bob": "active"}
    assert found["ada"].token_sealed is None


# --- what stands on the record already -----------------------------------------------------------


async def test_what_is_found_on_one_record_is_not_noted_for_another(
    journal: Journal, meanwhile: Meanwhile
) -> None:
    """While a clash is looked at, its person connects another iD: that record gets an own item."""
    first, second = journal.person(), journal.person()
    await journal.connect("ada", first)
    old = journal.simulator.put_item(first, "work", a_work("Old"), client_id=journal.client_id)

    async def move() -> None:
        await disconnect(journal.services, TENANT, "ada")
        await journal.connect("ada", second)
        await plan(journal)

    meanwhile.after("GET", move)
    await journal.declare(article(author()))
    await journal.work(after=HOUR)
    await journal.declare(article(author(), day=2, title="Corrected"))
    assert [one["put-code"] for one in journal.works(first)] == [old]
    assert [title_of(one) for one in journal.works(second)] == ["Corrected"]
    row = await journal.row()
    assert (row.state, row.orcid) == ("delivered", second)


async def test_consent_taken_back_after_the_permission_still_removes_the_review(
    journal: Journal,
) -> None:
    """Permission withdrawn at ORCID, then the review refused: it goes all the same (2.4)."""
    orcid = await connected(journal)
    await journal.declare(review(consent=True))
    journal.simulator.revoke_by_user(orcid, journal.client_id)
    await journal.declare(review(day=2, consent=True, completed="2026-03"))
    await journal.declare(review(day=3, consent=False))
    assert journal.reviews(orcid) == []
    assert (await journal.row("r1")).state == "withdrawn"


async def test_a_link_that_is_believed_again_during_a_visit_delivers(
    journal: Journal, meanwhile: Meanwhile
) -> None:
    """A visit that saw a link ended does not let its rows wait when the link is active again."""
    orcid = await two_due(journal)
    realm = realm_of(journal.services.settings.credential_for(TENANT))

    async def end_and_reinstate() -> None:
        async with journal.services.database.writing() as connection:
            link = await people.active_link(connection, realm, TENANT, "ada")
            assert link is not None
            await people.end_link(connection, link, "revoked", "refused", journal.clock())
            await people.reinstate(connection, link.id)

    meanwhile.after("POST", end_and_reinstate)
    await journal.work()
    await journal.work(after=HOUR)
    assert len(journal.works(orcid)) == len(journal.reviews(orcid)) == 1


async def test_rows_of_links_that_failed_alike_go_out_once_their_client_is_well(
    journal: Journal,
) -> None:
    """Every token is refused at once, the client is repaired: all is delivered, nothing waits."""
    people_of = [f"p{number}" for number in range(6)]
    orcids = {name: await connected(journal, name) for name in people_of}
    for number in range(2):
        await take_in(journal.services, article(*map(author, people_of), key=f"a{number}"))
    refusal = {"error": "invalid_token", "error_description": "Invalid access token: x"}
    for method in ("POST", "GET"):
        journal.simulator.add_fault(
            "status", status=401, method=method, path="/api/*", body=json.dumps(refusal)
        )
    await journal.work()
    journal.simulator.clear_faults()
    await standstill.resume(
        journal.services, realm_of(journal.services.settings.credential_for(TENANT))
    )
    await journal.work(after=HOUR)
    assert {row.state for row in await journal.rows()} == {"delivered"}
    assert {len(journal.works(orcid)) for orcid in orcids.values()} == {2}
