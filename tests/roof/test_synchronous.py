"""`orcid.sync`: every call for hosts without an event loop, on one thread that ends when asked."""

import asyncio
import inspect
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from orcid_connect import Article, BackfillStopped, OrcidConnect, Person, Settings
from orcid_connect.asynchronous import Asynchronous
from orcid_connect.errors import InputError
from orcid_connect.synchronous import AT_ONCE, Synchronous
from tests.support.clock import MovedClock
from tests.support.journal import article, author, journal_on, review
from tests.support.keys import SECRET_KEY

THREAD = "orcid-connect-loop"


def settings(folder: Path, **changes: Any) -> Settings:
    """Return settings of a host that talks to no ORCID."""
    values: dict[str, Any] = {
        "public_url": "http://journal.test/orcid",
        "secret_keys": [SECRET_KEY],
        "credentials": [
            {"client_id": "A", "client_secret": "b", "environment": "simulator", "kind": "member"}
        ],
        "database": str(folder / "host.sqlite"),
        "engine": "off",
        "load_plugins": False,
    }
    return Settings(**(values | changes))


@pytest.fixture
def orcid(tmp_path: Path) -> Iterator[OrcidConnect]:
    """What a host without an event loop holds; afterwards no thread of ours is left."""
    orcid = OrcidConnect(settings(tmp_path))
    yield orcid
    orcid.sync.close()
    assert THREAD not in {thread.name for thread in threading.enumerate()}


OWN = {"close", "open_services", "running", "services"}
"""What belongs to an event loop alone."""
OTHERWISE = {"connection": None, "everything": None, "request": "environ"}


def test_every_call_has_its_twin() -> None:
    """Whatever can be awaited can be called, with the same arguments, named and typed."""
    for name, call in inspect.getmembers(Asynchronous, inspect.iscoroutinefunction):
        if name.startswith("_") or name in OWN:
            continue
        twin = vars(Synchronous)[name]
        wanted = inspect.signature(call)
        given = inspect.signature(twin)
        assert wanted.return_annotation == given.return_annotation, name
        kept = {key: one for key, one in wanted.parameters.items() if key not in OTHERWISE}
        assert kept == {
            key: one
            for key, one in given.parameters.items()
            if key not in ("everything", "environ")
        }, name


def test_declaring(orcid: OrcidConnect) -> None:
    """A host declares, corrects and withdraws without awaiting anything, from several threads."""
    sync = orcid.sync
    receipts = []
    threads = [
        threading.Thread(target=lambda: receipts.append(sync.article_published(article(author()))))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receipts) == 4
    assert sync.review_completed(review()).event_id
    assert sync.article_withdrawn("journal", "a1", "retracted").holds is not None
    assert sync.deliveries("journal", "a1") == []
    assert sync.identity("ada", "journal") is None
    assert sync.identities("journal", [("Ada", "")]) == ["Ada"]


def test_errors_arrive(orcid: OrcidConnect) -> None:
    """An error is raised where the call is made, as its asynchronous twin would."""
    with pytest.raises(InputError, match="no role"):
        orcid.sync.role_ended("journal", "nobody", "2026")


def test_addresses_need_no_thread(orcid: OrcidConnect) -> None:
    """A ticket is made without any event loop or database."""
    before = threading.active_count()
    url = orcid.sync.connect_url("ada", "journal", return_to="/home")
    assert url.startswith("http://journal.test/orcid/connect?ticket=v1.")
    assert "display" not in url
    popup = orcid.connect_url("ada", "journal", display="popup")
    assert popup.endswith("&display=popup")
    assert "display" not in orcid.connect_url("ada", "journal", display='"><script>')
    assert orcid.my_url(Person(key="ada")).startswith("http://journal.test/orcid/my?ticket=v1.")
    assert threading.active_count() == before
    assert not Path(orcid.settings.database.get_secret_value()).exists()


def published(count: int) -> Iterator[Article]:
    """Walk a host's articles, which are read in the thread that asked for the comparison."""
    here = threading.current_thread()
    for number in range(count):
        assert threading.current_thread() is here
        yield Article(
            tenant="journal",
            key=f"a{number}",
            as_of=datetime(2026, 5, 1, tzinfo=UTC),
            title="Engines",
        )


def test_backfill_is_walked_where_it_is_called(orcid: OrcidConnect) -> None:
    """A host's own iterator stays in its own thread, however long it is."""
    first = orcid.sync.backfill("journal", "article", published(AT_ONCE + 1))
    again = orcid.sync.backfill("journal", "article", published(AT_ONCE + 1))
    assert (first.new, again.new, again.unchanged) == (AT_ONCE + 1, 0, AT_ONCE + 1)
    assert orcid.sync.backfill("journal", "article", []).gone == AT_ONCE + 1


def broken() -> Iterator[Article]:
    """Break off after one article."""
    yield from published(1)
    raise ConnectionError("the host's database is away")


def test_backfill_that_breaks_off(orcid: OrcidConnect) -> None:
    """What the host's iterator raises ends the comparison, as in its asynchronous twin."""
    with pytest.raises(BackfillStopped):
        orcid.sync.backfill("journal", "article", broken(), gone="withdraw")


def test_closed_and_used_again(orcid: OrcidConnect) -> None:
    """After closing, which may be done twice, the next use begins anew."""
    orcid.sync.article_published(article(author()))
    orcid.sync.close()
    orcid.sync.close()
    assert orcid.sync.article_updated(article(author(), day=2)).event_id


def test_on_its_own_loop_it_refuses(orcid: OrcidConnect) -> None:
    """Called on the loop thread itself it says so instead of waiting for itself for ever."""

    async def wrong() -> None:
        orcid.sync.identity("ada")

    with pytest.raises(RuntimeError, match="asynchronous twin"):
        orcid.sync.thread.run(wrong())


def test_after_a_fork(orcid: OrcidConnect) -> None:
    """A server that forks after first use gets a loop of its own in each process."""
    assert orcid.sync.article_published(article(author())).event_id
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            receipt = orcid.sync.article_updated(article(author(), day=3))
            orcid.sync.close()
            os.write(writing, receipt.event_id.encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    assert len(told) == 32
    assert orcid.sync.article_updated(article(author(), day=4)).event_id


@pytest.mark.anyio
async def test_both_kinds_side_by_side(database: str, clock: MovedClock) -> None:
    """A host that awaits here and calls there uses one database, each with its own connections."""
    async with journal_on(database, clock) as journal:
        orcid_id = journal.person()
        await journal.connect("ada", orcid_id)
        settings = journal.services.settings.model_copy(update={"engine": "off"})
        orcid = OrcidConnect(settings, clock=clock)
        async with orcid.running():
            await orcid.article_published(article(author()))
            found = await asyncio.to_thread(orcid.sync.identity, "ada", "journal")
            assert found is not None
            assert (found.orcid, found.authenticated) == (orcid_id, True)
            assert await orcid.identity(Person(tenant="journal", key="ada")) == found
            await asyncio.to_thread(orcid.sync.article_updated, article(author(), day=2))
            await journal.work()
            await asyncio.to_thread(orcid.sync.close)
        assert len(journal.works(orcid_id)) == 1
