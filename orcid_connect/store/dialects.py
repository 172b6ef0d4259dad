"""What the two databases do alike: four kinds of transaction, and errors told as sentences."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, Literal, Protocol

from sqlalchemy import URL, Connection, Engine, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.errors import StoreError

Kind = Literal["reading", "writing", "claiming", "recording", "migrating"]
KINDS: Final[tuple[Kind, ...]] = ("reading", "writing", "claiming", "recording", "migrating")
KIND_OPTION: Final = "oc_kind"
BUSY_SECONDS: Final = 15
"""How long a transaction waits for another's lock, or for a connection, before it gives up."""


class Dialect(Protocol):
    """One of the two databases."""

    def url(self) -> URL:
        """Return where to connect, for the asynchronous engine."""

    def sync_url(self) -> URL:
        """Return where to connect without an event loop."""

    def engine_options(self) -> Mapping[str, Any]:
        """Return what `create_engine` and its asynchronous twin are to be told."""

    def pool_options(self) -> Mapping[str, Any]:
        """Return how many connections a server process keeps."""

    def options_of(self, kind: Kind) -> Mapping[str, Any]:
        """Return the execution options of a kind of transaction."""

    def is_serial(self, kind: Kind) -> bool:
        """Tell whether transactions of this kind wait for each other."""

    def busy(self) -> str:
        """Say that waiting for another transaction took too long."""

    def behave(self, engine: Engine) -> None:
        """Make connections and the beginnings of transactions what they have to be."""

    def ensure_schema(self, connection: Connection) -> None:
        """Make the schema that the tables live in, if it is one of our own."""

    def sentence(self, error: DBAPIError) -> str:
        """Say what is wrong and what to do, without any value that was stored."""


@contextmanager
def told_by(dialect: Dialect) -> Iterator[None]:
    """Raise `StoreError` for whatever the database complains of.

    The driver's own error is not shown along with it: PostgreSQL's repeats the values of a row.
    """
    try:
        yield
    except DBAPIError as error:
        raise StoreError(dialect.sentence(error)) from None
    except PoolTimeout:
        raise StoreError(
            "the database is too busy: no connection to it became free; nothing was changed"
        ) from None


def insert_into(connection: AsyncConnection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """Return an INSERT that knows `on_conflict_do_…`, which both databases spell alike."""
    return insert_for(connection.dialect.name, table)


def insert_for(dialect: str, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """Return one for a dialect by its name."""
    if dialect == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
