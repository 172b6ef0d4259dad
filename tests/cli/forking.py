"""Commands as processes of their own, without each of them importing everything anew.

One process imports the command line and then forks for each command: a second less for each.
"""

import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

from orcid_connect.cli import main

LIMIT_SECONDS = 60


class Forker:
    """Runs commands in children of one process that has imported the command line already."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.cli.forking"],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self, words: Sequence[str], variables: Mapping[str, str], folder: Path, output: Path
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in a folder; what it prints goes through files at `output`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        printed, complained = output.with_suffix(".out"), output.with_suffix(".err")
        files = [str(printed), str(complained)]
        order = {
            "words": words, "variables": dict(variables), "folder": str(folder), "files": files
        }  # fmt: skip
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        return subprocess.CompletedProcess(
            ["orcid-connect", *words],
            code,
            printed.read_text(encoding="utf-8"),
            complained.read_text(encoding="utf-8"),
        )

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=LIMIT_SECONDS)
        self._process.stdout.close()


def serve() -> None:
    """Fork for each line of the input, and answer with the exit code."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os._exit(_carry_out(**json.loads(line)))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _carry_out(words: list[str], variables: dict[str, str], folder: str, files: list[str]) -> int:
    signal.alarm(LIMIT_SECONDS)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    for number, path in enumerate(files, 1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    sys.argv = ["orcid-connect", *words]
    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    serve()
