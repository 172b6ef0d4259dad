"""A simulated registry whose clock stands still, and members that talk to it over HTTP."""

from collections.abc import AsyncIterator

import httpx
import pytest

from orcid_connect.simulator import Person, SimClock, Simulator
from tests.simulator.browser import Browser
from tests.simulator.callers import EVERYTHING, NOW, Caller


@pytest.fixture
def sim() -> Simulator:
    """A fresh simulator; its clock stands still."""
    return Simulator(clock=SimClock(NOW, frozen=True))


@pytest.fixture
async def http(sim: Simulator) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of that simulator."""
    transport = httpx.ASGITransport(app=sim.app)
    async with httpx.AsyncClient(transport=transport, base_url=sim.base_url) as client:
        yield client


@pytest.fixture
def ada(sim: Simulator) -> Person:
    """Somebody with an empty, claimed record."""
    return sim.add_person("Ada", "Lovelace", password="engine-engine")


@pytest.fixture
def journal(sim: Simulator) -> str:
    """A member client's id."""
    client = sim.add_client("member", "Journal of Tests", ["https://journal.example/callback"])
    return client.client_id


@pytest.fixture
def other(sim: Simulator) -> str:
    """Another member client's id."""
    return sim.add_client("member", "Other Press", ["https://other.example/cb"]).client_id


@pytest.fixture
def member(sim: Simulator, http: httpx.AsyncClient, ada: Person, journal: str) -> Caller:
    """The journal, with every permission of Ada's."""
    return Caller(http, sim.issue_token(journal, ada.orcid, EVERYTHING), ada.orcid)


@pytest.fixture
def rival(sim: Simulator, http: httpx.AsyncClient, ada: Person, other: str) -> Caller:
    """The other press, with every permission of Ada's."""
    return Caller(http, sim.issue_token(other, ada.orcid, EVERYTHING), ada.orcid)


@pytest.fixture
def public(http: httpx.AsyncClient, ada: Person) -> Caller:
    """Anybody, on the Public API."""
    return Caller(http, "", ada.orcid, "/pub/v3.0")


@pytest.fixture
def browser(http: httpx.AsyncClient, journal: str) -> Browser:
    """A browser that comes from the journal."""
    return Browser(http, journal)
