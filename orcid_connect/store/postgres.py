"""PostgreSQL: a schema, advisory locks of its own, and time limits on every connection.

Two schemas of one database never wait for each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, event, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from orcid_connect.extras import load
from orcid_connect.places import PostgresSchema
from orcid_connect.store.dialects import BUSY_SECONDS, KIND_OPTION, Kind

CONNECT_SECONDS: Final = 5
STATEMENT_SECONDS: Final = 30
"""How long one statement may take; migrations may take `MIGRATION_SECONDS`."""
IDLE_SECONDS: Final = 60
"""How long a transaction may do nothing: its process is stopped, and others wait for its lock."""
MIGRATION_SECONDS: Final = 3600
KEPT_CONNECTIONS: Final = 5
MORE_CONNECTIONS: Final = 5
_KEEPALIVES: Final = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""Libpq's names, in seconds and milliseconds: a server that is gone is noticed."""
_SERVER_KEEPALIVES: Final = {
    "tcp_keepalives_idle": 10,
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 3,
}
"""The server's names, in seconds: a machine of ours that is gone loses its locks."""
_NO_WORD: Final = (
    "the database {place} does not answer: see that PostgreSQL runs and can be reached from here"
)
_SENTENCES: Final = {
    "08": "the connection to the database {place} broke off: see that PostgreSQL runs; whether "
    "the last change was kept is not known, but making it again is safe",
    "22001": "a value is too long for the database {place}; nothing was changed",
    "25006": "the database {place} is read-only: name the primary server, not a standby",
    "25P03": "a transaction was left open too long and was undone; nothing was changed",
    "28": "the database {place} refuses the user: check user and password in database",
    "3D000": "the database {place} does not exist: create it, or set database",
    "3F000": "the schema of {place} does not exist: run `orcid-connect db upgrade`",
    "40": "two transactions of the database {place} were in each other's way; nothing was changed",
    "42501": "the user of the database {place} has not the right to do this: grant it CREATE on "
    "the schema, or on the database for a schema of its own (?schema=name)",
    "42P01": "the database {place} lacks a table: run `orcid-connect db upgrade`",
    "53100": "there is no room for the database {place}: nothing was changed; make room on its "
    "server's disk",
    "53300": "the database {place} has no connection left: raise max_connections of PostgreSQL, "
    "or run fewer server processes",
    "53": "the database {place} has run out of something: look into PostgreSQL's log; nothing "
    "was changed",
    "55P03": f"the database {{place}} was locked for {BUSY_SECONDS} s; nothing was changed",
    "57014": f"the database {{place}} took more than {STATEMENT_SECONDS} s for a statement; "
    "nothing was changed",
    "57P": "the database {place} is stopping or starting: see that PostgreSQL runs; whether the "
    "last change was kept is not known, but making it again is safe",
}
"""By SQLSTATE or the beginning of one; the longest beginning counts."""
_LOCKING: Final = frozenset({"migrating", "writing"})
"""Kinds of transactions that begin with the schema's writing lock."""
_WORDS: Final = {
    "too many": "53300",
    "remaining connection slots": "53300",
    "authentication failed": "28",
    "no password supplied": "28",
    "pg_hba.conf": "28",
    'role "': "28",
    "starting up": "57P",
    "shutting down": "57P",
    "does not exist": "3D000",
    "server closed the connection": "08",
    "connection is closed": "08",
    "connection is lost": "08",
    "consuming input failed": "08",
    "sending query": "08",
}
"""An error while connecting has no SQLSTATE, only words."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """The dialect of one schema."""

    place: PostgresSchema

    def url(self) -> URL:
        """Return where to connect; one driver serves with and without an event loop."""
        place = self.place
        return URL.create(
            "postgresql+psycopg",
            username=place.user,
            password=place.password.get_secret_value() if place.password else None,
            host=place.host or None,
            port=place.port,
            database=place.database,
            query=dict(place.options),
        )

    def sync_url(self) -> URL:
        """Return where to connect without an event loop."""
        return self.url()

    def engine_options(self) -> Mapping[str, Any]:
        """Limit every wait, look only into our schema, and show no values.

        Raises `SettingsError` if the driver is not installed.
        """
        load("psycopg", "postgres", "a PostgreSQL database")
        settings = {
            "search_path": self.place.schema,
            "statement_timeout": f"{STATEMENT_SECONDS}s",
            "lock_timeout": f"{BUSY_SECONDS}s",
            "idle_in_transaction_session_timeout": f"{IDLE_SECONDS}s",
            **_SERVER_KEEPALIVES,
        }
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        arguments = {"connect_timeout": CONNECT_SECONDS, "options": options, **_KEEPALIVES}
        return {"connect_args": arguments, "hide_parameters": True}

    def pool_options(self) -> Mapping[str, Any]:
        """Keep few connections, and look whether one still lives before it is used."""
        return {
            "pool_pre_ping": True,
            "pool_size": KEPT_CONNECTIONS,
            "max_overflow": MORE_CONNECTIONS,
            "pool_timeout": BUSY_SECONDS,
        }

    def options_of(self, kind: Kind) -> Mapping[str, Any]:
        """A reader sees one state of the database; all others see what the lock waited for."""
        if kind == "reading":
            return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        return {KIND_OPTION: kind}

    def is_serial(self, kind: Kind) -> bool:
        """Only those with the schema's writing lock wait for each other."""
        return kind in _LOCKING

    def busy(self) -> str:
        """Say that the writing lock was held for too long."""
        return _SENTENCES["55P03"].format(place=self.place)

    def behave(self, engine: Engine) -> None:
        """Let transactions that read and then write begin with the schema's writing lock."""
        key = lock_key(self.place.schema, "writing")

        def on_begin(connection: Connection) -> None:
            kind = connection.get_execution_options().get(KIND_OPTION)
            if kind == "migrating":
                for name in ("lock_timeout", "statement_timeout"):
                    connection.exec_driver_sql(f"SET LOCAL {name} = '{MIGRATION_SECONDS}s'")
            if kind in _LOCKING:
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (key,))

        event.listen(engine, "begin", on_begin)

    def ensure_schema(self, connection: Connection) -> None:
        """Make the schema; looking first, for CREATE asks for a right even where it is there."""
        known = text("SELECT to_regnamespace(:name) IS NOT NULL")
        if not connection.execute(known, {"name": self.place.schema}).scalar_one():
            connection.exec_driver_sql(f'CREATE SCHEMA "{self.place.schema}"')

    def sentence(self, error: DBAPIError) -> str:
        """Say what is wrong and what to do; of other errors the class, state and constraint."""
        original: Any = error.orig
        state = getattr(original, "sqlstate", None) or _state_in_words(str(original))
        if state is None and isinstance(error, OperationalError | InterfaceError):
            return _NO_WORD.format(place=self.place)
        state = state or ""
        for length in range(len(state), 1, -1):
            if state[:length] in _SENTENCES:
                return _SENTENCES[state[:length]].format(place=self.place)
        constraint = getattr(getattr(original, "diag", None), "constraint_name", None)
        about = ", ".join(filter(None, (type(original).__name__, state, constraint)))
        return f"the database {self.place} refused a change ({about})"


def _state_in_words(words: str) -> str | None:
    return next((state for beginning, state in _WORDS.items() if beginning in words), None)


def lock_key(schema: str, purpose: str) -> int:
    """Return the number of an advisory lock; PostgreSQL keeps those of each database apart."""
    digest = sha256(f"orcid_connect {schema} {purpose}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)
