"""Playing the tour: a stage on free ports in a folder of its own, scene after scene."""

import asyncio
import json
import logging
import shutil
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, Final

from ..stage import CLIENT_ID, Stage, set_up
from .failing import StepFailed, require
from .programme import SCENES, Scene
from .records import Records, duplicates
from .story import Story
from .telling import Teller

WHERE_FAULTS_HIT: Final = ("/api/*", "/oauth/token", "/oauth/revoke", "/oauth/jwks")
FAULTS: Final[tuple[dict[str, Any], ...]] = (
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 500, "applied": True},
    {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}},
    {"kind": "cut-before"},
    {"kind": "cut-after"},
)
"""Every way in which a request can go wrong: refused, half done, never arrived, never answered."""


async def play(
    *,
    faults: float = 0.0,
    seed: int = 1,
    teller: Teller | None = None,
    scenes: Sequence[Scene] = SCENES,
) -> bool:
    """Play everything; tell whether every step held. A failed tour keeps its folder."""
    teller = teller or Teller()
    folder = Path(tempfile.mkdtemp(prefix="orcid-connect-tour-"))
    began = monotonic()
    teller.title("A tour of orcid_connect: a journal, ORCID (simulated), and what happens between.")
    try:
        with _logging_to(folder / "tour.log"):
            async with set_up(folder, port=0, simulator_port=0) as stage:
                teller.say(f"The journal is at {stage.journal_url}, ORCID at {stage.registry_url}.")
                held = await _play_on(stage, teller, scenes, faults, seed)
                if not held:
                    _keep_journal(stage, folder)
    except asyncio.CancelledError:  # somebody pressed Ctrl-C: there is nothing to look into
        shutil.rmtree(folder)
        raise
    if held:
        shutil.rmtree(folder)
        teller.title(f"\nEvery step held, in {monotonic() - began:.1f} seconds.")
    else:
        teller.title(f"\nThe tour failed after {monotonic() - began:.1f} seconds.")
        teller.say(f"Logs, requests and databases are kept in {folder}.")
    return held


async def _play_on(
    stage: Stage, teller: Teller, scenes: Sequence[Scene], faults: float, seed: int
) -> bool:
    async with Records(stage.registry_url) as records:
        story = Story(stage, records, teller, faults)
        try:
            await story.changes()
            await _ask_for_faults(records, faults, seed)
            if faults:
                teller.say(f"About {faults:.0%} of the journal’s requests go wrong (seed {seed}).")
            for number, scene in enumerate((*scenes, check_duplicates), start=1):
                if not await _play_scene(story, number, scene):
                    return False
            if faults:
                teller.say(f"    {_fired(stage)} requests went wrong on purpose on the way.")
        finally:
            await story.close()
    return True


async def _play_scene(story: Story, number: int, scene: Scene) -> bool:
    story.tell.scene(number, (scene.__doc__ or "").strip())
    try:
        await scene(story)
        story.tell.changed(await story.changes())
    except StepFailed as failure:
        story.tell.failed(failure)
    except Exception as error:  # whatever it was: the tour says so, and keeps what explains it
        logging.getLogger("tour").error("%s", traceback.format_exc())
        what = f"{type(error).__name__} {error}".strip()
        story.tell.failed(StepFailed("a tour that can go on", what))
    else:
        return True
    return False


async def check_duplicates(story: Story) -> None:
    """At the end, nothing is on any record twice."""
    count = 0
    for who, orcid in story.orcids.items():
        record = await story.records.read(orcid)
        twice = duplicates(record, CLIENT_ID)
        require(not twice, f"everything once on {who}’s record", ", ".join(twice))
        count += sum(item.source == CLIENT_ID for item in record.values())
    story.tell.checked(
        f"{len(story.orcids)} records hold {count} items of the journal’s, each once"
    )


async def _ask_for_faults(records: Records, share: float, seed: int) -> None:
    """Ask for faults of every kind, so that together they hit this share of requests."""
    if not share:
        return
    for number, fault in enumerate(FAULTS):
        for place, path in enumerate(WHERE_FAULTS_HIT):
            # Key sets are fetched without saying who asks; only the journal fetches them.
            whose = {} if path == "/oauth/jwks" else {"client_id": CLIENT_ID}
            await records.control(
                "POST",
                "faults",
                **fault,
                **whose,
                path=path,
                probability=share / len(FAULTS),
                seed=seed * 1000 + number * 10 + place,
            )


def _fired(stage: Stage) -> int:
    return sum(bool(entry["fault"]) for entry in stage.simulator.journal())


def _keep_journal(stage: Stage, folder: Path) -> None:
    entries = json.dumps(stage.simulator.journal(), indent=1, ensure_ascii=False)
    (folder / "requests.json").write_text(entries, encoding="utf-8")


@contextmanager
def _logging_to(path: Path) -> Iterator[None]:
    """Write what happens behind the scenes to a file, and keep it off the terminal."""
    root, product = logging.getLogger(), logging.getLogger("orcid_connect")
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    before, level = root.handlers[:], product.level
    terminal = [one for one in before if type(one) is logging.StreamHandler]
    root.handlers[:] = [handler, *(one for one in before if one not in terminal)]
    # Of the product alone: the tour's own browsers would log addresses that carry codes.
    product.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.handlers[:] = before
        product.setLevel(level)
        handler.close()
