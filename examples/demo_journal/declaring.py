"""What the journal declares: its articles and reviews, in the words of orcid_connect.

The JATS of an article says what is printed; the journal adds which author is which of its users.
That key alone decides whose record is meant, never a name.
"""

from collections.abc import Mapping

from orcid_connect import Affiliation, Article, Contributor, PartialDate, Review
from orcid_connect.inputs import read_jats

from .beginnings import User
from .settings import ISSN, PUBLISHER, PUBLISHER_CITY, PUBLISHER_COUNTRY, TENANT
from .store import Stored, StoredReview


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
    return printed.model_copy(update={**corrected, "contributors": byline})


def review_of(stored: StoredReview, reviewer: User) -> Review:
    """Return a completed review; it names the venue and the year's day, never the manuscript."""
    assert stored.completed_at is not None
    day = stored.completed_at
    return Review(
        tenant=TENANT,
        key=stored.key,
        as_of=day,
        reviewer=Contributor(
            person_key=reviewer.key, given_names=reviewer.given, family_name=reviewer.family or None
        ),
        completed=PartialDate(year=day.year, month=day.month, day=day.day),
        issn=ISSN,
        organization=Affiliation(name=PUBLISHER, city=PUBLISHER_CITY, country=PUBLISHER_COUNTRY),
    )
