"""Many values or rows as one parameter, so that a statement's text is the same for any number.

SQLite is given JSON, PostgreSQL arrays; and SQLite is told which index not to take. A statement
that never changes is compiled once.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Dialect,
    FromClause,
    Text,
    TypeDecorator,
    bindparam,
    column,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

POSTGRES: Final = "postgresql"


class _Texts(TypeDecorator[Sequence[str]]):
    """A list of texts as a parameter."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """An array, where there are arrays."""
        return dialect.type_descriptor(ARRAY(Text) if dialect.name == POSTGRES else Text())

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> Any:
        """Give the list as it is, or as JSON."""
        return value if dialect.name == POSTGRES else json.dumps(value)


class _Listed(FunctionElement[str]):
    """The texts of a parameter, as what IN is asked about."""

    name = "listed"
    type = Text()
    inherit_cache = True


def one_of(column: ColumnElement[Any], parameter: str) -> ColumnElement[bool]:
    """Say that a column has one of the texts that are given as this parameter."""
    listed = _Listed(bindparam(parameter, type_=_Texts()))
    return column.op("IN", is_comparison=True)(listed)


@compiles(_Listed, "sqlite")
def _listed_in_json(element: _Listed, compiler: SQLCompiler, **how: Any) -> str:
    given = compiler.process(element.clauses, **how)
    return f"(SELECT value FROM json_each({given}))"  # noqa: S608 - the compiler's, a parameter


@compiles(_Listed, POSTGRES)
def _listed_in_array(element: _Listed, compiler: SQLCompiler, **how: Any) -> str:
    return f"(SELECT unnest({compiler.process(element.clauses, **how)}))"


class _Unindexed(FunctionElement[Any]):
    """A column that SQLite is not to look along: it knows nothing of how common a value is."""

    name = "unindexed"
    inherit_cache = True


def unindexed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a column by which SQLite only leaves out what another index finds."""
    return _Unindexed(column)


@compiles(_Unindexed)
def _as_it_is(element: _Unindexed, compiler: SQLCompiler, **how: Any) -> str:
    return str(compiler.process(element.clauses, **how))


@compiles(_Unindexed, "sqlite")
def _with_a_plus(element: _Unindexed, compiler: SQLCompiler, **how: Any) -> str:
    return f"+{compiler.process(element.clauses, **how)}"


def rows_given(dialect: str, columns: Mapping[str, TypeEngine[Any]]) -> FromClause:
    """Return the rows of `as_given` as a table with these columns, to insert or update from."""
    if dialect == POSTGRES:
        arrays = [bindparam(f"given_{name}", type_=ARRAY(kind)) for name, kind in columns.items()]
        rows = func.unnest(*arrays).table_valued(*(column(*one) for one in columns.items()))
        return rows.render_derived("given")
    each = func.json_each(bindparam("given", type_=Text())).table_valued(column("value", Text()))
    read = [
        func.json_extract(each.c.value, f"$.{name}", type_=kind).label(name)
        for name, kind in columns.items()
    ]
    return select(*read).subquery("given")


def as_given(dialect: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return rows, of which there is at least one, as the parameters of `rows_given`."""
    if dialect == POSTGRES:
        return {f"given_{name}": [row[name] for row in rows] for name in rows[0]}
    return {"given": json.dumps(rows)}
