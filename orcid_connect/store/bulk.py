"""Many rows at once: what visits to several records read and write in one go.

Synchronous, for `Database.at_once`: an `await` for each statement would cost more than it does.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    Update,
    bindparam,
    exists,
    insert,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningInsert

from orcid_connect.store import ledger
from orcid_connect.store.claims import Claim
from orcid_connect.store.declared import Subject
from orcid_connect.store.given import POSTGRES, as_given, one_of, rows_given, unindexed
from orcid_connect.store.leases import CredentialState, credential_state_now
from orcid_connect.store.ledger import Attempt, Delivery
from orcid_connect.store.people import Link, Realm, link_of_row
from orcid_connect.store.schema import attempts, deliveries, links, payloads, queues
from orcid_connect.store.turns import Queue, queue_of_row
from orcid_connect.store.unplanned import is_unplanned

_IS_PAUSED: Final = exists().where(
    queues.c.credential == deliveries.c.credential,
    queues.c.environment == deliveries.c.environment,
    queues.c.tenant == deliveries.c.tenant,
    queues.c.paused_at.is_not(None),
)
_DUE: Final = (
    select(deliveries)
    .where(
        deliveries.c.credential == bindparam("credential"),
        deliveries.c.environment == bindparam("environment"),
        one_of(deliveries.c.orcid, "orcids"),
        unindexed(deliveries.c.state) == "due",  # else it walks all that is due anywhere
        deliveries.c.due_at <= bindparam("now"),
        ~_IS_PAUSED,
        ~is_unplanned(bindparam("now")),
    )
    .order_by(deliveries.c.desired_hash.is_not(None), deliveries.c.due_at, deliveries.c.id)
    .limit(bindparam("most"))
)
_IS_OPEN: Final = attempts.c.finished_at.is_(None)


def due_of_records(
    connection: Connection, claims: Sequence[Claim], now: float, each: int
) -> dict[Claim, list[Delivery]]:
    """Return the due rows of records, at most `each`; withdrawals first, they make room."""
    found: dict[Claim, list[Delivery]] = {claim: [] for claim in claims}
    for realm in {claim.realm for claim in claims}:
        orcids = [claim.orcid for claim in claims if claim.realm == realm]
        given = {
            "credential": realm.credential,
            "environment": realm.environment,
            "orcids": orcids,
            "now": now,
            "most": each * len(orcids),
        }
        for row in connection.execute(_DUE, given):
            rows = found[Claim(realm, row.orcid)]
            if len(rows) < each:
                rows.append(ledger.delivery_of_row(row))
    return found


def _with(table: Table, column: ColumnElement[Any], *conditions: ColumnElement[bool]) -> Any:
    return select(table).where(one_of(column, "values"), *conditions)


_DELIVERIES: Final = _with(deliveries, deliveries.c.id)
_LINKS: Final = _with(links, links.c.id)
_PAYLOADS: Final = select(payloads.c.hash, payloads.c.body).where(one_of(payloads.c.hash, "values"))
_OPEN_ATTEMPTS: Final = _with(attempts, attempts.c.delivery_id, _IS_OPEN).order_by(attempts.c.id)
_QUEUES: Final = _with(queues, queues.c.tenant)


def _fetch(connection: Connection, query: Any, values: Iterable[str | None]) -> Sequence[Any]:
    wanted = [value for value in dict.fromkeys(values) if value is not None]
    return connection.execute(query, {"values": wanted}).all() if wanted else ()


def deliveries_with(connection: Connection, ids: Iterable[str]) -> dict[str, Delivery]:
    """Return rows by id."""
    rows = map(ledger.delivery_of_row, _fetch(connection, _DELIVERIES, ids))
    return {row.id: row for row in rows}


_OF_SUBJECT: Final = select(deliveries).where(
    deliveries.c.tenant == bindparam("tenant"),
    deliveries.c.subject_kind == bindparam("kind"),
    deliveries.c.subject_key == bindparam("key"),
)


def rows_of(connection: Connection, subject: Subject) -> list[Delivery]:
    """Return every row of a subject."""
    given = {"tenant": subject.tenant, "kind": subject.kind, "key": subject.key}
    return [ledger.delivery_of_row(row) for row in connection.execute(_OF_SUBJECT, given)]


def links_with(connection: Connection, ids: Iterable[str | None]) -> dict[str, Link]:
    """Return links by id, in whatever state."""
    return {row.id: link_of_row(row) for row in _fetch(connection, _LINKS, ids)}


_LINKED: Final = select(links.c.person_key, links.c.orcid).where(
    links.c.environment == bindparam("environment"),
    links.c.credential == bindparam("credential"),
    links.c.tenant == bindparam("tenant"),
    one_of(links.c.person_key, "person_keys"),
    links.c.state == "active",
)


def linked_orcids(
    connection: Connection, realm: Realm, tenant: str, person_keys: Sequence[str]
) -> dict[str, str]:
    """Return the iDs of those of these people who are linked."""
    given = {
        "environment": realm.environment,
        "credential": realm.credential,
        "tenant": tenant,
        "person_keys": list(person_keys),
    }
    return {row.person_key: row.orcid for row in connection.execute(_LINKED, given)}


def bodies_of(connection: Connection, digests: Iterable[str | None]) -> dict[str, str]:
    """Return payloads by their hash."""
    return {row.hash: row.body for row in _fetch(connection, _PAYLOADS, digests)}


def open_attempts_of(connection: Connection, ids: Iterable[str]) -> dict[str, list[Attempt]]:
    """Return the attempts of which nothing is known, by row, oldest first."""
    found: dict[str, list[Attempt]] = {}
    for row in _fetch(connection, _OPEN_ATTEMPTS, ids):
        found.setdefault(row.delivery_id, []).append(ledger.attempt_of_row(row))
    return found


def queues_of_tenants(
    connection: Connection, tenants: Iterable[str]
) -> dict[tuple[Realm, str], Queue]:
    """Return the queues of tenants, by realm and tenant."""
    found = map(queue_of_row, _fetch(connection, _QUEUES, tenants))
    return {(queue.realm, queue.tenant): queue for queue in found}


def states_of(connection: Connection, realms: Iterable[Realm]) -> dict[Realm, CredentialState]:
    """Return how credentials fare."""
    return {realm: credential_state_now(connection, realm) for realm in set(realms)}


@cache
def _opening(dialect: str) -> ReturningInsert[Any]:
    names = ("delivery_id", "method", "put_code", "sent_hash")
    given = rows_given(dialect, {name: attempts.c[name].type for name in names})
    opened = select(*(given.c[name] for name in names), bindparam("now"))
    return (
        insert(attempts)
        .from_select([*names, "started_at"], opened)
        .returning(attempts.c.delivery_id, attempts.c.id)
    )


def open_attempts(
    connection: Connection, sent: Sequence[tuple[Delivery, str]], now: float
) -> dict[str, int]:
    """Note, before requests leave, that they are about to; return the attempts' ids by row."""
    if not sent:
        return {}
    rows = [
        {
            "delivery_id": row.id,
            "method": method,
            "put_code": row.put_code,
            "sent_hash": row.desired_hash,
        }
        for row, method in sent
    ]
    dialect = connection.dialect.name
    opened = connection.execute(_opening(dialect), as_given(dialect, rows) | {"now": now})
    return {row.delivery_id: row.id for row in opened}


_CLOSING: Final = (
    update(attempts)
    .where(one_of(attempts.c.delivery_id, "values"), _IS_OPEN)
    .values(finished_at=bindparam("now"), outcome=bindparam("in_outcome"))
)


def close_attempts(
    connection: Connection, ids_by_outcome: dict[str, list[str]], now: float
) -> None:
    """Note what became of the open requests of rows."""
    for outcome, ids in ids_by_outcome.items():
        given = {"values": ids, "in_outcome": outcome, "now": now}
        connection.execute(_CLOSING, given)


_FIXED: Final = frozenset(
    {
        *("id", "tenant", "credential", "environment", "person", "activity", "subject_kind"),
        *("subject_key", "link_id", "orcid", "desired_hash", "made_at", "changed_at"),
    }
)
"""What nothing that becomes known of an item changes in its row."""
_CHANGING: Final = tuple(one.name for one in deliveries.columns if one.name not in _FIXED)


@cache
def _saving(dialect: str) -> Update:
    """SQLite has each row by its key: of a join it might walk the wrong side."""
    columns = {name: deliveries.c[name].type for name in ("id", *_CHANGING)}
    if dialect == POSTGRES:
        given = rows_given(dialect, columns)
        changed: dict[str, Any] = {name: given.c[name] for name in _CHANGING}
        which = deliveries.c.id == given.c.id
    else:
        changed = {name: bindparam(f"in_{name}") for name in _CHANGING}
        which = deliveries.c.id == bindparam("in_id")
    return update(deliveries).where(which).values(changed | {"changed_at": bindparam("now")})


def save_known(connection: Connection, rows: Sequence[Delivery], now: float) -> None:
    """Store what became known of the items of rows, and where the rows stand for it."""
    if not rows:
        return
    dialect = connection.dialect.name
    values = [{name: getattr(row, name) for name in ("id", *_CHANGING)} for row in rows]
    given: Any = [{f"in_{name}": row[name] for name in row} | {"now": now} for row in values]
    if dialect == POSTGRES:
        given = as_given(dialect, values) | {"now": now}
    connection.execute(_saving(dialect), given)
