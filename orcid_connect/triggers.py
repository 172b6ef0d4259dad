"""For hosts that already run pluggy: the declaring hooks, as a plugin they register in theirs.

It runs first and synchronously, in one local transaction; another plugin's failure comes after.
"""

from uuid import uuid4

from orcid_connect.declarations import AnyDeclaration, Article, Review
from orcid_connect.hookspecs import hookimpl
from orcid_connect.journeys.intake import withdrawal_after
from orcid_connect.observe import Clock, wall_clock
from orcid_connect.settings import Settings
from orcid_connect.store.database import transaction_now
from orcid_connect.store.declared import Subject, intake_statement, newest_as_of_statement
from orcid_connect.store.migrating import migrate


class Triggers:
    """Hook implementations that record declarations in the database of these settings."""

    def __init__(self, settings: Settings, clock: Clock = wall_clock) -> None:
        self._place = settings.database_place
        self._clock = clock
        self._migrated = settings.migrate == "check"

    @hookimpl(tryfirst=True)
    def orcid_article_published(self, article: Article) -> None:
        """Record that an article is published."""
        self._record(article)

    @hookimpl(tryfirst=True)
    def orcid_article_updated(self, article: Article) -> None:
        """Record how a published article reads now."""
        self._record(article)

    @hookimpl(tryfirst=True)
    def orcid_article_withdrawn(self, tenant: str, key: str, reason: str) -> None:
        """Record that an article is no longer published."""
        self._prepare()
        subject = Subject(tenant, "article", key)
        with transaction_now(self._place, "recording") as connection:
            newest = connection.execute(newest_as_of_statement(subject)).scalar_one()
            now = self._clock()
            declaration = withdrawal_after(subject, newest, reason, now)
            connection.execute(intake_statement(declaration, uuid4().hex, now))

    @hookimpl(tryfirst=True)
    def orcid_review_completed(self, review: Review) -> None:
        """Record that a review is completed."""
        self._record(review)

    def _record(self, declaration: AnyDeclaration) -> None:
        self._prepare()
        with transaction_now(self._place, "recording") as connection:
            connection.execute(intake_statement(declaration, uuid4().hex, self._clock()))

    def _prepare(self) -> None:
        if not self._migrated:
            migrate(self._place)
            self._migrated = True
