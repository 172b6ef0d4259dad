"""Which iDs people of a tenant proved to be theirs, by signing in at ORCID or by its token."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.store.people import VALUES_PER_QUERY, Realm
from orcid_connect.store.schema import links


async def proven_orcids(
    connection: AsyncConnection, realm: Realm, tenant: str, orcids: Sequence[str]
) -> set[str]:
    """Return those of these iDs that somebody here proved and did not take back here.

    A permission that ended at ORCID does not make the proof untrue; disconnecting here does.
    """
    found: set[str] = set()
    for start in range(0, len(orcids), VALUES_PER_QUERY):
        query = select(links.c.orcid).where(
            links.c.credential == realm.credential,
            links.c.environment == realm.environment,
            links.c.tenant == tenant,
            links.c.orcid.in_(orcids[start : start + VALUES_PER_QUERY]),
            links.c.state != "ended",
        )
        found.update((await connection.scalars(query)).all())
    return found
