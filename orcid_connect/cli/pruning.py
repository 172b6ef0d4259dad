"""`prune`: forgetting what nothing needs any more."""

import asyncio
from collections import Counter
from typing import Annotated, Final

import typer

from orcid_connect.cli.context import AppOption, JsonOption, opened_if_there
from orcid_connect.cli.output import NEEDS_A_PERSON, WRONG_USAGE, complain, fail, say, say_json
from orcid_connect.cli.progress import bar, stopping
from orcid_connect.errors import InputError
from orcid_connect.journeys import tidying
from orcid_connect.journeys.filtering import read_duration

_WORDS: Final = {
    "attempts": "closed attempts",
    "declarations": "superseded declarations",
    "payloads": "payloads that nothing refers to",
    "states": "expired states of connections",
}

OlderThan = Annotated[str, typer.Option("--older-than", help="Such as 400d; at least 2d.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only count; forget nothing.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("prune")(prune)


def prune(
    older_than: OlderThan, dry_run: DryRun = False, app: AppOption = "", as_json: JsonOption = False
) -> None:
    """Forget closed attempts, superseded declarations and payloads that nothing needs any more.

    In small steps beside the running site; Ctrl-C stops between two, and the next run goes on.
    """
    try:
        seconds = read_duration(older_than)
    except InputError as error:
        fail(f"--older-than {error}.", WRONG_USAGE)
    if seconds < tidying.LEAST_SECONDS:
        fail(f"--older-than {older_than}: two days at least.", WRONG_USAGE)
    stopped, gone = asyncio.run(_prune(app, seconds, dry_run))
    if as_json:
        say_json({"dry_run": dry_run, "finished": not stopped, **gone})
    else:
        _tell(gone, dry_run)
    if stopped:
        complain("Stopped between two steps; the next run goes on.")
        raise typer.Exit(NEEDS_A_PERSON)


async def _prune(app: str, seconds: float, dry_run: bool) -> tuple[bool, Counter[str]]:
    gone = Counter(dict.fromkeys(_WORDS, 0))
    async with opened_if_there(app) as services:
        total = sum((await tidying.sizes(services)).values())
        before = services.clock() - seconds
        with stopping() as stop, bar("Pruning", total) as shown:
            async for step in tidying.prune(services, before, only_count=dry_run):
                shown.describe(f"Pruning {step.what}")
                shown.advance(step.looked_at)
                gone[step.what] += step.forgotten
                if stop.is_set():
                    return True, gone
    return False, gone


def _tell(gone: Counter[str], dry_run: bool) -> None:
    verb = "would be forgotten" if dry_run else "forgotten"
    for what, words in _WORDS.items():
        say(f"{gone[what]:>12,}  {words} {verb}")
