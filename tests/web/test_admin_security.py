"""The administration is closed unless a plugin opens it, and believes nothing it is sent."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from orcid_connect.hookspecs import hookimpl
from orcid_connect.services import Services
from orcid_connect.web.app import build_app
from tests.support.doors import METHODS, doors_of
from tests.support.ledger import delivery, fill, row_of
from tests.web.host import ORIGIN, Browser, Journal, form_of, running_journal
from tests.web.test_admin import Editors, page_of, press, some_deliveries
from tests.web.test_outcomes import heading

pytestmark = pytest.mark.anyio

EVIL = '"><script>alert(1)</script>'


@pytest.fixture
async def journal(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Journal]:
    """A journal with an administrator."""
    async with running_journal(tmp_path, [Editors()]) as running:
        yield running


@pytest.fixture
def edith(journal: Journal) -> Browser:
    """The administrator's browser."""
    return Browser(journal, "edith")


class Answers:
    """A plugin that answers whatever it is given."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    @hookimpl
    def orcid_may_administer(self, request: Request) -> Any:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


class Hangs:
    """A plugin that never answers."""

    @hookimpl
    async def orcid_may_administer(self, request: Request) -> None:
        await asyncio.Event().wait()


class Async:
    """A plugin that opens, as `async def`."""

    @hookimpl
    async def orcid_may_administer(self, request: Request) -> bool:
        return True


@pytest.mark.parametrize(
    "plugins",
    [
        [],
        [Answers(None)],
        [Answers(False)],
        [Answers(1)],
        [Answers("yes")],
        [Answers(RuntimeError("someone@example.org"))],
        [Hangs()],
        [Answers(False), Answers(True)],
        [Answers(RuntimeError()), Answers(True)],
        [Answers("yes"), Answers(True)],
    ],
    ids=["none", "None", "no", "1", "text", "raises", "hangs", "no, yes", "raises, yes", "?, yes"],
)
async def test_closed(tmp_path: Path, plugins: list[object]) -> None:
    """Whatever is not plainly True leaves it closed; the page names the hook that opens it."""
    async with running_journal(tmp_path, plugins, hook_timeout=0.1) as journal:
        answer = await Browser(journal, "anne").get("admin/")
    assert answer.status_code == 403
    assert heading(answer.text) == "That was not allowed"
    assert "orcid_may_administer(request)" in answer.text
    assert "example.org" not in answer.text


@pytest.mark.parametrize("plugins", [[Answers(True)], [Async()], [Answers(None), Answers(True)]])
async def test_opened(tmp_path: Path, plugins: list[object]) -> None:
    """True opens it, from `def` and `async def` alike, and where another plugin says nothing."""
    async with running_journal(tmp_path, plugins) as journal:
        assert (await Browser(journal).get("admin/")).status_code == 200


async def test_every_door_is_closed(journal: Journal) -> None:
    """Somebody who is signed in but no administrator gets through no door, with no method."""

    async def get_services() -> Services:
        return journal.services

    anne = Browser(journal, "anne")
    await some_deliveries(journal)
    found = [
        door
        for door in doors_of(build_app(get_services, lambda: None).routes)
        if door.path.startswith("/admin") or door.path == "/metrics"
    ]
    assert len(found) >= 9
    for door in found:
        address = door.address(id=delivery(3).id, deed="retry")
        for method in METHODS:
            answer = await anne.client.request(method, f"{ORIGIN}/orcid{address}")
            assert answer.status_code in (403, 405), (method, door.path)
            assert method not in door.methods or answer.status_code == 403
    assert (await anne.get("admin/nowhere")).status_code == 403
    assert (await row_of(journal.services, 3)).state == "parked"


async def test_a_form_needs_its_token(journal: Journal, edith: Browser) -> None:
    """Without our token, with another browser's, another person's or another form's: refused."""
    await some_deliveries(journal)
    action = f"{page_of(3)}/retry"
    _, mine = form_of((await edith.get(page_of(3))).text)
    other = Browser(journal, "edith")
    _, others = form_of((await other.get(page_of(3))).text)
    ada = journal.sim.add_person("Ada").orcid
    await edith.connect(ada)
    _, disconnect = form_of((await edith.get("my")).text)
    for token in ("", "x", others["token"], disconnect["token"], mine["token"] + "x"):
        assert (await edith.post(action, {"token": token})).status_code == 403
        assert (await edith.post("admin/pause", {"token": token})).status_code == 403
    assert (await row_of(journal.services, 3)).state == "parked"
    assert (await edith.post("disconnect", {"token": mine["token"]})).status_code == 403
    assert (await edith.post(action, {"token": mine["token"]})).status_code == 303


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_other_sites_are_refused(
    journal: Journal, edith: Browser, headers: dict[str, str]
) -> None:
    """A form that another site sends is refused, its token right or not."""
    await some_deliveries(journal)
    _, form = form_of((await edith.get(page_of(3))).text)
    answer = await edith.post(f"{page_of(3)}/retry", {"token": form["token"]}, headers=headers)
    assert answer.status_code == 403
    assert (await row_of(journal.services, 3)).state == "parked"


async def test_a_get_changes_nothing(journal: Journal, edith: Browser) -> None:
    """What changes something cannot be had by following a link."""
    await some_deliveries(journal)
    for door in (f"{page_of(3)}/retry", "admin/pause", "admin/resume"):
        assert (await edith.get(door)).status_code == 405
    unknown = await edith.post(f"{page_of(3)}/burn", {"token": "x"})
    assert unknown.status_code == 403


async def test_script_is_text(journal: Journal, edith: Browser) -> None:
    """Script in keys, tenants, people, sentences, reasons and filters is text on every page."""
    row = delivery(1, key=EVIL, tenant=EVIL, person=f"key:{EVIL}", sentence=EVIL, state="waiting")
    await fill(journal.services, row)
    pages = [
        await edith.get("admin/"),
        await edith.get("admin/deliveries"),
        await edith.get(page_of(1)),
        await edith.get("admin/coverage"),
        await edith.get("admin/coverage", params={"tenant": EVIL, "behind": EVIL}),
        await edith.get("admin/", params={"said": EVIL}),
    ]
    for name in ("tenant", "key", "person", "text", "activity", "kind", "credential", "state"):
        pages.append(await edith.get("admin/deliveries", params={name: EVIL}))
    await press(edith, 1, "park", reason=EVIL)
    pages.append(await edith.get(page_of(1)))
    for page in pages:
        assert "<script" not in page.text
    assert "&lt;script&gt;" in pages[1].text
    assert "&lt;script&gt;" in pages[-1].text


@pytest.mark.parametrize(
    "words",
    [
        {"state": "nonsense"},
        {"tenant": "t" * 513},
        {"text": "t" * 201},
        {"text": "\x00"},
        {"since": "yesterday"},
        {"since": "9999999d"},
        {"since": "0000-00-00"},
        {"since": "9999-12-31T23:59:59-23:59"},
        {"after": "x"},
        {"after": "-1"},
        {"after": "1e9-" + "0" * 32},
        {"after": "nan-" + "0" * 32},
        {"after": "1.0-" + "g" * 32},
        {"x": "y" * 9000},
    ],
    ids=lambda words: "-".join(f"{name}={value[:12]}" for name, value in words.items()),
)
async def test_bad_filters(journal: Journal, edith: Browser, words: dict[str, str]) -> None:
    """A filter or page that cannot be is a page that says so, in listing and download alike."""
    for door in ("admin/deliveries", "admin/deliveries.csv"):
        answer = await edith.get(door, params=words)
        assert answer.status_code == 400, answer.text
        assert len(answer.text) < 7000


@pytest.mark.parametrize("words", [{"state": ""}, {"unknown": "x"}, {"after": ""}, {"text": "%"}])
async def test_odd_filters(journal: Journal, edith: Browser, words: dict[str, str]) -> None:
    """What is empty or unknown does not matter, and a sign of LIKE is a letter."""
    await some_deliveries(journal)
    answer = await edith.get("admin/deliveries", params=words)
    assert answer.status_code == 200
    assert ("No delivery matches" in answer.text) is ("text" in words)


@pytest.mark.parametrize("name", ["x", "0" * 31, "é", "0" * 5000])
async def test_odd_ids(journal: Journal, edith: Browser, name: str) -> None:
    """An id that cannot be is not found."""
    assert (await edith.get(f"admin/deliveries/{name}")).status_code == 404


async def test_a_nul_changes_nothing(tmp_path: Path, database: str) -> None:
    """PostgreSQL takes no NUL: no door asks it for one, and nobody is told to try again later."""
    async with running_journal(tmp_path, [Editors()], database=database) as journal:
        edith = Browser(journal, "edith")
        await some_deliveries(journal)
        for door in ("deliveries/%00", "coverage?behind=%00", "deliveries?text=%00"):
            assert (await edith.get(f"admin/{door}")).status_code == 400
        assert (await press(edith, 1, "park", reason="a\0b")).status_code == 400
        _, form = form_of((await edith.get(page_of(1))).text)
        answer = await edith.post("admin/pause", {"token": form["token"], "tenant": "a\0"})
        assert answer.status_code == 400
        assert (await row_of(journal.services, 1)).state == "due"


async def test_an_address_of_mail_is_not_shown(journal: Journal, edith: Browser) -> None:
    """Hosts may use e-mail addresses as keys; no page shows one."""
    row = delivery(1, person="key:ada@example.org", sentence="Ask ada@example.org.", state="parked")
    await fill(journal.services, row)
    for door in ("admin/", "admin/deliveries", page_of(1), "admin/deliveries.csv"):
        page = (await edith.get(door)).text
        assert "example.org" not in page
    assert "(an e-mail address)" in page


async def test_a_reason_is_cut(journal: Journal, edith: Browser) -> None:
    """A reason longer than a sentence is cut, one larger than a form refused."""
    await some_deliveries(journal)
    await press(edith, 1, "park", reason="x" * 2000)
    assert len((await row_of(journal.services, 1)).sentence) < 600
    shown = (await edith.get(page_of(1))).text
    _, form = form_of(shown)
    answer = await edith.post(
        f"{page_of(1)}/remove", {"token": form["token"], "reason": "x" * 20_000}
    )
    assert answer.status_code == 413
