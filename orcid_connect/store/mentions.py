"""Which identifiers a planned subject has itself and which it names, so that versions meet."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.store.declared import Subject
from orcid_connect.store.schema import mentions

MOST = 200
"""Identifiers of one subject that are kept, and subjects that one may concern."""

LINEAGE: Final = "lineage"
"""The relation whose identifier is no public one."""
IS: Final = "is"
"""The relation of an identifier that a subject says of itself."""
WAS: Final = "was"
"""The relation of an identifier of its own that it does not say, any more or yet: it tells us what
is the same thing, and is named to nobody."""
OWN: Final = frozenset({IS, WAS})
SAYS: Final = "says"
"""The relation of what something that is named to nobody says of itself now: beside `WAS`."""

Named = frozenset[tuple[str, str]]
"""Pairs of a relation (`is`, `version` …) and an identifier (`doi:10.5555/1`)."""


@dataclass(frozen=True, slots=True)
class Mentioning:
    """A subject, and the root of its tenant's tree, within which subjects meet."""

    root: str
    subject: Subject


async def of_subject(connection: AsyncConnection, who: Mentioning) -> Named:
    """Return what a subject has and names."""
    return await _named(connection, *_about(who.subject))


async def within_tree(connection: AsyncConnection, who: Mentioning) -> Named:
    """Return what is kept of a subject in the tree it stands in now."""
    return await _named(connection, *_about(who.subject), mentions.c.root == who.root)


async def _named(connection: AsyncConnection, *conditions: ColumnElement[bool]) -> Named:
    query = select(mentions.c.relation, mentions.c.identifier).where(*conditions)
    return frozenset((row.relation, row.identifier) for row in await connection.execute(query))


async def replace(connection: AsyncConnection, who: Mentioning, named: Named) -> None:
    """Keep what a subject has and names now."""
    await connection.execute(delete(mentions).where(*_about(who.subject)))
    most = sorted(named, key=lambda one: (one[0] not in OWN, one))[:MOST]
    values = [
        {
            "tenant": who.subject.tenant,
            "kind": who.subject.kind,
            "key": who.subject.key,
            "relation": relation,
            "identifier": identifier,
            "root": who.root,
        }
        for relation, identifier in most
    ]
    if values:
        await connection.execute(insert(mentions), values)


def with_own(named: Named, *before: Iterable[str]) -> Named:
    """Return what a subject names, and as what it was the identifiers of its own that it does not
    say now."""
    said = {identifier for relation, identifier in named if relation == IS}
    return named | {(WAS, one) for identifiers in before for one in identifiers if one not in said}


def own_in(named: Named) -> frozenset[str]:
    """Return the identifiers that are or were a subject's own."""
    return frozenset(identifier for relation, identifier in named if relation in OWN)


def named_now(connection: Connection, subject: Subject) -> Named:
    """Return what a subject has and names, without an event loop."""
    query = select(mentions.c.relation, mentions.c.identifier).where(*_about(subject))
    return frozenset((row.relation, row.identifier) for row in connection.execute(query))


def remember(
    connection: Connection, subject: Subject, was: Collection[str], not_any_more: Collection[str]
) -> None:
    """Keep what else a subject was, within its tree, and forget some; without an event loop."""
    is_was = (*_about(subject), mentions.c.relation == WAS)
    connection.execute(delete(mentions).where(*is_was, mentions.c.identifier.in_(not_any_more)))
    root = connection.execute(select(mentions.c.root).where(*_about(subject)).limit(1)).scalar()
    about = {"tenant": subject.tenant, "kind": subject.kind, "key": subject.key, "root": root}
    values = [about | {"relation": WAS, "identifier": one} for one in sorted(was)]
    if values and root is not None:
        connection.execute(insert(mentions), values)


async def who_say(
    connection: AsyncConnection, who: Mentioning, relation: str, identifiers: Iterable[str]
) -> list[Subject]:
    """Return the other subjects of the tree that stand so to any of these identifiers.

    The key of a lineage is its tenant's own: two tenants may well use the same one.
    """
    within = mentions.c.root == who.root
    if relation == LINEAGE:
        within = mentions.c.tenant == who.subject.tenant
    query = (
        select(mentions.c.tenant, mentions.c.kind, mentions.c.key)
        .where(
            within,
            mentions.c.relation == relation,
            mentions.c.identifier.in_(list(identifiers)),
        )
        .distinct()
        .order_by(mentions.c.tenant, mentions.c.key)
        .limit(MOST)
    )
    found = [Subject(row.tenant, row.kind, row.key) for row in await connection.execute(query)]
    return [subject for subject in found if subject != who.subject]


def _about(subject: Subject) -> tuple[ColumnElement[bool], ...]:
    return (
        mentions.c.tenant == subject.tenant,
        mentions.c.kind == subject.kind,
        mentions.c.key == subject.key,
    )
