"""By what an article can be named, and which others it names: how versions find each other.

A preprint and its article are often declared by one host but not in one declaration, and only one
of them names the other. Whoever keeps these mentions can tell both (see `work_from_article`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from orcid_connect.codec.normalize import normalized
from orcid_connect.declarations import Article, Identifier, RecordItem
from orcid_connect.mapping.identifying import LOCAL_TYPES, external_ids
from orcid_connect.mapping.outcome import Findings
from orcid_connect.records import Work

Relation = Literal["is", "version", "notice", "lineage"]
"""The article is that; has that as a version; is a notice about that; is of that lineage."""

LONGEST: Final = 500
"""Characters of an identifier that is kept; longer ones name nothing that is printed."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One identifier that an article is, or names: `doi:10.5555/1`, spelt as ORCID compares it."""

    relation: Relation
    identifier: str


def mentions(article: Article) -> frozenset[Mention]:
    """Return what an article is and names, each once; a lineage stands by its key alone."""
    return frozenset(one for one in _mentions(article) if len(one.identifier) <= LONGEST)


def own_identifiers(declared: RecordItem) -> frozenset[str]:
    """Return by what a work that is declared in ORCID's own words is known; nothing of others."""
    if not isinstance(declared.item, Work):
        return frozenset()
    own = (
        _spelt(one.type, one.value)
        for one in declared.item.external_ids
        if one.relationship == "self" and one.type not in LOCAL_TYPES
    )
    return frozenset(one for one in own if len(one) <= LONGEST)


def _mentions(article: Article) -> Iterator[Mention]:
    for own in external_ids(article, Findings()):
        if own.relationship == "self" and own.type not in LOCAL_TYPES:
            yield Mention("is", _spelt(own.type, own.value))
    for related in article.related:
        if related.is_version:
            yield Mention("version", _spelt(related.identifier_type, related.identifier))
    for related in article.notice_of:
        yield Mention("notice", _spelt(related.identifier_type, related.identifier))
    if article.lineage is not None:
        yield Mention("lineage", article.lineage)


def _spelt(kind: str, value: str) -> str:
    return f"{kind}:{normalized(kind, value)}"


def identifier_of(mentioned: str) -> Identifier:
    """Return the identifier of a mention, to be given to `work_from_article` among `others`."""
    kind, _, value = mentioned.partition(":")
    return Identifier(type=kind, value=value, relationship="version-of")
