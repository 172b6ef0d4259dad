"""Published works of any type, what names them, and how they stand to other works."""

from typing import Final, Literal

from pydantic import Field

from orcid_connect.declarations.base import AnyDate, Declaration, Declared, Key
from orcid_connect.declarations.people import Contributor
from orcid_connect.records import Relationship

NoticeKind = Literal[
    "addendum",
    "correction",
    "expression-of-concern",
    "partial-retraction",
    "removal",
    "retraction",
    "withdrawal",
]
"""What a notice says of the article that it is about."""

_NOTICE_RELATIONS: Final[dict[str, NoticeKind]] = {
    "addended-article": "addendum",
    "corrected-article": "correction",
    "object-of-concern": "expression-of-concern",
    "partially-retracted-article": "partial-retraction",
    "removed-article": "removal",
    "retracted-article": "retraction",
    "withdrawn-article": "withdrawal",
}
"""Relations that make the article that names them a notice about the other one.

The words of JATS's `related-article-type`, and the same pattern for what it has no word for. What
an article says of its own notices (`correction-forward`, `retraction-forward`) is not among them.
"""

_BECAME: Final = frozenset(
    {
        "is-preprint-of",
        "preprint-of",
        "published-article",
        "published-version",
        "version-of-record",
    }
)
_CAME_FROM: Final = frozenset({"has-preprint", "preprint"})


class Identifier(Declared):
    """An identifier of the work itself or of something it belongs to, with ORCID's type name."""

    type: str
    value: str
    relationship: Relationship = "self"
    url: str | None = None


class TranslatedTitle(Declared):
    """The title in another language."""

    title: str
    language: str


class Funding(Declared):
    """A grant that paid for the work."""

    funder: str | None = None
    funder_id: str | None = None
    award: str | None = None
    award_url: str | None = None


class RelatedArticle(Declared):
    """Another work and how it stands to this one, in JATS's words or ours.

    `preprint` (the other is this one's preprint) and `published-article` (the other is what this
    preprint became) make them versions of each other; `corrected-article`, `retracted-article` …
    make this one a notice about the other.
    """

    relation: str
    identifier_type: str = "doi"
    identifier: str
    title: str | None = None

    @property
    def word(self) -> str:
        """The relation in lower case with hyphens."""
        return "-".join(self.relation.lower().replace("_", " ").replace("-", " ").split())

    @property
    def is_version(self) -> bool:
        """Tell whether the other work is this one's preprint, or what this preprint became."""
        return self.word in _BECAME or self.word in _CAME_FROM

    @property
    def notice(self) -> NoticeKind | None:
        """What this one says of the other, if it is a notice about it."""
        return _NOTICE_RELATIONS.get(self.word)


class ReadingNote(Declared):
    """Something printed that could not be understood; shown to the editor as a caution."""

    path: str
    message: str


class Article(Declaration):
    """A published work of any type, as the host or its JATS holds it."""

    type: str = Field(default="journal-article", description="an ORCID work type")
    title: str
    subtitle: str | None = None
    translated_titles: tuple[TranslatedTitle, ...] = ()
    abstract: str | None = None
    journal: str | None = None
    issns: tuple[str, ...] = ()
    volume: str | None = None
    issue: str | None = None
    pages: str | None = Field(default=None, description="`12-19`, or an electronic location id")
    doi: str | None = None
    identifiers: tuple[Identifier, ...] = ()
    url: str | None = None
    published: AnyDate | None = None
    language: str | None = None
    contributors: tuple[Contributor, ...] = ()
    funding: tuple[Funding, ...] = ()
    licence_url: str | None = None
    related: tuple[RelatedArticle, ...] = ()
    reading_notes: tuple[ReadingNote, ...] = ()
    lineage: Key | None = Field(
        default=None,
        description="the same key for all versions of one thing (a preprint's v1, v2 …); the "
        "newest stands on the record and names the others as versions",
    )
    version: str | None = Field(
        default=None, description="which version of its lineage this is, as printed: `2`, `v1.1` …"
    )
    notice: NoticeKind | Literal["none"] | None = Field(
        default=None,
        description="what this says of another article, if it is a notice of a correction, "
        "retraction …; not given: what `related` says; `none`: it is no notice, whatever that says",
    )
    retracted: bool = Field(
        default=False, description="this article itself was retracted, and stays to be seen"
    )

    @property
    def notice_kind(self) -> NoticeKind | None:
        """What this article says of another, if it is a notice and no work by itself."""
        if self.notice is not None:
            return None if self.notice == "none" else self.notice
        return next((one.notice for one in self.related if one.notice is not None), None)

    @property
    def notice_of(self) -> tuple[RelatedArticle, ...]:
        """The articles that this is a notice about."""
        if self.notice_kind is None:
            return ()
        return tuple(one for one in self.related if one.notice is not None)
