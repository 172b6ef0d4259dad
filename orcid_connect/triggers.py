"""For hosts that already run pluggy: the declaring hooks, as a plugin they register in theirs.

It runs first and synchronously, in one local transaction; another plugin's failure comes after.
"""

from collections.abc import Callable

from sqlalchemy import Connection

from orcid_connect.declarations import AnyDeclaration, Article, Review, Role
from orcid_connect.hookspecs import hookimpl
from orcid_connect.journeys.entering import Entered, Intake, SomeDate
from orcid_connect.observe import Clock, wall_clock
from orcid_connect.settings import Settings
from orcid_connect.store.database import transaction_now
from orcid_connect.store.declared import Subject, SubjectKind
from orcid_connect.store.migrating import migrate


class Triggers:
    """Hook implementations that record declarations in the database of these settings."""

    def __init__(self, settings: Settings, clock: Clock = wall_clock) -> None:
        self._settings = settings
        self._clock = clock
        self._migrated = settings.migrate == "check"

    @hookimpl(tryfirst=True)
    def orcid_article_published(self, article: Article) -> None:
        """Record that an article is published."""
        self._declare(article)

    @hookimpl(tryfirst=True)
    def orcid_article_updated(self, article: Article) -> None:
        """Record how a published article reads now."""
        self._declare(article)

    @hookimpl(tryfirst=True)
    def orcid_article_withdrawn(self, tenant: str, key: str, reason: str) -> None:
        """Record that an article is no longer published."""
        self._retract(tenant, "article", key, reason)

    @hookimpl(tryfirst=True)
    def orcid_review_completed(self, review: Review) -> None:
        """Record that a review is completed."""
        self._declare(review)

    @hookimpl(tryfirst=True)
    def orcid_review_withdrawn(self, tenant: str, key: str, reason: str) -> None:
        """Record that a review does not count any more."""
        self._retract(tenant, "review", key, reason)

    @hookimpl(tryfirst=True)
    def orcid_role_started(self, role: Role) -> None:
        """Record that somebody has a role."""
        self._declare(role)

    @hookimpl(tryfirst=True)
    def orcid_role_ended(self, tenant: str, key: str, end: SomeDate) -> None:
        """Record that a role is over; raises `InputError` if no role of that key is known."""
        self._record(lambda intake, at: intake.end_role(at, tenant, key, end, None))

    @hookimpl(tryfirst=True)
    def orcid_declare(self, declaration: AnyDeclaration) -> None:
        """Record any declaration."""
        self._declare(declaration)

    @hookimpl(tryfirst=True)
    def orcid_retract(self, tenant: str, kind: SubjectKind, key: str, reason: str) -> None:
        """Record that something declared is no longer true."""
        self._retract(tenant, kind, key, reason)

    def _declare(self, declaration: AnyDeclaration) -> None:
        self._record(lambda intake, at: intake.enter(at, declaration))

    def _retract(self, tenant: str, kind: SubjectKind, key: str, reason: str) -> None:
        subject = Subject(tenant, kind, key)
        self._record(lambda intake, at: intake.withdraw(at, subject, reason, None))

    def _record(self, enter: Callable[[Intake, Connection], Entered]) -> None:
        place = self._settings.database_place
        if not self._migrated:
            migrate(place)
            self._migrated = True
        with transaction_now(place, "recording") as connection:
            enter(Intake(self._settings, self._clock()), connection)
