"""Delivers in a process of its own that kills itself at a chosen executed line.

Reads one JSON order a line, forks for it (so that imports are paid once), and answers with how the
child ended. The child counts the lines its threads execute and knows how far its request is by the
functions that are entered.
"""

import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from orcid_connect import Settings
from orcid_connect.engines.embedded import work_through
from orcid_connect.plugins import Plugins
from orcid_connect.services import Services

PHASES = ("before the request", "between request and answer", "between answer and commit", "after")
_ENTERED = {
    ("http11.py", "_receive_response_headers"): 1,  # the request has been written
    ("transport.py", "_read"): 2,  # the answer's head has arrived
    ("claims.py", "release_records"): 3,  # what it means has been committed
}


class Counter:
    """Counts executed lines, notes where each phase begins, and kills at a line."""

    def __init__(self, kill_at: int | None, report: Callable[[dict[str, Any]], None]) -> None:
        self.lines = 0
        self.phase = 0
        self.begins = [0]
        self._kill_at = kill_at
        self._report = report

    def trace(self, frame: FrameType, event: str, _: object) -> Any:
        """Count a line, or note a function that tells the phase."""
        if event == "call":
            code = frame.f_code
            phase = _ENTERED.get((os.path.basename(code.co_filename), code.co_name), 0)
            if phase == self.phase + 1:
                self.phase = phase
                self.begins.append(self.lines)
        elif event == "line":
            self.lines += 1
            if self.lines == self._kill_at:
                self._report({"phase": PHASES[self.phase], "lines": self.lines})
                os.kill(os.getpid(), signal.SIGKILL)
        return self.trace


async def deliver(order: dict[str, Any], counter: Counter) -> None:
    """Do all that is due, counting."""
    settings = Settings(**order["settings"])
    services = await Services.open(settings, Plugins(), clock=lambda: order["now"])
    threading.settrace(counter.trace)  # of those that carry out transactions
    sys.settrace(counter.trace)
    await work_through(services)
    sys.settrace(None)
    threading.settrace(None)
    await services.close()


def child(order: dict[str, Any], write_end: int) -> None:
    """Run one order in this forked process."""

    def report(facts: dict[str, Any]) -> None:
        os.write(write_end, json.dumps(facts).encode())

    counter = Counter(order["kill_at"], report)
    asyncio.run(deliver(order, counter))
    report({"phase": "survived", "lines": counter.lines, "begins": counter.begins})


def launch(order: dict[str, Any]) -> dict[str, Any]:
    """Fork for an order and return what the child reported, and the signal that ended it."""
    read_end, write_end = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            child(order, write_end)
        finally:
            os._exit(0)
    os.close(write_end)
    _, status = os.waitpid(process, 0)
    with os.fdopen(read_end, "rb") as pipe:
        facts: dict[str, Any] = json.loads(pipe.read() or b"{}")
    return facts | {"signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}


def main() -> None:
    """Serve orders until the input ends."""
    for line in sys.stdin:
        sys.stdout.write(json.dumps(launch(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    main()
