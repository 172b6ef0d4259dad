"""From an article to a work (REGISTRY.md 4.2)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from orcid_connect.declarations import Article, PartialDate
from orcid_connect.mapping.bylines import work_contributors
from orcid_connect.mapping.identifying import external_ids
from orcid_connect.mapping.outcome import Findings, Mapped
from orcid_connect.mapping.text import fit, tidy, tidy_paragraphs
from orcid_connect.mapping.urls import usable_url
from orcid_connect.mapping.words import orcid_language
from orcid_connect.records import ExternalId, FuzzyDate, Title, Work

TITLE_LENGTH: Final = 1000
"""UTF-16 units of a title, subtitle or journal title (REGISTRY.md 4.2)."""

DESCRIPTION_LENGTH: Final = 5000
"""UTF-16 units of a short description (REGISTRY.md 4.2)."""

NOBODY: Final[Mapping[str, str]] = MappingProxyType({})


def work_from_article(article: Article, known_orcids: Mapping[str, str] = NOBODY) -> Mapped[Work]:
    """Return the work that an article becomes, with everything found on the way.

    `known_orcids` maps a person key to the bare iD which that person connected here.
    """
    findings = Findings()
    for note in article.reading_notes:
        findings.caution(note.path, "not-understood", note.message)
    identifiers = external_ids(article, findings)
    work = Work(
        type=article.type,
        title=_title(article, findings),
        journal_title=_short(article.journal, "journal", "journal title", findings),
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


def fuzzy(date: PartialDate) -> FuzzyDate:
    """Return a declared date as the record keeps it; whether it exists is asked by validation."""
    return FuzzyDate(year=date.year, month=date.month, day=date.day)


def _title(article: Article, findings: Findings) -> Title:
    translated = _translation(article, findings)
    return Title(
        # Never cut: a title that ORCID would refuse is for a person to shorten.
        title=tidy(article.title, "title", findings) or "",
        subtitle=_short(article.subtitle, "subtitle", "subtitle", findings),
        translated_title=translated and translated[0],
        translated_language=translated and translated[1],
    )


def _translation(article: Article, findings: Findings) -> tuple[str, str] | None:
    """Return the first translated title in a language ORCID knows; it keeps only one."""
    for index, entry in enumerate(article.translated_titles):
        path = f"translated_titles[{index}]"
        text = _short(entry.title, f"{path}.title", "translated title", findings)
        code = orcid_language(entry.language)
        if code is None:
            findings.caution(
                f"{path}.language",
                "language-unknown",
                f"ORCID has no language “{entry.language}”; this translated title is left out.",
            )
        elif text is not None:
            return text, code
    return None


def _short(text: str | None, path: str, what: str, findings: Findings) -> str | None:
    return fit(tidy(text, path, findings), TITLE_LENGTH, path, what, findings)


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
