"""Commands that keep running: `serve`, `worker` and `simulator`."""

import asyncio
import logging
import signal
import socket
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from orcid_connect.cli.context import AppOption, orcid_from
from orcid_connect.cli.listening import (
    HIGHEST_PORT,
    address_of,
    listening,
    serve_until_stopped,
)
from orcid_connect.cli.output import WRONG_USAGE, fail, say
from orcid_connect.mount import OrcidConnect
from orcid_connect.observe import log
from orcid_connect.simulator import Simulator
from orcid_connect.simulator.introducing import introduce
from orcid_connect.simulator.seeding import SeedError
from orcid_connect.simulator.serving import configure

Host = Annotated[str, typer.Option("--host", help="Address to listen on.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("serve")(serve)
    app.command("worker")(worker)
    app.command("simulator")(simulator)


def serve(
    host: Host = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=HIGHEST_PORT, help="Port to listen on.")
    ] = 8080,
    app: AppOption = "",
) -> None:
    """Run beside any system: the same pages and the engine. Declare by `publish` and `withdraw`.

    It answers below the path of public_url and at the root alike: a proxy in front may pass that
    path on or take it away.
    """
    orcid = orcid_from(app)
    log.setLevel(logging.INFO)
    with listening(host, port) as listener:
        asyncio.run(_serve(orcid, listener, address_of(listener, host)))


async def _serve(orcid: OrcidConnect, listener: socket.socket, address: str) -> None:
    app = BelowPath(orcid, urlsplit(orcid.settings.public_url).path)
    config = uvicorn.Config(app, access_log=False, log_level="warning", lifespan="off")
    async with orcid.running():
        say(f"orcid-connect on {address}/ as {orcid.settings.public_url}; Ctrl-C stops it.")
        await serve_until_stopped(config, listener)


class BelowPath:
    """Serves an app below a path, and at the root for proxies that take the path away."""

    def __init__(self, app: ASGIApp, path: str) -> None:
        self._app = app
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and f"{scope['path']}/".startswith(f"{self._path}/"):
            scope = {**scope, "root_path": self._path}
        await self._app(scope, receive, send)


def worker(app: AppOption = "") -> None:
    """Deliver in a process of its own, for sites too quiet to keep a web process busy."""
    orcid = orcid_from(app)
    if orcid.settings.engine == "off":
        fail("the settings say engine='off': this process would only wait", WRONG_USAGE)
    log.setLevel(logging.INFO)
    place = orcid.settings.database_place
    say(f"Delivering from {place}; Ctrl-C stops after the request under way.")
    asyncio.run(_work(orcid))


async def _work(orcid: OrcidConnect) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with orcid.running():
        await stop.wait()


def simulator(
    host: Host = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=HIGHEST_PORT, help="Port to listen on.")
    ] = 8700,
    database: Annotated[
        Path | None,
        typer.Option(
            "--database", help="Keep the records in this file; without it they are gone at the end."
        ),
    ] = None,
    rate: Annotated[str, typer.Option("--rate", help="on: limits as at ORCID; off: none.")] = "off",
    latency: Annotated[float, typer.Option("--latency", help="Seconds added to answers.")] = 0.0,
    seed: Annotated[
        Path | None, typer.Option("--seed", help="A file that describes the world.")
    ] = None,
    redirect_uri: Annotated[
        list[str] | None,
        typer.Option(
            "--redirect-uri",
            help="Register this for every client, besides http://127.0.0.1:8000/orcid/callback; "
            "it may be given several times.",
        ),
    ] = None,
) -> None:
    """Run a stand-in for ORCID to develop and test against, with faults on demand."""
    if rate not in ("on", "off"):
        fail(f"--rate {rate}: write on or off", WRONG_USAGE)
    with listening(host, port) as listener:
        address = address_of(listener, host)
        try:
            world = Simulator(address, database, seed=seed, rate=rate == "on", latency=latency)
        except (SeedError, sqlite3.Error, OSError) as error:
            about = "" if isinstance(error, SeedError) else f"--database {database}: "
            fail(f"{about}{error}", WRONG_USAGE)
        with closing(world):
            for client in list(world.world.clients):
                for uri in redirect_uri or ():
                    world.add_redirect_uri(client.client_id, uri)
            introduce(world, sys.stdout)
            asyncio.run(serve_until_stopped(configure(world), listener))
