"""`orcid-connect demo` as people run it: it starts, says what to do, stops, and starts again."""

import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.support.waiting import free_port

SECONDS = 30
COMMAND = [sys.executable, "-c", "from orcid_connect.cli import main; main()", "demo"]


@contextmanager
def running(state: Path, port: int, simulator_port: int) -> Iterator[tuple[str, list[str]]]:
    """Run the demonstration until the block ends; gives its introduction and what it said last."""
    arguments = [
        "--port",
        str(port),
        "--simulator-port",
        str(simulator_port),
        "--state",
        str(state),
    ]
    last: list[str] = []
    with subprocess.Popen(
        [*COMMAND, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1", "COLUMNS": "200"},
    ) as process:
        assert process.stdout is not None
        introduction = ""
        for line in process.stdout:
            introduction += line
            if "Ctrl-C" in line:
                break
        try:
            yield introduction, last
        finally:
            process.send_signal(signal.SIGINT)
            last.append(process.communicate(timeout=SECONDS)[0])
    assert process.returncode == 0, introduction + last[0]


def test_starts_stops_and_starts_again(tmp_path: Path) -> None:
    """It says where to look; Ctrl-C ends it without a trace; started again, all is as it was."""
    state, port, simulator_port = tmp_path / "state", free_port(), free_port()
    with running(state, port, simulator_port) as (introduction, last):
        for address in re.findall(r"http://\S+", introduction):
            assert httpx.get(address).status_code == 200
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as editor:
            editor.post("/signin", data={"user": "solveig"})
            editor.post("/office/bees/publish")
            orcid = httpx.post(
                f"http://127.0.0.1:{simulator_port}/_control/people", json={"given": "Late"}
            ).json()["orcid"]
    assert last == ["\nStopping; everything is kept.\n"]
    assert stat.S_IMODE((state / "keys.json").stat().st_mode) == 0o600
    with running(state, port, simulator_port):
        assert httpx.get(f"http://127.0.0.1:{port}/articles/bees").status_code == 200
        assert httpx.get(f"http://127.0.0.1:{simulator_port}/{orcid}").status_code == 200


def test_says_what_to_do_about_a_port(tmp_path: Path) -> None:
    """A port or folder in use is one sentence that says what to do, and exit code 1."""
    port, simulator_port = free_port(), free_port()
    with running(tmp_path, port, simulator_port):
        assert _refused(tmp_path / "b", port, free_port()) == (
            f"Port {port} is in use: stop what uses it, or choose another with --port.\n"
        )
        assert _refused(tmp_path / "c", free_port(), simulator_port) == (
            f"Port {simulator_port} is in use: stop what uses it, or choose another with "
            "--simulator-port.\n"
        )
        assert "runs with" in _refused(tmp_path, free_port(), free_port())


def test_faults_go_with_the_tour() -> None:
    """Options that contradict each other are wrong usage."""
    done = subprocess.run([*COMMAND, "--faults", "0.1"], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == "--faults goes with --tour.\n"


def _refused(state: Path, port: int, simulator_port: int) -> str:
    arguments = [
        "--port",
        str(port),
        "--simulator-port",
        str(simulator_port),
        "--state",
        str(state),
    ]
    done = subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, timeout=SECONDS, env=_wide()
    )
    assert done.returncode == 1
    return done.stderr


def _wide() -> dict[str, str]:
    return os.environ | {"COLUMNS": "200"}
