"""The whole route table, door by door: closed to strangers, and to others' things.

A new route fails here until somebody has said whom it is for.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from orcid_connect.declarations import Person
from orcid_connect.journeys import linking
from orcid_connect.store.people import Link
from tests.support.doors import METHODS, Door, doors_of
from tests.support.ledger import delivery, row_of
from tests.web.host import ORIGIN, Browser, Journal, forms_of, running_journal
from tests.web.test_admin import Editors, some_deliveries

pytestmark = pytest.mark.anyio

OPEN: Final = {
    "/callback": "ORCID sends people back here; without a state of this browser nothing happens",
    "/signin": "who signs in with ORCID is nobody yet; it leads to ORCID, bound to this browser",
    "/button": "a host's page asks for it for whoever looks; it says to sign in first",
    "/healthz": "says that the process can serve, and nothing else",
    "/display/{orcid}": "shows an iD that the asker named; not whether it is connected here",
    "/embed.js": "the script of the element, the same for everybody",
    "/static/{rest}": "style sheet, icons and scripts, the same for everybody",
}
"""Doors meant to be open to a stranger, each with the reason."""
BINDS: Final = {"/signin"}
"""The only ones of them that leave a cookie: what started here comes back to this browser."""
REFUSALS: Final = {400, 401, 403, 404, 405, 415}
"""What a closed door answers: to a stranger 400 and 415 say that not even the form was right."""
JSON: Final = {"Accept": "application/json"}
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
PLACES: Final = {
    "id": delivery(3).id,
    "deed": "retry",
    "orcid": "0000-0002-1825-0097",
    "rest": "orcid-connect.css",
}
"""What stands in for the parts of an address, so that there would be something behind the door."""


@dataclass
class House:
    """A journal with deliveries in which Bert is connected, and all of its doors."""

    journal: Journal
    doors: list[Door]
    bert: Browser
    orcid: str

    def __post_init__(self) -> None:
        self.link_id = ""

    async def link(self) -> Link | None:
        """Return Bert's link."""
        return await linking.current_link(
            self.journal.services, Person(tenant="rivers", key="bert")
        )

    async def untouched(self) -> bool:
        """Tell whether Bert is connected as before, and the delivery parked as before."""
        link = await self.link()
        row = await row_of(self.journal.services, 3)
        tokens = self.journal.tokens(self.orcid)
        connected = link is not None and link.state == "active" and link.id == self.link_id
        return connected and row.state == "parked" and len(tokens) == 1


@pytest.fixture
async def house(tmp_path: Path, anyio_backend: str) -> AsyncIterator[House]:
    """Such a journal."""
    async with running_journal(tmp_path, [Editors()]) as journal:
        await some_deliveries(journal)
        orcid = journal.sim.add_person("Bert").orcid
        bert = Browser(journal, "bert")
        await bert.connect(orcid)
        [mounted] = [route for route in journal.app.routes if isinstance(route, Mount)]
        house = House(journal, list(doors_of(mounted.routes)), bert, orcid)
        link = await house.link()
        assert link is not None
        house.link_id = link.id
        yield house


async def knock(browser: Browser, method: str, door: Door, **options: object) -> httpx.Response:
    """Try a door with a method."""
    url = f"{ORIGIN}/orcid{door.address(**PLACES)}"
    return await browser.client.request(method, url, headers=JSON | FORM, **options)  # type: ignore[arg-type]


async def openings(stranger: Browser, doors: list[Door]) -> list[str]:
    """Return where a stranger gets through though nobody said that they may."""
    found = []
    for door in doors:
        for method in METHODS:
            answer = await knock(stranger, method, door)
            refused = {405} if door.path in OPEN and method not in door.methods else REFUSALS
            meant = door.path in OPEN and method in door.methods and answer.status_code < 500
            closed = answer.status_code in refused and (
                method == "HEAD" or answer.headers["content-type"] == "application/problem+json"
            )
            bound = "set-cookie" in answer.headers and door.path not in BINDS
            if not (meant or closed) or bound:
                found.append(f"{method} {door.path}: {answer.status_code}")
    return found


async def test_every_door_is_closed_to_strangers(house: House) -> None:
    """With no method does a stranger get through any door but those that are meant to be open."""
    assert await openings(Browser(house.journal), house.doors) == []
    assert await house.untouched()


async def test_open_doors_are_there(house: House) -> None:
    """No door that is gone is still on the list of the open ones."""
    paths = [door.path for door in house.doors]
    assert set(OPEN) <= set(paths)
    assert len(paths) == len(set(paths))
    assert "/admin/deliveries/{id}/{deed}" in paths


async def test_a_new_door_is_noticed(house: House) -> None:
    """A route that answers strangers is found, wherever in the table it was added."""

    async def hello(_request: Request) -> Response:
        return Response("hello")

    [mounted] = [route for route in house.journal.app.routes if isinstance(route, Mount)]
    assert isinstance(mounted.app, Starlette)
    mounted.app.add_route("/plugin", hello)
    mounted.app.mount("/deep", Starlette(routes=[Route("/here/{id}", hello)]))
    new = [door for door in doors_of(mounted.routes) if door not in house.doors]
    found = await openings(Browser(house.journal), new)
    assert {"GET /plugin: 200", "GET /deep/here/{id}: 200"} <= set(found)


async def test_what_is_somebody_elses(house: House) -> None:
    """With forms of one's own one changes nothing of others and administers nothing."""
    anne = Browser(house.journal, "anne")
    await anne.connect(house.journal.sim.add_person("Anne").orcid)
    fields = [fields for _, fields in forms_of((await anne.get("my")).text)]
    assert fields
    for door in house.doors:
        theirs = "{id}" in door.path or door.path.startswith("/admin") or door.path == "/metrics"
        for method in METHODS:
            for form in fields if method == "POST" else [{}]:
                answer = await knock(anne, method, door, data=form)
                where = (method, door.path, answer.status_code)
                assert answer.status_code < 500, where
                assert not theirs or answer.status_code in REFUSALS, where
                assert house.orcid not in answer.text, where
    assert await house.untouched()


async def test_a_form_of_somebody_else(house: House) -> None:
    """Another person's form opens no door, whoever got hold of it."""
    anne = Browser(house.journal, "anne")
    await anne.connect(house.journal.sim.add_person("Anne").orcid)
    stolen = [fields for _, fields in forms_of((await house.bert.get("my")).text)]
    assert stolen
    for door in house.doors:
        for form in stolen if "POST" in door.methods else []:
            answer = await knock(anne, "POST", door, data=form)
            assert answer.status_code in REFUSALS, door.path
    assert (await anne.me())["connected"] is True
    assert await house.untouched()
