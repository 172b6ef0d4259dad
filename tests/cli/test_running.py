"""Commands that keep running say so only once they do; where they cannot, they say why."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import COMMAND, Run
from tests.support.waiting import PATIENCE_SECONDS, free_port


@pytest.fixture
def taken() -> Iterator[int]:
    """A port somebody else listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])


@pytest.mark.parametrize("command", ["serve", "simulator"])
def test_a_port_in_use_is_a_sentence(run: Run, taken: int, command: str) -> None:
    """Where the port is taken nothing says that it runs."""
    done = run(command, "--port", str(taken))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        f"port {taken} is in use: stop what uses it, or choose another with --port."
    ]


def test_serve_answers_and_ends(variables: dict[str, str], tmp_path: Path) -> None:
    """Once the line is printed the pages answer; SIGTERM ends it in good order."""
    port = free_port()
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", str(port)],
        env={**os.environ, **variables, "ORCID_CONNECT_PUBLIC_URL": "http://j.test/a/orcid"},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert f"orcid-connect on http://127.0.0.1:{port}/" in process.stdout.readline()
    for path, status in (("/a/orcid", 200), ("", 200), ("/a", 404), ("/a/orcid/a/orcid", 404)):
        answer = httpx.get(f"http://127.0.0.1:{port}{path}/healthz", timeout=PATIENCE_SECONDS)
        assert answer.status_code == status, path
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0
    assert "Traceback" not in errors


def test_what_cannot_be_used_is_a_sentence(run: Run, tmp_path: Path) -> None:
    """A folder as seed or database, and a place for state that cannot be made, are told."""
    port = str(free_port())
    seed = run("simulator", "--port", port, "--seed", str(tmp_path))
    assert seed.returncode == 2
    assert "the seed file cannot be read" in seed.stderr
    database = run("simulator", "--port", port, "--database", str(tmp_path))
    assert database.returncode == 2
    assert f"--database {tmp_path}" in database.stderr
    demo = run("demo", "--state", "/proc/nowhere")
    assert demo.returncode == 1
    assert "choose a folder with --state" in demo.stderr


def test_an_application_on_another_port_has_its_address_registered(tmp_path: Path) -> None:
    """What --redirect-uri names is printed, and ORCID's stand-in sends people back to it."""
    callback = "http://127.0.0.1:9000/orcid/callback"
    process = subprocess.Popen(
        [*COMMAND, "simulator", "--port", str(free_port()), "--redirect-uri", callback],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said = list(iter(process.stdout.readline, "Ctrl-C stops it.\n"))
    asked = {
        "client_id": "APP-DEMOJOURNAL00001",
        "response_type": "code",
        "scope": "openid",
        "redirect_uri": callback,
    }
    site = said[0].split()[-1]
    transport = httpx.HTTPTransport(retries=5)  # what is printed is printed before it answers
    with httpx.Client(transport=transport, timeout=PATIENCE_SECONDS) as client:
        answer = client.get(f"{site}/oauth/authorize", params=asked)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE_SECONDS)
    assert f"  {callback}\n" in said
    assert answer.status_code == 200


def test_serve_says_what_a_proxy_may_do(run: Run) -> None:
    """The help says that the path of public_url may be passed on or taken away."""
    assert "pass that path on or take it away" in " ".join(run("serve", "--help").stdout.split())


def test_version(run: Run) -> None:
    """The version is one line."""
    assert run("--version").stdout.startswith("orcid-connect 0.")
