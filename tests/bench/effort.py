"""How much is measured: the options of the command line with what they mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Effort:
    """How long, how often, and up to which size."""

    seconds: int = 2
    connections: int = 8
    rounds: int = 3
    people: int = 100_000
    works: int = 10_000
    authors: int = 5_000
    linked: int = 2_000
    rows: int = 2_000_000
    crowd: int = 3_000

    MEANINGS: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "seconds": "of load per measurement",
            "connections": "that load the server at a time",
            "rounds": "of measurements; their median is printed",
            "people": "in the largest world",
            "works": "on the largest record",
            "authors": "of the longest article",
            "linked": "people with ten works due for each",
            "rows": "of the largest ledger",
            "crowd": "linked authors of one article",
        }
    )
