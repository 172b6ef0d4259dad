"""`publish`: declaring articles from JATS files, or seeing exactly what would be sent."""

import asyncio
from collections.abc import Iterator, Sequence
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
from orcid_connect.declarations import KEY_LENGTH, Article, Contributor
from orcid_connect.engines.embedded import work_through
from orcid_connect.errors import InputError, Problem
from orcid_connect.inputs.jats import read_jats
from orcid_connect.inputs.people import PersonMap, article_names, read_person_map
from orcid_connect.journeys.intake import Receipt, take_in
from orcid_connect.mapping import work_from_article

Files = Annotated[list[Path], typer.Argument(help="JATS files of published articles.")]
People = Annotated[
    Path | None,
    typer.Option(
        "--people",
        help="CSV that says who the printed authors are: person_key, and one of position, orcid "
        "or name; article (DOI or key) when several files are published. A row for an article that "
        "is in none of the files is told at the end, with --json as a line of its own whose file "
        "is this map; it is no error.",
    ),
]
Key = Annotated[
    str,
    typer.Option(
        "--key", help="Your own key of the article, for one file; its DOI or own id if left out."
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
    """One file as read: the article or None, what it becomes, and all that was found.

    `problems` are of the content; `misfits` are rows of the map of persons that do not fit it.
    """

    path: Path
    article: Article | None
    works: tuple[Payload, ...]
    problems: tuple[Problem, ...] = ()
    misfits: tuple[Problem, ...] = ()

    @property
    def needs_a_person(self) -> bool:
        """Tell whether the file, or a row about it, must be corrected by somebody."""
        return any(problem.holds for problem in (*self.problems, *self.misfits))


@dataclass(frozen=True, slots=True)
class Source:
    """How files are read: as whose and of when, under which key, with which map of persons."""

    tenant: str
    as_of: datetime
    key: str | None
    people: PersonMap | None
    single: bool


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
    mapping = _person_map(people)
    source = Source(tenant, _moment(as_of), key or None, mapping, len(files) == 1)
    names: set[str] = set()
    read = _each_read(files, source, names)
    if preview:
        held = _preview(read, as_json)
    else:
        held = asyncio.run(_record(list(read), app, deliver, as_json))
    if people is not None and mapping is not None:
        _tell_elsewhere(people, mapping.elsewhere(names), as_json)
    if held:
        raise typer.Exit(1)


def _check_key(key: str, files: list[Path]) -> None:
    if key and len(files) > 1:
        fail("--key is for one file.", WRONG_USAGE)
    if len(key) > KEY_LENGTH:
        fail(f"--key: at most {KEY_LENGTH} characters.", WRONG_USAGE)


def _tell_elsewhere(path: Path, problems: list[Problem], as_json: bool) -> None:
    if not problems:
        return
    read = ReadFile(path, None, (), misfits=tuple(problems))
    if as_json:
        say_json(_as_json(read))
    else:
        say(f"{path}:")
        _say_problems((), read.misfits)


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


def _each_read(files: list[Path], source: Source, names: set[str]) -> Iterator[ReadFile]:
    """Read file by file, and add what each article can be named by to `names`."""
    for path in files:
        read = _read(path, source)
        if read.article is not None:
            names |= article_names(read.article)
        yield read


def _read(path: Path, source: Source) -> ReadFile:
    try:
        article = read_jats(
            path.read_bytes(), tenant=source.tenant, as_of=source.as_of, key=source.key
        )
        found: list[Problem] = []
        if source.people is not None:
            article, found = source.people.apply(article, only_article=source.single)
    except (OSError, InputError) as error:
        problem = Problem("", "unreadable", "refused", _reason(error))
        return ReadFile(path, None, (), (problem,))
    mapped = work_from_article(article)
    works = () if mapped.activity is None else (codec.encode(mapped.activity),)
    return ReadFile(path, article, works, tuple(mapped.problems), tuple(found))


def _reason(error: Exception) -> str:
    if isinstance(error, InputError):
        return str(error)
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return "not UTF-8 text"


def _preview(files: Iterator[ReadFile], as_json: bool) -> bool:
    held = False
    for read in files:
        held = held or read.needs_a_person
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
        "problems": [
            *(asdict(problem) | {"holds": problem.holds} for problem in read.problems),
            # A row that does not fit is left out; the article itself goes its way.
            *(asdict(problem) | {"holds": False} for problem in read.misfits),
        ],
    }


def _describe(read: ReadFile) -> None:
    say(f"{read.path}")
    if read.article is not None:
        say(f"  {read.article.title}")
        say(f"  {', '.join(map(_named, read.article.contributors)) or 'no authors'}")
    _say_problems(read.problems, read.misfits)
    for work in read.works:
        say_json(work)


def _named(contributor: Contributor) -> str:
    key = contributor.person_key
    return f"{contributor.name} ({key})" if key else contributor.name


def _say_problems(problems: Sequence[Problem], misfits: Sequence[Problem] = ()) -> None:
    for problem in problems:
        holding = ", holds it back" if problem.holds else ""
        say(f"  {problem.severity}{holding}: {_line(problem)}")
    for problem in misfits:
        say(f"  {problem.severity}: {problem.message}")


async def _record(files: list[ReadFile], app: str, deliver: bool, as_json: bool) -> bool:
    held = False
    async with opened(app) as services:
        for read in track(files, "Recording", transient=True, disable=as_json or len(files) < 20):
            held = held or read.needs_a_person
            if read.article is None:
                _refuse(read, as_json)
                continue
            receipt = await take_in(services, read.article)
            _report(read, receipt, as_json)
        if deliver:
            await work_through(services)
    return held


def _refuse(read: ReadFile, as_json: bool) -> None:
    if as_json:
        say_json(_as_json(read))
    for problem in read.problems:
        complain(f"{read.path}: {problem.message}")


def _report(read: ReadFile, receipt: Receipt, as_json: bool) -> None:
    if as_json:
        say_json(_as_json(read) | {"receipt": receipt_facts(receipt)})
        return
    say(f"{read.path}: {receipt.sentence}")
    # The receipt's sentence ends in what holds it back: that is not said twice.
    unsaid = [one for one in read.problems if not receipt.sentence.endswith(_line(one))]
    _say_problems(unsaid, read.misfits)
    table(("", "", ""), [("  " + one.name, one.state, one.sentence) for one in receipt.people])


def receipt_facts(receipt: Receipt) -> dict[str, Any]:
    """Return a receipt for JSON, without the problems: they stand with the file."""
    return {name: value for name, value in asdict(receipt).items() if name != "problems"}


def _line(problem: Problem) -> str:
    return f"{problem.path}: {problem.message}" if problem.path else problem.message
