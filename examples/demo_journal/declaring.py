"""What the journal declares: articles, notices, reviews and terms, in orcid_connect's words.

The JATS of an article says what is printed; the journal adds which author is which of its users.
That key alone decides whose record is meant, never a name.
"""

from collections.abc import Mapping

from orcid_connect import (
    Affiliation,
    Article,
    Contributor,
    PartialDate,
    RelatedArticle,
    Review,
    Role,
)
from orcid_connect.inputs import read_jats

from .beginnings import User
from .settings import ISSN, JOURNAL, PUBLISHER, PUBLISHER_CITY, PUBLISHER_COUNTRY, TENANT
from .store import Stored, StoredReview, Term

HOUSE = Affiliation(name=PUBLISHER, city=PUBLISHER_CITY, country=PUBLISHER_COUNTRY)


def article_of(stored: Stored, authors: Mapping[int, str]) -> Article:
    """Return a manuscript as it reads now; `authors` are account keys by place in the byline."""
    printed = read_jats(stored.jats, tenant=TENANT, as_of=stored.true_since, key=stored.key)
    corrected = {
        name: value
        for name, value in (("title", stored.title), ("abstract", stored.abstract))
        if value is not None
    }
    byline = tuple(
        contributor.model_copy(update={"person_key": authors.get(position)})
        for position, contributor in enumerate(printed.contributors)
    )
    return printed.model_copy(
        update={
            **corrected,
            "contributors": byline,
            "doi": None if stored.without_doi else printed.doi,
            "retracted": stored.state == "retracted",
        }
    )


def notice_key(key: str) -> str:
    """Return the key of the notice that says that an article is retracted."""
    return f"{key}-retraction"


def notice_of(article: Article) -> Article:
    """Return the notice that goes with a retracted article: its own DOI, the same names.

    It is declared like everything that is published. Being a notice it is nobody's work, and
    orcid_connect puts it on no record.
    """
    assert article.doi is not None
    day = article.as_of
    return Article(
        tenant=TENANT,
        key=notice_key(article.key),
        as_of=day,
        title=f"Retraction: {article.title}",
        journal=article.journal,
        issns=article.issns,
        doi=f"{article.doi}.retraction",
        published=PartialDate(year=day.year, month=day.month, day=day.day),
        contributors=article.contributors,
        related=(RelatedArticle(relation="retracted-article", identifier=article.doi),),
    )


def review_of(stored: StoredReview, reviewer: User) -> Review:
    """Return a completed review; it names the venue and the year's day, never the manuscript."""
    assert stored.completed_at is not None
    day = stored.completed_at
    return Review(
        tenant=TENANT,
        key=stored.key,
        as_of=day,
        reviewer=_somebody(reviewer),
        completed=PartialDate(year=day.year, month=day.month, day=day.day),
        issn=ISSN,
        organization=HOUSE,
    )


def role_of(term: Term, user: User) -> Role:
    """Return somebody's office as a service; once it has an end it is over, and stays."""
    return Role(
        tenant=TENANT,
        key=term.key,
        as_of=term.true_since,
        person=_somebody(user),
        organization=HOUSE,
        department=JOURNAL,
        role_title=term.title,
        issn=ISSN,
        start=term.began,
        end=term.ended,
    )


def _somebody(user: User) -> Contributor:
    return Contributor(person_key=user.key, given_names=user.given, family_name=user.family or None)
