"""The demo journal: its articles, who may do what, and what it declares."""

from datetime import UTC, datetime
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
            await browser.post("/office/reviews/lamp-1/complete"),
        ):
            assert answer.status_code == (303 if account is None else 403)
        assert (await browser.get("/articles/bees")).status_code == 404


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
    ],
)
async def test_deeds_that_do_not_fit(stage: Any, deed: str, said: str) -> None:
    """What cannot be done to a published article is told, and changes nothing."""
    async with visitor(stage, "solveig") as editor:
        await editor.post(f"/office/silence/{deed}")
        assert said in (await editor.get("/office/silence")).text
        assert "spoons" in (await editor.get("/articles/silence")).text


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
        assert (await editor.post("/signin", data={"user": "nobody"})).status_code == 400


async def test_tells_after_a_crash_what_was_left_untold(tmp_path: Path) -> None:
    """What the journal published without having told orcid_connect is told at the next start."""
    store = part("store").Store(tmp_path / "journal.sqlite")
    await store.prepare()
    await store.set_state("bees", "published", datetime.now(UTC))
    await store.complete_review("lamp-1", datetime.now(UTC))
    async with demo(tmp_path) as stage, visitor(stage, "solveig") as editor:

        async def told() -> bool:
            bees = (await editor.get("/office/bees")).text
            review = 'data-key="lamp-1" data-state="waiting"'
            waiting = bees.count('data-state="waiting">')
            return waiting >= 2 and review in (await editor.get("/office")).text

        await until(told, "the article and the review wait for their people")


async def test_button_is_there_for_everybody(stage: Any) -> None:
    """The desk shows the button of orcid_connect, and sets no cookie that connecting waits for."""
    async with visitor(stage, "ines") as browser:
        answer = await browser.get("/desk")
        assert "Connect your ORCID iD" in answer.text
        assert "oc_browser" not in answer.headers.get("set-cookie", "")


async def test_session_cannot_be_forged(stage: Any) -> None:
    """A session cookie that the journal did not sign is nobody's."""
    async with httpx.AsyncClient(base_url=stage.journal_url) as browser:
        browser.cookies.set("imagined_results", "eyJ1c2VyIjogInNvbHZlaWcifQ==.aaaa.bbbb")
        assert (await browser.get("/office")).status_code == 303
