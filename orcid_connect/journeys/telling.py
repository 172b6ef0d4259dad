"""What plugins are told, and telling them: outside every transaction, at least once."""

from collections.abc import Sequence
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.declarations import Declared
from orcid_connect.notices import DeliveryNotice, LinkNotice
from orcid_connect.observe import log
from orcid_connect.services import Services
from orcid_connect.store import outbox
from orcid_connect.store.ledger import Delivery
from orcid_connect.store.outbox import Notice
from orcid_connect.store.people import Link

BATCH = 200
"""Notices told in one go."""
SETTLED: Final = "orcid_delivery_settled"
RESTS = frozenset({"delivered", "withdrawn", "parked", "declined"})


async def tell_settled(
    connection: AsyncConnection, before: Delivery | None, after: Delivery, now: float
) -> None:
    """Note that a delivery came to rest, unless it rests there already."""
    await connection.run_sync(tell_all_settled, [(before, after)], now)


def tell_all_settled(
    connection: Connection, changes: Sequence[tuple[Delivery | None, Delivery]], now: float
) -> None:
    """Note which of these deliveries, as they were and as they are, came to rest."""
    facts = [
        {"delivery": delivery_notice(after).model_dump(), "outcome": after.state}
        for before, after in changes
        if after.state in RESTS and (before is None or not _same_rest(before, after))
    ]
    outbox.add_notices(connection, SETTLED, facts, now)


async def tell_link_ended(connection: AsyncConnection, link: Link, reason: str, now: float) -> None:
    """Note that a link ended."""
    facts = {"link": link_notice(link).model_dump(), "reason": reason}
    await connection.run_sync(outbox.add_notices, "orcid_link_ended", [facts], now)


def delivery_notice(row: Delivery) -> DeliveryNotice:
    """Return what plugins and hosts may know of a delivery."""
    return DeliveryNotice(
        id=row.id,
        tenant=row.subject.tenant,
        person=row.person,
        activity=row.activity,
        subject_kind=row.subject.kind,
        subject_key=row.subject.key,
        orcid=row.orcid,
        put_code=row.put_code,
        state=row.state,
        sentence=row.sentence,
    )


def link_notice(link: Link) -> LinkNotice:
    """Return what plugins may know of a link."""
    return LinkNotice(
        tenant=link.tenant,
        person_key=link.person_key,
        orcid=link.orcid,
        environment=link.realm.environment,
        credential=link.realm.credential,
        name=link.name,
    )


async def tell_waiting(services: Services) -> int:
    """Tell the plugins what happened since last time; a notice is forgotten once it was told."""
    async with services.database.reading() as connection:
        waiting = await outbox.waiting_notices(connection, BATCH)
    for notice in waiting:
        if services.plugins.hear(notice.hook):
            await _tell(services, notice)
            await _forget(services, [notice])
    await _forget(services, [one for one in waiting if not services.plugins.hear(one.hook)])
    return len(waiting)


async def _tell(services: Services, notice: Notice) -> None:
    try:
        facts = _facts(notice.facts)
    except ValidationError:
        log.error("a notice for %s could not be read and is dropped", notice.hook)
    else:
        await services.plugins.tell(notice.hook, **facts)


async def _forget(services: Services, notices: list[Notice]) -> None:
    if notices:
        async with services.database.writing() as connection:
            await outbox.told(connection, [notice.id for notice in notices])


def _same_rest(before: Delivery, after: Delivery) -> bool:
    return (before.state, before.sentence, before.known_hash, before.put_code) == (
        after.state,
        after.sentence,
        after.known_hash,
        after.put_code,
    )


def _facts(stored: dict[str, Any]) -> dict[str, Any]:
    kinds: dict[str, type[Declared]] = {"delivery": DeliveryNotice, "link": LinkNotice}
    return {
        name: kinds[name].model_validate(value) if name in kinds else value
        for name, value in stored.items()
    }
