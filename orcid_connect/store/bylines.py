"""Who stands on one byline with whom, as far as it was planned."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.store.schema import deliveries


async def share_an_article(
    connection: AsyncConnection, tenant: str, one_key: str, other_key: str
) -> bool:
    """Tell whether two people of a tenant are contributors of one of its articles."""
    people = (f"key:{one_key}", f"key:{other_key}")
    query = (
        select(deliveries.c.subject_key)
        .where(
            deliveries.c.tenant == tenant,
            deliveries.c.subject_kind == "article",
            deliveries.c.person.in_(people),
        )
        .group_by(deliveries.c.subject_key)
        .having(func.count(deliveries.c.person.distinct()) == len(people))
        .limit(1)
    )
    return (await connection.execute(query)).first() is not None
