"""How commands speak: tables and sentences for people, JSON lines for programs, exit codes.

Exit codes: 0 done, 1 something needs a person, 2 wrong usage.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Column, Table

NEEDS_A_PERSON = 1
WRONG_USAGE = 2
UNBOUNDED_CHARACTERS = 10_000
"""Characters of a terminal in which every table fits."""


def say(text: str) -> None:
    """Print a sentence."""
    Console().print(text, highlight=False, markup=False, soft_wrap=True)


def complain(text: str) -> None:
    """Print a sentence where errors go."""
    Console(stderr=True).print(text, highlight=False, markup=False, soft_wrap=True)


def fail(text: str, code: int = NEEDS_A_PERSON) -> NoReturn:
    """Print a sentence where errors go, and end."""
    complain(text)
    raise typer.Exit(code)


def say_json(value: Any) -> None:
    """Print one JSON line."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table that folds to the width of the terminal."""
    Console().print(_grid(columns, rows))


def table_or_list(columns: Sequence[str], rows: Sequence[Sequence[str]], empty: str) -> None:
    """Print a table of short cells; where it is too wide a list, without its `empty` cells."""
    console, grid = Console(), _grid(columns, rows)
    wide = Console(width=UNBOUNDED_CHARACTERS)
    if Measurement.get(wide, wide.options, grid).maximum <= console.width:
        console.print(grid)
        return
    for first, *cells in rows:
        said = [
            f"{name} {cell}"
            for name, cell in zip(columns[1:], cells, strict=True)
            if cell not in ("-", empty)
        ]
        say(f"{first}: {', '.join(said)}")


def _grid(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    grid = Table(*(Column(name, overflow="fold") for name in columns), box=None, pad_edge=False)
    for row in rows:
        grid.add_row(*(escape(cell) for cell in row))
    return grid


def iso_moment(seconds: float | None) -> str | None:
    """Return a time as programs read it: ISO 8601 with its zone, UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()


def moment(seconds: float | None) -> str:
    """Return a time as people read it, in UTC."""
    if seconds is None:
        return "-"
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
