"""`publish`: declaring articles from JATS files, or seeing exactly what would be sent."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import track

from orcid_connect import codec
from orcid_connect.cli.context import AppOption, JsonOption, opened
from orcid_connect.cli.output import WRONG_USAGE, complain, fail, say, say_json, table
from orcid_connect.codec import Payload
from orcid_connect.declarations import Article
from orcid_connect.engines.embedded import work_through
from orcid_connect.errors import InputError, Problem
from orcid_connect.inputs.jats import read_jats
from orcid_connect.inputs.people import PersonMap, read_person_map
from orcid_connect.journeys.intake import Receipt, take_in
from orcid_connect.mapping import work_from_article

Files = Annotated[list[Path], typer.Argument(help="JATS files of published articles.")]
People = Annotated[
    Path | None,
    typer.Option(
        "--people",
        help="CSV that says who the printed authors are: person_key, and one of position, orcid "
        "or name; article (DOI or key) when several files are published.",
    ),
]
Tenant = Annotated[str, typer.Option("--tenant", help="Whose articles they are.")]
AsOf = Annotated[
    str, typer.Option("--as-of", help="As of when they read so, ISO 8601; now if left out.")
]
Preview = Annotated[
    bool, typer.Option("--preview", help="Record nothing; show the exact payloads.")
]
Deliver = Annotated[
    bool, typer.Option("--deliver", help="Deliver what is due before ending, without an engine.")
]


@dataclass(frozen=True, slots=True)
class ReadFile:
    """One file as read: the article or None, what it becomes, and all that was found."""

    path: Path
    article: Article | None
    works: tuple[Payload, ...]
    problems: tuple[Problem, ...]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("publish")(publish)


def publish(
    files: Files,
    people: People = None,
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
    mapping = _person_map(people)
    moment = _moment(as_of)
    read = (_read(path, tenant, moment, mapping, len(files) == 1) for path in files)
    if preview:
        held = _preview(read, as_json)
    else:
        held = asyncio.run(_record(list(read), app, deliver, as_json))
    if held:
        raise typer.Exit(1)


def _person_map(path: Path | None) -> PersonMap | None:
    if path is None:
        return None
    try:
        return read_person_map(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, InputError) as error:
        fail(f"{path}: {_reason(error)}", WRONG_USAGE)


def _moment(text: str) -> datetime:
    if not text:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        fail(f"--as-of {text}: write it as 2026-05-09T12:00:00+00:00", WRONG_USAGE)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read(
    path: Path, tenant: str, as_of: datetime, people: PersonMap | None, single: bool
) -> ReadFile:
    try:
        article = read_jats(path.read_bytes(), tenant=tenant, as_of=as_of)
        found: list[Problem] = []
        if people is not None:
            article, found = people.apply(article, only_article=single)
    except (OSError, InputError) as error:
        problem = Problem("", "unreadable", "refused", _reason(error))
        return ReadFile(path, None, (), (problem,))
    mapped = work_from_article(article)
    works = () if mapped.activity is None else (codec.encode(mapped.activity),)
    return ReadFile(path, article, works, (*mapped.problems, *found))


def _reason(error: Exception) -> str:
    if isinstance(error, InputError):
        return str(error)
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return "not UTF-8 text"


def _preview(files: Iterator[ReadFile], as_json: bool) -> bool:
    held = False
    for read in files:
        held = held or _is_held(read)
        if as_json:
            say_json(_as_json(read))
        else:
            _describe(read)
    return held


def _as_json(read: ReadFile) -> dict[str, Any]:
    article = read.article
    return {
        "file": str(read.path),
        "article": None if article is None else article.model_dump(mode="json"),
        "works": list(read.works),
        "problems": [asdict(problem) for problem in read.problems],
    }


def _describe(read: ReadFile) -> None:
    say(f"{read.path}")
    if read.article is not None:
        say(f"  {read.article.title}")
        say(f"  {', '.join(one.name for one in read.article.contributors) or 'no authors'}")
    for problem in read.problems:
        say(f"  {problem.severity}: {_line(problem)}")
    for work in read.works:
        say_json(work)


async def _record(files: list[ReadFile], app: str, deliver: bool, as_json: bool) -> bool:
    held = False
    async with opened(app) as services:
        for read in track(files, "Recording", transient=True, disable=as_json or len(files) < 20):
            held = held or _is_held(read)
            if read.article is None:
                _refuse(read, as_json)
                continue
            receipt = await take_in(services, read.article)
            _report(read, receipt, as_json)
        if deliver:
            await work_through(services)
    return held


def _is_held(read: ReadFile) -> bool:
    return any(problem.holds for problem in read.problems)


def _refuse(read: ReadFile, as_json: bool) -> None:
    if as_json:
        say_json(_as_json(read))
    for problem in read.problems:
        complain(f"{read.path}: {problem.message}")


def _report(read: ReadFile, receipt: Receipt, as_json: bool) -> None:
    if as_json:
        say_json(_as_json(read) | {"receipt": asdict(receipt)})
        return
    say(f"{read.path}: {receipt.sentence}")
    for problem in read.problems:
        say(f"  {problem.severity}: {_line(problem)}")
    table(("", "", ""), [("  " + one.name, one.state, one.sentence) for one in receipt.people])


def _line(problem: Problem) -> str:
    return f"{problem.path}: {problem.message}" if problem.path else problem.message
