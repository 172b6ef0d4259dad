"""Which subjects have something newer said of them than was planned: nothing of them is sent yet.

Between a declaration and its planning a row still wants what held before; a withdrawal, a date
before which nothing leaves, or a refused consent counts from the moment it is recorded.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.store.declared import Subject
from orcid_connect.store.schema import declarations, deliveries


def is_unplanned(now: float) -> ColumnElement[bool]:
    """Say that the subject of a delivery is still to be planned."""
    return exists().where(
        declarations.c.tenant == deliveries.c.tenant,
        declarations.c.kind == deliveries.c.subject_kind,
        declarations.c.key == deliveries.c.subject_key,
        _waits(now),
    )


async def unplanned_of(
    connection: AsyncConnection, subjects: Iterable[Subject], now: float
) -> set[Subject]:
    """Return which of these subjects are still to be planned."""
    wanted = set(subjects)
    query = (
        select(declarations.c.tenant, declarations.c.kind, declarations.c.key)
        .where(
            declarations.c.tenant.in_({one.tenant for one in wanted}),
            declarations.c.kind.in_({one.kind for one in wanted}),
            declarations.c.key.in_({one.key for one in wanted}),
            _waits(now),
        )
        .distinct()
    )
    found = await connection.execute(query)
    return wanted & {Subject(row.tenant, row.kind, row.key) for row in found}


def _waits(now: float) -> ColumnElement[bool]:
    """Say that planning is due or failed; what is only to be planned again some day is planned."""
    return and_(
        declarations.c.plan_due_at.is_not(None),
        or_(declarations.c.plan_due_at <= now, declarations.c.plan_tries > 0),
    )
