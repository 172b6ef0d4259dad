"""Versions of one thing: a preprint and its article, and what shares a lineage.

Whichever is declared first, each ends on the record with the other as a version of it. What may
not leave yet is not mentioned anywhere either.
"""

from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.declarations import Article, Identifier, RecordItem
from orcid_connect.mapping import identifier_of, mentions, own_identifiers
from orcid_connect.services import Services
from orcid_connect.store import mentions as kept
from orcid_connect.store.declared import Snapshot, Subject
from orcid_connect.store.mentions import Mentioning, Named

NOTHING: Named = frozenset()


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
        who = who_is(services, newest.subject)
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


def named_by(newest: Snapshot, own: frozenset[str], *, allowed: bool) -> Named:
    """Return what a subject has and names, as far as it may leave; what is no article is named to
    nobody, and only says by what it is known."""
    article = newest.declaration
    if not allowed:
        return NOTHING
    if not isinstance(article, Article):
        return frozenset((kept.SAYS, one) for one in own)
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


def who_is(services: Services, subject: Subject) -> Mentioning:
    """Return a subject within the tree of tenants that it stands in."""
    return Mentioning(services.settings.tree.root(subject.tenant), subject)
