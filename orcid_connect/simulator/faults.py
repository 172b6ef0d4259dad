"""Faults on demand: which requests they hit, how often, and what they do."""

import fnmatch
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from orcid_connect.simulator.wire import Call

KINDS = frozenset(
    {
        "status",
        "slow",
        "cut-before",
        "cut-after",
        "half-body",
        "html",
        "content-type",
        "clock-skew",
        "key-rotation",
        "revoke-token",
        "outage",
    }
)


@dataclass(slots=True)
class Fault:
    """One fault that was asked for."""

    kind: str
    number: int = 0
    method: str | None = None
    path: str | None = None  # a glob over the whole path
    client_id: str | None = None
    orcid: str | None = None
    probability: float = 1.0
    seed: int = 0
    count: int | None = None  # how often it fires; None: always
    skip: int = 0  # matching requests let through first
    status: int = 503
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    value: str = "text/plain"
    applied: bool = False  # do the work before answering with the fault
    reason: str = "USER_REVOKED"
    until: float | None = None  # of an outage, by the simulator's clock
    fired: int = 0
    dice: random.Random = field(default_factory=random.Random, repr=False)

    def as_json(self) -> dict[str, Any]:
        """Describe the fault without its dice."""
        values = asdict(self)
        del values["dice"]
        return values

    def hits(self, call: Call, now: float) -> bool:
        """Decide whether this request is hit, and count it."""
        if not self._matches(call) or self._is_over(now):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.probability < 1.0 and self.dice.random() >= self.probability:
            return False
        self.fired += 1
        return True

    def _is_over(self, now: float) -> bool:
        if self.until is not None and now >= self.until:
            return True
        return self.count is not None and self.fired >= self.count

    def _matches(self, call: Call) -> bool:
        if self.method is not None and self.method.upper() != call.method:
            return False
        if self.path is not None and not fnmatch.fnmatchcase(call.path, self.path):
            return False
        if self.client_id is not None and self.client_id != call.client_id:
            return False
        return self.orcid is None or self.orcid == call.orcid


class Faults:
    """The faults in force."""

    def __init__(self) -> None:
        """Begin without any."""
        self._faults: dict[int, Fault] = {}
        self._number = 0

    def add(self, now: float, kind: str, **options: Any) -> int:
        """Ask for a fault; give its number. Raise ValueError for words it does not know."""
        if kind not in KINDS:
            raise ValueError(f"there is no fault {kind!r}; there are {', '.join(sorted(KINDS))}")
        try:
            fault = Fault(kind, **options)
        except TypeError as problem:
            raise ValueError(f"a fault does not take these options: {problem}") from problem
        self._number += 1
        fault.number = self._number
        fault.dice = random.Random(fault.seed)
        if kind == "outage":
            fault.until = now + fault.seconds
        if kind == "html" and "status" not in options:
            fault.status = 502
        self._faults[fault.number] = fault
        return fault.number

    def remove(self, number: int | None = None) -> None:
        """Take back one fault, or all."""
        if number is None:
            self._faults.clear()
        else:
            self._faults.pop(number, None)

    def hitting(self, call: Call, now: float) -> list[Fault]:
        """Give the faults that hit this request."""
        if not self._faults:
            return []
        return [fault for fault in self._faults.values() if fault.hits(call, now)]

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults.values())

    @property
    def any(self) -> bool:
        """Whether there are faults at all."""
        return bool(self._faults)
