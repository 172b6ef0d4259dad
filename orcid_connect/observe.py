"""How the product tells what happens: one logger, counters, and errors made safe to print.

Only route templates, ids of our own and class names are logged: never paths, tokens, codes,
secrets or e-mail addresses (DESIGN.md, promise 5).
"""

import logging
from collections import Counter
from collections.abc import Callable
from time import time

from orcid_connect.errors import OrcidConnectError

Clock = Callable[[], float]
"""Seconds since the epoch; tests pass one they can move."""

log = logging.getLogger("orcid_connect")

wall_clock: Clock = time


class Counters:
    """Counts of named happenings in this process, for `check`, pages and metrics."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, name: str) -> None:
        """Count one more."""
        self._counts[name] += 1

    def __getitem__(self, name: str) -> int:
        return self._counts[name]

    def beginning(self, word: str) -> dict[str, int]:
        """Return the counts whose name begins with a word, by the rest of the name."""
        start = f"{word} "
        return {
            name.removeprefix(start): count
            for name, count in sorted(self._counts.items())
            if name.startswith(start)
        }

    def all(self) -> dict[str, int]:
        """Return every count by its name."""
        return dict(sorted(self._counts.items()))


def describe(error: BaseException) -> str:
    """Return what may be printed of an error: our own sentences, of others the class alone."""
    if isinstance(error, OrcidConnectError):
        return f"{type(error).__name__}: {error}"
    return type(error).__name__


def where(error: BaseException) -> str:
    """Return the innermost place of an error as `file.py:line`, for a log without its message."""
    trace = error.__traceback__
    if trace is None:
        return "unknown place"
    while trace.tb_next is not None:
        trace = trace.tb_next
    name = trace.tb_frame.f_code.co_filename.rsplit("/", 1)[-1]
    return f"{name}:{trace.tb_lineno}"
