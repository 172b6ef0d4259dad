"""Pressing Ctrl-C while a command reads a file, which it cannot have done with before."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tests.cli.conftest import COMMAND
from tests.support.waiting import PATIENCE_SECONDS


def interrupted(
    words: list[str], folder: Path, variables: Mapping[str, str], pipe: Path, content: bytes
) -> tuple[int, str, str]:
    """Run a command that reads a pipe, interrupt it there, and return how it ended."""
    os.mkfifo(pipe)
    process = subprocess.Popen(
        [*COMMAND, *words],
        env={**os.environ, **variables},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with _opened_by_the_reader(pipe) as writing:
        process.send_signal(signal.SIGINT)
        writing.write(content)
    output, errors = process.communicate(timeout=PATIENCE_SECONDS)
    pipe.unlink()
    return process.returncode, output, errors


@contextmanager
def _opened_by_the_reader(pipe: Path) -> Iterator[BinaryIO]:
    """Wait until a pipe's reader has opened it, and open it for writing."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            descriptor = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody reads yet
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            break
    with os.fdopen(descriptor, "wb") as writing:
        yield writing
