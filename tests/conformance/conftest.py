"""One registry for the whole run: the one at CONFORMANCE_URL, or our simulator over real HTTP."""

import os
from collections.abc import Iterator

import httpx
import pytest
from anyio.from_thread import start_blocking_portal

from orcid_connect.simulator import Simulator, serving
from tests.conformance.world import Account, Client, Person, Registry, account

REQUEST_SECONDS = 20


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark of the rules known."""
    config.addinivalue_line("markers", "row(section, *names): the rules of REGISTRY.md tested")


@pytest.fixture(scope="session")
def base_url() -> Iterator[str]:
    """Where the registry under test answers."""
    if given := os.environ.get("CONFORMANCE_URL"):
        yield given
        return
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(serving(Simulator())) as served,
    ):
        yield served


@pytest.fixture(scope="session")
def registry(base_url: str) -> Iterator[Registry]:
    """The registry under test."""
    with httpx.Client(base_url=base_url, timeout=REQUEST_SECONDS) as http:
        yield Registry(http)


@pytest.fixture
def clock(registry: Registry) -> Iterator[Registry]:
    """The registry with a clock that a test may move: it is set right again afterwards."""
    registry.control("POST", "clock", {"freeze": True})
    before = registry.now()
    yield registry
    registry.control("POST", "clock", {"set": before})
    registry.control("POST", "clock", {"freeze": False})


@pytest.fixture
def settings(registry: Registry) -> Iterator[Registry]:
    """The registry with settings that a test may change: they are put back afterwards."""
    before = registry.control("GET", "settings")
    yield registry
    registry.control("POST", "settings", before)


@pytest.fixture
def person(registry: Registry) -> Person:
    """Somebody with an empty record whose items are public."""
    return registry.person()


@pytest.fixture
def member(registry: Registry) -> Client:
    """A member client."""
    return registry.client()


@pytest.fixture
def ada(registry: Registry, person: Person, member: Client) -> Account:
    """The member's access to the person's record: read limited, update everything."""
    return account(registry, person=person, client=member)
