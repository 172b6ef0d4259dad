"""What a person who looks after deliveries may do: try again, park, release, take off a record.

Each deed is one short transaction on what the rows are by then; the engine does the rest. What
was parked or removed stays so whatever is declared afterwards (`held`), until it is taken back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.journeys.contents import HELD
from orcid_connect.journeys.decisions import (
    FORMER,
    LOOKED_AT_ANEW,
    SURPLUS,
    removed_at_orcid,
    removed_for_good,
)
from orcid_connect.journeys.telling import tell_settled
from orcid_connect.services import Services
from orcid_connect.store import ledger
from orcid_connect.store.declared import Subject
from orcid_connect.store.ledger import Delivery, DeliveryState
from orcid_connect.store.replanning import replan_subject

Deed = Literal["retry", "park", "release", "remove"]
# retry    plan what is parked or due again, and try it now
# park     send nothing of it until it is retried, whatever is declared
# release  send what was removed or refused after all
# remove   take it off the record, though the article stays, and never send it again by itself

DEEDS: Final[tuple[Deed, ...]] = get_args(Deed)
ALLOWED: Final[Mapping[Deed, tuple[DeliveryState, ...]]] = {
    "retry": ("parked", "due"),
    "park": ("waiting", "due", "delivered"),
    "release": ("declined",),
    "remove": ("waiting", "due", "delivered", "parked"),
}
AUTHOR_DECIDED: Final = "the author decided; only they can change it, on their page."
REASON_CHARACTERS = 500
"""Characters of a reason, at most."""
ROWS_PER_TRANSACTION = 100
"""Rows changed before the write lock is let go."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a deed did to one row, as a sentence; `done` is false where it was not possible."""

    row: Delivery
    done: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class _Change:
    """A row as it will be, what is told about it, and whether its subject is planned again."""

    after: Delivery
    sentence: str
    plan: bool = False


@dataclass(frozen=True, slots=True)
class _At:
    """When and why something is done, and whether the row's last request is still unclear."""

    now: float
    reason: str
    unsettled: bool


def possible(row: Delivery) -> tuple[Deed, ...]:
    """Return what may be done to a row as it stands."""
    return tuple(deed for deed in DEEDS if _why_not(deed, row) is None)


def reason_of(text: str) -> str:
    """Return a reason as one line that is not too long."""
    return " ".join(text.split())[:REASON_CHARACTERS]


async def act(
    services: Services, deed: Deed, delivery_ids: Sequence[str], reason: str = ""
) -> list[Done]:
    """Do this to these rows, all in one transaction; a row that does not allow it is left alone."""
    now = services.clock()
    reason = reason_of(reason) or "no reason was given"
    told: list[Done] = []
    async with services.database.writing() as connection:
        unsettled = await ledger.unsettled(connection, delivery_ids)
        again: set[Subject] = set()
        for delivery_id in delivery_ids:
            row = await ledger.get(connection, delivery_id)
            if row is None:
                continue
            found = _decide(deed, row, _At(now, reason, row.id in unsettled))
            if isinstance(found, str):
                told.append(Done(row, done=False, sentence=found))
                continue
            await _keep(connection, row, found.after, now)
            again |= {row.subject} if found.plan else set()
            told.append(Done(found.after, done=True, sentence=found.sentence))
        for subject in again:
            await replan_subject(connection, subject, now)
    return told


async def _keep(connection: AsyncConnection, before: Delivery, after: Delivery, now: float) -> None:
    if after != before:
        await ledger.save(connection, after, now)
        await tell_settled(connection, before, after, now)


def _decide(deed: Deed, row: Delivery, at: _At) -> _Change | str:
    """Return what becomes of a row, or the sentence that says why nothing does."""
    return _why_not(deed, row) or _DEEDS[deed](row, at)


def _why_not(deed: Deed, row: Delivery) -> str | None:
    if row.person.startswith(FORMER):
        return "it stays on a record that its person left: we may not change it."
    if row.person.startswith(SURPLUS) and deed != "retry":
        return "it is a further copy of another delivery's item: it can only be removed."
    if row.wish in ("hold", "remove") and deed != "remove":
        return AUTHOR_DECIDED
    if deed == "remove" and row.wish == "hold" and row.put_code is not None:
        return None  # it stands on the record still: the host may take it off
    if row.state not in ALLOWED[deed]:
        return f"it is {row.state}: only what is {' or '.join(ALLOWED[deed])} allows that."
    return None


def _retry(row: Delivery, at: _At) -> _Change | str:
    by_itself = row.sentence.startswith(LOOKED_AT_ANEW)
    if row.held is None and row.state == "parked" and by_itself:
        why = row.sentence.removeprefix(HELD)
        sentence = f"is planned again; it stays parked as long as this holds: {why}"
        return _Change(row, sentence, plan=True)
    if row.held == "parked":
        row = replace(row, held=None, held_sentence=None)
    if row.orcid is None:
        if row.state == "parked":
            return _Change(row.rest("waiting"), "is planned again.", plan=True)
        return "it belongs to no record yet: the person has not connected an iD."
    sentence = "is planned again and due now; the running engine sends it."
    return _Change(row.due(at.now), sentence, plan=True)


def _park(row: Delivery, at: _At) -> _Change:
    sentence = f"Parked by hand: {at.reason}"
    after = replace(row, held="parked", held_sentence=sentence).rest("parked", sentence)
    return _Change(after, "is parked; nothing of it is sent until it is retried.")


def _release(row: Delivery, at: _At) -> _Change | str:
    released_at = at.now if removed_at_orcid(row) else row.wished_at
    after = replace(row, held=None, held_sentence=None, wished_at=released_at)
    if row.held is not None or row.desired_hash is None:
        # What it should hold is worked out first: as it is now, it would be taken off again.
        waiting = after.rest("waiting", "Released; it is planned again.")
        return _Change(waiting, "is released and planned again; then it is sent.", plan=True)
    if row.orcid is None:
        return "it belongs to no record yet: the person has not connected an iD."
    return _Change(after.due(at.now), "is due now; the running engine sends it.", plan=True)


def _remove(row: Delivery, at: _At) -> _Change:
    sentence = f"Removed by hand: {at.reason}"
    after = replace(row, held="removed", held_sentence=sentence, desired_hash=None)
    if row.put_code is None and not at.unsettled:
        return _Change(removed_for_good(after), "is on no record and will not be sent.")
    return _Change(after.due(at.now), "is taken off the record now, and not sent again.")


_DEEDS: Final[Mapping[Deed, Callable[[Delivery, _At], _Change | str]]] = {
    "retry": _retry,
    "park": _park,
    "release": _release,
    "remove": _remove,
}
