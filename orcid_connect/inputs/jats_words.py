"""What JATS and its users call things, and what ORCID calls them."""

import re
from typing import Final

from orcid_connect.declarations import NoticeKind

_JOURNAL_ARTICLE: Final = "journal-article"

_TYPES: Final = {
    "abstract": "conference-abstract",
    "meeting-abstract": "conference-abstract",
    "conference-abstract": "conference-abstract",
    "book-review": "book-review",
    "books-received": "book-review",
    "book-chapter": "book-chapter",
    "chapter": "book-chapter",
    "conference-paper": "conference-paper",
    "conference-article": "conference-paper",
    "proceedings-paper": "conference-paper",
    "conference-proceeding": "conference-paper",
    "conference-proceedings": "conference-paper",
    "proceedings": "conference-paper",
    "conference-poster": "conference-poster",
    "poster": "conference-poster",
    "conference-presentation": "conference-presentation",
    "presentation": "conference-presentation",
    "data-set": "data-set",
    "dataset": "data-set",
    "decision-letter": "review",
    "referee-report": "review",
    "reviewer-report": "review",
    "peer-review": "review",
    "product-review": "review",
    "dissertation": "dissertation-thesis",
    "thesis": "dissertation-thesis",
    "lecture": "lecture-speech",
    "oration": "lecture-speech",
    "preprint": "preprint",
    "pre-print": "preprint",
    "report": "report",
    "technical-report": "report",
    "project-report": "report",
    "standard": "standards-and-policy",
    "translation": "translation",
    "white-paper": "report",
    "working-paper": "working-paper",
}
"""Only what is no article of a journal; editorials, letters, corrections, retractions are."""

_PREPRINT_SUBJECTS: Final = frozenset({"preprint", "preprints"})


def work_type(
    article_type: str | None, subjects: frozenset[str], *, in_proceedings: bool = False
) -> str:
    """Return ORCID's work type for a JATS `article-type`; unknown ones are journal articles.

    `in_proceedings` says that the article names the conference whose proceedings it is in.
    """
    word = _word(article_type)
    if word in _TYPES:
        return _TYPES[word]
    if subjects & _PREPRINT_SUBJECTS:
        return "preprint"
    return "conference-paper" if in_proceedings else _JOURNAL_ARTICLE


_NOTICES: Final[dict[str, NoticeKind]] = {
    "addendum": "addendum",
    "correction": "correction",
    "corrigendum": "correction",
    "erratum": "correction",
    "expression-of-concern": "expression-of-concern",
    "partial-retraction": "partial-retraction",
    "removal": "removal",
    "retraction": "retraction",
    "withdrawal": "withdrawal",
}


def notice_kind(article_type: str | None) -> NoticeKind | None:
    """Return what an `article-type` says of another article, None if it is no notice."""
    return _NOTICES.get(_word(article_type))


def _word(article_type: str | None) -> str:
    return "-".join((article_type or "").lower().replace("_", " ").split())


_IDENTIFIER_TYPES: Final = {
    "arxiv": "arxiv",
    "ark": "ark",
    "bibcode": "bibcode",
    "doi": "doi",
    "handle": "handle",
    "hdl": "handle",
    "isbn": "isbn",
    "jstor": "jstor",
    "jstor-stable": "jstor",
    "medline": "pmid",
    "mr": "mr",
    "oclc": "oclc",
    "pmc": "pmc",
    "pmc-uid": "pmc",
    "pmcid": "pmc",
    "pmid": "pmid",
    "pubmed": "pmid",
    "ssrn": "ssrn",
    "uri": "uri",
    "url": "uri",
    "urn": "urn",
    "zbl": "zbl",
    "publisher-id": "source-work-id",
    "publisher-manuscript": "source-work-id",
    "manuscript": "source-work-id",
    "manuscript-id": "source-work-id",
}


def identifier_type(jats_type: str | None) -> str:
    """Return ORCID's identifier type for a JATS one; what it does not know is `other-id`."""
    return _IDENTIFIER_TYPES.get((jats_type or "").strip().lower(), "other-id")


CREDIT_SLUGS: Final = (
    "conceptualization",
    "data-curation",
    "formal-analysis",
    "funding-acquisition",
    "investigation",
    "methodology",
    "project-administration",
    "resources",
    "software",
    "supervision",
    "validation",
    "visualization",
    "writing-original-draft",
    "writing-review-editing",
)
CREDIT_ADDRESS: Final = "http://credit.niso.org/contributor-roles/"


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", re.sub(r"%[0-9a-f]{2}|\band\b|_and_", "", text.lower()))


_CREDIT_BY_LETTERS: Final = {_letters(slug): slug for slug in CREDIT_SLUGS}
_BRITISH: Final = {"conceptualisation": "conceptualization", "visualisation": "visualization"}


def credit_role(printed: str) -> str | None:
    """Return a CRediT role's address as ORCID wants it, from any address or name of it.

    ORCID knows the roles only with `http` and a final slash (REGISTRY.md 4.8).
    """
    last = printed.strip().rstrip("/").rpartition("/")[2] if "://" in printed else printed
    letters = _letters(last)
    slug = _CREDIT_BY_LETTERS.get(_BRITISH.get(letters, letters))
    return f"{CREDIT_ADDRESS}{slug}/" if slug else None
