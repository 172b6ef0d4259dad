"""Which row of a subject is whose: each row one person's, also where iDs changed hands.

What stands on a record goes with the record, and so does what its owner refused; whoever the row
was kept for before. What a person refused under another name of theirs comes next, then the row of
their own name.
"""

from collections.abc import Callable, Collection, Sequence

from orcid_connect.journeys.contents import HELD
from orcid_connect.journeys.decisions import FORMER, SURPLUS, refused_by_its_person
from orcid_connect.journeys.participants import Participant
from orcid_connect.journeys.permissions import Permission
from orcid_connect.store.ledger import Delivery
from orcid_connect.store.people import Realm

Choice = Callable[[Participant, Permission], list[Delivery]]


def rows_before(
    concerned: Sequence[Participant],
    permissions: Sequence[Permission],
    here: Sequence[Delivery],
    unsettled: Collection[str],
) -> list[Delivery | None]:
    """Return each person's row as it is stored, None for who has none yet; no row twice."""

    def on_their_record(someone: Participant, permission: Permission) -> list[Delivery]:
        link = permission.link
        there = [
            row
            for row in here
            if link is not None
            and row.orcid == link.orcid
            and not row.person.startswith(SURPLUS)
            and (row.put_code is not None or row.id in unsettled or _refused(row))
        ]
        return sorted(there, key=lambda row: row.person != someone.person)

    def of_their_name(someone: Participant, _permission: Permission) -> list[Delivery]:
        return [row for row in here if row.person == someone.person]

    def refused_by_them(someone: Participant, permission: Permission) -> list[Delivery]:
        key = f"key:{key_of(someone, permission)}"
        return [row for row in here if row.person == key and refused_by_its_person(row)]

    found: dict[str, Delivery] = {}
    for choice in (on_their_record, refused_by_them, of_their_name):
        _choose(choice, concerned, permissions, found)
    return [found.get(someone.person) for someone in concerned]


def key_of(someone: Participant, permission: Permission) -> str | None:
    """Return the host's key of a participant, also of one who is named by their iD."""
    link = permission.link
    return someone.person_key or (None if link is None else link.person_key)


def refused_elsewhere(
    someone: Participant, permission: Permission, known: Sequence[Delivery], realm: Realm
) -> Delivery | None:
    """Return a row of this person with another credential, of the same ORCID, that they refused."""
    names = {someone.person, f"key:{key_of(someone, permission)}"}
    refused = (
        row
        for row in known
        if row.realm != realm
        and row.realm.environment == realm.environment
        and row.person in names
        and refused_by_its_person(row)
    )
    return next(refused, None)


def unless_elsewhere(
    someone: Participant, permission: Permission, known: Sequence[Delivery], realm: Realm
) -> Permission:
    """Return the permission, unless it stands on the record with another credential."""
    elsewhere = next(
        (
            row
            for row in known
            if row.realm != realm and row.person == someone.person and row.put_code is not None
        ),
        None,
    )
    if elsewhere is None or permission.link is None:
        return permission
    sentence = (
        f"{HELD}it stands on the record already, put there with the credential "
        f"{elsewhere.realm.credential}: withdraw it there before it is sent with another."
    )
    return Permission(None, sentence, "parked")


def _choose(
    choice: Choice,
    concerned: Sequence[Participant],
    permissions: Sequence[Permission],
    found: dict[str, Delivery],
) -> None:
    for someone, permission in zip(concerned, permissions, strict=True):
        taken = {row.id for row in found.values()}
        free = [row for row in choice(someone, permission) if row.id not in taken]
        if free and someone.person not in found:
            found[someone.person] = free[0]


def _refused(row: Delivery) -> bool:
    """Tell whether somebody entitled decided that it is not to be sent."""
    decided = row.state == "declined" or row.held is not None or row.wish not in (None, "ask")
    return decided and not row.person.startswith(FORMER)
