"""What is kept of a planned subject: by what it is and was known, and what it names."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect import codec
from orcid_connect.journeys.decisions import refused_by_its_person
from orcid_connect.journeys.likeness import marks_standing, stands_unknown
from orcid_connect.journeys.versions import who_is
from orcid_connect.services import Services
from orcid_connect.store import ledger
from orcid_connect.store import mentions as kept
from orcid_connect.store.declared import Subject
from orcid_connect.store.mentions import Named
from orcid_connect.store.replanning import replan_subject

_COUNTERPARTS: Final = {"version": "is", "is": "version", "lineage": "lineage"}
"""Who is concerned when a subject names something: those that stand so to the same identifier."""


async def note_mentions(
    connection: AsyncConnection,
    services: Services,
    subject: Subject,
    named: Named,
    own: frozenset[str],
    now: float,
) -> None:
    """Keep what a subject names, and what it ever was; if that changed, plan those anew whom it
    concerns.

    An identifier stays a thing's own. What only is known by what it says was another thing before
    it was corrected, which counts no more, unless it stands still, or its person refused it.
    """
    if subject.kind == "review":
        return
    who = who_is(services, subject)
    before = await kept.within_tree(connection, who)
    if before == kept.with_own(named, own, kept.own_in(before)):
        return
    ever = kept.own_in(await kept.of_subject(connection, who))  # in a former tree, too
    rows = await ledger.of_subject(connection, subject)
    if own and not any(refused_by_its_person(row) or stands_unknown(row) for row in rows):
        ever = frozenset(one for one in ever if not codec.is_mark(one))
        ever |= await connection.run_sync(marks_standing, rows)
    await kept.replace(connection, who, kept.with_own(named, own, ever))
    for relation, counterpart in _COUNTERPARTS.items():
        concerned = {identifier for kind, identifier in before | named if kind == relation}
        if concerned:
            for other in await kept.who_say(connection, who, counterpart, concerned):
                await replan_subject(connection, other, now)
