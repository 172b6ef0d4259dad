"""Commands that keep running: `serve`, `worker` and `simulator`."""

import asyncio
import logging
import signal
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from orcid_connect.cli.context import AppOption, orcid_from
from orcid_connect.cli.output import WRONG_USAGE, fail, say
from orcid_connect.mount import OrcidConnect
from orcid_connect.observe import log
from orcid_connect.simulator.command import run as run_simulator

Host = Annotated[str, typer.Option("--host", help="Address to listen on.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("serve")(serve)
    app.command("worker")(worker)
    app.command("simulator")(simulator)


def serve(
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port to listen on.")] = 8080,
    app: AppOption = "",
) -> None:
    """Run as a sidecar beside any system: the same pages and calls, by HTTP."""
    orcid = orcid_from(app)
    log.setLevel(logging.INFO)
    say(f"orcid-connect on http://{host}:{port}/ as {orcid.settings.public_url}; Ctrl-C stops it.")
    uvicorn.run(orcid, host=host, port=port, access_log=False, log_level="warning")


def worker(app: AppOption = "") -> None:
    """Deliver in a process of its own, for sites too quiet to keep a web process busy."""
    orcid = orcid_from(app)
    if orcid.settings.engine == "off":
        fail("the settings say engine='off': this process would only wait", WRONG_USAGE)
    log.setLevel(logging.INFO)
    say(
        f"Delivering from {orcid.settings.database_path}; Ctrl-C stops after the request under way."
    )
    asyncio.run(_work(orcid))


async def _work(orcid: OrcidConnect) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with orcid.running():
        await stop.wait()


def simulator(
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port to listen on.")] = 8700,
    database: Annotated[
        Path | None, typer.Option("--database", help="Keep the state in this file.")
    ] = None,
    rate: Annotated[str, typer.Option("--rate", help="on: limits as at ORCID; off: none.")] = "off",
    latency: Annotated[float, typer.Option("--latency", help="Seconds added to answers.")] = 0.0,
    seed: Annotated[
        Path | None, typer.Option("--seed", help="A file that describes the world.")
    ] = None,
) -> None:
    """Run a stand-in for ORCID to develop and test against, with faults on demand."""
    if rate not in ("on", "off"):
        fail(f"--rate {rate}: write on or off", WRONG_USAGE)
    run_simulator(
        host=host, port=port, database=database, rate=rate == "on", latency=latency, seed=seed
    )
