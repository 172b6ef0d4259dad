"""What links remember of records that ORCID has closed.

Every function takes the connection of a transaction; the caller decides what belongs together.
"""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.store.people import Closed
from orcid_connect.store.schema import links


async def note_closed(connection: AsyncConnection, link_id: str, closed: Closed | None) -> None:
    """Note how ORCID closed the record of a link, or that it is open again."""
    await connection.execute(update(links).where(links.c.id == link_id).values(closed=closed))
