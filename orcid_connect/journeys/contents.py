"""What each person's record should hold: mapped by policy, shaped by plugins, checked, encoded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from orcid_connect import codec
from orcid_connect.declarations import Article, Identifier, RecordItem, Review, Role, Withdrawal
from orcid_connect.errors import Problem
from orcid_connect.journeys.likeness import likeness
from orcid_connect.journeys.participants import Participant, Positive, participants
from orcid_connect.journeys.versions import own_of, versions_known
from orcid_connect.mapping import (
    Mapped,
    affiliation_from_role,
    item_from_declaration,
    peer_review_from_review,
    work_from_article,
)
from orcid_connect.policy import Leave, Never, NotYet, TenantPolicy, may_leave, scheduled
from orcid_connect.records import Item, ItemKind, PeerReview, Work
from orcid_connect.services import Services
from orcid_connect.store import people
from orcid_connect.store.declared import Snapshot, Subject
from orcid_connect.store.ledger import DeliveryState
from orcid_connect.store.people import Realm

HELD = "Held back: "
"""How the sentence of a row begins that its content, not ORCID, keeps from being sent."""


@dataclass(frozen=True, slots=True)
class Content:
    """A payload under its hash, or the sentence that says why nothing may be sent.

    `unwanted` says that the record should hold nothing of it, as after a withdrawal.
    """

    digest: str | None = None
    body: str | None = None
    sentence: str = ""
    state: DeliveryState = "parked"
    unwanted: bool = False


@dataclass(frozen=True, slots=True)
class Contents:
    """The payloads of a subject by person, what was found, and what they were made of."""

    activity: ItemKind = "work"
    by_person: Mapping[str, Content] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    orcids: Mapping[str, str] = field(default_factory=dict)
    others: tuple[Identifier, ...] = ()
    allowed: bool = False
    again_at: float | None = None
    own: frozenset[str] = frozenset()
    """By what the subject is known as the same thing, whether it may leave or not."""

    def of(self, someone: Participant) -> Content:
        """Return what this person's record should hold."""
        return self.by_person[someone.person]


async def contents_of(services: Services, newest: Snapshot, realm: Realm) -> Contents:
    """Make the payloads for everybody who takes part; a withdrawal has none."""
    declaration = newest.declaration
    if isinstance(declaration, Withdrawal):
        return Contents(again_at=newest.next_at, own=own_of(newest))
    policy = services.settings.tree.policy(declaration.tenant)
    leave = leave_of(declaration, policy, datetime.fromtimestamp(services.clock(), UTC))
    orcids = await orcids_in(services, newest, realm)
    others = await versions_known(services, newest)
    mapped = mapped_by(declaration, policy, orcids, others)
    kept = _kept_here(leave, mapped)
    encoder = _Encoder(activity_of(declaration))
    by_person = {
        someone.person: kept or await _content(services, declaration, mapped, someone, encoder)
        for someone in participants(declaration)
    }
    return Contents(
        activity=activity_of(declaration),
        by_person=by_person,
        problems=mapped.problems,
        orcids=orcids,
        others=others,
        allowed=kept is None,
        again_at=_again_at(leave, newest),
        own=own_of(newest) or _marks_of(newest.subject, declaration, mapped),
    )


def _marks_of(subject: Subject, declaration: Positive, mapped: Mapped[Any]) -> frozenset[str]:
    """Return by what a role or another item is known that is no work: by what it says."""
    kind = activity_of(declaration)
    if not isinstance(declaration, Role | RecordItem) or kind == "work" or mapped.activity is None:
        return frozenset()
    return codec.marks(kind, likeness(subject, kind, codec.encode(mapped.activity)))


def _again_at(leave: Leave, newest: Snapshot) -> float | None:
    """Return when something of it may leave that may not yet, if that is known."""
    until = leave.until.timestamp() if isinstance(leave, NotYet) and leave.until else None
    return min((one for one in (until, newest.next_at) if one is not None), default=None)


def activity_of(declaration: Positive) -> ItemKind:
    """Return the kind of item that a declaration becomes."""
    match declaration:
        case Article():
            return "work"
        case Review():
            return "peer-review"
        case Role() | RecordItem():
            return declaration.activity


def leave_of(declaration: Positive, policy: TenantPolicy, now: datetime) -> Leave:
    """Tell whether anything of a declaration may leave now."""
    if isinstance(declaration, Review):
        return may_leave(declaration, policy.for_review(declaration), now)
    return scheduled(declaration, now)


def _kept_here(leave: Leave, mapped: Mapped[Any]) -> Content | None:
    """Return why nothing of this leaves for anybody, if so: too early, never, or by policy."""
    match leave:
        case NotYet(sentence=sentence):
            return Content(sentence=sentence, state="waiting")
        case Never(sentence=sentence):
            return Content(sentence=sentence, unwanted=True)
    return Content(sentence=mapped.skipped, unwanted=True) if mapped.skipped else None


async def orcids_in(services: Services, newest: Snapshot, realm: Realm) -> Mapping[str, str]:
    """Return the proven iDs of the people whom a declaration names, by their keys."""
    declaration = newest.declaration
    if not isinstance(declaration, Article | RecordItem):
        return {}
    named = declaration.contributors if isinstance(declaration, Article) else (declaration.person,)
    keys = [one.person_key for one in named if one.person_key]
    async with services.database.reading() as connection:
        return await people.authenticated_orcids(connection, realm, declaration.tenant, keys)


def mapped_by(
    declaration: Positive,
    policy: TenantPolicy,
    orcids: Mapping[str, str],
    others: tuple[Identifier, ...] = (),
) -> Mapped[Any]:
    """Return the item that a declaration becomes by its tenant's policy."""
    match declaration:
        case Article():
            return work_from_article(declaration, orcids, policy=policy.works, others=others)
        case Review():
            return peer_review_from_review(declaration, policy.for_review(declaration))
        case Role():
            return affiliation_from_role(declaration, policy.roles)
        case RecordItem():
            return item_from_declaration(declaration, orcids.values())


async def _content(
    services: Services,
    declaration: Positive,
    mapped: Mapped[Any],
    someone: Participant,
    encoder: "_Encoder",
) -> Content:
    held = first_holding(mapped.problems)
    if mapped.activity is None or held:
        return Content(sentence=HELD + (held or "there is nothing to send."))
    veto = await services.plugins.first(
        "orcid_veto_delivery", str, declaration=declaration, person=someone.person
    )
    if veto:
        return Content(sentence=HELD + veto)
    return encoder.encode(await _shape(services, declaration, mapped.activity, someone.person))


async def _shape(services: Services, declaration: Positive, activity: Item, person: str) -> Item:
    shape = services.plugins.shape
    if isinstance(declaration, Article) and isinstance(activity, Work):
        return await shape(
            "orcid_adjust_work", "work", activity, article=declaration, person=person
        )
    if isinstance(declaration, Review) and isinstance(activity, PeerReview):
        return await shape(
            "orcid_adjust_peer_review", "peer_review", activity, review=declaration, person=person
        )
    return activity


class _Encoder:
    """Encodes and checks each different activity once, however many people share it."""

    def __init__(self, kind: ItemKind) -> None:
        self._kind = kind
        self._known: dict[int, tuple[Item, Content]] = {}

    def encode(self, activity: Item) -> Content:
        known = self._known.get(id(activity))
        if known is None:
            known = self._known[id(activity)] = (activity, self._make(activity))
        return known[1]

    def _make(self, activity: Item) -> Content:
        payload = codec.encode(activity)
        held = first_holding(tuple(codec.validate(self._kind, payload)))
        if held:
            return Content(sentence=HELD + held)
        return Content(codec.content_hash(payload), codec.canonical(payload))


def first_holding(problems: tuple[Problem, ...]) -> str:
    """Return the first problem that holds a delivery back, as a sentence, or nothing."""
    for problem in problems:
        if problem.holds:
            return f"{problem.path}: {problem.message}" if problem.path else problem.message
    return ""
