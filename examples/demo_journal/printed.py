"""An article as pages print it: its byline with affiliations and iDs, its lines and dates."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from orcid_connect import Article, Contributor, PartialDate

from .beginnings import State, User
from .declaring import notice_of
from .store import Correction, Stored


@dataclass(frozen=True, slots=True)
class Author:
    """One name of the byline; `orcid` is authenticated, `typed` is only what somebody wrote."""

    name: str
    affiliation: str
    user: User | None
    typed: str | None

    @property
    def orcid(self) -> str | None:
        """The iD this author connected here."""
        return self.user.orcid if self.user else None


@dataclass(frozen=True, slots=True)
class Notice:
    """The notice that an article is retracted: the key it is declared under, title and DOI."""

    key: str
    title: str
    doi: str | None


@dataclass(frozen=True, slots=True)
class Printed:
    """Everything a page shows of an article."""

    key: str
    state: State
    reason: str
    title: str
    subtitle: str | None
    translations: tuple[tuple[str, str], ...]
    authors: tuple[Author, ...]
    abstract: tuple[str, ...]
    place: str
    doi: str | None
    doi_is_late: bool
    preprint: str | None
    notice: Notice | None
    published: str
    licence: str | None
    funding: tuple[str, ...]
    corrections: tuple[Correction, ...]

    @property
    def byline(self) -> str:
        """All names in order, in one line."""
        return ", ".join(author.name for author in self.authors)

    @property
    def where(self) -> str:
        """Volume and pages, or that it is a preprint, which has none."""
        return f"Volume {self.place}" if self.place else "Preprint"


def print_article(
    stored: Stored, article: Article, users: Mapping[str, User], corrections: list[Correction]
) -> Printed:
    """Return an article ready for a page."""
    return Printed(
        key=stored.key,
        state=stored.state,
        reason=stored.reason,
        title=article.title,
        subtitle=article.subtitle,
        translations=tuple((one.title, one.language) for one in article.translated_titles),
        authors=tuple(_author(one, users) for one in article.contributors),
        abstract=tuple(line for line in (article.abstract or "").splitlines() if line.strip()),
        place=_place(article),
        doi=article.doi,
        doi_is_late=stored.without_doi,
        preprint=_preprint(article),
        notice=_notice(article),
        published=day_in_words(article.published),
        licence=article.licence_url,
        funding=tuple(_funding(article)),
        corrections=tuple(corrections),
    )


def day_in_words(day: PartialDate | None) -> str:
    """Return a date as people read it, as exactly as it is known."""
    if day is None:
        return ""
    if day.month is None:
        return str(day.year)
    month = f"{date(day.year, day.month, 1):%B} {day.year}"
    return month if day.day is None else f"{day.day} {month}"


def _author(contributor: Contributor, users: Mapping[str, User]) -> Author:
    places = (
        ", ".join(part for part in (one.department, one.name, one.city) if part)
        for one in contributor.affiliations
    )
    typed = contributor.orcid if not contributor.orcid_authenticated else None
    return Author(
        name=contributor.name,
        affiliation="; ".join(places),
        user=users.get(contributor.person_key or ""),
        typed=typed,
    )


def _preprint(article: Article) -> str | None:
    """Return the DOI of what was out before it, if it names one."""
    return next((one.identifier for one in article.related if one.word == "preprint"), None)


def _notice(article: Article) -> Notice | None:
    if not article.retracted:
        return None
    notice = notice_of(article)
    return Notice(notice.key, notice.title, notice.doi)


def _place(article: Article) -> str:
    issue = f"{article.volume}({article.issue})" if article.issue else article.volume or ""
    return ": ".join(part for part in (issue, (article.pages or "").replace("-", "–")) if part)


def _funding(article: Article) -> Iterator[str]:
    for grant in article.funding:
        yield ", grant ".join(part for part in (grant.funder, grant.award) if part)
