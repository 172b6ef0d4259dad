"""The demo journal: its articles, who may do what, and what it declares."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from orcid_connect.identifiers import parse_issn, parse_orcid
from orcid_connect.inputs import read_jats
from orcid_connect.mapping import work_from_article
from tests.demo.theatre import ORCIDS, demo, part, visitor
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

ARTICLES = sorted((Path(part("settings").PACKAGE) / "articles").glob("*.xml"))


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_articles_are_faultless(path: Path) -> None:
    """Every article of the demonstration becomes a work without a caution, and is invented."""
    article = read_jats(path.read_bytes(), tenant="t", as_of=datetime.now(UTC))
    assert article.doi is not None
    assert article.doi.startswith("10.5555/")
    issns = [] if article.type == "preprint" else [part("settings").ISSN]
    assert [parse_issn(issn) for issn in article.issns] == issns
    assert work_from_article(article).problems == ()
    assert all(
        (one.orcid or "8888").removeprefix("https://orcid.org/").startswith("8888")
        for one in article.contributors
    )


def test_people_exist_at_the_simulator() -> None:
    """The iDs that are printed are well-formed and invented."""
    assert all(parse_orcid(orcid) == orcid for orcid in ORCIDS.values())
    assert all(orcid.startswith("8888-") for orcid in ORCIDS.values())


@pytest.mark.parametrize("account", [None, "ines", "haruki"])
async def test_only_the_editor_may_publish(stage: Any, account: str | None) -> None:
    """Nobody else sees the office or can publish."""
    async with visitor(stage, account) as browser:
        for answer in (
            await browser.get("/office"),
            await browser.get("/office/bees"),
            await browser.post("/office/bees/publish"),
            await browser.post("/office/ink/retract"),
            await browser.post("/office/reviews/lamp-1/complete"),
            await browser.post("/office/terms/chief/begin", data={"day": "2024-03-01"}),
        ):
            assert answer.status_code == (303 if account is None else 403)
        assert (await browser.get("/articles/bees")).status_code == 404
        assert "Retracted" not in (await browser.get("/articles/ink")).text


@pytest.mark.parametrize("account", [None, "ines", "solveig"])
async def test_only_the_editor_may_administer(stage: Any, account: str | None) -> None:
    """The editor's office leads to the administration, which is closed to everybody else."""
    async with visitor(stage, account) as browser:
        office, admin = await browser.get("/office"), await browser.get("/orcid/admin/")
    if account == "solveig":
        assert 'href="/orcid/admin/"' in office.text
        assert "ORCID deliveries" in admin.text
        assert "A process delivers." in admin.text
        return
    assert admin.status_code == 403
    assert "orcid_may_administer(request)" in admin.text


async def test_forms_of_other_sites_change_nothing(stage: Any) -> None:
    """A form that another site sends in the editor's name is refused."""
    async with visitor(stage, "solveig") as editor:
        for origin in ("http://evil.example", "null", stage.registry_url):
            answer = await editor.post("/office/bees/publish", headers={"origin": origin})
            assert answer.status_code == 403
        assert (await editor.get("/articles/bees")).status_code == 404
        own = {"origin": stage.journal_url}
        assert (await editor.post("/office/bees/publish", headers=own)).status_code == 303
        assert (await editor.get("/articles/bees")).status_code == 200


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        ("publish", "This manuscript is published"),
        ("accept", "This manuscript is published"),
        ("correct", "An article needs a title"),
        ("declare", "Declared again"),
        ("doi", "The DOI of this article is registered"),
    ],
)
async def test_deeds_that_do_not_fit(stage: Any, deed: str, said: str) -> None:
    """What cannot be done to a published article is told, and changes nothing."""
    async with visitor(stage, "solveig") as editor:
        await editor.post(f"/office/silence/{deed}")
        assert said in (await editor.get("/office/silence")).text
        assert "spoons" in (await editor.get("/articles/silence")).text


async def test_a_retraction_waits_for_the_doi(stage: Any) -> None:
    """An article that is out ahead of its DOI says so, and is not retracted before it has it."""
    async with visitor(stage, "solveig") as editor:
        for deed in ("accept", "publish", "retract"):
            await editor.post(f"/office/promise/{deed}", data={"reason": "no"})
        assert "register that first" in (await editor.get("/office/promise")).text
        assert "Not registered yet" in (await editor.get("/articles/promise")).text
        await editor.post("/office/promise/doi")
        assert "10.5555/jir.2026.0105" in (await editor.get("/articles/promise")).text
        await editor.post("/office/promise/retract", data={"reason": "It weighed nothing."})
        page = (await editor.get("/articles/promise")).text
        assert "It weighed nothing." in page
        assert "10.5555/jir.2026.0105.retraction" in page
        assert "Retracted" in (await editor.get("/")).text


async def test_a_retraction_stands(stage: Any) -> None:
    """Once retracted, an article is neither corrected nor withdrawn nor published anew."""
    async with visitor(stage, "solveig") as editor:
        await editor.post("/office/ink/retract", data={"reason": "It did not rain."})
        await editor.get("/office/ink")
        for deed in ("correct", "withdraw", "publish", "retract", "accept"):
            await editor.post(f"/office/ink/{deed}", data={"title": "Another", "reason": "Another"})
            assert "This manuscript is retracted" in (await editor.get("/office/ink")).text
        page = (await editor.get("/articles/ink")).text
        assert "It did not rain." in page
        assert "Another" not in page


async def test_terms_make_sense(stage: Any) -> None:
    """A term begins once, ends once and not before it began, and only on days there are."""
    async with visitor(stage, "solveig") as editor:
        for deed, day, said in (
            ("end", "2024-03-01", "Only a term that goes on"),
            ("begin", "soon", "Give a day"),
            ("begin", "2024-03-01", "The term has begun"),
            ("begin", "2024-03-01", "This term has begun"),
            ("end", "2024-02-29", "cannot end before it began"),
            ("end", "2026-10-31", "The term is over"),
            ("end", "2026-11-01", "Only a term that goes on"),
        ):
            await editor.post(f"/office/terms/chief/{deed}", data={"day": day})
            assert said in (await editor.get("/office")).text
        office = (await editor.get("/office")).text
        assert "1 March 2024</time> to <time" in office
        assert "31 October 2026" in office


async def test_correcting_nothing(stage: Any) -> None:
    """A correction that corrects nothing is not noted as one."""
    async with visitor(stage, "solveig") as editor:
        article = await editor.get("/articles/silence")
        abstract = article.text.split('<p dir="auto">')[1].split("</p>")[0]
        title = "The length of a silence, measured in spoons"
        await editor.post("/office/silence/correct", data={"title": title, "abstract": abstract})
        assert "Nothing was different." in (await editor.get("/office/silence")).text
        assert "Corrected" not in (await editor.get("/articles/silence")).text


async def test_returns_only_to_itself(stage: Any) -> None:
    """After signing in nobody is sent to another site."""
    async with visitor(stage) as browser:
        for then in ("//evil.example", "https://evil.example", "/\\evil.example", "/\tx"):
            answer = await browser.post("/signin", data={"user": "ines", "then": then})
            assert answer.headers["location"] == "/desk"


async def test_unknown_pages(stage: Any) -> None:
    """What is not there is told on a page of the journal's own."""
    async with visitor(stage, "solveig") as editor:
        for path in ("/nowhere", "/articles/none", "/office/none"):
            answer = await editor.get(path)
            assert answer.status_code == 404
            assert "To the articles" in answer.text
        assert (await editor.post("/office/bees/burn")).status_code == 404
        assert (await editor.post("/office/terms/chief/burn")).status_code == 404
        await editor.post("/office/terms/nobody/begin", data={"day": "2024-03-01"})
        assert "There is no such office" in (await editor.get("/office")).text
        assert (await editor.post("/signin", data={"user": "nobody"})).status_code == 400


async def test_tells_after_a_crash_what_was_left_untold(tmp_path: Path) -> None:
    """What the journal published without having told orcid_connect is told at the next start."""
    store = part("store").Store(tmp_path / "journal.sqlite")
    await store.prepare()
    await store.set_state("bees", "published", datetime.now(UTC))
    await store.complete_review("lamp-1", datetime.now(UTC))
    await store.set_term("chief", date(2024, 3, 1), date(2026, 10, 31), datetime.now(UTC))
    async with demo(tmp_path) as stage, visitor(stage, "solveig") as editor:

        async def told() -> bool:
            bees = (await editor.get("/office/bees")).text
            review = 'data-key="lamp-1" data-state="waiting"'
            waiting = bees.count('data-state="waiting">')
            office = (await editor.get("/office")).text
            return waiting >= 2 and review in office and term in office

        term = 'data-key="chief" data-state="waiting"'
        await until(told, "the article, the review and the term wait for their people")


async def test_grows_with_the_demonstration(tmp_path: Path) -> None:
    """A folder kept from before gets what is new, and keeps what was done in it."""
    store = part("store").Store(tmp_path / "journal.sqlite")
    await store.prepare()
    await store.register_doi("promise", datetime.now(UTC))
    await store.set_state("ink", "withdrawn", datetime.now(UTC), "why not")
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as database, database:
        database.execute("DROP TABLE terms")
        database.execute("DELETE FROM manuscripts WHERE key = 'scales'")
        database.execute("DELETE FROM authorships WHERE manuscript = 'scales'")
    await store.prepare()
    kept = {one.key: one for one in await store.manuscripts()}
    assert (kept["ink"].state, kept["promise"].without_doi) == ("withdrawn", False)
    assert kept["scales"].state == "accepted"
    assert await store.authors_of("scales") == {0: "noor"}
    assert [term.began for term in await store.terms()] == [None, None]


async def test_button_is_there_for_everybody(stage: Any) -> None:
    """The desk shows the button of orcid_connect, and sets no cookie that connecting waits for."""
    async with visitor(stage, "ines") as browser:
        answer = await browser.get("/desk")
        assert "Connect your ORCID iD" in answer.text
        assert "oc_browser" not in answer.headers.get("set-cookie", "")


async def test_speaks_to_the_author_and_of_them(stage: Any) -> None:
    """What waits is told to editors of "the person", and to that person as their own matter."""
    theirs, told = "It is sent when you connect your ORCID iD.", "Waits until the person connects"
    async with visitor(stage, "mirembe") as author, visitor(stage, "solveig") as editor:

        async def waits() -> bool:
            return told in (await editor.get("/office/silence")).text

        await until(waits, "the editor reads for whom it waits")
        assert theirs not in (await editor.get("/office/silence")).text
        desk = (await author.get("/desk")).text
        assert theirs in desk
        assert told not in desk


async def test_session_cannot_be_forged(stage: Any) -> None:
    """A session cookie that the journal did not sign is nobody's."""
    async with httpx.AsyncClient(base_url=stage.journal_url) as browser:
        browser.cookies.set("imagined_results", "eyJ1c2VyIjogInNvbHZlaWcifQ==.aaaa.bbbb")
        assert (await browser.get("/office")).status_code == 303
