"""My ORCID: what a person reads of their deliveries, and what their buttons do."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from starlette.routing import Mount

from orcid_connect.engines.embedded import work_through
from orcid_connect.journeys.intake import take_in
from orcid_connect.journeys.overview import Situation
from orcid_connect.journeys.planning import plan_due
from orcid_connect.languages import language
from orcid_connect.services import Services
from orcid_connect.store.ledger import Delivery
from orcid_connect.web import standing
from orcid_connect.web.app import build_app
from tests.support.journal import article, author, review
from tests.support.ledger import rows_by_id
from tests.web.host import HTML, Browser, Journal, forms_of, running_journal
from tests.web.test_admin import Editors

pytestmark = pytest.mark.anyio

JSON = {"Accept": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def publish(journal: Journal, key: str = "a1", person: str = "anne", **more: Any) -> str:
    """Publish an article of somebody and send it; return its delivery's id."""
    declared = article(author(person), key=key, tenant="rivers", **more)
    await take_in(journal.services, declared)
    await work_through(journal.services)
    return (await row_of(journal, key)).id


async def row_of(journal: Journal, key: str = "a1") -> Delivery:
    """Return the only delivery of an article."""
    async with journal.services.database.reading() as connection:
        (row,) = await rows_by_id(connection, key=key)
    return row


async def press(browser: Browser, action: str, **more: str) -> str:
    """Press a button of the person's page, let what is due happen; return the page that follows."""
    forms = dict(forms_of((await browser.get("my")).text))
    token = next(fields["token"] for path, fields in forms.items() if "/my/" in path)
    answer = await browser.post(action, {"token": token} | more)
    assert answer.status_code == 303, answer.text
    return (await browser.get(answer.headers["location"])).text


def works(journal: Journal, orcid: str) -> Sequence[object]:
    """Return what stands on a record."""
    return journal.sim.items(orcid, "work")


async def test_what_was_written_is_listed(journal: Journal, browser: Browser, ada: str) -> None:
    """A delivered work stands there with title, kind, day and a link to the record."""
    await browser.connect(ada)
    await publish(journal, title="Otters & <script>alert(1)</script>")
    page = (await browser.get("my")).text
    assert "Otters &amp; &lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert 'data-state="delivered">On your record<' in page
    assert f'href="{journal.sim.base_url}/{ada}"' in page
    assert "work ·" in page
    assert "21 September 2026" in page


async def test_hold_and_send(journal: Journal, browser: Browser, ada: str) -> None:
    """Held back, no correction is sent; sent again, it is; each time the page says so."""
    await browser.connect(ada)
    one = await publish(journal)
    page = await press(browser, f"my/{one}/hold")
    assert 'role="status"' in page
    assert "It is held back." in page
    assert "Held as it is" in page
    await publish(journal, day=2, title="Corrected")
    assert "Corrected" not in str(works(journal, ada))
    page = await press(browser, f"my/{one}/send")
    assert "It is sent to your record now." in page
    assert journal.wakes[-1:] == ["wake"]
    await work_through(journal.services)
    assert "Corrected" in str(works(journal, ada))


async def test_removing_asks_once_more(journal: Journal, browser: Browser, ada: str) -> None:
    """The link on the page leads to one that names the work; its button takes it off for good."""
    await browser.connect(ada)
    one = await publish(journal)
    assert f'href="/orcid/my/{one}/remove"' in (await browser.get("my")).text
    asked = await browser.get(f"my/{one}/remove")
    assert asked.status_code == 200
    assert "On the Analytical Engine" in asked.text
    assert len(works(journal, ada)) == 1
    [(action, fields)] = forms_of(asked.text)
    answer = await browser.post(action, fields)
    page = (await browser.get(answer.headers["location"])).text
    assert "It goes from your record" in page
    await work_through(journal.services)
    await publish(journal, day=2, title="Corrected")
    assert works(journal, ada) == []
    again = await browser.get(f"my/{one}/remove")
    assert again.headers["location"].endswith(f"said=not-possible&of={one}")


async def test_asked_first(journal: Journal, browser: Browser, ada: str) -> None:
    """Asked first, what is new waits with Send and Never; automatic again, it goes."""
    await browser.connect(ada)
    page = await press(browser, "my/asking", ask_first="yes")
    assert "From now on you are asked" in page
    assert "Write automatically" in page
    for key in ("a1", "a2", "a3"):
        await publish(journal, key)
    page = (await browser.get("my")).text
    assert page.count("Waits for your yes") == 3
    assert page.count("Send it<") == page.count("Never send it<") == 3
    await press(browser, f"my/{(await row_of(journal, 'a1')).id}/send")
    await press(browser, f"my/{(await row_of(journal, 'a2')).id}/remove")
    await work_through(journal.services)
    assert len(works(journal, ada)) == 1
    page = await press(browser, "my/asking", ask_first="no")
    assert "put on your record by itself" in page
    await work_through(journal.services)
    assert len(works(journal, ada)) == 2


async def test_for_programs(journal: Journal, browser: Browser, ada: str) -> None:
    """Who asks for no page is told in JSON what was done."""
    await browser.connect(ada)
    one = await publish(journal)
    [fields] = [fields for path, fields in forms_of((await browser.get("my")).text) if one in path]
    held = await browser.post(f"my/{one}/hold", fields, headers=JSON)
    assert held.json() == {"done": True, "state": "declined"}
    again = await browser.post(f"my/{one}/hold", fields, headers=JSON)
    assert again.json() == {"done": False, "state": "declined"}
    asked = await browser.post("my/asking", fields | {"ask_first": "yes"}, headers=JSON)
    assert asked.json() == {"ask_first": True}


async def test_reviews_and_english_sentences(journal: Journal, browser: Browser, ada: str) -> None:
    """A review is called what it is for; what is kept in English says so in other languages."""
    await browser.connect(ada)
    later = review(reviewer=author("anne"), tenant="rivers")
    await take_in(journal.services, later)
    await work_through(journal.services)
    await publish(journal, not_before="2030-01-01T00:00:00Z")
    page = (await browser.get("my", params={"lang": "fr"})).text
    stored = (await row_of(journal)).sentence
    assert stored
    assert f'<bdi lang="en" dir="ltr">{stored}</bdi>' in page
    english = (await browser.get("my", params={"lang": "en"})).text
    assert "Review for Society of Engines" in english
    assert f"<bdi>{stored}</bdi>" in english


async def test_fifty_at_a_time(journal: Journal, browser: Browser, ada: str) -> None:
    """A long list has parts; each row is in one of them, and the last says so."""
    await browser.connect(ada)
    for number in range(53):
        named = article(author("anne"), key=f"k{number}", tenant="rivers", title=f"Work {number}.")
        await take_in(journal.services, named)
    while await plan_due(journal.services):
        pass
    first = (await browser.get("my")).text
    assert first.count('class="oc-row"') == 50
    older = first.partition('href="/orcid/my?after=')[2].partition('"')[0].partition("#")[0]
    second = (await browser.get(f"my?after={older}")).text
    assert second.count('class="oc-row"') == 3
    assert ">Older<" not in second
    assert all(f"Work {number}." in first + second for number in range(53))
    assert (await browser.get("my?after=nonsense")).status_code == 400
    assert (await browser.get("my?after=" + "9" * 9000)).status_code == 400


async def test_what_is_not_theirs(journal: Journal, browser: Browser, ada: str) -> None:
    """Ids of others, of other tenants and made up are all not there, whatever the method."""
    await browser.connect(ada)
    mine = await publish(journal)
    await publish(journal, "b1", "bert")
    elsewhere = article(author("anne"), key="c1", tenant="lakes", title="Of the lakes")
    await take_in(journal.services, elsewhere)
    await work_through(journal.services)
    [fields] = [fields for path, fields in forms_of((await browser.get("my")).text) if mine in path]
    theirs = [(await row_of(journal, key)).id for key in ("b1", "c1")]
    before = [await row_of(journal, key) for key in ("b1", "c1")]
    made_up = ["0" * 32, mine[:-1], mine.upper() + "x", "%00", f"{mine}%00", "..", "1" * 5000]
    for one in [*theirs, *made_up]:
        for deed in ("send", "hold", "remove"):
            answer = await browser.post(f"my/{one}/{deed}", fields)
            assert answer.status_code == 404, one
        assert (await browser.get(f"my/{one}/remove")).status_code == 404
        page = await browser.get("my", params={"said": "hold", "of": one})
        assert page.status_code == 200
    assert [await row_of(journal, key) for key in ("b1", "c1")] == before
    assert "Of the lakes" not in (await browser.get("my")).text


async def test_what_is_no_form_of_ours(journal: Journal, browser: Browser, ada: str) -> None:
    """Without our token, with another's, from another site, by GET: nothing is changed."""
    await browser.connect(ada)
    one = await publish(journal)
    forms = dict(forms_of((await browser.get("my")).text))
    mine = forms[f"/orcid/my/{one}/hold"]
    bert = Browser(journal, "bert")
    await bert.connect(journal.sim.add_person("Bert").orcid)
    bertas = dict(forms_of((await bert.get("my")).text))["/orcid/my/asking"]
    for fields in ({}, {"token": ""}, {"token": "x"}, forms["/orcid/disconnect"], bertas):
        for door in (f"my/{one}/hold", "my/asking"):
            asked = {"ask_first": "yes"} if door == "my/asking" else {}
            answer = await browser.post(door, fields | asked, headers=HTML | FORM)
            assert answer.status_code == 403
    evil = {"Origin": "https://evil.example"}
    assert (await browser.post(f"my/{one}/hold", mine, headers=evil)).status_code == 403
    assert (await bert.post(f"my/{one}/hold", mine)).status_code == 403
    for door in (f"my/{one}/hold", f"my/{one}/send", "my/asking"):
        assert (await browser.get(door)).status_code == 405
    assert (await browser.post(f"my/{one}/release", mine)).status_code == 404
    assert (await browser.post("my/asking", mine | {"ask_first": "maybe"})).status_code == 400
    stranger = Browser(journal)
    assert (await stranger.post(f"my/{one}/hold", mine, headers=JSON)).status_code in (401, 403)
    row = await row_of(journal)
    assert (row.state, row.wish) == ("delivered", None)


async def test_said_is_ours_alone(journal: Journal, browser: Browser, ada: str) -> None:
    """What the address claims was done is shown only in words of ours, of what is theirs."""
    await browser.connect(ada)
    for said in ("<script>", "x" * 5000, "", "retry"):
        page = (await browser.get("my", params={"said": said})).text
        assert 'role="status"' not in page
        assert "<script" not in page


def test_every_situation_has_words() -> None:
    """However a delivery stands, an author reads a word for it."""
    assert set(standing._LOOKS) == set(get_args(Situation))
    for _, word, sentence in standing._LOOKS.values():
        assert language("en").gettext(word)
        assert sentence == "" or sentence.endswith(".")


async def test_another_credential(journal: Journal, browser: Browser, ada: str) -> None:
    """An iD connected with another credential of the host is shown, and ended with the other."""
    await browser.connect(ada)
    renamed = journal.credential.model_copy(update={"name": "second", "client_id": "APP-X"})
    both = journal.settings.model_copy(
        update={"credentials": (renamed, journal.credential.model_copy(update={"tenants": ("x",)}))}
    )
    services = replace(journal.services, settings=both)

    async def get_services() -> Services:
        return services

    journal.app.routes[:] = [Mount("/orcid", build_app(get_services, lambda: None))]
    page = (await browser.get("my")).text
    assert "Also connected" in page
    assert f"{journal.sim.base_url}/{ada}" in page
    forms = dict(forms_of(page))
    await browser.post("disconnect", forms["/orcid/disconnect"])
    assert "Also connected" not in (await browser.get("my")).text


async def test_what_the_editor_sees(tmp_path: Path) -> None:
    """The administration says who decided and when, offers nothing against it, and refuses it."""
    async with running_journal(tmp_path, [Editors()]) as journal:
        anne, edith = Browser(journal, "anne"), Browser(journal, "edith")
        await anne.connect(journal.sim.add_person("Ada").orcid)
        one = await publish(journal)
        before = forms_of((await edith.get(f"admin/deliveries/{one}")).text)
        await press(anne, f"my/{one}/hold")
        shown = (await edith.get(f"admin/deliveries/{one}")).text
        assert "holds it back; only they can change that" in shown
        deeds = [path.rpartition("/")[2] for path, _ in forms_of(shown)]
        assert deeds == ["remove"]
        for path, fields in before:
            if path.endswith("/park"):
                answer = await edith.post(path, fields)
                page = (await edith.get(answer.headers["location"])).text
                assert "The author decided; only they can change it" in page
        assert (await row_of(journal)).wish == "hold"
