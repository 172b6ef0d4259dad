"""`publish`: declaring articles from JATS files, or seeing exactly what would be sent."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from orcid_connect.cli.context import AppOption, JsonOption, opened
from orcid_connect.cli.files import (
    AsOf,
    People,
    ReadFile,
    Source,
    Tenant,
    as_facts,
    line_of,
    moment_given,
    person_map,
    read_file,
    say_problems,
    tell_elsewhere,
)
from orcid_connect.cli.output import WRONG_USAGE, complain, fail, say, say_json, table
from orcid_connect.cli.progress import bar, stopping
from orcid_connect.declarations import KEY_LENGTH, Contributor
from orcid_connect.engines.embedded import work_through
from orcid_connect.inputs.people import article_names
from orcid_connect.journeys.intake import Receipt, take_in
from orcid_connect.services import Services

STOPPED = (
    "Stopped after {done} of {count} files; those are recorded. Give all of them again: "
    "what is recorded already changes nothing."
)

Files = Annotated[list[Path], typer.Argument(help="JATS files of published articles.")]
Key = Annotated[
    str,
    typer.Option(
        "--key", help="Your own key of the article, for one file; its DOI or own id if left out."
    ),
]
Preview = Annotated[
    bool, typer.Option("--preview", help="Record nothing; show the exact payloads.")
]
Deliver = Annotated[
    bool, typer.Option("--deliver", help="Deliver what is due before ending, without an engine.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("publish")(publish)


def publish(
    files: Files,
    people: People = None,
    key: Key = "",
    tenant: Tenant = "default",
    as_of: AsOf = "",
    preview: Preview = False,
    deliver: Deliver = False,
    app: AppOption = "",
    as_json: JsonOption = False,
) -> None:
    """Declare published articles from JATS files.

    Each author with a person key (--people) or an authenticated iD gets the work as soon as they
    are connected; nobody else is ever written to. Exit code 1 if a file has a problem that holds
    it back.
    """
    _check_key(key, files)
    mapping = person_map(people)
    source = Source(tenant, moment_given(as_of), key or None, mapping, len(files) == 1)
    names: set[str] = set()
    read = _each_read(files, source, names)
    if preview:
        held = _preview(read, as_json)
    else:
        held = asyncio.run(_record(read, len(files), app, deliver, as_json))
    if people is not None and mapping is not None:
        tell_elsewhere(people, mapping.elsewhere(names), as_json)
    if held:
        raise typer.Exit(1)


def _check_key(key: str, files: list[Path]) -> None:
    if key and len(files) > 1:
        fail("--key is for one file.", WRONG_USAGE)
    if len(key) > KEY_LENGTH:
        fail(f"--key: at most {KEY_LENGTH} characters.", WRONG_USAGE)


def _each_read(files: list[Path], source: Source, names: set[str]) -> Iterator[ReadFile]:
    """Read file by file, and add what each article can be named by to `names`."""
    for path in files:
        read = read_file(path, source)
        if read.article is not None:
            names |= article_names(read.article)
        yield read


def _preview(files: Iterator[ReadFile], as_json: bool) -> bool:
    held = False
    for read in files:
        held = held or read.needs_a_person
        if as_json:
            say_json(as_facts(read))
        else:
            _describe(read)
    return held


def _describe(read: ReadFile) -> None:
    say(f"{read.path}")
    if read.article is not None:
        say(f"  {read.article.title}")
        say(f"  {', '.join(map(_named, read.article.contributors)) or 'no authors'}")
    say_problems(read.problems, read.misfits)
    for work in read.works:
        say_json(work)


def _named(contributor: Contributor) -> str:
    key = contributor.person_key
    return f"{contributor.name} ({key})" if key else contributor.name


async def _record(
    files: Iterator[ReadFile], count: int, app: str, deliver: bool, as_json: bool
) -> bool:
    """Record file by file; Ctrl-C ends it after a whole one. Tell whether a person is needed."""
    held = False
    async with opened(app) as services:
        with stopping() as stop, bar("Recording", count) as shown:
            for done, read in enumerate(files, 1):
                held = held or read.needs_a_person
                await _record_one(services, read, as_json)
                shown.advance(1)
                await asyncio.sleep(0)  # for the signal to be heard
                if stop.is_set() and done < count:
                    complain(STOPPED.format(done=done, count=count))
                    return True
        if deliver:
            await work_through(services)
    return held


async def _record_one(services: Services, read: ReadFile, as_json: bool) -> None:
    if read.article is None:
        _refuse(read, as_json)
    else:
        _report(read, await take_in(services, read.article), as_json)


def _refuse(read: ReadFile, as_json: bool) -> None:
    if as_json:
        say_json(as_facts(read))
    for problem in read.problems:
        complain(f"{read.path}: {problem.message}")


def _report(read: ReadFile, receipt: Receipt, as_json: bool) -> None:
    if as_json:
        say_json(as_facts(read) | {"receipt": receipt_facts(receipt)})
        return
    say(f"{read.path}: {receipt.sentence}")
    # The receipt's sentence ends in what holds it back: that is not said twice.
    unsaid = [one for one in read.problems if not receipt.sentence.endswith(line_of(one))]
    say_problems(unsaid, read.misfits)
    table(("", "", ""), [("  " + one.name, one.state, one.sentence) for one in receipt.people])


def receipt_facts(receipt: Receipt) -> dict[str, Any]:
    """Return a receipt for JSON, without the problems: they stand with the file."""
    return {name: value for name, value in asdict(receipt).items() if name != "problems"}
