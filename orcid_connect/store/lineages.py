"""Articles that became versions of a lineage after they had been declared by themselves."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.store.declared import Subject
from orcid_connect.store.schema import declarations


async def joined(connection: AsyncConnection, subject: Subject, as_of: float) -> str | None:
    """Return the lineage in which this key was declared, then or later, if in any."""
    query = (
        select(declarations.c.key)
        .where(
            declarations.c.member == subject.key,
            declarations.c.tenant == subject.tenant,
            declarations.c.kind == subject.kind,
            declarations.c.key != subject.key,
            declarations.c.as_of >= as_of,
        )
        .order_by(declarations.c.as_of.desc(), declarations.c.sequence.desc())
        .limit(1)
    )
    found: str | None = (await connection.execute(query)).scalar_one_or_none()
    return found


async def left(connection: AsyncConnection, subject: Subject) -> list[Subject]:
    """Return the lineages that something left which is declared here since, and not planned yet."""
    version = func.coalesce(declarations.c.member, declarations.c.key)
    here = (
        select(version.label("version"), func.max(declarations.c.as_of).label("as_of"))
        .where(
            declarations.c.tenant == subject.tenant,
            declarations.c.kind == subject.kind,
            declarations.c.key == subject.key,
            declarations.c.planned_at.is_(None),
        )
        .group_by(version)
    ).subquery()
    query = (
        select(declarations.c.key)
        .join(here, declarations.c.member == here.c.version)
        .where(
            declarations.c.tenant == subject.tenant,
            declarations.c.kind == subject.kind,
            declarations.c.key != subject.key,
            declarations.c.as_of <= here.c.as_of,
        )
        .distinct()
    )
    keys = (await connection.execute(query)).scalars()
    return [Subject(subject.tenant, subject.kind, key) for key in keys]


async def gathered(connection: AsyncConnection, lineage: Subject) -> list[Subject]:
    """Return the subjects that versions of this lineage were before they were declared in it."""
    query = (
        select(declarations.c.member)
        .where(
            declarations.c.tenant == lineage.tenant,
            declarations.c.kind == lineage.kind,
            declarations.c.key == lineage.key,
            declarations.c.member.is_not(None),
            declarations.c.member != lineage.key,
        )
        .distinct()
        .order_by(declarations.c.member)
    )
    members = list((await connection.execute(query)).scalars())
    found = []
    for member in members:
        former = Subject(lineage.tenant, lineage.kind, member)
        last = select(func.max(declarations.c.as_of)).where(
            declarations.c.tenant == former.tenant,
            declarations.c.kind == former.kind,
            declarations.c.key == former.key,
        )
        as_of = (await connection.execute(last)).scalar_one()
        if as_of is not None and await joined(connection, former, as_of) == lineage.key:
            found.append(former)
    return found
