"""What a person refused is not sent under another key either: it is known by its identifiers."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from itertools import cycle, product
from typing import Any

import pytest

from orcid_connect.declarations import Identifier, Person
from orcid_connect.journeys import managing, wishes
from orcid_connect.journeys.decisions import refused_by_its_person
from orcid_connect.journeys.linking import disconnect
from orcid_connect.journeys.overview import of_one
from orcid_connect.journeys.restoring import restored
from orcid_connect.journeys.tidying import prune
from orcid_connect.store.ledger import Delivery
from orcid_connect.tenants import Tenant
from tests.support.clock import MovedClock
from tests.support.journal import TENANT, Journal, article, author, journal_on
from tests.support.wishes import ADA, HOUR, ask_first, decide, so_far

pytestmark = pytest.mark.anyio

DOI = "10.5555/engine"
Refusing = Callable[[Journal, str, str, str], Awaitable[None]]
Between = Callable[[Journal, str], Awaitable[None]]


async def declare(journal: Journal, key: str, *people: Any, **changes: Any) -> None:
    """Publish the article under a key, as of now."""
    now = datetime.fromtimestamp(journal.clock(), UTC)
    byline = people or (author(),)
    values: dict[str, Any] = {"doi": DOI, "key": key, "as_of": now}
    await journal.declare(article(*byline, **(values | changes)))


async def pass_by(journal: Journal) -> None:
    """Let time pass, and all happen that is due by then."""
    for _ in range(2):
        await journal.work(after=HOUR)


# --- how it is refused ----------------------------------------------------------------------------


async def removed_at_orcid(journal: Journal, orcid: str, key: str = "a1", doi: str = DOI) -> None:
    """Published, removed at ORCID, and a correction finds that out."""
    await declare(journal, key, doi=doi)
    put_code = (await journal.row(key)).put_code
    assert put_code is not None
    journal.simulator.remove_item(orcid, put_code)
    await declare(journal, key, doi=doi, title="Corrected")
    await pass_by(journal)


async def removed_here(journal: Journal, _orcid: str, key: str = "a1", doi: str = DOI) -> None:
    """Published, and removed on her own page."""
    await declare(journal, key, doi=doi)
    await decide(journal, key, "remove")


async def held_back(journal: Journal, _orcid: str, key: str = "a1", doi: str = DOI) -> None:
    """Never sent: she was asked, and holds it back."""
    await ask_first(journal, True)
    await declare(journal, key, doi=doi)
    await decide(journal, key, "hold")
    await ask_first(journal, False)


async def removed_while_parked(
    journal: Journal, orcid: str, key: str = "a1", doi: str = DOI
) -> None:
    """Published, parked by an editor, removed at ORCID, withdrawn; then the records are compared
    with the ledger."""
    await declare(journal, key, doi=doi)
    row = await journal.row(key)
    await managing.act(journal.services, "park", [row.id])
    assert row.put_code is not None
    journal.simulator.remove_item(orcid, row.put_code)
    await journal.withdraw(key)
    assert [one.gone async for one in restored(journal.services)] == [1]


SITUATIONS: dict[Refusing, str] = {
    removed_at_orcid: "removed-at-orcid",
    removed_here: "removed",
    held_back: "held",
    removed_while_parked: "removed-at-orcid",
}
"""How it is refused, and what her page says of it then."""
REFUSINGS = tuple(SITUATIONS)


# --- what happens between -------------------------------------------------------------------------


async def withdrawn(journal: Journal, key: str) -> None:
    """The host withdraws it."""
    await journal.withdraw(key)


async def forgotten(_journal: Journal, _key: str) -> None:
    """The host says nothing of it any more."""


async def of_another_doi(journal: Journal, key: str) -> None:
    """Its DOI changes, and then it is withdrawn."""
    await declare(journal, key, doi=f"10.5555/other-{key}")
    await journal.withdraw(key)


async def without_a_doi(journal: Journal, key: str) -> None:
    """It loses its DOI."""
    await declare(journal, key, doi=None)


async def under_embargo(journal: Journal, key: str) -> None:
    """It may not leave any more, and is not named to others."""
    later = datetime.fromtimestamp(journal.clock() + 1000 * HOUR, UTC)
    await declare(journal, key, not_before=later)


async def pruned(journal: Journal, key: str) -> None:
    """It is withdrawn, and a year later everything old is forgotten."""
    await journal.withdraw(key)
    await journal.work(after=365 * 24 * HOUR)
    assert [one async for one in prune(journal.services, journal.clock() - HOUR)]


BETWEEN: tuple[Between, ...] = (
    withdrawn,
    forgotten,
    of_another_doi,
    without_a_doi,
    under_embargo,
    pruned,
)


async def refused_row(journal: Journal, key: str = "a2", first: str = "a1") -> Delivery:
    """Return the row of an article that is refused, and its sentence says as what."""
    row = await journal.row(key)
    assert refused_by_its_person(row), row
    assert (row.state, row.put_code) == ("declined", None)
    assert row.sentence.endswith(f"It is the same as article {first}."), row.sentence
    return row


async def test_what_was_refused_is_not_sent_under_another_key(journal: Journal) -> None:
    """Declared anew under another key, with the same DOI, it begins refused, says why, and stays
    so: however it was refused, and whatever happened in between."""
    await refuse_and_declare_anew(journal, zip(cycle(REFUSINGS), BETWEEN, strict=False))


@pytest.mark.soak
async def test_every_way_to_refuse_and_all_that_may_happen_in_between(journal: Journal) -> None:
    """Each of them with each."""
    await refuse_and_declare_anew(journal, product(REFUSINGS, BETWEEN))


async def refuse_and_declare_anew(
    journal: Journal, cases: Iterable[tuple[Refusing, Between]]
) -> None:
    """Let Ada refuse an article for each case; under another key nothing of it leaves."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    for refuse, between in cases:
        first, second = (f"{one}-{refuse.__name__}-{between.__name__}" for one in ("a", "b"))
        doi = f"10.5555/{first}"
        await refuse(journal, orcid, first, doi)
        await between(journal, first)
        before = so_far(journal)
        await declare(journal, second, doi=f"https://doi.org/{doi.upper()}")
        row = await refused_row(journal, second, first)
        await declare(journal, second, doi=doi, published="2026-05-02")
        await pass_by(journal)
        again = await refused_row(journal, second, first)
        assert (again.wish, again.wished_at) == (row.wish, row.wished_at)
        assert so_far(journal) == before, second
    assert journal.works(orcid) == []


async def test_its_person_can_have_it_sent(journal: Journal) -> None:
    """On her own page it stands as refused, and after her `send` it goes, and stays."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    for number, refuse in enumerate(REFUSINGS):
        first, second, doi = f"a{number}", f"b{number}", f"10.5555/{number}"
        await refuse(journal, orcid, first, doi)
        await withdrawn(journal, first)
        await declare(journal, second, doi=doi)
        row = await refused_row(journal, second, first)
        shown = await of_one(journal.services, ADA, row.id)
        assert shown is not None
        assert shown.situation == SITUATIONS[refuse]
        await decide(journal, second, "send")
        await declare(journal, second, doi=doi, title="Corrected")
        titles = [one["title"]["title"]["value"] for one in journal.works(orcid)]
        assert titles == ["Corrected"] * (number + 1)


async def test_the_editor_releases_what_was_removed_at_orcid(journal: Journal) -> None:
    """As with the same key: released it goes, whatever is declared or fails in between."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await removed_at_orcid(journal, orcid)
    await withdrawn(journal, "a1")
    await declare(journal, "a2")
    row = await refused_row(journal)
    journal.simulator.add_fault("status", method="POST", path="/api/*", count=1, status=503)
    (told,) = await managing.act(journal.services, "release", [row.id])
    assert told.done
    await journal.work()
    await declare(journal, "a2", title="Corrected")
    await pass_by(journal)
    assert len(journal.works(orcid)) == 1


async def test_what_a_person_decided_the_editor_does_not_release(journal: Journal) -> None:
    """Held or removed on her page, it is hers alone to send, under whatever key."""
    await journal.connect("ada", journal.person())
    await removed_here(journal, "")
    await declare(journal, "a2")
    row = await refused_row(journal)
    (told,) = await managing.act(journal.services, "release", [row.id])
    assert (told.done, told.sentence) == (False, managing.AUTHOR_DECIDED)


# --- who and where --------------------------------------------------------------------------------

TREE = [
    Tenant(key="publisher"),
    Tenant(key=TENANT, parent="publisher"),
    Tenant(key="sister", parent="publisher"),
    Tenant(key="stranger"),
]


async def test_another_journal_of_the_publisher_does_not_send_it(
    database: str, clock: MovedClock
) -> None:
    """There the person is known by their iD; nothing of the first journal's is told there."""
    async with journal_on(database, clock, tenants=TREE) as journal:
        orcid = journal.person()
        await journal.connect("ada", orcid)
        await journal.connect("lovelace", orcid, tenant="sister")
        await removed_here(journal, orcid)
        before = so_far(journal)
        await declare(journal, "s2", author("lovelace"), tenant="sister")
        row = await journal.row("s2")
        assert (row.state, row.wish) == ("declined", "remove")
        assert row.sentence.endswith("It is the same as something of another tenant.")
        assert so_far(journal) == before
        lovelace = Person(tenant="sister", key="lovelace")
        decided = await wishes.decide(journal.services, lovelace, row.id, "send")
        await journal.work()
        assert (decided is not None and decided.done, len(journal.works(orcid))) == (True, 1)


async def test_on_the_record_that_they_connect_instead_it_may_be_refused(
    database: str, clock: MovedClock
) -> None:
    """It stands on one record; on the other, which they connect then, a sister journal's was
    removed: it stays off that one."""
    async with journal_on(database, clock, tenants=TREE) as journal:
        one, other = journal.person(), journal.person()
        await journal.connect("lovelace", other, tenant="sister")
        await declare(journal, "s1", author("lovelace"), tenant="sister")
        put_code = (await journal.row("s1")).put_code
        assert put_code is not None
        journal.simulator.remove_item(other, put_code)
        await declare(journal, "s1", author("lovelace"), tenant="sister", title="Corrected")
        await pass_by(journal)
        await journal.connect("ada", one)
        await declare(journal, "a1")
        await disconnect(journal.services, TENANT, "ada")
        await journal.connect("ada", other)
        await pass_by(journal)
        assert (len(journal.works(one)), journal.works(other)) == (1, [])
        (row,) = [row for row in await journal.rows("a1") if row.orcid == other]
        assert refused_by_its_person(row)


async def test_keys_and_trees_of_others_count_for_nothing(database: str, clock: MovedClock) -> None:
    """Another Ada of a sister journal, and a publisher of its own, are no concern of hers."""
    async with journal_on(database, clock, tenants=TREE) as journal:
        ada, other = journal.person(), journal.person()
        await journal.connect("ada", ada)
        await removed_here(journal, ada)
        await journal.connect("ada", other, tenant="sister")
        await declare(journal, "s2", tenant="sister")
        assert len(journal.works(other)) == 1
        await journal.connect("ada", ada, tenant="stranger")
        await declare(journal, "t2", tenant="stranger")
        assert len(journal.works(ada)) == 1


async def test_the_other_authors_have_it(journal: Journal) -> None:
    """Ada refused it, Bert did not: under the new key it goes to Bert alone."""
    ada, bert = journal.person(), journal.person()
    await journal.connect("ada", ada)
    await journal.connect("bert", bert)
    await removed_here(journal, ada)
    await declare(journal, "a2", author("bert"), author())
    assert (journal.works(ada), len(journal.works(bert))) == ([], 1)


async def test_she_is_known_by_her_iD_and_under_a_new_key(journal: Journal) -> None:
    """Named by her authenticated iD, or connected under another key of the host's: refused."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await removed_here(journal, orcid)
    await declare(journal, "a2", author(None, orcid=orcid, orcid_authenticated=True))
    await refused_row(journal)
    await disconnect(journal.services, TENANT, "ada")
    await journal.work()
    await journal.connect("lovelace", orcid)
    await declare(journal, "a3", author("lovelace"))
    assert refused_by_its_person(await journal.row("a3"))
    assert journal.works(orcid) == []


async def test_who_connects_later_refused_it_all_the_same(journal: Journal) -> None:
    """Nobody had connected under the new key's name: refused as soon as it is known who it is."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await removed_here(journal, orcid)
    await declare(journal, "a2", author("lovelace"))
    assert (await journal.row("a2")).state == "waiting"
    await disconnect(journal.services, TENANT, "ada")
    await journal.connect("lovelace", orcid)
    await journal.work()
    await refused_row(journal)
    assert journal.works(orcid) == []


async def test_another_credential_does_not_send_it(database: str, clock: MovedClock) -> None:
    """The journal has a credential of its own by now: refused with the former one holds."""
    async with journal_on(database, clock, tenants=[Tenant(key=TENANT)]) as journal:
        orcid = journal.person()
        await journal.connect("ada", orcid)
        await removed_at_orcid(journal, orcid)
        moved = journal.with_new_credential()
        await moved.connect("ada", orcid)
        await declare(moved, "a2")
        await refused_row(moved)
        assert moved.works(orcid) == []


# --- what is the same -----------------------------------------------------------------------------


async def test_a_book_that_contains_it_is_not_it(journal: Journal) -> None:
    """Two chapters share the ISBN of their book and the ISSN of its series: two works."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    book = Identifier(type="isbn", value="978-3-16-148410-0", relationship="part-of")
    chapter: dict[str, Any] = {"type": "book-chapter", "identifiers": (book,)}
    await declare(journal, "a1", doi="10.5555/one", **chapter)
    await decide(journal, "a1", "remove")
    await declare(journal, "a2", doi="10.5555/two", **chapter)
    assert len(journal.works(orcid)) == 1


async def test_an_identifier_of_another_type_tells_it_too(journal: Journal) -> None:
    """The PMID alone is known of the second: it is the same work."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    known = (Identifier(type="pmid", value="12345"),)
    await declare(journal, "a1", identifiers=known)
    await decide(journal, "a1", "remove")
    await declare(journal, "a2", doi=None, identifiers=known)
    await refused_row(journal)
