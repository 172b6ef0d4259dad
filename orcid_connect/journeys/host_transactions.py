"""Recording in a host's own transaction: on its SQLAlchemy connection, or by any other driver.

What is recorded comes and goes with the host's own work; nothing is ever committed here.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, Literal, get_args

from sqlalchemy import Connection, Dialect, Insert
from sqlalchemy.dialects import postgresql, sqlite

from orcid_connect.errors import InputError, SettingsError
from orcid_connect.places import Place, SqliteFile
from orcid_connect.store.database import dialect_of
from orcid_connect.store.dialects import told_by

ParamStyle = Literal["qmark", "format", "pyformat", "named", "numeric", "numeric_dollar"]
"""How a driver marks parameters: PEP 249's words, and `numeric_dollar` for `$1` (asyncpg)."""
Parameters = tuple[Any, ...] | dict[str, Any]

PARAM_STYLES: Final[tuple[str, ...]] = get_args(ParamStyle)
_SCHEMA_MAP: Final = "schema_translate_map"


@contextmanager
def lent(place: Place, connection: Connection) -> Iterator[None]:
    """Have a host's connection find our tables; its own options are as before at the end.

    Raises `SettingsError` if it is to another kind of database than ours, `StoreError` for
    whatever the database complains of.
    """
    wanted = _dialect_name(place)
    if connection.dialect.name != wanted:
        raise SettingsError(
            f"connection= is to {connection.dialect.name}, but the setting database names "
            f"{wanted}: both must be the same database, else nothing is kept together"
        )
    before = connection.get_execution_options().get(_SCHEMA_MAP)
    connection.execution_options(schema_translate_map=_schema_map(place))
    try:
        with told_by(dialect_of(place)):
            yield
    finally:
        connection.execution_options(schema_translate_map=before)


@contextmanager
def undoing(connection: Connection) -> Iterator[None]:
    """Let the host's transaction go on after an error: PostgreSQL loses all without a savepoint.

    SQLite goes on by itself, and must not get one: its driver begins a transaction only with the
    first change, and releasing a savepoint that stands outside of one would commit.
    """
    if connection.dialect.name == "sqlite":
        yield
        return
    with connection.begin_nested():
        yield


def text_of(place: Place, insertion: Insert, style: ParamStyle) -> tuple[str, Parameters]:
    """Return an INSERT as a driver takes it: its text, and its parameters in a tuple or dict."""
    if style not in PARAM_STYLES:
        raise InputError(f"paramstyle {style!r}: use one of {', '.join(PARAM_STYLES)}")
    compiled: Any = insertion.compile(
        dialect=_dialect(place, style),
        schema_translate_map=_schema_map(place),
        **_rendered(place),
    )
    parameters: Mapping[str, Any] = compiled.params
    order: Sequence[str] | None = compiled.positiontup
    if order is None:
        return str(compiled), dict(parameters)
    return str(compiled), tuple(parameters[name] for name in order)


def _rendered(place: Place) -> dict[str, Any]:
    return {} if isinstance(place, SqliteFile) else {"render_schema_translate": True}


def _dialect(place: Place, style: ParamStyle) -> Dialect:
    if isinstance(place, SqliteFile):
        return sqlite.dialect(paramstyle=style)
    return postgresql.dialect(paramstyle=style)  # type: ignore[no-untyped-call]


def _dialect_name(place: Place) -> str:
    return "sqlite" if isinstance(place, SqliteFile) else "postgresql"


def _schema_map(place: Place) -> dict[None, str] | None:
    """Name our schema with our tables: a host's search path need not lead to it."""
    return None if isinstance(place, SqliteFile) else {None: place.schema}
