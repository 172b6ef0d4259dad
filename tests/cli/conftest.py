"""The command line as a person runs it: real processes, settings from variables."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from orcid_connect import Settings
from orcid_connect.plugins import Plugins
from orcid_connect.services import Services, realm_of
from orcid_connect.store import people
from orcid_connect.store.people import NewLink
from tests.cli.forking import Forker
from tests.support.keys import SECRET_KEY
from tests.support.leaks import watch
from tests.support.waiting import PATIENCE_SECONDS, free_port

Run = Callable[..., subprocess.CompletedProcess[str]]
COMMAND = [sys.executable, "-c", "from orcid_connect.cli import main; main()"]


@pytest.fixture(scope="session")
def simulator_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`orcid-connect simulator` in a process of its own."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    output = tmp_path_factory.mktemp("simulator") / "output.txt"
    with output.open("w") as file:
        process = subprocess.Popen(
            [*COMMAND, "simulator", "--port", str(port)], stdout=file, stderr=file
        )
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not _answers(url):
        assert process.poll() is None, output.read_text()
        assert time.monotonic() < deadline, "the simulator did not start"
    yield url
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=PATIENCE_SECONDS) == 0
    assert "Traceback" not in output.read_text()


def _answers(url: str) -> bool:
    try:
        return httpx.get(
            f"{url}/api/v3.0/status", headers={"Accept": "application/json"}
        ).is_success
    except httpx.HTTPError:
        return False


@pytest.fixture
def variables(tmp_path: Path, simulator_url: str) -> dict[str, str]:
    """The variables of a journal that uses the simulator."""
    client = httpx.post(
        f"{simulator_url}/_control/clients",
        json={"kind": "member", "name": "A journal", "redirect_uris": ["http://j.test/callback"]},
    ).json()
    credential = {
        "client_id": client["client_id"],
        "client_secret": client["client_secret"],
        "environment": "simulator",
        "site_url": simulator_url,
    }
    return {
        "ORCID_CONNECT_PUBLIC_URL": "http://j.test",
        "ORCID_CONNECT_DATABASE": str(tmp_path / "journal.sqlite"),
        "ORCID_CONNECT_SECRET_KEYS": json.dumps([SECRET_KEY]),
        "ORCID_CONNECT_CREDENTIALS": json.dumps([credential]),
        "ORCID_CONNECT_LOAD_PLUGINS": "false",
    }


@pytest.fixture(scope="session")
def forker() -> Iterator[Forker]:
    """What runs commands without importing everything for each."""
    running = Forker()
    yield running
    running.close()


@pytest.fixture
def run(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    variables: dict[str, str],
    forker: Forker,
) -> Run:
    """Run `orcid-connect` with these words; what it prints is watched for secrets."""
    output = tmp_path_factory.mktemp("printed") / "command"

    def runner(*words: str, **changed: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, **variables, "COLUMNS": "200", **changed}
        done = forker.run(words, environment, tmp_path, output)
        watch.say(f"orcid-connect {words[0] if words else ''}", done.stdout + done.stderr)
        assert "Traceback" not in done.stderr
        return done

    return runner


@pytest.fixture
def connect(variables: dict[str, str], simulator_url: str) -> Callable[[str], str]:
    """Link a person of the journal to a new record, as a completed sign-in does."""

    def linked(person_key: str) -> str:
        person = _made(simulator_url, "people", given="Ada", family="Lovelace")
        credential = json.loads(variables["ORCID_CONNECT_CREDENTIALS"])[0]
        scope = "/activities/update /read-limited openid"
        token = _made(
            simulator_url,
            "tokens",
            client_id=credential["client_id"],
            orcid=person["orcid"],
            scope=scope,
        )
        settings = Settings(
            public_url=variables["ORCID_CONNECT_PUBLIC_URL"],
            secret_keys=[SECRET_KEY],
            credentials=[credential],
            database=variables["ORCID_CONNECT_DATABASE"],
        )
        link = NewLink(
            tenant="default",
            person_key=person_key,
            realm=realm_of(settings.credentials[0]),
            orcid=person["orcid"],
            name=None,
            scopes=frozenset(scope.split()),
            access_token=SecretStr(str(token["access_token"])),
            refresh_token=None,
            expires_at=None,
        )
        asyncio.run(_keep(settings, link))
        return str(person["orcid"])

    return linked


async def _keep(settings: Settings, link: NewLink) -> None:
    services = await Services.open(settings, Plugins())
    try:
        async with services.database.writing() as connection:
            await people.make_link(connection, services.vault, link, services.clock())
    finally:
        await services.close()


def _made(url: str, what: str, **body: str) -> dict[str, str]:
    answer = httpx.post(f"{url}/_control/{what}", json=body)
    assert answer.is_success, answer.text
    made: dict[str, str] = answer.json()
    return made
