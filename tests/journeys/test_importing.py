"""Connections and put-codes of an older system are proved before they are believed."""

from typing import Any

import pytest
from pydantic import SecretStr

from orcid_connect import codec
from orcid_connect.declarations import Article, Review, SubjectKind
from orcid_connect.errors import RegistryError
from orcid_connect.journeys.importing import TRIES, Importer, OldLink, Taken
from orcid_connect.journeys.importing_items import Kept, OldItem
from orcid_connect.journeys.intake import take_in, withdraw
from orcid_connect.journeys.linking import disconnect
from orcid_connect.mapping import Mapped, peer_review_from_review, work_from_article
from orcid_connect.store import people
from tests.support.journal import TENANT, WRITING, Journal, article, author, review

pytestmark = pytest.mark.anyio

UPDATING = "/activities/update"


def importer(journal: Journal, waits: list[float] | None = None) -> Importer:
    """Return an importer that does not sleep; it notes for how long it would."""

    async def rest(seconds: float) -> None:
        (waits if waits is not None else []).append(seconds)

    return Importer(journal.services, TENANT, rest)


def old(journal: Journal, orcid: str, *, scope: str = WRITING, **changes: Any) -> OldLink:
    """Return a line about Ada with a token that holds."""
    token = journal.simulator.issue_token(journal.client_id, orcid, scope)
    values: dict[str, Any] = {
        "line": 2,
        "person_key": "ada",
        "orcid": orcid,
        "access_token": SecretStr(token),
        "scopes": frozenset(scope.split()),
    }
    return OldLink(**(values | changes))


async def links(journal: Journal) -> list[tuple[str, str, str]]:
    """Return who is linked to what, in which state."""
    async with journal.services.database.reading() as connection:
        found = await people.page(connection, TENANT, None, "", 100)
    return sorted((link.person_key, link.orcid, link.state) for link in found)


# --- links -----------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", [WRITING, UPDATING])
async def test_a_proved_token_makes_a_link(journal: Journal, scope: str) -> None:
    """One read with the token, nothing written; what waited for the person is delivered."""
    await journal.declare(article(author()))
    orcid = journal.person()
    journal.simulator.clear_journal()
    taken = await importer(journal).take(old(journal, orcid, scope=scope))
    assert taken.outcome == "linked"
    asked = [(one["method"], one["status"]) for one in journal.simulator.journal()]
    assert asked == [("GET", 200)]
    await journal.work()
    assert len(journal.works(orcid)) == 1


async def test_refused_lines_make_no_link(journal: Journal) -> None:
    """No token, a wrong one, another record's or site's, an expired one: told, and no link."""
    orcid, stranger = journal.person(), journal.person("Charles", "Babbage")
    good = old(journal, orcid)
    others = old(journal, stranger).access_token
    past = journal.clock() - 1
    lines: dict[str, dict[str, Any]] = {
        "an iD without a token is not authenticated": {"access_token": None},
        "ORCID refuses the token": {"access_token": SecretStr("00000000-0000-0000")},
        "the token is for another record": {"access_token": others},
        "it is an iD of sandbox.orcid.org": {"host": "sandbox.orcid.org"},
        "no valid ORCID iD": {"orcid": "0000-0001-2345-6788"},
        "the token has expired": {"expires_at": past},
        "does not say what its token may do": {"scopes": frozenset()},
    }
    for sentence, changes in lines.items():
        fields = {name: getattr(good, name) for name in OldLink.__slots__}
        taken = await importer(journal).take(OldLink(**(fields | changes)))
        assert (taken.outcome, sentence in taken.sentence) == ("refused", True), taken.sentence
    assert await links(journal) == []
    assert journal.writes() == []


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("deprecated", "the record was merged into"),
        ("locked", "locked, deactivated, merged or not claimed"),
        ("deactivated", "locked, deactivated, merged or not claimed|refuses the token"),
    ],
)
async def test_a_record_that_takes_nothing_is_told(
    journal: Journal, state: str, sentence: str
) -> None:
    """A merged, locked or closed record makes no link, and the sentence says which it is."""
    orcid, primary = journal.person(), journal.person()
    line = old(journal, orcid)
    journal.simulator.set_state(orcid, state, primary if state == "deprecated" else None)
    taken = await importer(journal).take(line)
    assert taken.outcome == "refused"
    assert any(one in taken.sentence for one in sentence.split("|")), taken.sentence
    assert await links(journal) == []


async def test_starting_again_recognises_what_was_taken(journal: Journal) -> None:
    """The second run asks ORCID nothing and changes nothing."""
    line = old(journal, journal.person())
    await importer(journal).take(line)
    journal.simulator.clear_journal()
    assert (await importer(journal).take(line)).outcome == "known"
    assert journal.simulator.journal() == []
    assert len(await links(journal)) == 1


async def test_a_link_that_is_here_stays(journal: Journal) -> None:
    """Another token, another iD, somebody else's iD: told, and each link is as it was."""
    ada, charles = journal.person(), journal.person("Charles", "Babbage")
    await journal.connect("ada", ada)
    for line, sentence in (
        (old(journal, ada), "linked here with another token"),
        (old(journal, charles), f"linked to {ada} here"),
        (old(journal, ada, person_key="charles"), "somebody else here is linked"),
    ):
        taken = await importer(journal).take(line)
        assert taken.outcome == "refused"
        assert sentence in taken.sentence
    assert await links(journal) == [("ada", ada, "active")]


async def test_who_disconnected_here_stays_disconnected(journal: Journal) -> None:
    """An import does not undo what a person decided here, though the old token still works."""
    orcid = journal.person()
    line = old(journal, orcid)
    await journal.connect("ada", orcid)
    await disconnect(journal.services, TENANT, "ada")
    taken = await importer(journal).take(line)
    assert "only they can connect again" in taken.sentence
    assert await links(journal) == [("ada", orcid, "ended")]


async def test_a_busy_registry_is_waited_for(journal: Journal) -> None:
    """After a 503 the same line is asked again; where it stays away, the import stops."""
    line = old(journal, journal.person())
    waits: list[float] = []
    journal.simulator.add_fault("status", status=503, count=2)
    assert (await importer(journal, waits).take(line)).outcome == "linked"
    assert len(waits) == 2
    assert min(waits) > 0
    journal.simulator.add_fault("status", status=503)
    other = old(journal, journal.person(), person_key="charles")
    with pytest.raises(RegistryError):
        await importer(journal, waits).take(other)
    assert len(waits) == 2 + TRIES - 1
    assert len(await links(journal)) == 1


async def test_no_token_is_shown(journal: Journal) -> None:
    """Neither a line nor what became of it shows a token."""
    line = old(journal, journal.person(), refresh_token=SecretStr("refresh-secret"))
    assert line.access_token is not None
    secret = line.access_token.get_secret_value()
    shown = f"{line!r} {await importer(journal).take(line)!r}"
    assert secret not in shown
    assert "refresh-secret" not in shown


# --- put-codes -------------------------------------------------------------------------------


def item(key: str, put_code: int, kind: SubjectKind = "article", person: str = "ada") -> OldItem:
    """Return a line about something that stands on a record."""
    return OldItem(2, person, kind, key, put_code)


def stands(
    journal: Journal, orcid: str, declaration: Article | Review, *, client: str | None = None
) -> int:
    """Let what an older system made of a declaration stand on a record."""
    mapped: Mapped[Any]
    if isinstance(declaration, Article):
        kind, mapped = "work", work_from_article(declaration)
    else:
        kind, mapped = "peer-review", peer_review_from_review(declaration)
    assert mapped.activity is not None
    payload = codec.encode(mapped.activity)
    return journal.simulator.put_item(orcid, kind, payload, client_id=client or journal.client_id)


def sentences(taken: Taken) -> list[tuple[str, str]]:
    """Return what became of the put-codes."""
    return [(one.outcome, one.sentence) for one in taken.items]


async def test_a_put_code_is_changed_instead_of_added(journal: Journal) -> None:
    """What the older system put there is corrected in its place; no second copy appears."""
    orcid = journal.person()
    put_code = stands(journal, orcid, article(author(), title="As it was"))
    await journal.declare(article(author()))
    taken = await importer(journal).take(old(journal, orcid), [item("a1", put_code)])
    assert sentences(taken) == [("kept", "")]
    assert journal.writes() == []
    await journal.work()
    (work,) = journal.works(orcid)
    assert work["put-code"] == put_code
    assert work["title"]["title"]["value"] == "On the Analytical Engine"
    assert journal.writes() == [("PUT", 200)]


async def test_a_review_under_an_older_identifier_is_kept(journal: Journal) -> None:
    """Each system makes up its reviews' identifiers: venue and date tell that it is the same."""
    orcid = journal.person()
    older = review().model_copy(update={"tenant": "the-older-system"})
    put_code = stands(journal, orcid, older)
    elsewhen = stands(journal, orcid, older.model_copy(update={"key": "r9"}))
    await take_in(journal.services, review())
    await take_in(journal.services, review("r2", completed="2025-01"))
    items = [item("r1", put_code, "review"), item("r2", elsewhen, "review")]
    taken = await importer(journal).take(old(journal, orcid), items)
    assert [outcome for outcome, _ in sentences(taken)] == ["kept", "refused"]
    await journal.work()
    assert put_code in {one["put-code"] for one in journal.reviews(orcid)}
    assert [method for method, _ in journal.writes()].count("PUT") == 1


async def test_put_codes_that_do_not_fit_are_told(journal: Journal) -> None:
    """Not there, not ours, something else, not declared, withdrawn, not theirs: none is kept."""
    orcid = journal.person()
    other = journal.simulator.add_client(
        kind="member", name="Another", redirect_uris=["http://other.test/callback"]
    ).client_id
    ours = {key: stands(journal, orcid, article(author(), key=key)) for key in ("a1", "a2", "a4")}
    theirs = stands(journal, orcid, article(author(), key="a3"), client=other)
    for key in ("a1", "a3", "a4"):
        await take_in(journal.services, article(author(), key=key))
    await take_in(journal.services, article(author("charles"), key="a2"))
    await withdraw(journal.services, TENANT, "article", "a4", "")
    cases = {
        "the record has no such item": item("a1", 999_999),
        "our client did not put that item there": item("a3", theirs),
        "is about something else": item("a1", ours["a2"]),
        "no article is declared under this key yet": item("a9", ours["a1"]),
        "was withdrawn here": item("a4", ours["a4"]),
        "it does not name this person": item("a2", ours["a2"]),
    }
    taken = await importer(journal).take(old(journal, orcid), list(cases.values()))
    assert taken.outcome == "linked"
    for (outcome, told), sentence in zip(sentences(taken), cases, strict=True):
        assert (outcome, sentence in told) == ("refused", True), (told, sentence)
    assert [row.put_code for row in await journal.rows() if row.put_code] == []
    assert journal.writes() == []


async def test_one_item_is_kept_for_one_thing(journal: Journal) -> None:
    """A put-code that stands twice in the file is kept once, and again is taken earlier."""
    orcid = journal.person()
    put_code = stands(journal, orcid, article(author()))
    await take_in(journal.services, article(author()))
    await take_in(journal.services, article(author(), key="b1", doi="10.5555/a1"))
    line = old(journal, orcid)
    both = [item("a1", put_code), item("b1", put_code)]
    first = await importer(journal).take(line, both)
    assert sentences(first) == [
        ("kept", ""),
        ("refused", "that item belongs to article a1 here."),
    ]
    again = await importer(journal).take(line, both[:1])
    assert (again.outcome, sentences(again)) == ("known", [("known", "It was taken earlier.")])


async def test_leaving_one_tenant_ends_no_other(journal: Journal) -> None:
    """A token that two tenants took over is revoked by the last of them that the person leaves."""
    orcid = journal.person()
    line = old(journal, orcid)
    for tenant in (TENANT, "other"):
        await Importer(journal.services, tenant, importer(journal).rest).take(line)
    await disconnect(journal.services, "other", "ada")
    await journal.work()
    await journal.declare(article(author()))
    assert len(journal.works(orcid)) == 1
    assert await links(journal) == [("ada", orcid, "active")]
    await disconnect(journal.services, TENANT, "ada")
    await journal.work()
    assert line.access_token is not None
    again = await Importer(journal.services, "third", importer(journal).rest).take(line)
    assert (again.outcome, "ORCID refuses the token" in again.sentence) == ("refused", True)


async def test_what_another_tenant_put_there_is_not_taken(journal: Journal) -> None:
    """Nor by declaring the same article, nor by its put-code; nor is the other's key told."""
    orcid = journal.person()
    for tenant in (TENANT, "other"):
        await journal.connect("ada", orcid, tenant=tenant)
    await journal.declare(article(author(), key="secret-1", doi="10.5555/a1"))
    mine = await journal.row("secret-1")
    assert mine.put_code is not None
    await journal.declare(article(author(), tenant="other", title="Taken"))
    theirs = await journal.row("a1")
    assert (theirs.state, theirs.put_code) == ("parked", None)
    assert "something of another tenant" in theirs.sentence
    other = Importer(journal.services, "other", importer(journal).rest)
    (kept,) = await other.take_items("ada", [item("a1", mine.put_code)])
    assert (kept.outcome, kept.sentence) == (
        *("refused", "that item belongs to something of another tenant here."),
    )
    assert "secret" not in theirs.sentence
    assert await journal.row("secret-1") == mine


async def test_put_codes_of_a_refused_line_are_told(journal: Journal) -> None:
    """Without a link no put-code is kept, and each says so."""
    line = old(journal, journal.person(), access_token=None)
    taken = await importer(journal).take(line, [item("a1", 1)])
    assert sentences(taken) == [("refused", "its person is not linked.")]


async def test_put_codes_of_who_is_linked_already(journal: Journal) -> None:
    """They are checked with the link that is here, named by person key or by iD."""
    orcid = journal.person()
    put_codes = [stands(journal, orcid, article(author(), key=key)) for key in ("a1", "a2")]
    for key in ("a1", "a2"):
        await take_in(journal.services, article(author(), key=key))
    await journal.connect("ada", orcid)
    by_key = await importer(journal).take_items("ada", [item("a1", put_codes[0])])
    by_orcid = await importer(journal).take_items(orcid, [item("a2", put_codes[1], person=orcid)])
    nobody = await importer(journal).take_items("zoe", [item("a2", 1, person="zoe")])
    assert outcomes(by_key + by_orcid + nobody) == ["kept", "kept", "refused"]
    await journal.work()
    assert len(journal.works(orcid)) == 2
    assert ("POST", 201) not in journal.writes()


def outcomes(kept: list[Kept]) -> list[str]:
    """Return what became of put-codes."""
    return [one.outcome for one in kept]


async def test_what_the_researcher_removed_is_not_taken_up(journal: Journal) -> None:
    """A row that rests as declined keeps to it, whatever put-code an old file has."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await journal.declare(article(author()))
    journal.simulator.remove_item(orcid, journal.works(orcid)[0]["put-code"])
    await journal.declare(article(author(), day=2, title="Corrected"))
    put_code = stands(journal, orcid, article(author()))
    (kept,) = await importer(journal).take_items("ada", [item("a1", put_code)])
    assert "stays off the record" in kept.sentence
    assert (await journal.row()).state == "declined"
