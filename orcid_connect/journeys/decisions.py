"""Where a row stands, decided from what it should hold and for whom: pure functions."""

from dataclasses import replace
from typing import Final

from orcid_connect.journeys.contents import HELD, Content
from orcid_connect.journeys.permissions import Permission
from orcid_connect.store.declared import Subject
from orcid_connect.store.ledger import Delivery, new_delivery
from orcid_connect.store.people import Link

FORMER = "former:"
"""How the person of a row begins that stays behind on a record its person left."""
SURPLUS = "surplus:"
"""How the person of a row begins that removes a further copy of what another row put there."""
REMOVED_BY_RESEARCHER: Final = (
    "Removed from the record by the researcher; sent again only if somebody releases it."
)
REMOVED_BY_AUTHOR: Final = "The author took it off the record; only they can have it sent again."
HELD_BY_AUTHOR: Final = "The author holds it back; nothing of it is sent until they say so."
SAME_THERE: Final = "The same stands on the record already, put there for "
"""How the sentence of a row begins that waits for another row's item to go."""
SAME_REFUSED: Final = "Corrected so, it would say what its person refused, declared as "
"""How the sentence of a row begins whose correction says what its person refused elsewhere."""
LOOKED_AT_ANEW: Final = (HELD, SAME_THERE, SAME_REFUSED)
"""How the sentences of rows begin that only something else keeps from being sent."""
AUTHOR_IS_ASKED: Final = "The author wants to be asked first; it waits for their yes."
_REFUSALS: Final = (REMOVED_BY_RESEARCHER, REMOVED_BY_AUTHOR, HELD_BY_AUTHOR)


def planned(
    row: Delivery,
    content: Content,
    permission: Permission,
    now: float,
    *,
    unsettled: bool,
    ask: bool = False,
) -> Delivery:
    """Decide where a row stands that should hold this content.

    `unsettled` says that nothing is known of its last request: what is known of the item is then
    worth nothing, and the row must be due so that the record is read. `ask` says that the person
    wants to be asked before anything new is put on their record.
    """
    wanted = replace(row, desired_hash=content.digest or row.desired_hash)
    link = permission.link
    if row.kept_off:
        return unwanted(_placed(row, link), Content(), permission, now, unsettled=unsettled)
    if row.state == "declined" and row.wish != "hold":
        return _placed(wanted, link)
    if row.wish == "hold" or row.held == "parked":
        return wanted if unsettled and row.state == "due" else at_rest(_placed(wanted, link))
    if link is None:
        return wanted.rest(permission.state, permission.sentence)
    if content.sentence:
        return replace(row, link_id=link.id, orcid=link.orcid).rest(content.state, content.sentence)
    wanted = _asking(replace(wanted, link_id=link.id, orcid=link.orcid), row, now, ask=ask)
    same = row.orcid == link.orcid and row.desired_hash == wanted.desired_hash
    # What only another row's item keeps away is looked at anew.
    stays = row.state == "parked" and same and not row.sentence.startswith(LOOKED_AT_ANEW)
    if wanted.wish == "ask" and not unsettled:
        return wanted if stays else at_rest(wanted)
    if row.state == "due":
        return wanted if same else wanted.due(now)
    known = row.put_code is not None and row.orcid == link.orcid and not unsettled
    if known and row.known_hash == content.digest:
        return wanted.rest("delivered")
    return wanted if stays else wanted.due(now)


def _placed(row: Delivery, link: Link | None) -> Delivery:
    """Return a row that stays as it is, on its person's record if it is on none yet: whoever it is
    kept for later, what was decided of it is found by that record."""
    if row.orcid is not None or link is None:
        return row
    return replace(row, link_id=link.id, orcid=link.orcid)


def _asking(wanted: Delivery, row: Delivery, now: float, *, ask: bool) -> Delivery:
    """Return the row with whether its person is to be asked: of what is new, not of corrections."""
    is_new = row.put_code is None or row.orcid != wanted.orcid
    if ask and is_new and row.wish is None:
        return replace(wanted, wish="ask", wished_at=now)
    if row.wish == "ask" and not (ask and is_new):
        return replace(wanted, wish=None, wished_at=None)
    return wanted


def at_rest(row: Delivery) -> Delivery:
    """Return a row of which nothing may be written as it rests, by whose decision that is."""
    if row.kept_off:
        return removed_for_good(row)
    if row.wish == "hold":
        return row.rest("declined", _still(row, HELD_BY_AUTHOR))
    if row.held == "parked":
        return row.rest("parked", row.held_sentence or "")
    return row.rest("waiting", AUTHOR_IS_ASKED)


def refused_by_its_person(row: Delivery) -> bool:
    """Tell whether the researcher decided that it is not sent, here or by removing it at ORCID."""
    return row.wish in ("hold", "remove") or removed_at_orcid(row)


def removed_at_orcid(row: Delivery) -> bool:
    """Tell whether the researcher removed it at ORCID, and nobody released it since."""
    return row.state == "declined" and row.sentence.startswith(REMOVED_BY_RESEARCHER)


def refused_as(row: Delivery, before: Delivery) -> Delivery:
    """Return a row that nothing stands of on any record, refused as another row was before."""
    if before.wish in ("hold", "remove"):
        after = at_rest(replace(row, wish=before.wish, wished_at=before.wished_at))
    else:
        unasked = replace(row, wish=None, wished_at=None) if row.wish == "ask" else row
        after = unasked.rest("declined", REMOVED_BY_RESEARCHER)
    if row.subject == before.subject or after.sentence not in _REFUSALS:
        return after
    what = named_to(row.subject.tenant, before.subject)
    return replace(after, sentence=f"{after.sentence} It is the same as {what}.")


def refused_as_well(row: Delivery, before: Delivery | None) -> Delivery:
    """Return a row refused as another one was, if any, unless its person refused it itself."""
    if before is None or refused_by_its_person(row):
        return row
    return refused_as(row, before)


def stands_already(row: Delivery, other: Delivery) -> Delivery:
    """Return a row at rest that is not sent beside another one's item of the same thing."""
    sentence = (
        f"{SAME_THERE}{named_to(row.subject.tenant, other.subject)} (put-code {other.put_code}). "
        "Withdraw that one, and this is sent by itself; or correct one, if they are two things."
    )
    return row.rest("parked", sentence)


def not_corrected(row: Delivery, refused: Delivery) -> Delivery:
    """Return a row at rest whose item stays as it stands: its person refused what it would say."""
    sentence = (
        f"{SAME_REFUSED}{named_to(row.subject.tenant, refused.subject)}: what stands on the record "
        "stays as it is. Withdraw this, if it is that; or correct one, if they are two things."
    )
    return row.rest("parked", sentence)


def planned_nothing(
    row: Delivery, link: Link | None, now: float, *, unsettled: bool, why: str = ""
) -> Delivery:
    """Decide where a row stands whose record should hold nothing of it, and why it should."""
    wanted = replace(row, desired_hash=None, link_id=row.link_id if link is None else link.id)
    if row.state == "declined" and row.wish != "hold":
        return wanted
    if row.held == "parked" and row.wish != "remove":
        return wanted
    if row.put_code is None and not unsettled:
        return removed_for_good(wanted) if row.kept_off else wanted.rest("withdrawn", why)
    if link is None or link.state not in ("active", "revoked"):
        sentence = "It should go from the record, but the person disconnected: they can remove it."
        return wanted.rest("waiting", sentence)
    if row.state == "due" and row.desired_hash is None:
        return wanted
    return wanted.due(now, why)


def unwanted(
    row: Delivery, content: Content, permission: Permission, now: float, *, unsettled: bool
) -> Delivery:
    """Decide where a row stands that policy or its person keeps off the record, and say why."""
    link = permission.link
    if link is not None and row.orcid is not None and link.orcid != row.orcid:
        link = None  # what may stand on the former record is not this link's to remove
    return planned_nothing(row, link, now, unsettled=unsettled, why=content.sentence)


def removed_for_good(row: Delivery) -> Delivery:
    """Return the row as it rests once what its person or the host removed is off the record."""
    by_author = row.wish == "remove"
    sentence = _still(row, REMOVED_BY_AUTHOR) if by_author else row.held_sentence or ""
    return row.rest("declined", sentence)


def _still(row: Delivery, sentence: str) -> str:
    """Return the sentence, with as what it was refused if the row says so already."""
    return row.sentence if row.sentence.startswith(sentence) else sentence


def leaves_something_behind(before: Delivery, after: Delivery, *, unsettled: bool) -> bool:
    """Tell whether an item stands, or may stand, on a record the person is no longer linked to."""
    return (before.put_code is not None or unsettled) and after.orcid != before.orcid


def taken_up_again(row: Delivery, person: str) -> Delivery:
    """Return a row as this person's, whoever it was kept for: it is about the same record."""
    was_left = row.person.startswith(FORMER)
    return replace(row, person=person, state="waiting" if was_left else row.state)


def whose(row: Delivery) -> str:
    """Return the person of a row, also of one that was left behind."""
    kept_aside = row.person.startswith((FORMER, SURPLUS))
    return row.person.split(":", 2)[2] if kept_aside else row.person


def named_to(tenant: str, subject: Subject) -> str:
    """Return what a tenant is told of a subject: another tenant's keys are not for its eyes."""
    if subject.tenant != tenant:
        return "something of another tenant"
    return f"{subject.kind} {subject.key}"


def surplus(row: Delivery, put_code: int, now: float) -> Delivery:
    """Return a new row that wants a further copy of this row's item gone."""
    copy = new_delivery(
        row.subject, row.realm, f"{SURPLUS}{put_code}:{whose(row)}", row.activity, now
    )
    copy = replace(copy, link_id=row.link_id, orcid=row.orcid, put_code=put_code)
    return copy.due(now, "A further copy of what stands on the record: it is removed.")


def left_behind(row: Delivery) -> Delivery:
    """Return the row as it stays with the record that its person left, or aside if it has none."""
    if row.orcid is None:
        aside = replace(row, person=f"{FORMER}{row.id}:{row.person}")
        return aside.rest("withdrawn", "The row that stands on the person's record took its place.")
    sentence = f"Left on {row.orcid} when the person connected another iD; we may not change it."
    return replace(row, person=f"{FORMER}{row.id}:{row.person}").rest("declined", sentence)


def begun_anew(after: Delivery, now: float) -> Delivery:
    """Return a new row for the record that the person has now."""
    anew = new_delivery(after.subject, after.realm, after.person, after.activity, now)
    return replace(
        anew,
        link_id=after.link_id,
        orcid=after.orcid,
        desired_hash=after.desired_hash,
        state=after.state,
        sentence=after.sentence,
        due_at=after.due_at,
        held=after.held,
        held_sentence=after.held_sentence,
        wish=after.wish,
        wished_at=after.wished_at,
    )
