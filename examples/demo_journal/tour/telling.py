"""How the tour speaks: what was done, what was checked, what changed, and what it waits for."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape

from .failing import StepFailed


class Teller:
    """Prints the story for people; every line also makes sense in a log."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)

    def title(self, text: str) -> None:
        """Begin."""
        self._console.print(f"[bold]{escape(text)}[/bold]")

    def scene(self, number: int, text: str) -> None:
        """Begin a step."""
        self._console.print(f"\n[bold]{number:2}. {escape(text)}[/bold]")

    def did(self, text: str) -> None:
        """Tell what somebody did."""
        self._line("did", text)

    def checked(self, text: str) -> None:
        """Tell what held."""
        self._line("checked", text, "green")

    def changed(self, lines: dict[str, list[str]]) -> None:
        """Tell what changed on the records."""
        if not lines:
            self._line("records", "nothing changed", "dim")
        for who, changes in lines.items():
            self._line("record", f"of {who}", "cyan")
            for change in changes:
                self._line("", f"  {change}", "cyan")

    def failed(self, failure: StepFailed) -> None:
        """Tell what did not hold."""
        self._line("FAILED", f"expected {failure.expected}", "red")
        self._line("", f"found    {failure.found}", "red")

    def say(self, text: str) -> None:
        """Tell something else."""
        self._console.print(escape(text))

    @contextmanager
    def waiting(self, text: str) -> Iterator[None]:
        """Show that something is waited for, where that can be shown and taken away again."""
        if not self._console.is_terminal:
            yield
            return
        with self._console.status(f"waiting {escape(text)}"):
            yield

    def still_waiting(self, text: str, seconds: float) -> None:
        """Tell that something takes its time."""
        self._line("waiting", f"{seconds:.0f} seconds until {text}", "dim")

    def _line(self, word: str, text: str, style: str = "default") -> None:
        self._console.print(f"    [dim]{word:8}[/dim] [{style}]{escape(text)}[/{style}]")
