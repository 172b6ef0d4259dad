"""Notices of corrections, retractions and the like: articles about another article.

Crossref gives them DOIs of their own, so they look like articles, with the authors' names; but on
a record each would count as a further publication. So they are not sent, unless a tenant wants it.
"""

from typing import Final

from orcid_connect.declarations import Article, NoticeKind
from orcid_connect.mapping.outcome import Findings
from orcid_connect.policy import WorkPolicy

NOTICE_TYPE: Final = "other"
"""The work type of a notice that is sent: ORCID has none of its own (REGISTRY.md 4.7)."""

_WORDS: Final[dict[NoticeKind, str]] = {
    "addendum": "an addendum to another article",
    "correction": "a correction of another article",
    "expression-of-concern": "an expression of concern about another article",
    "partial-retraction": "a partial retraction of another article",
    "removal": "the removal of another article",
    "retraction": "a retraction of another article",
    "withdrawal": "the withdrawal of another article",
}


def skipped_notice(article: Article, policy: WorkPolicy) -> str:
    """Return the sentence why a notice is not sent, or nothing if the article is to be sent."""
    kind = article.notice_kind
    if kind is None or policy.notices == "add":
        return ""
    return (
        f"This is {_WORDS[kind]}, no further work of its authors: it is not sent. Set the policy "
        "`works.notices` to `add` to send such notices, or declare it with notice “none” if it is "
        "an article by itself."
    )


def notice_type(article: Article, findings: Findings) -> str:
    """Return the work type of an article, and of a notice a fitting one."""
    kind = article.notice_kind
    if kind is None:
        return article.type
    findings.caution(
        "notice",
        "notice-added",
        f"This is {_WORDS[kind]}: it is sent as a work of type “{NOTICE_TYPE}” and a version of "
        "that article, so that records show both as one.",
    )
    return NOTICE_TYPE if article.type == "journal-article" else article.type
