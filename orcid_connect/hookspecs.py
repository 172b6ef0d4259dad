"""The hooks a host or plugin may implement, `def` or `async def` alike.

Each runs alone, with a timeout; one that raises, hangs or answers nonsense is counted and skipped.
An `async def` hook runs on the host's event loop: one that blocks (`time.sleep`) holds up the host,
which no timeout can end. Blocking work belongs into a `def` hook, which gets a thread of its own.
"""

from datetime import date
from typing import Any

import pluggy

from orcid_connect.declarations import (
    AnyDeclaration,
    Article,
    PartialDate,
    Person,
    Review,
    Role,
    SubjectKind,
)
from orcid_connect.notices import DeliveryNotice, LinkNotice, SignedIn
from orcid_connect.records import PeerReview, Work

PROJECT = "orcid_connect"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


# Ask the host: the first answer that is not None wins.


@hookspec
def orcid_current_person(request: Any) -> Person | None:
    """Return who is signed in at the host for this Starlette request."""


@hookspec
def orcid_language(request: Any) -> str | None:
    """Return the language that the host's page is in for this Starlette request, such as `fr`."""


@hookspec
def orcid_signed_in(identity: SignedIn, request: Any) -> Any:
    """Find or create the account of somebody who signed in with ORCID, and sign them in there.

    Return the address to send them to, checked like every return address, or a Starlette Response
    of your own, which may set cookies; None if they have no account here. Begin a new session for
    them: one that was known before the sign-in may be somebody else's.
    """


@hookspec
def orcid_may_administer(request: Any) -> bool | None:
    """Return True if whoever sent this Starlette request may see and change every delivery.

    Without an answer, or where a plugin fails, the administration below /admin/ stays closed.
    """


# Shape, at planning: each answer replaces the value for the next plugin; None leaves it.


@hookspec
def orcid_adjust_work(work: Work, article: Article, person: str) -> Work | None:
    """Return the work as it should stand on this person's record."""


@hookspec
def orcid_adjust_peer_review(
    peer_review: PeerReview, review: Review, person: str
) -> PeerReview | None:
    """Return the peer review as it should stand on this person's record."""


@hookspec
def orcid_veto_delivery(declaration: AnyDeclaration, person: str) -> str | None:
    """Return a sentence that says why nothing of this may be sent to this person's record now.

    A veto that raises or hangs is no veto: what must not be known yet must not be declared yet.
    """


# Trigger: a host that already runs pluggy calls these instead of the methods of OrcidConnect.


@hookspec
def orcid_article_published(article: Article) -> None:
    """Declare that an article is published."""


@hookspec
def orcid_article_updated(article: Article) -> None:
    """Declare that a published article reads differently now."""


@hookspec
def orcid_article_withdrawn(tenant: str, key: str, reason: str) -> None:
    """Declare that an article is no longer published."""


@hookspec
def orcid_review_completed(review: Review) -> None:
    """Declare that a review is completed."""


@hookspec
def orcid_review_withdrawn(tenant: str, key: str, reason: str) -> None:
    """Declare that a review does not count any more."""


@hookspec
def orcid_role_started(role: Role) -> None:
    """Declare that somebody has a role; again under the same key: how it reads now."""


@hookspec
def orcid_role_ended(tenant: str, key: str, end: PartialDate | date | str) -> None:
    """Declare that a role that was declared before is over; it stays on the record."""


@hookspec
def orcid_declare(declaration: AnyDeclaration) -> None:
    """Declare anything: an article, a review, a role, any item, or a withdrawal."""


@hookspec
def orcid_retract(tenant: str, kind: SubjectKind, key: str, reason: str) -> None:
    """Declare that something declared before is no longer true; kind as in `Withdrawal`."""


# Told, at least once, after the fact.


@hookspec
def orcid_link_made(link: LinkNotice) -> None:
    """Hear that a person connected an iD."""


@hookspec
def orcid_link_ended(link: LinkNotice, reason: str) -> None:
    """Hear that a link ended, and why."""


@hookspec
def orcid_delivery_settled(delivery: DeliveryNotice, outcome: str) -> None:
    """Hear that a delivery came to rest: delivered, withdrawn, parked or declined."""


# Extend.


@hookspec
def orcid_template_folders() -> list[str] | None:
    """Return folders whose templates come before ours."""
