"""The title of a work: whole, with the one translation ORCID keeps, and marked if retracted."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from orcid_connect.declarations import Article
from orcid_connect.mapping.outcome import Findings
from orcid_connect.mapping.text import fit, tidy
from orcid_connect.mapping.words import orcid_language
from orcid_connect.policy import RETRACTED, WorkPolicy
from orcid_connect.records import Title

TITLE_LENGTH: Final = 1000
"""UTF-16 units of a title, subtitle or journal title (REGISTRY.md 4.2)."""

MOST_READ: Final = "en"
"""The language of the translation that is kept, if there is one in it."""


@dataclass(frozen=True, slots=True)
class _Translation:
    text: str
    language: str
    printed: str


def work_title(article: Article, policy: WorkPolicy, findings: Findings) -> Title:
    """Return the title, never cut: one that ORCID would refuse is for a person to shorten."""
    title = tidy(article.title, "title", findings) or ""
    translation = _translation(article, findings)
    return Title(
        title=_marked(title, article, policy, findings),
        subtitle=short(article.subtitle, "subtitle", "subtitle", findings),
        translated_title=translation and translation.text,
        translated_language=translation and translation.language,
    )


def short(text: str | None, path: str, what: str, findings: Findings) -> str | None:
    """Return a text of the length of a title."""
    return fit(tidy(text, path, findings), TITLE_LENGTH, path, what, findings)


def _marked(title: str, article: Article, policy: WorkPolicy, findings: Findings) -> str:
    if not article.retracted or policy.retracted == "as-declared" or not title:
        return title
    if title.lower().startswith("retracted"):
        return title
    findings.caution(
        "retracted",
        "retracted",
        "The article is declared as retracted: it stays on the records, with “RETRACTED: ” before "
        "its title. Withdraw it if it should go from them.",
    )
    return RETRACTED + title


def _translation(article: Article, findings: Findings) -> _Translation | None:
    """Return the one that ORCID has room for: in English, else the first, and tell of the rest."""
    usable = list(_usable(article, findings))
    if not usable:
        return None
    kept = next((one for one in usable if one.language == MOST_READ), usable[0])
    left_out = [one.printed for one in usable if one is not kept]
    if left_out:
        findings.caution(
            "translated_titles",
            "translations-left-out",
            f"ORCID keeps one translated title: the one in “{kept.printed}” is sent, those in "
            f"{', '.join(f'“{one}”' for one in left_out)} are left out.",
        )
    return kept


def _usable(article: Article, findings: Findings) -> Iterator[_Translation]:
    own = orcid_language(article.language) if article.language else None
    for index, entry in enumerate(article.translated_titles):
        path = f"translated_titles[{index}]"
        text = short(entry.title, f"{path}.title", "translated title", findings)
        code = orcid_language(entry.language)
        if code is None:
            findings.caution(
                f"{path}.language",
                "language-unknown",
                f"ORCID has no language “{entry.language}”; this translated title is left out.",
            )
        elif text is not None and code != own:
            yield _Translation(text, code, entry.language.strip())
