"""`validate`: what ORCID would say to payloads, without asking it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, cast, get_args

import typer
from rich.console import Console
from rich.progress import track

from orcid_connect.cli.context import JsonOption
from orcid_connect.cli.output import NEEDS_A_PERSON, WRONG_USAGE, fail, say, say_json
from orcid_connect.codec import PayloadKind, validate
from orcid_connect.errors import Problem
from orcid_connect.records import TYPES, Visibility

KINDS: Final = (*TYPES, "bulk-works")
SYNTAX_ERROR: Final = 9001
VECTOR_PUT_CODE: Final = 12345
"""The item that updates in JSON lines replace, unless --put-code says another."""

_MANY: Final = 200

Files = Annotated[
    list[Path],
    typer.Argument(
        help='One payload of JSON a file, with --type; or JSON lines {"id","type","op","payload"}.'
    ),
]
Type = Annotated[str, typer.Option("--type", help=f"What the payloads are: {', '.join(KINDS)}.")]
PutCode = Annotated[
    int | None,
    typer.Option("--put-code", min=1, help="Judge as a change of this item; otherwise as new."),
]
Stored = Annotated[
    str,
    typer.Option("--visibility", help="Who may see the item that is changed, as ORCID keeps it."),
]


@dataclass(frozen=True, slots=True)
class Case:
    """One payload to judge, or why there is none."""

    name: str
    kind: PayloadKind
    payload: Any = None
    is_update: bool = False
    fault: Problem | None = None


@dataclass(frozen=True, slots=True)
class Stand:
    """The item that an update changes, as far as it was told."""

    put_code: int | None
    visibility: str | None


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("validate")(validate_files)


def validate_files(
    files: Files,
    kind: Type = "",
    put_code: PutCode = None,
    visibility: Stored = "",
    as_json: JsonOption = False,
) -> None:
    """Say what ORCID would refuse of payloads, and what a careful publisher would not send.

    Nothing is sent. Only what ORCID itself would refuse counts as refused; cautions are told.
    Exit code 1 if a payload is refused.
    """
    if visibility and visibility not in get_args(Visibility):
        fail(f"--visibility {visibility}: say one of {', '.join(get_args(Visibility))}", 2)
    cases = [case for path in files for case in _cases(path, kind, put_code is not None)]
    stand = _stand(kind, put_code, visibility)
    shown = track(
        cases,
        "Judging",
        console=Console(stderr=True),
        transient=True,
        disable=len(cases) < _MANY,
    )
    refused = sum(not _report(case, stand, as_json) for case in shown)
    if not as_json:
        say(f"{len(cases) - refused} of {len(cases)} would be accepted.")
    if refused:
        raise typer.Exit(NEEDS_A_PERSON)


def _stand(kind: str, put_code: int | None, visibility: str) -> Stand:
    if kind:
        return Stand(put_code, visibility or None)
    return Stand(put_code or VECTOR_PUT_CODE, visibility or "public")


def _cases(path: Path, kind: str, is_update: bool) -> Iterator[Case]:
    text = _text(path)
    if kind:
        known = _known_kind(kind, f"--type {kind}")
        payload, fault = _json(text)
        yield Case(str(path), known, payload, is_update, fault)
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _line_case(f"{path}:{number}", line)


def _line_case(where: str, line: str) -> Case:
    held, fault = _json(line)
    if fault is not None:
        return Case(where, "work", fault=fault)
    if not isinstance(held, dict) or not {"type", "payload"} <= held.keys():
        fail(
            f'{where}: this is no line {{"id","type","op","payload"}}; for a payload by itself '
            "say what it is with --type.",
            WRONG_USAGE,
        )
    operation = held.get("op", "create")
    if operation not in ("create", "update"):
        fail(f"{where}: op is create or update", WRONG_USAGE)
    kind = _known_kind(held["type"], f"{where}: type {held['type']}")
    return Case(str(held.get("id", where)), kind, held["payload"], operation == "update")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        fail(f"{path}: {error.strerror or type(error).__name__}", WRONG_USAGE)
    except UnicodeDecodeError:
        fail(f"{path}: not UTF-8 text", WRONG_USAGE)


def _known_kind(kind: Any, told: str) -> PayloadKind:
    if kind not in KINDS:
        fail(f"{told}: say one of {', '.join(KINDS)}", WRONG_USAGE)
    return cast(PayloadKind, kind)


def _json(text: str) -> tuple[Any, Problem | None]:
    try:
        return json.loads(text), None
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, json.JSONDecodeError) else "too deep or too long"
        return None, Problem("", "not-json", "refused", f"No JSON: {reason}.", SYNTAX_ERROR)


def _judged(case: Case, stand: Stand) -> list[Problem]:
    if case.fault is not None:
        return [case.fault]
    if not case.is_update:
        return validate(case.kind, case.payload)
    return validate(
        case.kind, case.payload, put_code=stand.put_code, stored_visibility=stand.visibility
    )


def _report(case: Case, stand: Stand, as_json: bool) -> bool:
    """Tell the verdict on one payload; return whether it would be accepted."""
    problems = _judged(case, stand)
    accepted = not any(problem.severity == "refused" for problem in problems)
    if as_json:
        listed = [_problem(problem) for problem in problems]
        say_json({"id": case.name, "accepted": accepted, "problems": listed})
    elif problems:
        say(f"{case.name}: {'accepted, but' if accepted else 'refused'}")
        for problem in problems:
            number = (
                "" if problem.registry_error is None else f" (ORCID's {problem.registry_error})"
            )
            say(f"  {problem.severity}: {problem.message}{number}")
    return accepted


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "path": problem.path,
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.message,
        "registry_error": problem.registry_error,
    }
