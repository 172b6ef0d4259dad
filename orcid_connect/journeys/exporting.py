"""Deliveries as CSV, of any number: a walk through the ledger that no change disturbs.

A cell that a spreadsheet would take for a formula is made harmless.
"""

import csv
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from typing import Any, Final

from orcid_connect.services import Services
from orcid_connect.store import listings
from orcid_connect.store.ledger import Delivery
from orcid_connect.store.listings import Filters

_FORMULA: Final = frozenset("=+-@\t\r\n＝＋－＠")
"""How a cell begins that spreadsheets run (OWASP, CSV injection), in both widths."""
COLUMNS: Final = (
    "id",
    "state",
    "sentence",
    "tenant",
    "kind",
    "key",
    "activity",
    "person",
    "orcid",
    "credential",
    "environment",
    "put_code",
    "due_at",
    "changed_at",
    "author_decided",
    "author_decided_at",
)


@dataclass(frozen=True, slots=True)
class Part:
    """Some deliveries of an export, and how many rows were looked through for them."""

    rows: tuple[Delivery, ...]
    looked_at: int


async def walk(services: Services, filters: Filters) -> AsyncIterator[Part]:
    """Go through all deliveries that match, each once; no transaction stays open in between."""
    after: str | None = ""
    while after is not None:
        async with services.database.reading() as connection:
            step = await listings.walk(connection, filters, after)
        yield Part(step.rows, step.looked_at)
        after = step.after


def facts(row: Delivery) -> dict[str, Any]:
    """Return a delivery as plain facts."""
    return {
        "id": row.id,
        "state": row.state,
        "sentence": row.sentence,
        "tenant": row.subject.tenant,
        "kind": row.subject.kind,
        "key": row.subject.key,
        "activity": row.activity,
        "person": row.person,
        "orcid": row.orcid,
        "credential": row.realm.credential,
        "environment": row.realm.environment,
        "put_code": row.put_code,
        "due_at": iso_moment(row.due_at),
        "changed_at": iso_moment(row.changed_at),
        "author_decided": row.wish,
        "author_decided_at": iso_moment(row.wished_at if row.wish else None),
    }


def header_line() -> str:
    """Return the first line of the CSV."""
    return _lines([COLUMNS])


def csv_lines(rows: Sequence[Delivery]) -> str:
    """Return deliveries as lines of CSV."""
    return _lines([[harmless(value) for value in facts(row).values()] for row in rows])


def harmless(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value.lstrip(" ")[:1] in _FORMULA:
        return f"'{value}"
    return value


def iso_moment(seconds: float | None) -> str | None:
    """Return a time as programs read it: ISO 8601 with its zone, UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()


def _lines(rows: Sequence[Sequence[Any]]) -> str:
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
