"""Issue 3 item 8: the pages people look at, plain HTML without scripts."""

import re

import httpx
import pytest

from orcid_connect.simulator import Person, Simulator
from tests.simulator import bodies
from tests.simulator.callers import UPDATE, Caller

pytestmark = pytest.mark.anyio
LABEL = "Simulator, not orcid.org"


async def sign_in(http: httpx.AsyncClient, person: Person) -> None:
    """Sign this browser in."""
    form = {"username": person.orcid, "password": person.password}
    assert (await http.post("/signin", data=form)).status_code == 303


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/signin",
        "/register",
        "/8888-0000-0000-1008",
        "/oauth/authorize",
        "/nowhere",
        "/_control/journal/page",
    ],
)
async def test_every_page_is_labelled_and_without_scripts(
    http: httpx.AsyncClient, path: str
) -> None:
    """Each page says what it is, has a language and a title, fits a phone and runs no script."""
    answer = await http.get(path)
    assert answer.headers["content-type"] == "text/html;charset=UTF-8"
    assert LABEL in answer.text
    assert '<html lang="en">' in answer.text
    assert re.search(r"<title>[^<]+</title>", answer.text)
    assert 'name="viewport"' in answer.text
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert (await http.get("/style.css")).headers["content-type"].startswith("text/css")


async def test_form_fields_have_labels(http: httpx.AsyncClient) -> None:
    """Every visible field of the forms has a label of its own."""
    for path in ("/signin", "/register"):
        text = (await http.get(path)).text
        fields = re.findall(r'<(?:input type="(?!hidden)\w+"|select) id="(\w+)"', text)
        assert fields
        for name in fields:
            assert f'<label for="{name}">' in text


async def test_the_record_page_shows_items_with_their_sources(
    sim: Simulator, http: httpx.AsyncClient, member: Caller, rival: Caller, ada: Person
) -> None:
    """Works and reviews stand in groups with source, put-code, identifiers and dates."""
    code = await member.created(
        "/work",
        bodies.work(
            "10.5555/x",
            "On Engines <b>",
            **{
                "journal-title": {"value": "Journal of Engines"},
                "publication-date": {"year": {"value": "1943"}},
                "contributors": {"contributor": [{"credit-name": {"value": "A. Lovelace"}}]},
            },
        ),
    )
    await rival.created("/work", bodies.work("10.5555/x", "The same, elsewhere"))
    review = await member.created("/peer-review", bodies.review())
    await member.created("/employment", bodies.affiliation(**{"role-title": "Countess"}))
    await member.created("/funding", bodies.funding())
    await member.created("/research-resource", bodies.resource())
    sim.put_item(ada.orcid, "keyword", {"content": "engines"})
    text = (await http.get(f"/{ada.orcid}")).text
    for expected in (
        "Ada Lovelace",
        f"https://orcid.org/{ada.orcid}",
        "On Engines &lt;b&gt;",
        "A. Lovelace",
        "Journal of Engines",
        "1943",
        f"put-code {code}",
        "Source: Journal of Tests",
        "Source: Other Press",
        "1 more from other sources",
        "Annals of Invented Findings (issn:1741-4857)",
        f'data-put-code="{review}"',
        "Countess",
        "engines",
        "Telescope hours",
    ):
        assert expected in text, expected
    assert text.count('<article class="group" data-kind="work">') == 1


async def test_the_record_page_hides_what_is_not_public(
    sim: Simulator, http: httpx.AsyncClient, member: Caller, ada: Person
) -> None:
    """Strangers see public items; the owner, signed in, sees all with a mark."""
    code = await member.created("/work", bodies.work("10.5555/x", "Secret Engine"))
    sim.set_item_visibility(ada.orcid, code, "private")
    sim.change_person(ada.orcid, name_visibility="limited")
    stranger = (await http.get(f"/{ada.orcid}")).text
    assert "Secret Engine" not in stranger
    assert "Lovelace" not in stranger
    await sign_in(http, ada)
    owner = (await http.get(f"/{ada.orcid}")).text
    assert "Secret Engine" in owner
    assert '<span class="badge">private</span>' in owner


async def test_closed_records_have_a_page(sim: Simulator, http: httpx.AsyncClient) -> None:
    """Locked and deactivated records say so, a merged one leads to the primary, others are 404."""
    for state, words in (("locked", "is locked"), ("deactivated", "was deactivated")):
        orcid = sim.add_person("Closed").orcid
        sim.set_state(orcid, state)
        assert words in (await http.get(f"/{orcid}")).text
    primary = sim.add_person("Primary").orcid
    merged = sim.add_person("Merged").orcid
    sim.set_state(merged, "deprecated", primary=primary)
    assert (await http.get(f"/{merged}")).headers["location"] == f"/{primary}"
    assert (await http.get("/8888-9999-9999-9999")).status_code == 404


async def test_trusted_parties_are_listed_and_taken_back(
    sim: Simulator, http: httpx.AsyncClient, member: Caller, ada: Person, journal: str
) -> None:
    """The account page names each client, and one button takes its permission back."""
    assert (await http.get("/account")).headers["location"].startswith("/signin")
    await sign_in(http, ada)
    page = await http.get("/account")
    assert "Revoke access of Journal of Tests" in page.text
    assert "Add or update your research activities" in page.text
    taken = await http.post("/account/revoke", data={"client_id": journal})
    assert taken.headers["location"] == "/account"
    assert "given nobody permission" in (await http.get("/account")).text
    assert (await member.get("/works")).status_code == 401
    assert sim.journal()[-3]["decision"].startswith("the person took back")


async def test_nobody_takes_back_for_another(
    sim: Simulator, http: httpx.AsyncClient, member: Caller, journal: str
) -> None:
    """Without being signed in, or as somebody else, nothing of Ada's is revoked."""
    await http.post("/account/revoke", data={"client_id": journal})
    await sign_in(http, sim.add_person("Bea"))
    await http.post("/account/revoke", data={"client_id": journal})
    assert (await member.get("/works")).status_code == 200


async def test_owners_remove_what_they_do_not_want(
    http: httpx.AsyncClient, member: Caller, ada: Person
) -> None:
    """Owners, and nobody else, see a button that takes an item off their record."""
    code = await member.created("/work", bodies.work())
    assert "Remove" not in (await http.get(f"/{ada.orcid}")).text
    await http.post("/account/remove", data={"put_code": code})
    assert (await member.get(f"/work/{code}")).status_code == 200
    await sign_in(http, ada)
    assert f'name="put_code" value="{code}"' in (await http.get(f"/{ada.orcid}")).text
    gone = await http.post("/account/remove", data={"put_code": code})
    assert gone.headers["location"] == f"/{ada.orcid}"
    assert (await member.get(f"/work/{code}")).status_code == 404
    for wrong in (code, "none"):
        again = await http.post("/account/remove", data={"put_code": wrong})
        assert again.headers["location"] == f"/{ada.orcid}"


async def test_nobody_removes_from_another_record(
    sim: Simulator, http: httpx.AsyncClient, member: Caller
) -> None:
    """Somebody else who is signed in removes nothing of Ada's."""
    code = await member.created("/work", bodies.work())
    await sign_in(http, sim.add_person("Bea"))
    await http.post("/account/remove", data={"put_code": code})
    assert (await member.get(f"/work/{code}")).status_code == 200


async def test_wrong_methods_on_the_site(http: httpx.AsyncClient) -> None:
    """The site answers 405 with Allow for a method it does not take."""
    answer = await http.get("/oauth/token")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    head = await http.head("/")
    assert (head.status_code, head.content) == (200, b"")


async def test_the_front_page_introduces_everybody(
    sim: Simulator, http: httpx.AsyncClient, ada: Person
) -> None:
    """People and applications are listed, with their state."""
    sim.set_state(ada.orcid, "locked")
    text = (await http.get("/")).text
    for expected in (ada.orcid, "locked", "Demo Journal", "APP-DEMOJOURNAL00001"):
        assert expected in text
    assert UPDATE not in text
