"""The programme of the tour: every scene, in order."""

from collections.abc import Awaitable, Callable
from typing import Final

from . import changes, scenes, upkeep
from .story import Story

Scene = Callable[[Story], Awaitable[None]]

SCENES: Final[tuple[Scene, ...]] = (
    scenes.publish_early,
    scenes.connect_first,
    scenes.connect_second,
    scenes.declare_again,
    scenes.correct,
    scenes.credit_review,
    scenes.refuse,
    scenes.outage,
    scenes.withdraw,
    scenes.disconnect,
    scenes.connect_again,
    changes.preprint,
    changes.late_doi,
    changes.retract,
    changes.remove_at_orcid,
    upkeep.merge_records,
    upkeep.pause,
    upkeep.serve,
)
