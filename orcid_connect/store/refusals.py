"""Who said no at ORCID, and when last.

Every function takes the connection of a transaction; the caller decides what belongs together.
"""

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.store.schema import refusals


async def remember_refusal(
    connection: AsyncConnection, tenant: str, person_key: str, now: float
) -> None:
    """Remember that this person said no now, and only that."""
    await forget_refusal(connection, tenant, person_key)
    values = {"tenant": tenant, "person_key": person_key, "refused_at": now}
    await connection.execute(insert(refusals).values(values))


async def forget_refusal(connection: AsyncConnection, tenant: str, person_key: str) -> None:
    """Forget that this person ever said no."""
    await connection.execute(
        delete(refusals).where(refusals.c.tenant == tenant, refusals.c.person_key == person_key)
    )


async def refused_at(connection: AsyncConnection, tenant: str, person_key: str) -> float | None:
    """Return when this person said no last, if they ever did."""
    query = select(refusals.c.refused_at).where(
        refusals.c.tenant == tenant, refusals.c.person_key == person_key
    )
    found: float | None = (await connection.execute(query)).scalar_one_or_none()
    return found
