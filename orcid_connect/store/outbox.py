"""What plugins still have to be told, written in the same transaction as what happened."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.store.schema import notices


@dataclass(frozen=True, slots=True)
class Notice:
    """One telling: the hook and its facts."""

    id: int
    hook: str
    facts: dict[str, Any]


def add_notices(
    connection: Connection, hook: str, facts: Sequence[dict[str, Any]], now: float
) -> None:
    """Note that the plugins are to be told, of each of these."""
    values = [{"hook": hook, "facts": json.dumps(one), "made_at": now} for one in facts]
    if values:
        connection.execute(insert(notices), values)


async def waiting_notices(connection: AsyncConnection, limit: int) -> list[Notice]:
    """Return what is still to be told, oldest first."""
    query = select(notices).order_by(notices.c.id).limit(limit)
    return [
        Notice(row.id, row.hook, json.loads(row.facts)) for row in await connection.execute(query)
    ]


async def told(connection: AsyncConnection, notice_ids: Sequence[int]) -> None:
    """Forget notices that the plugins have heard."""
    await connection.execute(delete(notices).where(notices.c.id.in_(notice_ids)))
