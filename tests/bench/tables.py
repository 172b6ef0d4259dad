"""Figures and tables as plain text: the median of the rounds, with the lowest and the highest."""

from collections.abc import Sequence
from statistics import median


def spread(figures: Sequence[float], digits: int = 0) -> str:
    """Write the median with the lowest and the highest figure."""
    low, middle, high = (
        f"{figure:,.{digits}f}" for figure in (min(figures), median(figures), max(figures))
    )
    return f"{middle} ({low}–{high})"


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """Write ours as a share of theirs, compared round by round."""
    return spread([mine / other for mine, other in zip(ours, theirs, strict=True)], 2)


def print_table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: the first column to the left, the others to the right."""
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    print(f"\n{title}")
    for row in (head, ["-" * width for width in widths], *rows):
        first, *others = zip(row, widths, strict=True)
        cells = [first[0].ljust(first[1]), *(text.rjust(width) for text, width in others)]
        print("  " + "   ".join(cells).rstrip(), flush=True)
