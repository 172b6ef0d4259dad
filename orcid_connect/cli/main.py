"""The root of the command line: every command by its name, and errors as one line."""

import logging
from importlib.metadata import version
from typing import Annotated

import typer

from orcid_connect.cli import (
    backfill,
    check,
    db,
    deliveries,
    demo,
    pausing,
    people,
    pruning,
    publish,
    record,
    running,
    search,
    status,
    validate,
    withdraw,
)
from orcid_connect.cli.context import sentence
from orcid_connect.cli.output import NEEDS_A_PERSON, WRONG_USAGE, complain, say
from orcid_connect.errors import OrcidConnectError, SettingsError

DISTRIBUTION = "orcid-connect"
EPILOG = "Exit codes: 0 done, 1 something needs a person, 2 wrong usage."


def _tell_version(wanted: bool) -> None:
    if wanted:
        say(f"orcid-connect {version(DISTRIBUTION)}")
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option("--version", is_eager=True, callback=_tell_version, help="Show the version."),
]


def _root(_version: Version = False) -> None:
    """Connect people to their ORCID iD and keep works and reviews right on their records."""


def build() -> typer.Typer:
    """Return the command line application."""
    app = typer.Typer(
        name="orcid-connect",
        help="Connect people to their ORCID iD and keep works and reviews right on their records.",
        epilog=EPILOG,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    app.callback()(_root)
    demo.register(app)
    running.register(app)
    publish.register(app)
    withdraw.register(app)
    backfill.register(app)
    validate.register(app)
    record.register(app)
    search.register(app)
    check.register(app)
    status.register(app)
    pausing.register(app)
    pruning.register(app)
    app.add_typer(deliveries.build(), name="deliveries")
    app.add_typer(people.build(), name="people")
    app.add_typer(db.build(), name="db")
    return app


def main() -> None:
    """Run the command line; an expected error is one line and an exit code."""
    logging.basicConfig(format="%(levelname)s %(message)s", level=logging.WARNING)
    try:
        build()()
    except SettingsError as error:
        complain(sentence(error))
        raise SystemExit(WRONG_USAGE) from None
    except OrcidConnectError as error:
        complain(sentence(error))
        raise SystemExit(NEEDS_A_PERSON) from None
