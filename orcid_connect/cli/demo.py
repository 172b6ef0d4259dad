"""`demo`: a registry simulator and an invented journal on this machine, to try or to watch.

The journal lives in `examples/demo_journal` of a checkout and inside the wheel; it is loaded here,
by name, only when somebody asks for it.
"""

import asyncio
import signal
import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer

from orcid_connect.cli.output import WRONG_USAGE, fail, say
from orcid_connect.errors import SettingsError
from orcid_connect.web.folders import locate

IN_WHEEL = "orcid_connect.demo_journal"
IN_CHECKOUT = "demo_journal"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(
    port: Annotated[int, typer.Option("--port", help="Port of the journal.")] = 8000,
    simulator_port: Annotated[
        int, typer.Option("--simulator-port", help="Port of the simulated ORCID.")
    ] = 8700,
    state: Annotated[
        Path, typer.Option("--state", help="Folder in which everything is kept.")
    ] = Path(".demo"),
    tour: Annotated[
        bool,
        typer.Option(
            "--tour",
            help="Play the whole story by itself, on free ports and in a folder of its own, "
            "check every step on the records, and end.",
        ),
    ] = False,
    faults: Annotated[
        float,
        typer.Option(
            "--faults", min=0.0, max=0.5, help="With --tour: this share of requests goes wrong."
        ),
    ] = 0.0,
    seed: Annotated[int, typer.Option("--seed", help="With --faults: which ones.")] = 1,
) -> None:
    """Try it: a simulated ORCID and an invented journal with orcid_connect in it, on this machine.

    Prints where to look and what to try. Ctrl-C stops it; started again, it finds everything as
    it was. With --tour it shows the whole story by itself: exit code 0 if every step held.
    """
    if faults and not tour:
        fail("--faults goes with --tour.", WRONG_USAGE)
    if tour:
        held = asyncio.run(_part("tour").play(faults=faults, seed=seed))
        raise typer.Exit(0 if held else 1)
    stage = _part("stage")
    try:
        asyncio.run(_run(stage, state, port, simulator_port))
    except stage.StageTaken as taken:
        fail(str(taken))
    except OSError as error:
        why = error.strerror or type(error).__name__
        fail(f"{error.filename or state} cannot be used ({why}): choose a folder with --state.")


async def _run(stage: ModuleType, state: Path, port: int, simulator_port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with stage.set_up(state, port=port, simulator_port=simulator_port) as place:
        say(_part("introduction").introduction(place, state))
        await stop.wait()
        say("\nStopping; everything is kept.")


def load_journal() -> ModuleType:
    """Return the journal's package, from the wheel or else from the checkout."""
    if IN_CHECKOUT in sys.modules:
        return sys.modules[IN_CHECKOUT]
    if find_spec(IN_WHEEL) is not None:
        return import_module(IN_WHEEL)
    try:
        folder = locate("examples") / IN_CHECKOUT
    except SettingsError:
        fail("The demonstration is not part of this installation.")
    spec = spec_from_file_location(
        IN_CHECKOUT, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    assert spec.loader is not None
    package = sys.modules[IN_CHECKOUT] = module_from_spec(spec)
    spec.loader.exec_module(package)
    return package


def _part(name: str) -> Any:
    return import_module(f"{load_journal().__name__}.{name}")
