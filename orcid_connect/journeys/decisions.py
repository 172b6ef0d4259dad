"""Where a row stands, decided from what it should hold and for whom: pure functions."""

from dataclasses import replace

from orcid_connect.journeys.contents import HELD, Content
from orcid_connect.journeys.permissions import Permission
from orcid_connect.store.declared import Subject
from orcid_connect.store.ledger import Delivery, new_delivery
from orcid_connect.store.people import Link

FORMER = "former:"
"""How the person of a row begins that stays behind on a record its person left."""
SURPLUS = "surplus:"
"""How the person of a row begins that removes a further copy of what another row put there."""


def planned(
    row: Delivery, content: Content, permission: Permission, now: float, *, unsettled: bool
) -> Delivery:
    """Decide where a row stands that should hold this content.

    `unsettled` says that nothing is known of its last request: what is known of the item is then
    worth nothing, and the row must be due so that the record is read.
    """
    wanted = replace(row, desired_hash=content.digest or row.desired_hash)
    link = permission.link
    if row.held == "removed":
        return unwanted(row, Content(), permission, now, unsettled=unsettled)
    if row.state == "declined" or row.held == "parked":
        return wanted
    if link is None:
        return wanted.rest(permission.state, permission.sentence)
    if content.sentence:
        return replace(row, link_id=link.id, orcid=link.orcid).rest(content.state, content.sentence)
    wanted = replace(wanted, link_id=link.id, orcid=link.orcid)
    same = row.orcid == link.orcid and row.desired_hash == wanted.desired_hash
    if row.state == "due":
        return wanted if same else wanted.due(now)
    known = row.put_code is not None and row.orcid == link.orcid and not unsettled
    if known and row.known_hash == content.digest:
        return wanted.rest("delivered")
    if row.state == "parked" and same and not row.sentence.startswith(HELD):
        return wanted
    return wanted.due(now)


def planned_nothing(
    row: Delivery, link: Link | None, now: float, *, unsettled: bool, why: str = ""
) -> Delivery:
    """Decide where a row stands whose record should hold nothing of it, and why it should."""
    wanted = replace(row, desired_hash=None, link_id=row.link_id if link is None else link.id)
    if row.state == "declined" or row.held == "parked":
        return wanted
    if row.put_code is None and not unsettled:
        return removed_for_good(wanted) if row.held == "removed" else wanted.rest("withdrawn", why)
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
    """Return the row as it rests once what a person at the host removed is off the record."""
    return row.rest("declined", row.held_sentence or "")


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
        held_by=after.held_by,
    )
