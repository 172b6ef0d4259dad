"""What each person's record should hold: mapped, shaped by plugins, checked and encoded."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from orcid_connect import codec
from orcid_connect.declarations import Article, Review, Withdrawal
from orcid_connect.errors import Problem
from orcid_connect.journeys.participants import Participant, participants
from orcid_connect.mapping import Mapped, peer_review_from_review, work_from_article
from orcid_connect.records import Activity, ActivityKind, PeerReview, Work
from orcid_connect.services import Services
from orcid_connect.store import people
from orcid_connect.store.declared import Snapshot
from orcid_connect.store.people import Realm

AnyMapped = Mapped[Work] | Mapped[PeerReview]

HELD = "Held back: "
"""How the sentence of a row begins that its content, not ORCID, keeps from being sent."""


@dataclass(frozen=True, slots=True)
class Content:
    """A payload under its hash, or the sentence that says why nothing may be sent."""

    digest: str | None = None
    body: str | None = None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """The payloads of a subject by person, what was found, and whose iDs stand in them."""

    activity: ActivityKind = "work"
    by_person: Mapping[str, Content] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    orcids: Mapping[str, str] = field(default_factory=dict)

    def of(self, someone: Participant) -> Content:
        """Return what this person's record should hold."""
        return self.by_person[someone.person]


async def contents_of(services: Services, newest: Snapshot, realm: Realm) -> Contents:
    """Make the payloads for everybody who takes part; a withdrawal has none."""
    declaration = newest.declaration
    if isinstance(declaration, Withdrawal):
        return Contents()
    orcids = await orcids_in(services, newest, realm)
    mapped = _map(declaration, orcids)
    activity: ActivityKind = "work" if isinstance(declaration, Article) else "peer-review"
    encoder = _Encoder(activity)
    by_person = {
        someone.person: await _content(services, declaration, mapped, someone, encoder)
        for someone in participants(declaration)
    }
    return Contents(activity, by_person, mapped.problems, orcids)


async def orcids_in(services: Services, newest: Snapshot, realm: Realm) -> Mapping[str, str]:
    """Return the proven iDs of the people whom an article names, by their keys."""
    declaration = newest.declaration
    if not isinstance(declaration, Article):
        return {}
    keys = [one.person_key for one in declaration.contributors if one.person_key]
    async with services.database.reading() as connection:
        return await people.authenticated_orcids(connection, realm, declaration.tenant, keys)


def _map(declaration: Article | Review, orcids: Mapping[str, str]) -> AnyMapped:
    if isinstance(declaration, Review):
        return peer_review_from_review(declaration)
    return work_from_article(declaration, orcids)


async def _content(
    services: Services,
    declaration: Article | Review,
    mapped: AnyMapped,
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
    shaped = await _shape(services, declaration, mapped.activity, someone.person)
    return encoder.encode(shaped)


async def _shape(
    services: Services, declaration: Article | Review, activity: Activity, person: str
) -> Activity:
    if isinstance(declaration, Article):
        return await services.plugins.shape(
            "orcid_adjust_work", "work", activity, article=declaration, person=person
        )
    return await services.plugins.shape(
        "orcid_adjust_peer_review", "peer_review", activity, review=declaration, person=person
    )


class _Encoder:
    """Encodes and checks each different activity once, however many people share it."""

    def __init__(self, kind: ActivityKind) -> None:
        self._kind = kind
        self._known: dict[int, tuple[Activity, Content]] = {}

    def encode(self, activity: Activity) -> Content:
        known = self._known.get(id(activity))
        if known is None:
            known = self._known[id(activity)] = (activity, self._make(activity))
        return known[1]

    def _make(self, activity: Activity) -> Content:
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
