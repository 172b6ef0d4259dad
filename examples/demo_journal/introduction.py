"""What the demonstration prints when it starts: where to look, who to be, what to try."""

from collections.abc import Iterator
from pathlib import Path

from .beginnings import AT_ORCID, PASSWORD_AT_ORCID, USERS
from .settings import JOURNAL
from .stage import Stage


def introduction(stage: Stage, folder: Path) -> str:
    """Return it as text for a terminal."""
    return "\n".join(_lines(stage, folder))


def _lines(stage: Stage, folder: Path) -> Iterator[str]:
    width = len(JOURNAL)
    yield ""
    yield f"  {JOURNAL}   {stage.journal_url}/"
    yield f"  {'What to try there':{width}}   {stage.journal_url}/try"
    yield f"  {'ORCID, simulated':{width}}   {stage.registry_url}/"
    yield f"  {'Every request to it':{width}}   {stage.registry_url}/_control/journal/page"
    yield ""
    yield "  At the journal you choose who you are. At ORCID you sign in with the iD, and the"
    yield f"  password “{PASSWORD_AT_ORCID}”:"
    yield ""
    for user in USERS:
        yield f"    {user.name:22} {user.part:10} {AT_ORCID[user.key]}"
    yield ""
    yield "  For a start: as Solveig Ó Catháin publish the article on bees; then, as Ines"
    yield "  Almeida-Brook, connect the ORCID iD on “My desk”, and look at her record."
    yield ""
    yield f"  Everything is kept in {folder}: started again, it is as it was. Ctrl-C stops it."
