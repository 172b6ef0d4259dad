"""Long work on the command line: a bar with rate and time left, and a stop between two steps."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text


class _Rate(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        """Return the rate, once it is known."""
        return Text("" if task.speed is None else f"{task.speed:,.0f}/s")


class Bar:
    """One bar; `advance` moves it, `describe` says what is under way."""

    def __init__(self, progress: Progress, text: str, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task(text, total=total)

    def advance(self, by: int) -> None:
        """Move on."""
        self._progress.advance(self._task, by)

    def describe(self, text: str) -> None:
        """Say what is under way."""
        self._progress.update(self._task, description=text)


@contextmanager
def bar(text: str, total: int) -> Iterator[Bar]:
    """Show a bar on the terminal where errors go; nothing at all where there is no terminal."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        yield Bar(progress, text, total)


@contextmanager
def stopping() -> Iterator[asyncio.Event]:
    """Turn Ctrl-C into an event that is looked at between two steps: each is done or not at all."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)
    for number in numbers:
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
