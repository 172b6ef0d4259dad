"""From an article to a work (REGISTRY.md 4.2)."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from orcid_connect.declarations import Article, Identifier, PartialDate, RelatedArticle
from orcid_connect.mapping.bylines import work_contributors
from orcid_connect.mapping.identifying import external_ids
from orcid_connect.mapping.notices import notice_type, skipped_notice
from orcid_connect.mapping.outcome import Findings, Mapped
from orcid_connect.mapping.text import fit, tidy_paragraphs
from orcid_connect.mapping.titles import short, work_title
from orcid_connect.mapping.urls import usable_url
from orcid_connect.mapping.words import orcid_language
from orcid_connect.policy import WorkPolicy
from orcid_connect.records import ExternalId, FuzzyDate, Work

DESCRIPTION_LENGTH: Final = 5000
"""UTF-16 units of a short description (REGISTRY.md 4.2)."""

NOBODY: Final[Mapping[str, str]] = MappingProxyType({})
PLAIN: Final = WorkPolicy()


def work_from_article(
    article: Article,
    known_orcids: Mapping[str, str] = NOBODY,
    *,
    policy: WorkPolicy = PLAIN,
    others: Iterable[Identifier] = (),
) -> Mapped[Work]:
    """Return the work that an article becomes, with everything found on the way.

    `known_orcids` maps a person key to the bare iD which that person connected here. `others` are
    identifiers of its other versions: earlier ones of its lineage, and what names it as its
    preprint or published version (see `mentions`).
    """
    findings = Findings()
    for note in article.reading_notes:
        findings.caution(note.path, "not-understood", note.message)
    skipped = skipped_notice(article, policy)
    if skipped:
        return findings.nothing("notice", "notice-skipped", skipped)
    _tell_without_author(article, findings)
    identifiers = external_ids(article, findings, others, versions_of(article))
    work = Work(
        type=notice_type(article, findings),
        title=work_title(article, policy, findings),
        journal_title=short(article.journal, "journal", "journal title", findings),
        short_description=fit(
            tidy_paragraphs(article.abstract, "abstract", findings),
            DESCRIPTION_LENGTH,
            "abstract",
            "abstract",
            findings,
        ),
        publication_date=article.published and fuzzy(article.published),
        external_ids=identifiers,
        url=_address(article, identifiers, findings),
        contributors=work_contributors(article, known_orcids, findings),
        language_code=_language(article, findings),
    )
    return findings.outcome(work)


def versions_of(article: Article) -> tuple[RelatedArticle, ...]:
    """Return the related works that are its versions: preprints, and what a notice is about."""
    return tuple(one for one in article.related if one.is_version) + article.notice_of


def fuzzy(date: PartialDate) -> FuzzyDate:
    """Return a declared date as the record keeps it; whether it exists is asked by validation."""
    return FuzzyDate(year=date.year, month=date.month, day=date.day)


def _tell_without_author(article: Article, findings: Findings) -> None:
    if not any(person.role == "author" for person in article.contributors):
        findings.caution(
            "contributors",
            "no-author",
            "Nobody is named as an author, so it goes on nobody's record.",
        )


def _address(
    article: Article, identifiers: tuple[ExternalId, ...], findings: Findings
) -> str | None:
    """Return the DOI's address, which outlives the publisher's, else the article's own."""
    for identifier in identifiers:
        if identifier.type == "doi" and identifier.relationship == "self" and identifier.url:
            return identifier.url
    return usable_url(article.url, "url", findings)


def _language(article: Article, findings: Findings) -> str | None:
    if article.language is None or not article.language.strip():
        return None
    code = orcid_language(article.language)
    if code is None:
        findings.caution(
            "language",
            "language-unknown",
            f"ORCID has no language “{article.language}”; the work is sent without one.",
        )
    return code
