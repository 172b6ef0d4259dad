"""From one version to the next: rows stay, and the older version's code goes on working."""

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, MetaData, inspect, select

from orcid_connect.places import Place, place_of
from orcid_connect.store import turns
from orcid_connect.store.claims import claim_records
from orcid_connect.store.database import Database, transaction_now
from orcid_connect.store.declared import declaration_in, intake_statement
from orcid_connect.store.migrating import differences, migrate, migration_config, revisions
from tests.support.journal import article, author
from tests.support.ledger import rows_by_id

pytestmark = pytest.mark.anyio

STATES = ("waiting", "due", "delivered", "parked", "declined", "withdrawn")
LINK_STATES = ("active", "revoked", "moved", "ended")
NOW = 1_790_000_000.0
ORCID = "0000-0002-1825-0097"

Columns = dict[tuple[str, str], Any]


def migrate_to(place: Place, revision: str) -> None:
    """Migrate to a version that is not the newest."""
    with transaction_now(place, "migrating") as connection:
        command.upgrade(migration_config(connection), revision)


def columns_of(place: Place) -> Columns:
    """Return every column of ours as the database has it."""
    with transaction_now(place, "recording") as connection:
        inspector = inspect(connection)
        return {
            (table, str(column["name"])): column
            for table in inspector.get_table_names()
            if table.startswith("oc_") and table != "oc_version"
            for column in inspector.get_columns(table)
        }


def unique_of(place: Place, table: str) -> set[tuple[Any, ...]]:
    """Return the unique constraints and indexes of a table, by their columns."""
    with transaction_now(place, "recording") as connection:
        inspector = inspect(connection)
        constraints: list[Any] = list(inspector.get_unique_constraints(table))
        indexes = [index for index in inspector.get_indexes(table) if index["unique"]]
        return {tuple(one["column_names"]) for one in (*constraints, *indexes)}


def steps() -> Iterator[tuple[str, str]]:
    """Return each version with the one after it."""
    known = revisions()
    return pairwise(known)


def test_migrations_only_add(new_database: str) -> None:
    """No step drops, renames or narrows anything, and what is new the older code need not fill."""
    place = place_of(new_database)
    for older, newer in steps():
        migrate_to(place, older)
        before = columns_of(place)
        tables = {table for table, _ in before}
        unique = {table: unique_of(place, table) for table in tables}
        migrate_to(place, newer)
        after = columns_of(place)
        assert set(before) <= set(after)
        for name, column in before.items():
            assert str(after[name]["type"]) == str(column["type"]), name
            assert after[name]["nullable"] == column["nullable"], name
            assert after[name]["default"] == column["default"], name
        for name in set(after) - set(before):
            if name[0] in tables:
                assert after[name]["nullable"] or after[name]["default"] is not None, name
        for table, known in unique.items():
            assert unique_of(place, table) <= known, table


def test_an_older_database_keeps_its_rows(new_database: str) -> None:
    """A database of the first version, with rows in every state, is upgraded and loses nothing."""
    place = place_of(new_database)
    migrate_to(place, revisions()[0])
    with transaction_now(place, "writing") as connection:
        before = _fill(connection)
    migrate(place)
    assert differences(place) == []
    with transaction_now(place, "recording") as connection:
        for table, rows in before.items():
            kept = _rows(connection, table, list(rows[0]))
            assert kept == sorted(rows, key=repr), table


async def test_what_was_due_is_still_due(new_database: str) -> None:
    """After the upgrade what was due is claimed, and each row is read as it was."""
    place = place_of(new_database)
    migrate_to(place, revisions()[0])
    with transaction_now(place, "writing") as connection:
        _fill(connection)
    migrate(place)
    database = Database(place)
    async with database.claiming() as connection_later:
        claims = await connection_later.run_sync(claim_records, "me", NOW, 10)
    async with database.reading() as reader:
        rows = await rows_by_id(reader)
    await database.close()
    assert [claim.orcid for claim in claims] == [ORCID]
    assert sorted(row.state for row in rows) == sorted(STATES)


async def test_the_older_version_plans_without_queues(new_database: str) -> None:
    """Rows that older code planned after the upgrade get their queue when an engine begins."""
    place = place_of(new_database)
    migrate_to(place, revisions()[0])
    migrate(place)
    with transaction_now(place, "writing") as connection:
        _fill(connection)
    database = Database(place)
    async with database.writing() as writer:
        await turns.ensure_queues(writer)
        await turns.ensure_queues(writer)
        claims = await writer.run_sync(claim_records, "me", NOW, 10)
    await database.close()
    assert [claim.orcid for claim in claims] == [ORCID]


def test_an_older_version_reads_what_it_can_know() -> None:
    """A stored declaration names no field that has its default: older code might not know it."""
    said = article(author())
    statement = intake_statement(said, "e1", NOW)
    body = json.loads(statement.compile().params["body"])
    assert set(body["value"]) <= set(said.model_dump(exclude_defaults=True))
    assert declaration_in(json.dumps(body)) == said


def _rows(connection: Connection, table: str, names: list[str]) -> list[dict[str, Any]]:
    found = MetaData()
    found.reflect(connection, only=[table])
    columns = [found.tables[table].c[name] for name in names]
    rows = [dict(row._mapping) for row in connection.execute(select(*columns))]
    return sorted(rows, key=repr)


def _fill(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Store rows of every table of the first version, as its code did; return them."""
    realm = {"credential": "default", "environment": "simulator"}
    owner = {"tenant": "journal", "person_key": "ada"}
    subject = {"tenant": "journal", "subject_kind": "article"}
    filled: dict[str, list[dict[str, Any]]] = {
        "oc_links": [
            realm
            | {"tenant": "journal", "person_key": f"{state}", "id": f"l-{state}", "orcid": ORCID}
            | {"scopes": "/activities/update", "state": state, "made_at": NOW}
            for state in LINK_STATES
        ],
        "oc_deliveries": [
            realm
            | subject
            | {"id": f"d-{state}", "person": "key:ada", "activity": "work", "state": state}
            | {"subject_key": state, "orcid": ORCID, "sentence": "so", "tries": 1}
            | {"due_at": NOW if state == "due" else None, "put_code": 10 + number}
            | {"desired_hash": "h", "known_hash": None, "made_at": NOW, "changed_at": NOW}
            for number, state in enumerate(STATES)
        ],
        "oc_declarations": [
            {"event_id": "e1", "tenant": "journal", "kind": "article", "key": "due", "as_of": NOW}
            | {"received_at": NOW, "withdrawn": False, "body": "{}", "plan_due_at": None}
        ],
        "oc_payloads": [{"hash": "h", "body": "{}", "made_at": NOW}],
        "oc_attempts": [
            {"delivery_id": "d-due", "method": "POST", "sent_hash": "h", "started_at": NOW},
            {"delivery_id": "d-delivered", "method": "POST", "sent_hash": "h", "started_at": NOW}
            | {"finished_at": NOW, "status": 201, "outcome": "done"},
        ],
        "oc_record_leases": [realm | {"orcid": "0000-0001-5109-3700", "owner": "o", "until": NOW}],
        "oc_credential_states": [realm | {"slow_tries": 2, "refused_links": "[]"}],
        "oc_used_states": [{"fingerprint": "f", "expires_at": NOW}],
        "oc_notices": [{"hook": "orcid_link_made", "facts": "{}", "made_at": NOW}],
        "oc_revocations": [
            realm | owner | {"id": "r", "token_sealed": "v1.x", "due_at": NOW, "tries": 0}
        ],
    }
    found = MetaData()
    found.reflect(connection, only=list(filled))
    for table, rows in filled.items():
        for row in rows:
            connection.execute(found.tables[table].insert().values(**row))
    return {
        table: _rows(connection, table, [column.name for column in found.tables[table].c])
        for table in filled
    }
