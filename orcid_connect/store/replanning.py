"""Having things planned again: nothing of them is sent before they are (`unplanned`); and how many
wait for that."""

from typing import Final

from sqlalchemy import Connection, and_, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.store.declared import Subject
from orcid_connect.store.schema import declarations, deliveries

_SUBJECT: Final = (
    declarations.c.tenant == bindparam("of_tenant"),
    declarations.c.kind == bindparam("of_kind"),
    declarations.c.key == bindparam("of_key"),
)
_LAST: Final = select(func.max(declarations.c.sequence)).where(*_SUBJECT).scalar_subquery()
_AGAIN: Final = {
    "plan_due_at": bindparam("now"),
    "plan_wanted": declarations.c.plan_wanted + 1,
}
_REPLAN: Final = (
    update(declarations).where(*_SUBJECT, declarations.c.sequence == _LAST).values(_AGAIN)
)


async def replan_subject(connection: AsyncConnection, subject: Subject, now: float) -> None:
    """Have a subject planned again."""
    await connection.run_sync(replan_subject_now, subject, now)


def replan_subject_now(connection: Connection, subject: Subject, now: float) -> None:
    """Do so without an event loop."""
    given = {"of_tenant": subject.tenant, "of_kind": subject.kind, "of_key": subject.key}
    connection.execute(_REPLAN, given | {"now": now})


async def replan_person(
    connection: AsyncConnection, tenant: str, person_key: str, orcid: str | None, now: float
) -> None:
    """Have everything planned again in which this person takes part."""
    people = [f"key:{person_key}"] + ([f"orcid:{orcid}"] if orcid else [])
    last = (
        select(func.max(declarations.c.sequence))
        .join(
            deliveries,
            and_(
                deliveries.c.tenant == declarations.c.tenant,
                deliveries.c.subject_kind == declarations.c.kind,
                deliveries.c.subject_key == declarations.c.key,
            ),
        )
        .where(deliveries.c.tenant == tenant, deliveries.c.person.in_(people))
        .group_by(declarations.c.kind, declarations.c.key)
    )
    again = update(declarations).where(declarations.c.sequence.in_(last)).values(_AGAIN)
    await connection.execute(again, {"now": now})


async def plan_tries(connection: AsyncConnection, subject: Subject) -> int:
    """Return how often the planning of a subject failed in a row."""
    query = select(func.max(declarations.c.plan_tries)).where(*_SUBJECT)
    given = {"of_tenant": subject.tenant, "of_kind": subject.kind, "of_key": subject.key}
    return int((await connection.execute(query, given)).scalar_one() or 0)


async def count_unplanned(connection: AsyncConnection, now: float) -> int:
    """Return the number of declarations that wait for planning now."""
    query = select(func.count()).where(declarations.c.plan_due_at <= now)
    return int((await connection.execute(query)).scalar_one())
