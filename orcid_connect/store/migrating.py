"""Migrations: applied under the writing lock, so that of several processes one does the work."""

from pathlib import Path
from typing import Any, Literal

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from anyio import to_thread
from sqlalchemy import Connection

from orcid_connect.errors import MigrationNeeded
from orcid_connect.places import Place
from orcid_connect.store.database import transaction_now
from orcid_connect.store.schema import metadata

VERSION_TABLE = "oc_version"


async def make_ready(place: Place, mode: Literal["auto", "check"]) -> None:
    """Bring the tables to this version, or with `check` raise `MigrationNeeded`."""
    await to_thread.run_sync(migrate if mode == "auto" else check_version, place)


def migrate(place: Place) -> str | None:
    """Apply what is missing and return the version; raises `StoreError`."""
    with transaction_now(place, "migrating") as connection:
        _refuse_newer(connection)
        command.upgrade(migration_config(connection), "head")
        return _current(connection)


def check_version(place: Place) -> None:
    """Raise `MigrationNeeded` unless the tables are exactly this version's."""
    with transaction_now(place, "migrating") as connection:
        _refuse_newer(connection)
        if _current(connection) != _script().get_current_head():
            raise MigrationNeeded(
                f"the database {place.name} is older than this version: "
                "run `orcid-connect db upgrade`, or set migrate='auto'"
            )


def differences(place: Place) -> list[Any]:
    """Return how the migrated tables differ from `schema`, which should be in nothing."""
    with transaction_now(place, "migrating") as connection:
        options = {"version_table": VERSION_TABLE, "include_name": _ours}
        found: list[Any] = compare_metadata(
            MigrationContext.configure(connection, opts=options), metadata
        )
        return found


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or str(name).startswith("oc_")


def revisions() -> list[str]:
    """Return the versions there are, oldest first."""
    return [one.revision for one in _script().walk_revisions()][::-1]


def migration_config(connection: Connection | None = None) -> Config:
    """Return what Alembic is to be told, to work on this connection and in its transaction."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(migration_config())


def _current(connection: Connection) -> str | None:
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    return context.get_current_revision()


def _refuse_newer(connection: Connection) -> None:
    current = _current(connection)
    if current is not None and current not in revisions():
        raise MigrationNeeded(
            f"the database is at version {current}, which this program does not know: "
            "it was made by a newer orcid_connect; upgrade the program"
        )
