"""The tour: it holds, also when requests go wrong, and it can fail."""

import io
import shutil
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tests.demo.theatre import part

pytestmark = pytest.mark.anyio


@pytest.fixture
def told() -> io.StringIO:
    """What the tour prints."""
    return io.StringIO()


@pytest.fixture
def teller(told: io.StringIO) -> Any:
    """What prints it."""
    return part("tour.telling").Teller(Console(file=told, width=200))


async def test_every_step_holds(told: io.StringIO, teller: Any) -> None:
    """The whole story holds, and each step tells what changed."""
    assert await part("tour").play(teller=teller), told.getvalue()
    text = told.getvalue()
    assert text.count("did ") >= 28
    assert "+ work" in text
    assert "- work" in text
    for change in (
        "title is now “How bees do not get lost at night”",
        "now identified as doi 10.5555/jir.2026.0105",
        "now a version of doi 10.5555/jir.2026.0105",
        "title is now “RETRACTED: Ink made of rain”",
        "+ service",
        "now until 2026-10-31",
    ):
        assert change in text
    assert "records  nothing changed" in text
    assert "FAILED" not in text


@pytest.mark.soak
async def test_with_faults(told: io.StringIO, teller: Any) -> None:
    """It holds as well when every tenth request of the journal goes wrong."""
    assert await part("tour").play(faults=0.1, seed=7, teller=teller), told.getvalue()
    assert "went wrong on purpose" in told.getvalue()


async def test_can_fail(told: io.StringIO, teller: Any) -> None:
    """A step that does not hold is told with what was expected and found, and logs are kept."""

    async def hope(story: Any) -> None:
        """Somebody hopes for a work that nobody declared."""
        work = await story.work("ines", "10.5555/nothing")
        part("tour.failing").require(work is not None, "a work out of nothing", work)

    assert not await part("tour").play(teller=teller, scenes=(hope,))
    text = told.getvalue()
    assert "FAILED   expected a work out of nothing" in text
    assert "found    None" in text
    folder = Path(text.strip().rsplit(" ", 1)[-1].rstrip("."))
    assert {"tour.log", "requests.json"} <= {path.name for path in folder.iterdir()}
    shutil.rmtree(folder)


async def test_finds_duplicates(told: io.StringIO, teller: Any) -> None:
    """A work that is on a record twice does not go unnoticed at the end."""

    async def twice(story: Any) -> None:
        """Something goes terribly wrong."""
        ids = {"external-id-type": "doi", "external-id-relationship": "self"}
        for value in ("10.5555/twice", "10.5555/TWICE"):
            story.stage.simulator.put_item(
                "8888-0000-0000-1008",
                "work",
                {
                    "type": "journal-article",
                    "title": {"title": {"value": "Twice"}},
                    "external-ids": {"external-id": [ids | {"external-id-value": value}]},
                },
                client_id=part("stage").CLIENT_ID,
            )

    assert not await part("tour").play(teller=teller, scenes=(twice,))
    assert "found    work doi:10.5555/twice" in told.getvalue()
    shutil.rmtree(Path(told.getvalue().strip().rsplit(" ", 1)[-1].rstrip(".")))
