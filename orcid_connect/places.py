"""Where the local database is: an SQLite file, or a schema on a PostgreSQL server.

A place never shows its password: not in a repr, not as text, not in what is raised about it.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import SecretStr

DEFAULT_SCHEMA: Final = "public"
_SQLITE: Final = "sqlite:///"
_POSTGRESQL: Final = ("postgresql://", "postgres://")
_SCHEMA_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_PORT = re.compile(r"[0-9]{1,5}")
_OPTIONS: Final = frozenset(
    {
        "application_name",
        "channel_binding",
        "gssencmode",
        "host",
        "passfile",
        "port",
        "schema",
        "sslcert",
        "sslcrl",
        "sslkey",
        "sslmode",
        "sslrootcert",
        "target_session_attrs",
    }
)
_SSL_MODES: Final = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_NO_FILE = re.compile(
    r"(?:jdbc:)?postgres(?:ql)?(?:\+\w+)?:|:[^/]*@|\b(?:user|password|dbname)\s*=", re.IGNORECASE
)
"""What is meant as an address of a server: as a file, its password would be part of the name."""
_WRONG: Final = (
    "database must be a file, sqlite:///file, or postgresql://user:password@host/name: "
    "deliveries must survive a restart"
)
_ESCAPE: Final = "Write @, /, ? and # in a user name or password as %40, %2F, %3F and %23"


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """A file on this machine."""

    path: Path

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.path.name

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class PostgresSchema:
    """A schema in a database of a PostgreSQL server; `options` are libpq's own."""

    database: str
    host: str = ""
    port: int | None = None
    user: str | None = None
    password: SecretStr | None = None
    schema: str = DEFAULT_SCHEMA
    options: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.database

    def __str__(self) -> str:
        host = self.host or dict(self.options).get("host", "localhost")
        port = f":{self.port}" if self.port else ""
        schema = "" if self.schema == DEFAULT_SCHEMA else f" (schema {self.schema})"
        return f"{self.database} at {host}{port}{schema}"


Place = SqliteFile | PostgresSchema


def place_of(address: str) -> Place:
    """Read the setting `database`; raises `ValueError` with a sentence that repeats none of it."""
    if address.startswith(_POSTGRESQL):
        return _postgres(address)
    path = address.removeprefix(_SQLITE)
    if "://" in path or path in ("", ":memory:") or _NO_FILE.search(path):
        raise ValueError(_WRONG)
    return SqliteFile(Path(path).expanduser())


def _postgres(address: str) -> PostgresSchema:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise ValueError(f"{_WRONG}. {_ESCAPE}") from None
    name = unquote(parts.path.removeprefix("/"))
    if parts.fragment or not name or set(name) & set("@/:"):
        raise ValueError(f"{_WRONG}. {_ESCAPE}")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if not set(options) <= _OPTIONS:
        raise ValueError(
            f"database: after ? only these options may stand: {', '.join(sorted(_OPTIONS))}. "
            f"{_ESCAPE}"
        )
    _check_servers(parts.hostname or options.get("host", ""), options.get("port", ""))
    if options.get("sslmode", "prefer") not in _SSL_MODES:
        raise ValueError(f"database: sslmode must be one of {', '.join(_SSL_MODES)}")
    schema = options.pop("schema", DEFAULT_SCHEMA)
    if not _SCHEMA_NAME.fullmatch(schema):
        raise ValueError("database: schema must be a name of a-z, 0-9 and _, not quoted")
    return PostgresSchema(
        database=name,
        host=parts.hostname or "",
        port=port,
        user=unquote(parts.username) if parts.username else None,
        password=SecretStr(unquote(parts.password)) if parts.password else None,
        schema=schema,
        options=tuple(sorted(options.items())),
    )


def _check_servers(hosts: str, ports: str) -> None:
    """Raise `ValueError` for what the driver would choke on, with the password in its hands."""
    named, numbers = hosts.split(","), ports.split(",")
    if any(number and not _PORT.fullmatch(number) for number in numbers) or (
        len(numbers) not in (1, len(named))
    ):
        raise ValueError("database: port must be a number, or one for each host")
    try:
        for name in named:
            if not name.startswith("/"):
                name.encode("idna")
    except UnicodeError:
        raise ValueError("database: the host is no name of a machine") from None
