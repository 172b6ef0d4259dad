"""Versions of one thing: a preprint and its article, and what shares a lineage.

Whichever is declared first, each ends on the record with the other as a version of it. What may
not leave yet is not mentioned anywhere either.
"""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.declarations import Article, Identifier, RecordItem
from orcid_connect.mapping import identifier_of, mentions, own_identifiers
from orcid_connect.services import Services
from orcid_connect.store import mentions as kept
from orcid_connect.store.declared import Snapshot, Subject
from orcid_connect.store.mentions import Mentioning, Named
from orcid_connect.store.replanning import replan_subject

NOTHING: Named = frozenset()
_COUNTERPARTS: Final = {"version": "is", "is": "version", "lineage": "lineage"}
"""Who is concerned when a subject names something: those that stand so to the same identifier."""


async def versions_known(services: Services, newest: Snapshot) -> tuple[Identifier, ...]:
    """Return identifiers of the other versions of an article that are declared here."""
    article = newest.declaration
    if not isinstance(article, Article):
        return ()
    own = {one.identifier for one in mentions(article) if one.relation == "is"}
    others = {
        one.identifier
        for version in newest.others
        for one in mentions(version)
        if one.relation == "is"
    }
    async with services.database.reading() as connection:
        who = _who(services, newest.subject)
        for subject in await _versions_of(connection, who, article, own):
            named = await kept.of_subject(connection, Mentioning(who.root, subject))
            others |= {identifier for relation, identifier in named if relation == "is"}
    return tuple(identifier_of(one) for one in sorted(others - own))


async def _versions_of(
    connection: AsyncConnection, who: Mentioning, article: Article, own: set[str]
) -> list[Subject]:
    """Return who names this article as a version, and who is of the same lineage."""
    found = await kept.who_say(connection, who, "version", own)
    if article.lineage is not None:
        found += await kept.who_say(connection, who, "lineage", [article.lineage])
    return found


def named_by(newest: Snapshot, *, allowed: bool) -> Named:
    """Return what a subject has and names, as far as it may leave."""
    article = newest.declaration
    if not allowed or not isinstance(article, Article):
        return NOTHING
    return frozenset((one.relation, one.identifier) for one in mentions(article))


def own_of(newest: Snapshot) -> frozenset[str]:
    """Return by what an article and its other versions, or a work that is declared as an item, are
    known, whether it may leave or not."""
    if isinstance(newest.declaration, RecordItem):
        return own_identifiers(newest.declaration)
    articles = (newest.declaration, *newest.others)
    return frozenset(
        one.identifier
        for article in articles
        if isinstance(article, Article)
        for one in mentions(article)
        if one.relation == kept.IS
    )


async def note_versions(
    connection: AsyncConnection,
    services: Services,
    subject: Subject,
    named: Named,
    own: frozenset[str],
    now: float,
) -> None:
    """Keep what a subject names, and what it ever was; if that changed, plan those anew whom it
    concerns."""
    if subject.kind == "review":
        return
    who = _who(services, subject)
    before = await kept.within_tree(connection, who)
    if before == kept.with_own(named, own, kept.own_in(before)):
        return
    ever = kept.own_in(await kept.of_subject(connection, who))  # in a former tree, too
    await kept.replace(connection, who, kept.with_own(named, own, ever))
    for relation, counterpart in _COUNTERPARTS.items():
        concerned = {identifier for kind, identifier in before | named if kind == relation}
        if concerned:
            for other in await kept.who_say(connection, who, counterpart, concerned):
                await replan_subject(connection, other, now)


def _who(services: Services, subject: Subject) -> Mentioning:
    return Mentioning(services.settings.tree.root(subject.tenant), subject)
