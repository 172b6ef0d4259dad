"""Load on a server of this machine: wrk for a few seconds, over a few connections.

The load comes from another core than the one the server is on, where there are two.
"""

import asyncio
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.bench.effort import Effort

SCRIPT = Path(__file__).with_name("requests.lua")
MISSING_TOOL = 2
UNUSABLE = 1
MICROSECONDS = 1_000_000
PATIENCE_SECONDS = 60.0


class LoadFailed(Exception):
    """Nothing could be measured; the command ends with `exit_code`."""

    def __init__(self, sentence: str, exit_code: int = UNUSABLE) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


@dataclass(frozen=True, slots=True)
class Target:
    """A path to ask for, and the token to ask with."""

    path: str
    token: str


@dataclass(frozen=True, slots=True)
class Errand:
    """What wrk asks for: the targets in turn; with a body, a POST with a new DOI each."""

    targets: Path
    body: Path | None = None


def require_wrk() -> None:
    """See that wrk is there; raise LoadFailed."""
    if shutil.which("wrk") is None:
        raise LoadFailed(
            "This benchmark loads servers with wrk, which is not installed. "
            "On Debian or Ubuntu: apt-get install wrk; on macOS: brew install wrk.",
            MISSING_TOOL,
        )


def pin_to_core(*, last: bool) -> None:
    """Keep this process and its children on one core: servers the first, the load the last."""
    if sys.platform == "linux":
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[-1] if last else cores[0]})


class Load:
    """Loads servers, and counts so that no DOI is ever sent twice."""

    def __init__(self, effort: Effort) -> None:
        self._effort = effort
        self._runs = 0

    async def rate(self, base_url: str, errand: Errand) -> float:
        """Load a server; return the requests it answered per second. Raise LoadFailed."""
        self._runs += 1
        command = [
            *("wrk", "-t1", f"-c{self._effort.connections}", f"-d{self._effort.seconds}s"),
            *("-s", str(SCRIPT), base_url, "--", str(errand.targets)),
        ]
        if errand.body is not None:
            command += [str(errand.body), f"10.5555/run{self._runs}."]
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        try:
            patience = self._effort.seconds + PATIENCE_SECONDS
            output, _ = await asyncio.wait_for(process.communicate(), patience)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return _rate_of(output.decode())


def _rate_of(output: str) -> float:
    for line in output.splitlines():
        word, *figures = line.split() or [""]
        if word == "measured":
            requests, duration, failed = (int(figure) for figure in figures)
            if failed:
                raise LoadFailed(f"{failed} of {requests} requests failed:\n{output}")
            return requests * MICROSECONDS / duration
    raise LoadFailed(f"wrk did not measure:\n{output}")
