"""The ledger: deliveries, what each should hold and is known to hold, and their attempts.

One row for every (credential, person, activity). A row changes only together with what caused it,
in one transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import ColumnElement, Row, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.records import ItemKind
from orcid_connect.store.declared import Subject
from orcid_connect.store.people import Realm
from orcid_connect.store.schema import attempts, deliveries, payloads
from orcid_connect.store.turns import ensure_queue

DeliveryState = Literal["waiting", "due", "delivered", "parked", "declined", "withdrawn"]
# waiting    no permission yet; becomes due when the person connects
# due        to be reconciled at `due_at`
# delivered  the record holds what it should
# parked     a person must look; the sentence says what and why
# declined   the researcher removed or refused it, or a policy holds it; never sent by itself
# withdrawn  the record holds nothing of it, as it should

Held = Literal["parked", "removed"]
# parked     a person at the host stopped it: nothing is sent, whatever is declared
# removed    a person at the host took it off the record: it goes, then rests as declined

Wish = Literal["ask", "yes", "hold", "remove"]
# ask     it is new, and they wanted to be asked first: it waits for their yes
# yes     they said that it may be sent
# hold    nothing of it is sent until they say so; what stands on their record stays as it is
# remove  it goes from their record, and is not sent again until they say so

PAGE_SIZE = 100
"""Rows of one page of a listing."""
PAYLOAD_IS_FRESH_SECONDS = 86_400.0
"""Payloads younger than this are never pruned, so they need no renewal."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row of the ledger."""

    id: str
    subject: Subject
    realm: Realm
    person: str
    activity: ItemKind
    state: DeliveryState
    sentence: str = ""
    link_id: str | None = None
    orcid: str | None = None
    desired_hash: str | None = None
    put_code: int | None = None
    known_hash: str | None = None
    known_at: float | None = None
    due_at: float | None = None
    tries: int = 0
    made_at: float = 0.0
    changed_at: float = 0.0
    held: Held | None = None
    held_sentence: str | None = None
    wish: Wish | None = None
    wished_at: float | None = None

    @property
    def kept_off(self) -> bool:
        """Tell whether its person or the host decided that the record is to hold nothing of it."""
        return self.wish == "remove" or self.held == "removed"

    @property
    def stopped(self) -> bool:
        """Tell whether its person or the host decided that nothing of it is written."""
        return self.wish in ("ask", "hold", "remove") or self.held is not None

    def rest(self, state: DeliveryState, sentence: str = "") -> "Delivery":
        """Return the row at rest: in a state in which nothing happens by itself."""
        return replace(self, state=state, sentence=sentence, due_at=None, tries=0)

    def due(self, at: float, sentence: str = "", *, tries: int = 0) -> "Delivery":
        """Return the row due at a time."""
        return replace(self, state="due", sentence=sentence, due_at=at, tries=tries)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One exchange with ORCID; open as long as `finished_at` is null."""

    id: int
    delivery_id: str
    method: str
    put_code: int | None
    sent_hash: str | None
    started_at: float
    finished_at: float | None = None
    status: int | None = None
    code: str | None = None
    outcome: str | None = None


def new_delivery(
    subject: Subject, realm: Realm, person: str, activity: ItemKind, now: float
) -> Delivery:
    """Return a row that is not stored yet."""
    return Delivery(
        id=uuid4().hex,
        subject=subject,
        realm=realm,
        person=person,
        activity=activity,
        state="waiting",
        made_at=now,
        changed_at=now,
    )


async def add(
    connection: AsyncConnection, rows: list[Delivery], now: float, *, canary: int | None = None
) -> None:
    """Store new rows, and see to it that their tenants have their turns.

    A tenant that had none before may begin with a canary.
    """
    for realm, tenant in {(row.realm, row.subject.tenant) for row in rows}:
        await ensure_queue(connection, realm, tenant, canary)
    if rows:
        values = [values_of(row) | {"made_at": now, "changed_at": now} for row in rows]
        await connection.execute(insert(deliveries), values)


async def save(connection: AsyncConnection, delivery: Delivery, now: float) -> None:
    """Store what changed in a known row."""
    values = values_of(delivery) | {"changed_at": now}
    await connection.execute(
        update(deliveries).where(deliveries.c.id == delivery.id).values(**values)
    )


async def get(connection: AsyncConnection, delivery_id: str) -> Delivery | None:
    """Return one row."""
    query = select(deliveries).where(deliveries.c.id == delivery_id)
    row = (await connection.execute(query)).first()
    return None if row is None else delivery_of_row(row)


async def by_prefix(connection: AsyncConnection, prefix: str) -> list[Delivery]:
    """Return the rows whose id begins so; two are enough to know that it is not one."""
    query = select(deliveries).where(deliveries.c.id.startswith(prefix, autoescape=True)).limit(2)
    return [delivery_of_row(row) for row in await connection.execute(query)]


async def of_subject(connection: AsyncConnection, subject: Subject) -> list[Delivery]:
    """Return every row of a subject."""
    query = select(deliveries).where(
        deliveries.c.tenant == subject.tenant,
        deliveries.c.subject_kind == subject.kind,
        deliveries.c.subject_key == subject.key,
    )
    return [
        delivery_of_row(row) for row in await connection.execute(query.order_by(deliveries.c.id))
    ]


async def of_people(
    connection: AsyncConnection,
    subject: Subject,
    people: Sequence[str],
    orcids: Sequence[str],
) -> list[Delivery]:
    """Return the rows of a subject that are these people's or stand on these records."""
    query = select(deliveries).where(
        deliveries.c.tenant == subject.tenant,
        deliveries.c.subject_kind == subject.kind,
        deliveries.c.subject_key == subject.key,
        or_(deliveries.c.person.in_(people), deliveries.c.orcid.in_(orcids)),
    )
    return [
        delivery_of_row(row) for row in await connection.execute(query.order_by(deliveries.c.id))
    ]


async def unsettled(connection: AsyncConnection, delivery_ids: Sequence[str]) -> set[str]:
    """Return which of these rows have an attempt of which nothing is known."""
    query = select(attempts.c.delivery_id).where(
        attempts.c.delivery_id.in_(delivery_ids), attempts.c.finished_at.is_(None)
    )
    return {row.delivery_id for row in await connection.execute(query)}


async def owner_of(
    connection: AsyncConnection, delivery: Delivery, put_code: int
) -> Delivery | None:
    """Return the row that owns an item of the record and kind that this row is about."""
    query = select(deliveries).where(
        *_on_record(delivery.realm, delivery.orcid or ""),
        deliveries.c.activity == delivery.activity,
        deliveries.c.put_code == put_code,
    )
    row = (await connection.execute(query)).first()
    return None if row is None else delivery_of_row(row)


async def of_record(
    connection: AsyncConnection, realm: Realm, orcid: str, kind: ItemKind
) -> list[Delivery]:
    """Return every row about one section of a record."""
    query = select(deliveries).where(*_on_record(realm, orcid), deliveries.c.activity == kind)
    return [delivery_of_row(row) for row in await connection.execute(query)]


async def kinds(connection: AsyncConnection) -> frozenset[ItemKind]:
    """Return the kinds of items that any row is about."""
    rows = await connection.execute(select(deliveries.c.activity).distinct())
    return frozenset(row.activity for row in rows)


async def counts(connection: AsyncConnection) -> dict[str, int]:
    """Return how many rows are in each state."""
    query = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
    return {row[0]: row[1] for row in await connection.execute(query)}


async def close_attempt(
    connection: AsyncConnection,
    attempt_id: int,
    *,
    status: int | None,
    code: str | None,
    outcome: str,
    now: float,
) -> None:
    """Note what became of a request."""
    await connection.execute(
        update(attempts)
        .where(attempts.c.id == attempt_id)
        .values(finished_at=now, status=status, code=code, outcome=outcome)
    )


async def note_attempt(
    connection: AsyncConnection, attempt_id: int, *, status: int | None, outcome: str
) -> None:
    """Note an answer that leaves open what was done; the attempt stays to be settled."""
    await connection.execute(
        update(attempts).where(attempts.c.id == attempt_id).values(status=status, outcome=outcome)
    )


async def attempts_of(
    connection: AsyncConnection, delivery_id: str, size: int = PAGE_SIZE
) -> list[Attempt]:
    """Return the last attempts of a row, newest first."""
    query = (
        select(attempts)
        .where(attempts.c.delivery_id == delivery_id)
        .order_by(attempts.c.id.desc())
        .limit(size)
    )
    return [attempt_of_row(row) for row in await connection.execute(query)]


async def keep_payload(connection: AsyncConnection, digest: str, body: str, now: float) -> None:
    """Keep a payload under its hash, once.

    One that is taken up again is as if made today: `prune` must not drop it meanwhile.
    """
    known = await connection.execute(select(payloads.c.made_at).where(payloads.c.hash == digest))
    made_at = known.scalar_one_or_none()
    if made_at is not None and made_at > now - PAYLOAD_IS_FRESH_SECONDS:
        return
    found = await connection.execute(
        update(payloads).where(payloads.c.hash == digest).values(made_at=now)
    )
    if found.rowcount == 0:
        await connection.execute(insert(payloads).values(hash=digest, body=body, made_at=now))


async def payload(connection: AsyncConnection, digest: str) -> str:
    """Return a kept payload as canonical JSON."""
    query = select(payloads.c.body).where(payloads.c.hash == digest)
    return str((await connection.execute(query)).scalar_one())


def _on_record(realm: Realm, orcid: str) -> tuple[ColumnElement[bool], ...]:
    return (
        deliveries.c.credential == realm.credential,
        deliveries.c.environment == realm.environment,
        deliveries.c.orcid == orcid,
    )


def values_of(delivery: Delivery) -> dict[str, Any]:
    """Return a row as the values of its columns."""
    return {
        "id": delivery.id,
        "tenant": delivery.subject.tenant,
        "subject_kind": delivery.subject.kind,
        "subject_key": delivery.subject.key,
        "credential": delivery.realm.credential,
        "environment": delivery.realm.environment,
        "person": delivery.person,
        "activity": delivery.activity,
        "link_id": delivery.link_id,
        "orcid": delivery.orcid,
        "desired_hash": delivery.desired_hash,
        "put_code": delivery.put_code,
        "known_hash": delivery.known_hash,
        "known_at": delivery.known_at,
        "state": delivery.state,
        "sentence": delivery.sentence,
        "due_at": delivery.due_at,
        "tries": delivery.tries,
        "held": delivery.held,
        "held_sentence": delivery.held_sentence,
        "wish": delivery.wish,
        "wished_at": delivery.wished_at,
    }


def delivery_of_row(row: Row[Any] | tuple[Any, ...]) -> Delivery:
    """Read a row of the table; by the places of its columns, as names take three times longer."""
    (
        delivery_id, tenant, credential, environment, person, activity, kind, key,
        link_id, orcid, desired_hash, put_code, known_hash, known_at,
        state, sentence, due_at, tries, held, held_sentence, wish, wished_at, made_at, changed_at,
    ) = tuple(row)  # fmt: skip
    return Delivery(
        delivery_id, Subject(tenant, kind, key), Realm(credential, environment), person, activity,
        state, sentence, link_id, orcid, desired_hash, put_code, known_hash, known_at, due_at,
        tries, made_at, changed_at, held, held_sentence, wish, wished_at,
    )  # fmt: skip


def attempt_of_row(row: Row[Any]) -> Attempt:
    """Read an attempt."""
    return Attempt(**{name: getattr(row, name) for name in Attempt.__slots__})
