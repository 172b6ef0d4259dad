"""The stage: a registry simulator and the journal, each on its port, opened and closed together.

Everything is kept in one folder, so that a stage set up there again finds all as it was.
"""

import asyncio
import json
import os
import secrets
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from errno import EADDRINUSE
from pathlib import Path
from typing import Final

import uvicorn
from filelock import FileLock, Timeout
from starlette.applications import Starlette

from orcid_connect import Credential, Settings
from orcid_connect.simulator import Client, Simulator
from orcid_connect.simulator.serving import QuietServer, configure

from .app import build_journal
from .settings import ISSN, JOURNAL, JournalSettings

HOST: Final = "127.0.0.1"
CLIENT_ID: Final = "APP-IMAGINEDRESULTS1"
BACKOFF_BASE: Final = 0.5  # seconds: a demonstration waits no longer than it must
REQUEST_TIMEOUT: Final = 5.0  # seconds
START_SECONDS: Final = 20.0
STOP_SECONDS: Final = 2
OWNER_ONLY: Final = 0o600
OWNER_ONLY_FOLDER: Final = 0o700
BYTES_OF_A_KEY: Final = 48


class StageTaken(Exception):
    """A port or the folder is in use; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where to look."""

    journal_url: str
    registry_url: str
    simulator: Simulator

    @property
    def public_url(self) -> str:
        """Where orcid_connect is mounted."""
        return f"{self.journal_url}/orcid"


@asynccontextmanager
async def set_up(folder: Path, *, port: int, simulator_port: int) -> AsyncIterator[Stage]:
    """Run both servers while the block runs; port 0 is any free one. Raises `StageTaken`."""
    with _alone(folder), _listening(simulator_port, "--simulator-port") as registry_socket:
        simulator = Simulator(_address(registry_socket), folder / "simulator.sqlite")
        try:
            with _listening(port, "--port") as journal_socket:
                site = _address(journal_socket)
                client = _admit(simulator, f"{site}/orcid/callback")
                journal = _build(folder, site, simulator.base_url, client)
                registry_server = QuietServer(configure(simulator, log_config=None))
                async with (
                    _served(registry_server, registry_socket),
                    _served(_server(journal), journal_socket),
                ):
                    yield Stage(site, simulator.base_url, simulator)
        finally:
            simulator.close()


def _build(folder: Path, site: str, registry_url: str, client: Client) -> Starlette:
    keys = _keys(folder / "keys.json")
    orcid = Settings(
        public_url=f"{site}/orcid",
        secret_keys=(keys["orcid_connect"],),
        credentials=(
            Credential(
                client_id=client.client_id,
                client_secret=client.client_secret,
                environment="simulator",
                site_url=registry_url,
            ),
        ),
        database=str(folder / "orcid_connect.sqlite"),
        site_name=JOURNAL,
        backoff_base=BACKOFF_BASE,
        request_timeout=REQUEST_TIMEOUT,
    )
    return build_journal(JournalSettings(folder / "journal.sqlite", keys["session"], orcid))


def _keys(path: Path) -> dict[str, str]:
    """Return the secret keys of this folder, made the first time, readable by its owner alone."""
    with suppress(FileExistsError):
        made = {
            name: secrets.token_urlsafe(BYTES_OF_A_KEY) for name in ("orcid_connect", "session")
        }
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(made, file)
    keys: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return keys


def _admit(simulator: Simulator, redirect_uri: str) -> Client:
    """Register the journal and its ISSN at the registry, as its people would have done once."""
    simulator.add_issn(ISSN, JOURNAL)
    client = simulator.world.clients.get(CLIENT_ID)
    if client is None:
        return simulator.add_client("member", JOURNAL, [redirect_uri], client_id=CLIENT_ID)
    simulator.add_redirect_uri(CLIENT_ID, redirect_uri)
    return client


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
    lock = FileLock(folder / "stage.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise StageTaken(
            f"Another demonstration runs with {folder}: stop it, or choose a folder with --state."
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _listening(port: int, option: str) -> Iterator[socket.socket]:
    # Named as TCP, or uvicorn leaves Nagle's delay on: 40 ms an answer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen()
    except OSError as error:
        listener.close()
        why = "is in use: stop what uses it, or" if error.errno == EADDRINUSE else "cannot be used:"
        raise StageTaken(f"Port {port} {why} choose another with {option}.") from None
    with listener:
        yield listener


def _address(listener: socket.socket) -> str:
    return f"http://{HOST}:{listener.getsockname()[1]}"


def _server(app: Starlette) -> QuietServer:
    return QuietServer(
        uvicorn.Config(
            app,
            lifespan="on",
            ws="none",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
    )


@asynccontextmanager
async def _served(server: QuietServer, listener: socket.socket) -> AsyncIterator[None]:
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        async with asyncio.timeout(START_SECONDS):
            while not server.started:
                if task.done():
                    await task
                    raise RuntimeError("a server of the demonstration did not start")
                await asyncio.sleep(0.01)
        yield
    finally:
        server.stop()
        await task
