"""Rows that are about the same thing as another, declared under another key or at another tenant.

They are found by identifiers that each subject has or had itself (`mentions`), within one tree of
tenants; and by the record on which one stands and the other waits for it to go.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, and_, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.store.declared import Subject
from orcid_connect.store.given import one_of
from orcid_connect.store.ledger import Delivery, delivery_of_row
from orcid_connect.store.mentions import IS, OWN, SAYS, Mentioning
from orcid_connect.store.people import Realm
from orcid_connect.store.schema import deliveries, mentions


@dataclass(frozen=True, slots=True)
class Known:
    """By what a thing is known, and whose rows of it are asked for: names are a tenant's own."""

    who: Mentioning
    identifiers: Collection[str]
    environment: str
    people: Collection[str]
    orcids: Collection[str]


@dataclass(frozen=True, slots=True)
class Twin:
    """A row of another subject that has an identifier in common, or had it before."""

    row: Delivery
    said_now: bool


_SUBJECT_OF_ROW: Final = and_(
    deliveries.c.tenant == mentions.c.tenant,
    deliveries.c.subject_kind == mentions.c.kind,
    deliveries.c.subject_key == mentions.c.key,
)
_STANDS_OR_IS_REFUSED: Final = or_(
    deliveries.c.put_code.is_not(None),
    deliveries.c.wish.in_(("hold", "remove")),
    deliveries.c.state == "declined",
)
_TWINS: Final = (
    select(deliveries, mentions.c.relation)
    .join_from(mentions, deliveries, _SUBJECT_OF_ROW)
    .where(
        mentions.c.root == bindparam("root"),
        one_of(mentions.c.identifier, "identifiers"),
        mentions.c.relation.in_(sorted({*OWN, SAYS})),
        deliveries.c.environment == bindparam("environment"),
        or_(
            and_(deliveries.c.tenant == bindparam("tenant"), one_of(deliveries.c.person, "people")),
            one_of(deliveries.c.orcid, "orcids"),
        ),
        _STANDS_OR_IS_REFUSED,
    )
    .order_by(deliveries.c.made_at, deliveries.c.id)
)


async def of_people(connection: AsyncConnection, known: Known) -> list[Twin]:
    """Return rows of these people about the same thing, which stand or may be refused."""
    given = {
        "root": known.who.root,
        "tenant": known.who.subject.tenant,
        "identifiers": list(known.identifiers),
        "environment": known.environment,
        "people": list(known.people),
        "orcids": list(known.orcids),
    }
    found = [
        Twin(delivery_of_row(row[:-1]), row.relation in (IS, SAYS))
        for row in await connection.execute(_TWINS, given)
    ]
    return [twin for twin in found if twin.row.subject != known.who.subject]


_WAITING: Final = select(deliveries).where(
    deliveries.c.credential == bindparam("credential"),
    deliveries.c.environment == bindparam("environment"),
    one_of(deliveries.c.orcid, "orcids"),
    deliveries.c.state == "parked",
    deliveries.c.sentence.startswith(bindparam("sentence"), autoescape=False),
)


def waiting(
    connection: Connection, realm: Realm, orcids: Iterable[str], sentence: str
) -> list[Delivery]:
    """Return the parked rows of these records whose sentence begins so."""
    given = {
        "credential": realm.credential,
        "environment": realm.environment,
        "orcids": sorted(set(orcids)),
        "sentence": sentence,
    }
    return [delivery_of_row(row) for row in connection.execute(_WAITING, given)]


_OTHERS: Final = mentions.alias("others")
_NAMESAKES: Final = (
    select(_OTHERS.c.tenant, _OTHERS.c.kind, _OTHERS.c.key)
    .join_from(
        mentions,
        _OTHERS,
        and_(_OTHERS.c.root == mentions.c.root, _OTHERS.c.identifier == mentions.c.identifier),
    )
    .where(
        mentions.c.tenant == bindparam("tenant"),
        mentions.c.kind == bindparam("kind"),
        mentions.c.key == bindparam("key"),
        mentions.c.relation.in_(sorted(OWN)),
        _OTHERS.c.relation.in_(sorted(OWN)),
    )
    .distinct()
)


def namesakes(connection: Connection, subject: Subject) -> list[Subject]:
    """Return the other subjects of its tree that have or had an identifier of a subject's own."""
    given = {"tenant": subject.tenant, "kind": subject.kind, "key": subject.key}
    found = [Subject(*row) for row in connection.execute(_NAMESAKES, given)]
    return [other for other in found if other != subject]
