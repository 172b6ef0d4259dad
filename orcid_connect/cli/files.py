"""JATS files on the command line: read as whose and of when, with a map of persons; and told."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from orcid_connect import codec
from orcid_connect.cli.output import WRONG_USAGE, fail, say, say_json
from orcid_connect.codec import Payload
from orcid_connect.declarations import Article
from orcid_connect.errors import InputError, Problem
from orcid_connect.inputs.jats import read_jats
from orcid_connect.inputs.people import PersonMap, read_person_map
from orcid_connect.inputs.xml_source import MOST_BYTES
from orcid_connect.mapping import work_from_article


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
Tenant = Annotated[str, typer.Option("--tenant", help="Whose articles they are.")]
AsOf = Annotated[
    str, typer.Option("--as-of", help="As of when they read so, ISO 8601; now if left out.")
]


def tell_elsewhere(path: Path, problems: list[Problem], as_json: bool) -> None:
    """Tell of rows of the map whose articles were not read."""
    if not problems:
        return
    read = ReadFile(path, None, (), misfits=tuple(problems))
    if as_json:
        say_json(as_facts(read))
    else:
        say(f"{path}:")
        say_problems((), read.misfits)


def person_map(path: Path | None) -> PersonMap | None:
    """Read the map of persons; end the command if it cannot be read."""
    if path is None:
        return None
    try:
        return read_person_map(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, InputError) as error:
        fail(f"{path}: {_reason(error)}", WRONG_USAGE)


def moment_given(text: str) -> datetime:
    """Read --as-of; end the command if it is no moment."""
    if not text:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        fail(f"--as-of {text}: write it as 2026-05-09T12:00:00+00:00", WRONG_USAGE)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def read_file(path: Path, source: Source) -> ReadFile:
    """Read one file, whatever it holds."""
    try:
        article = read_jats(_read(path), tenant=source.tenant, as_of=source.as_of, key=source.key)
        found: list[Problem] = []
        if source.people is not None:
            article, found = source.people.apply(article, only_article=source.single)
    except (OSError, InputError) as error:
        problem = Problem("", "unreadable", "refused", _reason(error))
        return ReadFile(path, None, (), (problem,))
    mapped = work_from_article(article)
    works = () if mapped.activity is None else (codec.encode(mapped.activity),)
    return ReadFile(path, article, works, tuple(mapped.problems), tuple(found))


def _read(path: Path) -> bytes:
    """Read a file, one that is too large only so far that it is found to be."""
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _reason(error: Exception) -> str:
    if isinstance(error, InputError):
        return str(error)
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return "not UTF-8 text"


def as_facts(read: ReadFile) -> dict[str, Any]:
    """Return a file for JSON."""
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


def say_problems(problems: Sequence[Problem], misfits: Sequence[Problem] = ()) -> None:
    """Print what was found, one a line."""
    for problem in problems:
        holding = ", holds it back" if problem.holds else ""
        say(f"  {problem.severity}{holding}: {line_of(problem)}")
    for problem in misfits:
        say(f"  {problem.severity}: {problem.message}")


def line_of(problem: Problem) -> str:
    """Return a problem as one line."""
    return f"{problem.path}: {problem.message}" if problem.path else problem.message
