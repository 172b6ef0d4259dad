"""Which row of a subject is whose: each row one person's, also where iDs changed hands.

What stands on a record goes with the record, and so does what its owner refused; whoever the row
was kept for before. Only then each person keeps the row of their own name.
"""

from collections.abc import Callable, Collection, Sequence

from orcid_connect.journeys.decisions import FORMER, SURPLUS
from orcid_connect.journeys.participants import Participant
from orcid_connect.journeys.permissions import Permission
from orcid_connect.store.ledger import Delivery

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

    found: dict[str, Delivery] = {}
    for choice in (on_their_record, of_their_name):
        _choose(choice, concerned, permissions, found)
    return [found.get(someone.person) for someone in concerned]


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
    decided = row.state == "declined" or row.held is not None
    return decided and not row.person.startswith(FORMER)
