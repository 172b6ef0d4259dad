"""The journal: every request with what was decided and why, newest last, without any secret."""

import json
import re
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from orcid_connect.simulator.clock import iso
from orcid_connect.simulator.wire import Answer, Call

ENTRIES_KEPT = 10_000
DEEPEST = 100  # levels of a body that are shown as JSON
HIDDEN = "…"
_SECRET_ARGUMENTS = re.compile(
    r"((?:access_token|refresh_token|code|client_secret|token|password|email|id_token_hint)=)[^&]*"
)


@dataclass(slots=True)
class Entry:
    """One request and its answer."""

    number: int
    time: float
    method: str
    path: str
    client_id: str | None
    orcid: str | None
    status: int
    decision: str
    faults: list[str]
    body: bytes = field(repr=False)

    def as_json(self) -> dict[str, Any]:
        """Write the entry for people and programs."""
        return {
            "number": self.number,
            "time": iso(self.time),
            "method": self.method,
            "path": self.path,
            "client_id": self.client_id,
            "orcid": self.orcid,
            "status": self.status,
            "decision": self.decision,
            "fault": ", ".join(self.faults) or None,
            "sent": _read(self.body),
        }


class Journal:
    """The last requests of a running simulator."""

    def __init__(self) -> None:
        """Begin empty."""
        self._entries: deque[Entry] = deque(maxlen=ENTRIES_KEPT)
        self._number = 0

    def note(self, now: float, call: Call, answer: Answer) -> None:
        """Write down a request with its answer."""
        self._number += 1
        target = call.path
        if call.query:
            target += "?" + _SECRET_ARGUMENTS.sub(rf"\g<1>{HIDDEN}", call.query)
        is_api = call.path.startswith("/api/")
        self._entries.append(
            Entry(
                self._number,
                now,
                call.method,
                target,
                call.client_id,
                call.orcid,
                answer.status,
                answer.decision,
                call.faults,
                call.body if is_api and not call.path.endswith("/token") else b"",
            )
        )

    def entries(self, after: int = 0) -> list[dict[str, Any]]:
        """Give the entries numbered higher than `after`, oldest first."""
        return [entry.as_json() for entry in self._entries if entry.number > after]

    def clear(self) -> None:
        """Forget everything but the numbering."""
        self._entries.clear()


def _read(body: bytes) -> Any:
    """Read a body as JSON; None for what is none, or could not be shown as JSON again."""
    try:
        value = json.loads(body) if body else None
        json.dumps(value, allow_nan=False)
    except (ValueError, RecursionError):
        return None
    return value if _is_shallow(value) else None


def _is_shallow(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return True
    return False


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
