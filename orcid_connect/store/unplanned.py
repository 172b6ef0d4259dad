"""Which subjects have something newer said of them than was planned: nothing of them is sent yet.

Between a declaration and its planning a row still wants what held before; a withdrawal, a date
before which nothing leaves, or a refused consent counts from the moment it is recorded.
"""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    and_,
    bindparam,
    exists,
    or_,
    select,
)

from orcid_connect.store.declared import Subject
from orcid_connect.store.given import one_of
from orcid_connect.store.schema import declarations, deliveries


def is_unplanned(now: float | BindParameter[Any]) -> ColumnElement[bool]:
    """Say that the subject of a delivery is still to be planned."""
    return exists().where(
        declarations.c.tenant == deliveries.c.tenant,
        declarations.c.kind == deliveries.c.subject_kind,
        declarations.c.key == deliveries.c.subject_key,
        _waits(now),
    )


def _waits(now: float | BindParameter[Any]) -> ColumnElement[bool]:
    """Say that planning is due or failed; what is only to be planned again some day is planned."""
    return and_(
        declarations.c.plan_due_at.is_not(None),
        or_(declarations.c.plan_due_at <= now, declarations.c.plan_tries > 0),
    )


_UNPLANNED: Final = (
    select(declarations.c.tenant, declarations.c.kind, declarations.c.key)
    .where(
        one_of(declarations.c.tenant, "tenants"),
        one_of(declarations.c.kind, "kinds"),
        one_of(declarations.c.key, "keys"),
        _waits(bindparam("now")),
    )
    .distinct()
)


def unplanned_of(connection: Connection, subjects: Iterable[Subject], now: float) -> set[Subject]:
    """Return which of these subjects are still to be planned."""
    wanted = set(subjects)
    given = {
        "tenants": list({one.tenant for one in wanted}),
        "kinds": list({one.kind for one in wanted}),
        "keys": list({one.key for one in wanted}),
        "now": now,
    }
    found = connection.execute(_UNPLANNED, given)
    return wanted & {Subject(row.tenant, row.kind, row.key) for row in found}
