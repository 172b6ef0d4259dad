"""`db upgrade`: bringing the local database to this version."""

import typer

from orcid_connect.cli.context import AppOption, JsonOption, orcid_from
from orcid_connect.cli.output import say, say_json
from orcid_connect.store.migrating import migrate


def build() -> typer.Typer:
    """Return the `db` family."""
    app = typer.Typer(help="Look after the local database.", no_args_is_help=True)
    app.command("upgrade")(upgrade)
    return app


def upgrade(app: AppOption = "", as_json: JsonOption = False) -> None:
    """Apply the migrations that are missing. Data is kept; running it twice changes nothing."""
    place = orcid_from(app).settings.database_place
    version = migrate(place)
    if as_json:
        say_json({"database": str(place), "version": version})
    else:
        say(f"{place} is at version {version}.")
