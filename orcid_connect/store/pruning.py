"""Forgetting what nothing needs any more, a little at a time.

What may go is looked for in a reading transaction and forgotten in a short writing one, under the
same conditions once more; so a run may stop anywhere, and the next one goes on. Notices are not
here: what was told is gone already.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.store.schema import attempts, declarations, deliveries, payloads, used_states

BATCH = 500
"""Rows looked at in one step and forgotten in one transaction; below SQLite's parameter limit."""
HASH_PARTS = tuple("0123456789abcdef")
"""Payloads are pruned by the first digit of their hash: few hashes have to be in memory."""


@dataclass(frozen=True, slots=True)
class Found:
    """What may go of the rows looked at, and behind which row to go on; None: at the end."""

    names: tuple[Any, ...]
    after: Any | None
    looked_at: int


async def find_attempts(connection: AsyncConnection, after: int, before: float) -> Found:
    """Find attempts that were closed before a time; an open one is never among them.

    Attempts are numbered as they begin: the walk ends at the first page that begins too late.
    """
    query = (
        select(attempts.c.id, attempts.c.started_at, attempts.c.finished_at)
        .where(attempts.c.id > after)
        .order_by(attempts.c.id)
        .limit(BATCH)
    )
    rows = (await connection.execute(query)).all()
    old = tuple(row.id for row in rows if row.finished_at is not None and row.finished_at < before)
    ended = len(rows) < BATCH or rows[0].started_at >= before
    return Found(old, None if ended else rows[-1].id, len(rows))


async def forget_attempts(connection: AsyncConnection, ids: Sequence[int]) -> int:
    """Forget these attempts."""
    done = await connection.execute(
        delete(attempts).where(attempts.c.id.in_(ids), attempts.c.finished_at.is_not(None))
    )
    return int(done.rowcount)


async def find_declarations(connection: AsyncConnection, after: int, before: float) -> Found:
    """Find declarations received before a time that a newer one of their subject replaced."""
    some = (
        select(declarations.c.sequence)
        .where(declarations.c.sequence > after)
        .order_by(declarations.c.sequence)
        .limit(BATCH)
    )
    looked_at = [row.sequence for row in await connection.execute(some)]
    query = select(declarations.c.sequence).where(
        declarations.c.sequence.in_(looked_at),
        declarations.c.received_at < before,
        _superseded(),
    )
    old = tuple(row.sequence for row in await connection.execute(query))
    return Found(old, looked_at[-1] if len(looked_at) == BATCH else None, len(looked_at))


async def forget_declarations(connection: AsyncConnection, sequences: Sequence[int]) -> int:
    """Forget these declarations, as long as each is still superseded and planned."""
    done = await connection.execute(
        delete(declarations).where(declarations.c.sequence.in_(sequences), _superseded())
    )
    return int(done.rowcount)


def _superseded() -> ColumnElement[bool]:
    """Say that a planned declaration is neither the one that holds nor the last that was said.

    The last that is no withdrawal is kept: it has the title, and it is what is published anew. Of
    what has versions nothing is forgotten: which of them holds depends on the first of each too.
    """
    others = declarations.alias("others")
    same = and_(
        others.c.tenant == declarations.c.tenant,
        others.c.kind == declarations.c.kind,
        others.c.key == declarations.c.key,
    )
    newer = and_(
        same,
        tuple_(others.c.as_of, others.c.sequence)
        > tuple_(declarations.c.as_of, declarations.c.sequence),
    )
    replaced = exists().where(newer).correlate(declarations)
    said_anew = exists().where(newer, others.c.withdrawn.is_(False)).correlate(declarations)
    versions = exists().where(same, others.c.member.is_not(None)).correlate(declarations)
    return and_(
        declarations.c.plan_due_at.is_(None),
        replaced,
        or_(declarations.c.withdrawn.is_(True), said_anew),
        ~versions,
    )


async def needed_payloads(connection: AsyncConnection, part: str) -> set[str]:
    """Return the hashes beginning so that a delivery or an attempt refers to."""
    columns = (deliveries.c.desired_hash, deliveries.c.known_hash, attempts.c.sent_hash)
    found: set[str] = set()
    for column in columns:
        query = select(column).where(*_within(column, part)).distinct()
        found.update((await connection.execute(query)).scalars())
    return found


async def find_payloads(connection: AsyncConnection, part: str, after: str, before: float) -> Found:
    """Find payloads made, or taken up again, before a time; some may still be needed."""
    query = (
        select(payloads.c.hash, payloads.c.made_at)
        .where(*_within(payloads.c.hash, part), payloads.c.hash > after)
        .order_by(payloads.c.hash)
        .limit(BATCH)
    )
    rows = (await connection.execute(query)).all()
    old = tuple(row.hash for row in rows if row.made_at < before)
    return Found(old, rows[-1].hash if len(rows) == BATCH else None, len(rows))


async def forget_payloads(connection: AsyncConnection, hashes: Sequence[str], before: float) -> int:
    """Forget these payloads, unless one was taken up again meanwhile (`ledger.keep_payload`)."""
    done = await connection.execute(
        delete(payloads).where(payloads.c.hash.in_(hashes), payloads.c.made_at < before)
    )
    return int(done.rowcount)


async def find_states(connection: AsyncConnection, after: str, now: float) -> Found:
    """Find used states of connections that have expired."""
    query = (
        select(used_states.c.fingerprint, used_states.c.expires_at)
        .where(used_states.c.fingerprint > after)
        .order_by(used_states.c.fingerprint)
        .limit(BATCH)
    )
    rows = (await connection.execute(query)).all()
    old = tuple(row.fingerprint for row in rows if row.expires_at < now)
    return Found(old, rows[-1].fingerprint if len(rows) == BATCH else None, len(rows))


async def forget_states(connection: AsyncConnection, fingerprints: Sequence[str]) -> int:
    """Forget these used states."""
    done = await connection.execute(
        delete(used_states).where(used_states.c.fingerprint.in_(fingerprints))
    )
    return int(done.rowcount)


async def sizes(connection: AsyncConnection) -> dict[str, int]:
    """Return how many rows there are to look through, for telling how far a run has come."""
    tables = {
        "attempts": attempts,
        "declarations": declarations,
        "payloads": payloads,
        "states": used_states,
    }
    return {
        name: int((await connection.execute(select(func.count()).select_from(table))).scalar_one())
        for name, table in tables.items()
    }


def _within(column: ColumnElement[Any], part: str) -> tuple[ColumnElement[bool], ...]:
    """Say that a hash begins with this digit."""
    place = HASH_PARTS.index(part)
    begins = column >= part
    if part == HASH_PARTS[-1]:
        return (begins,)
    return begins, column < HASH_PARTS[place + 1]
